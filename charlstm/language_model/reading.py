"""Three ways to read a long text.

One chunk after the other: exact, and the only one whose results come in order
(`read_in_chunks`, `trace_in_chunks`). Parts side by side, each reread until it began with the state
in which the part before it ended: as exact, and several times as fast (`ParallelReader`). Parts
side by side, each warmed up on the characters before it: approximate, read once (`WarmedUpReader`).
Shapes: N ids, T time, B batch, P some of the parts, W warm-up, L layers, H hidden.
"""

import math
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from charlstm.language_model.model import LanguageModel
from charlstm.models.base import State, TracedChunk

CHUNK = 1000  # characters read at once
WARM_UP = 200

MOST_PARTS = 8  # nearly as fast a character as any number, and long parts settle sooner
_LEAST_PART = 1024
_BLOCK = 256
_SAME = 1e-5

_MOST_STREAMS = 32
_SEQUENCE = 64

_Out = TypeVar("_Out")


def state_after(model: LanguageModel, ids: Tensor, state: State) -> State:
    """Read ids (T, B), a chunk at a time, and return the state after them."""
    for chunk in torch.split(ids, CHUNK) if len(ids) else ():
        _, state = model.features(chunk, state)
    return state


def read_in_chunks(model: LanguageModel, ids: Tensor, state: State) -> Iterator[Tensor]:
    """Read ids (T, B) in order and yield the logits after each, a chunk at a time: (…, B, V)."""
    for chunk in torch.split(ids, CHUNK) if len(ids) else ():
        logits, state = model.read(chunk, state)
        yield logits


@torch.inference_mode()
def logits_of(model: LanguageModel, text: str, state: State | None = None) -> NDArray[np.float32]:
    """Read a text, from an empty state if none is given; return the logits (T, V)."""
    ids = model.encode(text)[:, None]
    chunks = read_in_chunks(model, ids, model.initial_state() if state is None else state)
    none = torch.empty(0, len(model.vocabulary))
    logits: NDArray[np.float32] = torch.cat([none, *(each[:, 0] for each in chunks)]).numpy()
    return logits


@torch.no_grad()
def state_of(model: LanguageModel, text: str, state: State | None = None) -> State:
    """Read a text, from an empty state if none is given; return the state after it.

    It may be changed in place, and read from with gradients.
    """
    ids = model.encode(text)[:, None]
    return state_after(model, ids, model.initial_state() if state is None else state)


def trace_in_chunks(
    model: LanguageModel, ids: Tensor, state: State, at_once: int = CHUNK
) -> Iterator[TracedChunk]:
    """Read ids (T, B) in order and yield what happened inside, a chunk at a time.

    Raises:
        ArithmeticError: the gates do not give the h that the kernel computed.
    """
    for chunk in torch.split(ids, at_once):
        traced = model.trace(chunk, state)
        state = traced.state
        yield traced


class Block(NamedTuple, Generic[_Out]):
    """The result of reading some rows of some parts (P)."""

    parts: Tensor
    rows: slice
    out: _Out


