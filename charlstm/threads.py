"""How many threads to compute with: as many as there are cores, unless other work keeps them busy.

Threads that share a product wait for the slowest of them. Where another program holds one of the
cores, each of the thousands of small products of a step waits for it, and one thread alone can be
ten times as fast as all.
"""

import os
import sys
import time
from collections.abc import Container, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

from charlstm.config import Execution

_SECONDS = 0.05
_CLEARLY = 1.5
_VALID = 10.0  # seconds
_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
_AT_IMPORT = torch.get_num_threads()

_Item = TypeVar("_Item")

_tried: "_Tried | None" = None


class _Tried(NamedTuple):
    """When products were last tried, and whether cores were busy then."""

    time: float
    busy: bool


class Threads(NamedTuple):
    """The cores to compute with.

    Attributes:
        cores: how many there are.
        busy: whether other work keeps some of them busy.
        fixed: whether a caller has set how many, through torch or in the environment.

    The number of threads decides how sums are rounded. What has to be the same again, such as the
    initial weights of a seed, is therefore computed with all `cores`, even where some are busy.
    """

    cores: int
    busy: bool = False
    fixed: bool = False

    @property
    def fastest(self) -> int:
        """Return how many threads are fastest now."""
        return 1 if self.busy else self.cores

    def beside(self, execution: Execution) -> int:
        """Return how many threads to use beside the workers of an execution.

        They are as many as all workers have, so that they do not depend on other work either.
        """
        return self.cores if self.fixed else execution.workers * execution.threads


def settle_threads() -> Threads:
    """Find out whether one thread is clearly faster now than all; what a caller has set stays."""
    threads = torch.get_num_threads()
    fixed = threads != _AT_IMPORT or _AT_IMPORT not in _own() or any(map(os.getenv, _VARIABLES))
    return Threads(threads, busy=not fixed and threads > 1 and _are_busy(), fixed=fixed)


@contextmanager
def settled_threads() -> Iterator[Threads]:
    """Compute with as many threads as are fastest now; it can decorate a function."""
    threads = settle_threads()
    with threads_set_to(threads.fastest):
        yield threads


@contextmanager
def threads_set_to(count: int) -> Iterator[None]:
    """Compute with so many threads, and afterwards with as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def each_with_threads(items: Iterator[_Item], count: int) -> Iterator[_Item]:
    """Yield what an iterator computes with so many threads; between two items nothing is set."""
    while True:
        with threads_set_to(count):
            try:
                item = next(items)
            except StopIteration:
                return
        yield item


def _own() -> Container[int]:
    """Return the numbers of threads that torch may have chosen by itself."""
    if sys.platform != "linux":
        return range(sys.maxsize)
    cores = len(os.sched_getaffinity(0))
    # Of two hardware threads of a core MKL uses one.
    return cores, cores // 2


def _are_busy() -> bool:
    """Whether one thread makes clearly more products than all do; for a while it is remembered."""
    global _tried  # noqa: PLW0603  the machine is busy, whoever asks
    now = time.monotonic()
    if _tried is None or not now - _tried.time < _VALID:
        x, weight = torch.zeros(32, 256), torch.zeros(1024, 256)
        together = _products(x, weight)
        with threads_set_to(1):
            _tried = _Tried(now, _products(x, weight) > _CLEARLY * together)
    return _tried.busy


def _products(x: Tensor, weight: Tensor) -> int:
    """Count the products of an LSTM's usual size that can be computed in a moment."""
    end, count = time.perf_counter() + _SECONDS, 0
    while time.perf_counter() < end:
        F.linear(x, weight)
        count += 1
    return count
