"""Dropout that forgets the same units, or the same weights, for a whole stretch of text."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Generator, Tensor


class DropoutRng(NamedTuple):
    """Where the chance in dropout comes from: a generator that serves `streams` read side by side.

    A reader has those `here` of them. Readers with generators in the same state that share the
    streams among them drop together what one reader of all would drop.
    """

    generator: Generator
    streams: int
    here: slice = slice(None)


def locked_dropout(x: Tensor, rate: float, noise: DropoutRng | None) -> Tensor:
    """Drop units of x (T, B, H) with one mask for all T (Gal & Ghahramani 2016).

    Without noise nothing is dropped: a model that is not being trained has none.
    """
    if noise is None or rate == 0.0:
        return x
    keep = x.new_empty(1, noise.streams, x.shape[-1])
    keep.bernoulli_(1 - rate, generator=noise.generator)
    return x * (keep[:, noise.here] / (1 - rate))


def dropped_weights(
    weights: Sequence[Tensor], rate: float, noise: DropoutRng | None
) -> list[Tensor]:
    """Drop weights between the units of a layer (Merity, Keskar & Socher 2018).

    Of (w_ih, w_hh, …) that is w_hh; without noise nothing is dropped. All readers drop the same.
    """
    w_ih, w_hh, *biases = weights
    if noise is not None and rate > 0.0:
        keep = torch.empty_like(w_hh).bernoulli_(1 - rate, generator=noise.generator)
        w_hh = w_hh * keep.div_(1 - rate)
    return [w_ih, w_hh, *biases]


class Dropout(NamedTuple):
    """What a recurrent layer drops in training: shares of its units and of the weights between."""

    of_units: float
    of_weights: float
    noise: DropoutRng | None

    def units(self, y: Tensor) -> Tensor:
        """Drop units of what a layer answers: (T, B, H)."""
        return locked_dropout(y, self.of_units, self.noise)

    def weights(self, weights: Sequence[Tensor]) -> list[Tensor]:
        """Drop weights of a layer."""
        return dropped_weights(weights, self.of_weights, self.noise)