class ParallelReader:
    """Reads ids (N), cut into parts of equal length, side by side; exact but for rounding.

    Each part but the first is read from an empty state, then again from the state in which the part
    before it ended, until that no longer differs. A network that forgets settles soon.

    Attributes:
        count: the number of parts.
        length: the characters of each part.
    """

    def __init__(self, ids: Tensor, most: int = MOST_PARTS) -> None:
        self.total = len(ids)
        self.count = max(1, min(most, len(ids) // _LEAST_PART))
        self.length = math.ceil(len(ids) / self.count)
        self.ids = self.cut(ids)

    def cut(self, ids: Tensor) -> Tensor:
        """Return ids (N) as the parts have them, the last filled up with zeros: (length, count)."""
        padded = F.pad(ids, (0, self.length * self.count - self.total))
        return padded.view(self.count, self.length).T

    def joined(self, values: Tensor) -> Tensor:
        """Return values (length, count) in the order of the text: (N)."""
        return values.T.flatten()[: self.total]

    @property
    def end(self) -> State:
        """The state after the last id, once all are read; the parts must all be full."""
        assert self.total == self.length * self.count
        return self._end

    def logits(self, model: LanguageModel, state: State | None = None) -> Iterator[Block[Tensor]]:
        """Yield the logits of blocks: (T, P, V). A later block replaces one at the same place.

        The first part begins with `state`, or else with an empty one.
        """
        return self.read(model.initial_state, model.read, state)

    def traces(self, model: LanguageModel) -> Iterator[Block[TracedChunk]]:
        """Yield the traces of blocks. A later block replaces one at the same place.

        Raises:
            ArithmeticError: the gates do not give the h that the kernel computed.
        """

        def advance(ids: Tensor, state: State) -> tuple[TracedChunk, State]:
            traced = model.trace(ids, state)
            return traced, traced.state

        return self.read(model.initial_state, advance)

    def read(
        self,
        initial_state: Callable[[int], State],
        advance: Callable[[Tensor, State], tuple[_Out, State]],
        begin: State | None = None,
    ) -> Iterator[Block[_Out]]:
        """Read until every part began with the state in which the part before it ended.

        `initial_state` returns an empty state of so many streams, and `begin` is the state in which
        the text begins, or else that. `advance` reads ids (T, P) from a state. Once the first k
        parts are right, so is the initial state of the next: so it ends.
        """
        blocks = math.ceil(self.length / _BLOCK)
        # The states before each block and after the last.
        states = [_copied(initial_state(self.count)) for _ in range(blocks + 1)]
        first = initial_state(1) if begin is None else begin
        unsettled, starts, again = torch.arange(self.count), _shifted(states[0], first), False
        while len(unsettled):
            state = _select(starts, unsettled)
            for block in range(blocks):
                if again and bool(_same(state, _select(states[block], unsettled)).all()):
                    break
                _store(states[block], unsettled, state)
                rows = slice(block * _BLOCK, (block + 1) * _BLOCK)
                out, state = advance(self.ids[rows, unsettled], state)
                yield Block(unsettled, rows, out)
            else:
                _store(states[-1], unsettled, state)
            starts, before, again = _shifted(states[-1], first), starts, True
            unsettled = (~_same(starts, before)).nonzero()[:, 0]
        self._end = _select(states[-1], torch.tensor([self.count - 1]))


class WarmedUpReader:
    """Reads ids (W + T) in B parts side by side, each after the W = 200 characters before it.

    A state that began 200 characters back is nearly that of the whole past, unless gates hardly
    ever close; the first W of the ids are read and not counted. Only the search for what units
    track reads so, many times over, because its time does not depend on the model: 60,000
    characters of 2 × 128 units take 1.1 s of one core. `ParallelReader` takes as long, but 2.2 s
    where the forget gates are open.

    Attributes:
        count: T, the characters that count.
        batch: B.
        part: the characters of each part.
    """

    def __init__(self, ids: Tensor) -> None:
        self.count = len(ids) - WARM_UP
        self.batch = max(1, min(_MOST_STREAMS, self.count // WARM_UP))
        self.part = math.ceil(self.count / self.batch)
        padded = F.pad(ids, (0, WARM_UP + self.part * self.batch - len(ids)))
        places = torch.arange(WARM_UP + self.part)[:, None] + torch.arange(self.batch) * self.part
        self.ids = padded[places]

    def sequences(self) -> Iterator[tuple[slice, Tensor]]:
        """Yield the ids of one sequence after the other, and where in the parts they stand.

        The first is the warm-up, which stands before them.
        """
        yield slice(-WARM_UP, 0), self.ids[:WARM_UP]
        for start in range(0, self.part, _SEQUENCE):
            place = slice(start, min(start + _SEQUENCE, self.part))
            yield place, self.ids[WARM_UP:][place]


def _copied(state: State) -> State:
    """Return tensors that can be written to, none of them twice."""
    return tuple(each.clone() for each in state)


def _select(state: State, parts: Tensor) -> State:
    """Return the states of some parts."""
    return tuple(each[..., parts, :] for each in state)


def _store(state: State, parts: Tensor, new: State) -> None:
    """Set the states of some parts."""
    for each, value in zip(state, new, strict=True):
        each[..., parts, :] = value


def _shifted(ends: State, first: State) -> State:
    """Return the states in which the parts begin: where the one before ended, and the first."""
    return tuple(
        torch.cat((one, others[..., :-1, :]), dim=-2)
        for one, others in zip(first, ends, strict=True)
    )


def _same(a: State, b: State) -> Tensor:
    """Return for each part whether two states are the same but for rounding."""
    differs = torch.zeros(a[0].shape[-2], dtype=torch.bool)
    for x, y in zip(a, b, strict=True):
        apart = (x - y).abs() > _SAME * (1 + y.abs())
        differs |= apart.any(-1).flatten(0, -2).any(0)
    return ~differs
