"""Dropout that forgets the same units for a whole stretch of text."""

import torch
from torch import Generator, Tensor


def locked_dropout(x: Tensor, rate: float, noise: Generator | None) -> Tensor:
    """Drop units of x (T, B, H) with one mask for all T (Gal & Ghahramani 2016).

    Without a generator of noise nothing is dropped: a model that is not being trained has none.
    """
    if noise is None or rate == 0.0:
        return x
    keep = torch.empty_like(x[:1]).bernoulli_(1 - rate, generator=noise)
    return x * (keep / (1 - rate))
