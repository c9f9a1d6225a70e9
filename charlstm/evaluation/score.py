"""How well a model foretells a text: one definition of the score, everywhere.

The model reads the text once, in order, carrying its state, and pays −ln p for each character. The
first, which nothing precedes, is read and not charged. A character that the vocabulary does not
have costs −ln p(unknown) plus ln of how many such characters Unicode has. Averages are per
character of the text in NFC and per byte of its UTF-8, so that models of any form compare.

One reader alone is slow. So the text is cut into S parts read side by side, each at first from an
empty memory; then each is read again from the memory that the part before it ended with, until
that no longer differs from what was there. A memory that forgets is soon the same.
"""

import math
import unicodedata
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from charlstm.errors import TextError
from charlstm.models.base import CharacterModel, State, as_ids, nats
from charlstm.text.forms import normalized
from charlstm.text.vocabulary import UNKNOWN_ID, Ids, Vocabulary

Floats = NDArray[np.float32]

_PART = 1024
_MOST_PARTS = 64
_BLOCK = 256
_SAME = 1e-4


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
        raise TextError(
            f"the text to score: expected at least 2 characters, found {len(composed)}; "
            "give a longer one"
        )
    ids = vocabulary.encode(normalized(text, form))
    unknown = int((ids[1:] == UNKNOWN_ID).sum())
    nats = float(costs(model, ids, vocabulary).sum(dtype=np.float64))
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
        self.starts: list[State] = []

    def until_settled(self) -> None:
        """Read until every part began with what the part before it ended with.

        Once the first k parts are right, so is the beginning of the next: it ends by itself.
        """
        nothing = self.model.initial_state(1)
        begin, end = self.model.initial_state(self.parts), None
        for _ in range(self.parts):
            end = self._read_from(begin) or end
            assert end is not None
            begin, before = _handed_on(end, nothing), begin
            if _same(begin, before):
                break

    def costs(self) -> Floats:
        """Give −ln p of each character but the first (T−1)."""
        flat: Floats = self.nats.T.flatten().numpy()[: self.charged]
        return flat

    def _read_from(self, state: State) -> State | None:
        """Read all parts from a state and give the state at the end.

        Where the state is what it was there the last time, the rest will be too: none is given.
        """
        for block, start in enumerate(range(0, len(self.ids), _BLOCK)):
            if block < len(self.starts):
                if _same(state, self.starts[block]):
                    return None
                self.starts[block] = state
            else:
                self.starts.append(state)
            rows = slice(start, start + _BLOCK)
            logits, state = self.model.forward(self.ids[rows], state)
            self.nats[rows] = nats(logits, self.following[rows])
        return state


def _handed_on(end: State, nothing: State) -> State:
    """Let each part begin where the one before it ended, and the first with nothing."""
    return tuple(
        torch.cat((first, last[..., :-1, :]), dim=-2)
        for first, last in zip(nothing, end, strict=True)
    )


def _same(a: State, b: State) -> bool:
    """Tell whether two states say the same.

    Only tanh of a cell is ever heard: one that counts far beyond it would never agree.
    """
    return all(
        bool(((x.tanh() - y.tanh()).abs() <= _SAME).all()) for x, y in zip(a, b, strict=True)
    )


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
