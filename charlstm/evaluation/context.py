"""How much of the past a model uses: its score when only the last n characters were read.

For each n the same characters are scored, each after the n characters before it were read from an
empty state (Khandelwal, He, Qi & Jurafsky 2018). With shuffling, the 256 characters before those n
are read first, in a random order: then it is known what was there, but not where.

What is read from character s on predicts s+1 after one character, s+2 after two, and so on. So one
stream for each start serves every n.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from charlstm.errors import NONE, OptionError, TextError
from charlstm.evaluation.score import Floats, surprisals
from charlstm.language_model import LanguageModel
from charlstm.models.base import State, as_ids
from charlstm.text.unicode_forms import pieces

TARGETS = 10_000
_LEAST_TARGETS = 50
_FAR = 256
_NUMBERS_AT_ONCE = 2**24  # of the head's inputs: 64 MB
_NEARLY = 1.01

Places = NDArray[np.int64]


@dataclass(frozen=True)
class ContextCurve:
    """Bits per NFC character of the same targets by the number of characters read before them.

    `bits` goes with `lengths`; `full` is with all of the text before them; `shuffled`, where it
    was asked for, is with the 256 characters beyond in random order.
    """

    targets: int
    lengths: tuple[int, ...]
    bits: tuple[float, ...]
    full: float
    shuffled: tuple[float, ...] | None = None

    @property
    def effective(self) -> int | None:
        """The least length with at most 1 % more bits than all of the text; None if none."""
        enough = (n for n, bits in zip(self.lengths, self.bits, strict=True) if self._nearly(bits))
        return next(enough, None)

    def _nearly(self, bits: float) -> bool:
        return bits <= self.full * _NEARLY


@torch.inference_mode()
def context_curve(
    model: LanguageModel,
    text: str,
    lengths: Sequence[int],
    *,
    shuffle: np.random.Generator | None = None,
    targets: int = TARGETS,
) -> ContextCurve:
    """Score the last characters of a text with so many characters before each.

    `shuffle` is the source of the random orders, if those are wanted too.

    Raises:
        TextError: the text is too short for the longest of the lengths.
        OptionError: there is no length, or one below 1.
    """
    lengths = sorted(set(lengths))
    if not lengths or lengths[0] < 1:
        raise OptionError("lengths", "errors.expected.lengths", lengths or NONE)
    characters = pieces(text, model.form)
    before = lengths[-1] + (_FAR if shuffle is not None else 0)
    count = min(targets, len(characters) - before)
    if count < _LEAST_TARGETS:
        raise TextError(
            "errors.text.short_for_context",
            least=before + _LEAST_TARGETS,
            context=lengths[-1],
            found=len(characters),
        )
    targets_at = _Targets(model, characters, lengths, count)
    return ContextCurve(
        targets=count,
        lengths=tuple(lengths),
        bits=targets_at.bits(),
        full=targets_at.full_bits(),
        shuffled=None if shuffle is None else targets_at.bits(shuffle),
    )


class _Targets:
    """The last `count` characters of a text, scored in several contexts."""

    def __init__(
        self, model: LanguageModel, characters: list[str], lengths: Sequence[int], count: int
    ) -> None:
        self.model, self.lengths = model, lengths
        self.ids = model.encode("".join(characters))
        # where the ids of each character begin, and after the last one end: (characters + 1)
        self.first = np.cumsum([0, *(len(piece) for piece in characters)])
        self.count, self.begin, self.end = count, len(characters) - count, len(characters)

    def full_bits(self) -> float:
        """Score the targets with all of the text before them."""
        nats = surprisals(self.model, self.ids)[self.first[self.begin] - 1 :]
        return float(nats.sum(dtype=np.float64)) / math.log(2) / self.count

    def bits(self, shuffle: np.random.Generator | None = None) -> tuple[float, ...]:
        """Score the targets with each length of context, the rest unread or shuffled."""
        totals = np.zeros(len(self.lengths))
        starts = np.arange(self.begin - self.lengths[-1], self.end - self.lengths[0])
        hidden = self.model.network.head.in_features
        numbers = len(starts) * hidden * max(self.lengths[-1], _FAR)
        for some in np.array_split(starts, 1 + numbers // _NUMBERS_AT_ONCE):
            state = self._state(some, shuffle)
            totals += self._nats(some, state)
        return tuple((totals / math.log(2) / self.count).tolist())

    def _state(self, starts: Places, shuffle: np.random.Generator | None) -> State:
        """Return the state to start from: empty, or that after a shuffled far past."""
        state = self.model.initial_state(len(starts))
        if shuffle is None:
            return state
        return self.model.features(self._shuffled(starts, shuffle), state)[1]

    def _shuffled(self, starts: Places, shuffle: np.random.Generator) -> Tensor:
        """Return the ids of the characters before each start in random orders: (256, starts).

        A character can be several ids, so that the first of the 256 characters may drop out.
        """
        offsets = np.tile(np.arange(1, _FAR + 1), (len(starts), 1))
        order = starts[:, None] - shuffle.permuted(offsets, axis=1)
        begins = self.first[order].ravel()
        lengths = self.first[order + 1].ravel() - begins
        ends = np.cumsum(lengths)
        places = np.repeat(begins + lengths - ends, lengths) + np.arange(ends[-1])
        rows = ends.reshape(order.shape)[:, -1]
        return self.ids[as_ids(places[rows - _FAR + np.arange(_FAR)[:, None]])]

    def _nats(self, starts: Places, state: State) -> Floats:
        """Read from each start and sum −ln p of its targets, by length of context (lengths)."""
        last = np.minimum(starts + self.lengths[-1] + 1, self.end)
        steps = int((self.first[last] - self.first[starts]).max())
        places = self.first[starts] + np.arange(steps)[:, None]
        ids = self.ids[as_ids(np.minimum(places, len(self.ids) - 1))]
        y, _ = self.model.features(ids, state)
        return np.array([self._nats_at(y, starts, length) for length in self.lengths])

    def _nats_at(self, y: Tensor, starts: Places, length: int) -> float:
        """Sum −ln p of the characters that stand `length` after their start, if targets."""
        streams = np.flatnonzero((starts + length >= self.begin) & (starts + length < self.end))
        targets = starts[streams] + length
        total = 0.0
        # A character of several ids is counted id by id.
        for part in range(int((self.first[targets + 1] - self.first[targets]).max(initial=0))):
            place = self.first[targets] + part
            there = place < self.first[targets + 1]
            step = place - self.first[starts[streams]] - 1
            logits = self.model.logits(y[as_ids(step[there]), as_ids(streams[there])])
            nats = self.model.surprisal(logits, self.ids[as_ids(place[there])])
            total += float(nats.numpy().sum(dtype=np.float64))
        return total
