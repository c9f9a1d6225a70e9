"""Reading a long text: a stretch at a time, or quickly with readers side by side.

Those are each warmed up on what is before their part.

A state that began 200 characters back is nearly that of the whole past. The first characters of
the text have no such past themselves: they are read and not counted.
Shapes: W characters of warm-up, T counted, B readers, S characters of a part, L layers, H units.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from charlstm.models.base import Network, State, TracedChunk, as_ids, surprisal
from charlstm.text.vocabulary import Ids

WARM_UP = 200
# All activations are between −1 and 1: as whole numbers they take half the memory.
FINENESS = 32_767
_READERS = 32
_STRETCH = 64
_TRACED_AT_ONCE = 1000
_TOLERANCE = 1e-3


class Held(NamedTuple):
    """What the units held after each character.

    `name` says what that is: "cell" for tanh(C) of an LSTM, "hidden" for h of the other families.
    `values` are (L, H, T), in 32,767ths.
    """

    name: str
    values: NDArray[np.int16]


class Readers:
    """Ids (W + T) cut into B parts of S, each with the W before it: `ids` is (W + S, B)."""

    def __init__(self, ids: Ids) -> None:
        self.count = len(ids) - WARM_UP
        self.batch = max(1, min(_READERS, self.count // WARM_UP))
        self.part = math.ceil(self.count / self.batch)
        padded = np.zeros(WARM_UP + self.part * self.batch, dtype=np.int64)
        padded[: len(ids)] = ids
        places = np.arange(WARM_UP + self.part)[:, None] + np.arange(self.batch) * self.part
        self.ids = as_ids(padded[places])

    def stretches(self) -> Iterator[tuple[slice, Tensor]]:
        """Give the ids of a stretch after the other, and where in the parts they stand.

        The first is the warm-up: it stands before them.
        """
        yield slice(-WARM_UP, 0), self.ids[:WARM_UP]
        for start in range(0, self.part, _STRETCH):
            place = slice(start, min(start + _STRETCH, self.part))
            yield place, self.ids[WARM_UP:][place]


def traced_stretches(
    model: Network, ids: Tensor, state: State, at_once: int = _TRACED_AT_ONCE
) -> Iterator[TracedChunk]:
    """Read ids (T, B) on from a state and tell what happened inside, a stretch at a time.

    Raises:
        ArithmeticError: what is told does not give h again.
    """
    for seq_length in torch.split(ids, at_once):
        traced = checked_trace(model, seq_length, state)
        state = traced.state
        yield traced


def checked_trace(model: Network, ids: Tensor, state: State) -> TracedChunk:
    """Read ids (T, B) on from a state and tell what happened inside.

    Raises:
        ArithmeticError: what is told does not give h again.
    """
    traced = model.core.trace(model.embedding(ids), state)
    if not traced.discrepancy < _TOLERANCE:
        raise ArithmeticError(f"the gates do not give h again: off by {traced.discrepancy}")
    return traced


@torch.inference_mode()
def activations(model: Network, ids: Ids) -> Held:
    """Read ids (W + T) and give what every unit held after each of the T."""
    readers = Readers(ids)
    state, name, held = model.initial_state(readers.batch), "", np.empty(0, dtype=np.int16)
    for place, seq_length in readers.stretches():
        traced = model.core.trace(model.embedding(seq_length), state)
        state = traced.state
        for layer, gates in enumerate(traced.layers):
            name, values = activation_of(gates)
            if not held.size:
                shape = (len(traced.layers), values.shape[-1], readers.batch, readers.part)
                held = np.empty(shape, dtype=np.int16)
            if place.start >= 0:
                held[layer, :, :, place] = _whole(values).permute(2, 1, 0).numpy()
    return Held(name, held.reshape(*held.shape[:2], -1)[..., : readers.count])


def _whole(values: Tensor) -> Tensor:
    # A model whose gates were tampered with may go further than 1.
    return (values * FINENESS).round().clamp(-FINENESS, FINENESS)


def activation_of(gates: dict[str, Tensor]) -> tuple[str, Tensor]:
    """Give what the units of a layer hold and its name: tanh(C) where there is a cell, else h."""
    return ("cell", gates["cell"].tanh()) if "cell" in gates else ("hidden", gates["hidden"])


@torch.inference_mode()
def bits(model: Network, ids: Ids) -> float:
    """Read ids (W + T) and tell how many bits the T cost in all."""
    readers = Readers(ids)
    counted = (torch.arange(readers.part * readers.batch) < readers.count).view(readers.batch, -1).T
    state, total, before = model.initial_state(readers.batch), 0.0, torch.empty(0)
    for place, seq_length in readers.stretches():
        logits, state = model.forward(seq_length, state)
        if place.start >= 0:
            paid = surprisal(torch.cat((before, logits[:-1])), seq_length) * counted[place]
            total += float(paid.sum(dtype=torch.float64))
        before = logits[-1:]
    return total / math.log(2)
