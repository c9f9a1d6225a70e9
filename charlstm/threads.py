"""How many threads to compute with: all cores, unless other work keeps them busy.

Threads that share a product wait for the slowest of them. Where another program holds one of the
cores, each of the thousands of small products of a step waits for it, and one thread alone can be
ten times as fast as all.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

_SECONDS = 0.1
_CLEARLY = 1.5
_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
_AT_IMPORT = torch.get_num_threads()


class Threads(NamedTuple):
    """The number of cores to compute with, and whether other work keeps some of them busy."""

    cores: int
    busy: bool


@contextmanager
def settled_threads() -> Iterator[Threads]:
    """Compute with one thread for a while, where that is clearly faster now than with all.

    What a caller has set, through torch or in the environment, stays as it is. Afterwards there are
    as many threads as before.
    """
    threads = torch.get_num_threads()
    if threads == 1 or threads != _AT_IMPORT or any(map(os.environ.get, _VARIABLES)):
        yield Threads(threads, busy=False)
        return
    try:
        yield Threads(threads, _reduce_if_busy())
    finally:
        torch.set_num_threads(threads)


def _reduce_if_busy() -> bool:
    """Set one thread if it makes clearly more products than all do; return whether it does."""
    threads = torch.get_num_threads()
    x, weight = torch.zeros(32, 256), torch.zeros(1024, 256)
    together = _products(x, weight)
    torch.set_num_threads(1)
    busy = _products(x, weight) > _CLEARLY * together
    if not busy:
        torch.set_num_threads(threads)
    return busy


def _products(x: Tensor, weight: Tensor) -> int:
    """Count the products of an LSTM's usual size that can be computed in a moment."""
    end, count = time.perf_counter() + _SECONDS, 0
    while time.perf_counter() < end:
        F.linear(x, weight)
        count += 1
    return count
