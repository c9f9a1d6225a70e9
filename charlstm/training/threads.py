"""How many threads to compute with: all cores, unless other work keeps them busy.

Threads that share a product wait for the slowest of them. Where another program holds one of the
cores, each of the thousands of small products of a step waits for it, and one thread alone can be
ten times as fast as all.
"""

import time

import torch
from torch import Tensor
from torch.nn import functional as F

_SECONDS = 0.25
_CLEARLY = 1.5


def detect_busy_cores() -> tuple[int, bool]:
    """Go down to one thread in this process where that is clearly faster now.

    Tells how many there were, and whether they are fewer now.
    """
    threads = torch.get_num_threads()
    if threads == 1:
        return threads, False
    x, weight = torch.zeros(32, 256), torch.zeros(1024, 256)
    together = _products(x, weight)
    torch.set_num_threads(1)
    if _products(x, weight) > _CLEARLY * together:
        return threads, True
    torch.set_num_threads(threads)
    return threads, False


def _products(x: Tensor, weight: Tensor) -> int:
    """Count how many products of the size of an LSTM's can be had in a moment."""
    end, count = time.perf_counter() + _SECONDS, 0
    while time.perf_counter() < end:
        F.linear(x, weight)
        count += 1
    return count
