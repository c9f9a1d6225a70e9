"""How well a model foretells a text: one definition of the score, everywhere.

The model reads the text once, in order, carrying its state, and pays −ln p for each character. The
first, which nothing precedes, is read and not charged. A character that the vocabulary does not
have costs −ln p(unknown) plus ln of how many such characters Unicode has. Averages are per
character of the text in NFC and per byte of its UTF-8, so that models of any form compare.

One reader alone is slow. So the text is cut into S parts read side by side, each at first from an
empty memory; then each is read again from the memory that the part before it ended with, until
that no longer differs from what was there. A memory that forgets is soon the same. Eight readers
are nearly as fast a character as any number is, and long parts settle in fewer readings.
"""

import math
import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from charlstm.errors import TextError
from charlstm.models.base import CharacterModel, State, as_ids, nats
from charlstm.text.forms import normalized, pieces
from charlstm.text.vocabulary import UNKNOWN_ID, Ids, Vocabulary

Floats = NDArray[np.float32]

_PART = 1024
_MOST_PARTS = 8
_BLOCK = 256
_SAME = 1e-5
_LONGEST = 64  # no one character is made of more


@dataclass(frozen=True)
class Score:
    """What a text cost: NFC characters and bytes charged, unknown ones among them, nats in all."""

    chars: int
    bytes: int
    unknown_chars: int
    nats: float

    @property
    def nats_per_char(self) -> float:
        """Average −ln p."""
        return self.nats / self.chars

    @property
    def bits_per_char(self) -> float:
        """Average −log2 p: bits per character."""
        return self.nats_per_char / math.log(2)

    @property
    def bits_per_byte(self) -> float:
        """Bits for each byte of UTF-8."""
        return self.nats / math.log(2) / self.bytes

    @property
    def perplexity(self) -> float:
        """Among how many equally likely characters the model is, so to speak, in doubt."""
        return math.exp(min(self.nats_per_char, 700.0))


def score(model: CharacterModel, vocabulary: Vocabulary, text: str, form: str) -> Score:
    """Score a text.

    Raises:
        TextError: there are fewer than two characters, so none is charged.
    """
    composed = unicodedata.normalize("NFC", text)
    if len(composed) < 2:
        raise TextError("errors.text.short_to_score", least=2, found=len(composed))
    first = pieces(composed[:1] if form != "none" else text[:_LONGEST], form)[0]
    ids = vocabulary.encode(normalized(text, form))
    nats = float(costs(model, ids, vocabulary)[len(first) - 1 :].sum(dtype=np.float64))
    unknown = _unknown(text, vocabulary, form) if bool((ids == UNKNOWN_ID).any()) else 0
    return Score(len(composed) - 1, _bytes(composed[1:]), unknown, nats)


def costs(
    model: CharacterModel, ids: Ids, vocabulary: Vocabulary, most_parts: int = _MOST_PARTS
) -> Floats:
    """Read ids (T) in order, carrying the state, and tell what each but the first costs (T−1)."""
    parts = max(1, min(most_parts, len(ids) // _PART))
    read = _Reading(model, ids, parts)
    with torch.inference_mode():
        read.until_settled()
    return priced(read.costs(), ids[1:], vocabulary)


def priced(nats: Floats, ids: Ids, vocabulary: Vocabulary) -> Floats:
    """Add to −ln p(unknown) what it takes to say which of all unknown characters it is."""
    full: Floats = nats + (ids == UNKNOWN_ID) * np.float32(math.log(vocabulary.outside))
    return full


class _Reading:
    """Ids (T) cut into S parts that are read side by side, block by block."""

    def __init__(self, model: CharacterModel, ids: Ids, parts: int) -> None:
        self.model, self.parts, self.charged = model, parts, len(ids) - 1
        length = math.ceil(self.charged / parts)
        padded = np.zeros(length * parts + 1, dtype=np.int64)
        padded[: len(ids)] = ids
        # Both are of shape length by S.
        self.ids = as_ids(padded[:-1]).view(parts, length).T
        self.following = as_ids(padded[1:]).view(parts, length).T
        self.nats = torch.zeros(length, parts)
        # What the state was before each block and after the last.
        blocks = math.ceil(length / _BLOCK)
        self.states = [_copied(model.initial_state(parts)) for _ in range(blocks + 1)]

    def until_settled(self) -> None:
        """Read until every part began with what the part before it ended with.

        Once the first k parts are right, so is the beginning of the next: it ends by itself.
        """
        unsettled = torch.arange(self.parts)
        nothing, begin = self.model.initial_state(1), self.states[0]
        first = True
        while len(unsettled):
            self._read(unsettled, _of(begin, unsettled), again=not first)
            begin, before, first = _handed_on(self.states[-1], nothing), begin, False
            unsettled = (~_same(begin, before)).nonzero()[:, 0]

    def costs(self) -> Floats:
        """Give −ln p of each character but the first (T−1)."""
        flat: Floats = self.nats.T.flatten().numpy()[: self.charged]
        return flat

    def _read(self, parts: Tensor, state: State, *, again: bool) -> None:
        """Read some parts from a state; where it is what it was before, the rest is too."""
        for block, start in enumerate(range(0, len(self.ids), _BLOCK)):
            if again and bool(_same(state, _of(self.states[block], parts)).all()):
                return
            _put(self.states[block], parts, state)
            rows = slice(start, start + _BLOCK)
            logits, state = self.model.forward(self.ids[rows, parts], state)
            self.nats[rows, parts] = nats(logits, self.following[rows, parts])
        _put(self.states[-1], parts, state)


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


def _unknown(text: str, vocabulary: Vocabulary, form: str) -> int:
    """Count the NFC characters but the first that have something unknown in them."""
    counts = Counter(pieces(text, form)[1:])
    return sum(count for piece, count in counts.items() if vocabulary.unknown(piece))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
