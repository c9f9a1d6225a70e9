"""How well a model predicts a text: one definition of the score, everywhere.

The model reads the text once, in order, carrying its state, and pays −ln p for each character. The
first, which nothing precedes, is read and not charged. A character that the vocabulary does not
have costs −ln p(unknown) plus ln of how many such characters Unicode has. Averages are per
character of the text in NFC and per byte of its UTF-8, so that models of any form compare.
"""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from charlstm.errors import TextError
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import MOST_PARTS, ParallelReader
from charlstm.models.base import as_ids
from charlstm.text.unicode_forms import chunks, composed, composed_length, normalized, pieces
from charlstm.text.vocabulary import UNKNOWN_ID, Ids

Floats = NDArray[np.float32]

_LONGEST = 64  # no one character is made of more
PART = 1 << 15  # ids of each part of a segment


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
        """The number of equally likely characters that would cost as much."""
        return math.exp(min(self.nats_per_char, 700.0))


def score(model: LanguageModel, text: str) -> Score:
    """Score a text.

    Raises:
        TextError: there are fewer than two characters, so none is charged.
    """
    text = text if model.form == "none" else composed(text)
    characters = composed_length(text)
    if characters < 2:
        raise TextError("errors.text.short_to_score", least=2, found=characters)
    first = pieces(text[:_LONGEST] if model.form == "none" else text[:1], model.form)[0]
    encoded = [model.vocabulary.encode(model.normalize(chunk)) for chunk in chunks(text)]
    ids = np.concatenate(encoded)
    nats, free = 0.0, len(first) - 1
    for paid in _segments(model, ids):
        nats += float(paid[free:].sum(dtype=np.float64))
        free = 0
    unknown = _unknown(model, text, first) if (ids == UNKNOWN_ID).any() else 0
    return Score(characters - 1, _bytes(text) - _bytes(first), unknown, nats)


def costs(
    model: LanguageModel, ids: Tensor, most_parts: int = MOST_PARTS, part: int = PART
) -> Floats:
    """Read ids (T) in order, carrying the state; return what each but the first costs (T−1)."""
    return np.concatenate(list(_segments(model, ids.numpy(), most_parts, part)))


def _segments(
    model: LanguageModel, ids: Ids, most_parts: int = MOST_PARTS, part: int = PART
) -> Iterator[Floats]:
    """Yield what ids cost, a segment at a time, so that a long text takes little memory."""
    state, segment = model.initial_state(), most_parts * part
    for start in range(0, len(ids) - 1, segment):
        some = as_ids(ids[start : start + segment + 1].astype(np.int64))
        reader = ParallelReader(some[:-1], most_parts)
        following, paid = reader.cut(some[1:]), torch.zeros(reader.length, reader.count)
        with torch.inference_mode():
            for which, rows, logits in reader.logits(model, state):
                paid[rows, which] = model.surprisal(logits, following[rows, which])
        state = reader.end
        yield reader.joined(paid).numpy()


def _unknown(model: LanguageModel, text: str, first: str) -> int:
    """Return the number of NFC characters but the first that have something unknown in them."""
    counts = Counter(piece for chunk in chunks(text) for piece in pieces(chunk, model.form))
    counts[first] -= 1
    return sum(count for piece, count in counts.items() if model.vocabulary.unknown(piece))


def _bytes(text: str) -> int:
    """Return the number of bytes of a text in NFC and UTF-8."""
    return sum(
        len(normalized(chunk, "nfc").encode("utf-8", "surrogatepass")) for chunk in chunks(text)
    )
