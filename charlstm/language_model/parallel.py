"""Reading a long text quickly, and as exactly as one reader would.

One reader alone is slow. So the text is cut into S parts read side by side, each at first from an
empty memory; then each is read again from the memory that the part before it ended with, until
that no longer differs from what was there. A memory that forgets is soon the same. Eight readers
are nearly as fast a character as any number is, and long parts settle in fewer readings.
"""

import math
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

from charlstm.models.base import State

MOST_PARTS = 8
_PART = 1024
_BLOCK = 256
_SAME = 1e-5

_Out = TypeVar("_Out")


class Block(NamedTuple, Generic[_Out]):
    """What came of reading some rows of some parts (P)."""

    parts: Tensor
    rows: slice
    out: _Out


class Parts:
    """Ids (N) cut into S parts of equal length; what stands beyond the last is not counted.

    Attributes:
        count: S.
        length: of each part.
    """

    def __init__(self, ids: Tensor, most: int = MOST_PARTS) -> None:
        self.total = len(ids)
        self.count = max(1, min(most, len(ids) // _PART))
        self.length = math.ceil(len(ids) / self.count)
        self.ids = self.cut(ids)

    def cut(self, ids: Tensor) -> Tensor:
        """Lay ids (N) out as the parts stand: (length, S)."""
        padded = F.pad(ids, (0, self.length * self.count - self.total))
        return padded.view(self.count, self.length).T

    def joined(self, values: Tensor) -> Tensor:
        """Lay values (length, S) out as the text stands: (N)."""
        return values.T.flatten()[: self.total]

    def read(
        self,
        nothing: Callable[[int], State],
        advance: Callable[[Tensor, State], tuple[_Out, State]],
    ) -> Iterator[Block[_Out]]:
        """Read until every part began with what the part before it ended with.

        `nothing` gives the state of so many readers at the beginning, and `advance` reads ids
        (T, P) on from a state. Of two blocks at the same place the later one counts. Once the first
        k parts are right, so is the beginning of the next: it ends by itself.
        """
        blocks = math.ceil(self.length / _BLOCK)
        # What the state was before each block and after the last.
        states = [_copied(nothing(self.count)) for _ in range(blocks + 1)]
        unsettled, begin, again = torch.arange(self.count), states[0], False
        while len(unsettled):
            state = _of(begin, unsettled)
            for block in range(blocks):
                if again and bool(_same(state, _of(states[block], unsettled)).all()):
                    break
                _put(states[block], unsettled, state)
                rows = slice(block * _BLOCK, (block + 1) * _BLOCK)
                out, state = advance(self.ids[rows, unsettled], state)
                yield Block(unsettled, rows, out)
            else:
                _put(states[-1], unsettled, state)
            begin, before, again = _handed_on(states[-1], nothing(1)), begin, True
            unsettled = (~_same(begin, before)).nonzero()[:, 0]


def _copied(state: State) -> State:
    """Make a state that can be written to: tensors of its own, none of them twice."""
    return tuple(each.clone() for each in state)


def _of(state: State, parts: Tensor) -> State:
    """Take some of the readers' states."""
    return tuple(each[..., parts, :] for each in state)


def _put(state: State, parts: Tensor, new: State) -> None:
    """Set some of the readers' states."""
    for each, value in zip(state, new, strict=True):
        each[..., parts, :] = value


def _handed_on(end: State, nothing: State) -> State:
    """Let each part begin where the one before it ended, and the first with nothing."""
    return tuple(
        torch.cat((first, last[..., :-1, :]), dim=-2)
        for first, last in zip(nothing, end, strict=True)
    )


def _same(a: State, b: State) -> Tensor:
    """Tell for each reader whether two states are the same but for rounding: (S)."""
    differs = torch.zeros(a[0].shape[-2], dtype=torch.bool)
    for x, y in zip(a, b, strict=True):
        apart = (x - y).abs() > _SAME * (1 + y.abs())
        differs |= apart.any(-1).flatten(0, -2).any(0)
    return ~differs
