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

from charlstm.config import Execution

_SECONDS = 0.1
_CLEARLY = 1.5
_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
_AT_IMPORT = torch.get_num_threads()


class Threads(NamedTuple):
    """The cores to compute with.

    Attributes:
        cores: how many there are.
        busy: whether other work keeps some of them busy.
        fixed: whether a caller has set how many, through torch or in the environment.
    """

    cores: int
    busy: bool = False
    fixed: bool = False


@contextmanager
def settled_threads() -> Iterator[Threads]:
    """Compute with one thread for a while, where that is clearly faster now than with all.

    What a caller has set stays as it is. Afterwards there are as many threads as before.
    """
    threads = torch.get_num_threads()
    fixed = threads != _AT_IMPORT or any(map(os.environ.get, _VARIABLES))
    if fixed or threads == 1:
        yield Threads(threads, fixed=fixed)
        return
    try:
        yield Threads(threads, _reduce_if_busy())
    finally:
        torch.set_num_threads(threads)


@contextmanager
def threads_for(execution: Execution, settled: Threads) -> Iterator[None]:
    """Compute with as many threads as all workers of an execution have.

    What is computed beside the workers is rounded as the number of threads says. So the same
    execution gives the same results, whatever else the machine was doing when it was settled.
    """
    threads = torch.get_num_threads()
    if settled.fixed:
        yield
        return
    torch.set_num_threads(execution.workers * execution.threads)
    try:
        yield
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
