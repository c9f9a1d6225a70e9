"""Dropout with one mask for all characters of a sequence."""

from collections.abc import Sequence
from typing import NamedTuple

from torch import Generator, Tensor


class DropoutRng(NamedTuple):
    """The source of dropout masks for a batch of streams, or for some of its streams.

    Masks are drawn for all `streams` (B); `here` selects those of this reader. Readers whose
    generators are in the same state therefore drop what one reader of the whole batch would.
    """

    generator: Generator
    streams: int
    here: slice = slice(None)


class Dropout(NamedTuple):
    """What a layer drops in training: shares of its units and of its recurrent weights."""

    units: float
    weights: float
    rng: DropoutRng


def drop_units(y: Tensor, dropout: Dropout | None) -> Tensor:
    """Drop units of y (T, B, H) with one mask for all T (Gal & Ghahramani 2016)."""
    if dropout is None or dropout.units == 0.0:
        return y
    keep = y.new_empty(1, dropout.rng.streams, y.shape[-1])
    keep.bernoulli_(1 - dropout.units, generator=dropout.rng.generator)
    return y * (keep[:, dropout.rng.here] / (1 - dropout.units))


def drop_weights(weights: Sequence[Tensor], dropout: Dropout | None) -> list[Tensor]:
    """Drop recurrent weights of a layer, w_hh of (w_ih, w_hh, …) (Merity, Keskar & Socher 2018).

    The mask is the same for all streams.
    """
    w_ih, w_hh, *biases = weights
    if dropout is not None and dropout.weights > 0.0:
        keep = w_hh.new_empty(w_hh.shape)
        keep.bernoulli_(1 - dropout.weights, generator=dropout.rng.generator)
        w_hh = w_hh * keep.div_(1 - dropout.weights)
    return [w_ih, w_hh, *biases]
