"""How well a model predicts a text: one definition of the score, everywhere.

The model reads the text once, in order, carrying its state, and each character adds its surprisal,
−ln p. The first, which nothing precedes, is read and not counted. That of a character outside the
vocabulary is −ln p(unknown) plus ln of how many such characters Unicode has. Averages are per
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
    """The NFC characters and bytes that count, the unknown ones among them, and all their nats."""

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
        """The number of equally likely characters that are as surprising."""
        return math.exp(min(self.nats_per_char, 700.0))


def score(model: LanguageModel, text: str) -> Score:
    """Score a text.

    Raises:
        TextError: there are fewer than two characters, so none counts.
    """
    text = text if model.form == "none" else composed(text)
    characters = composed_length(text)
    if characters < 2:
        raise TextError("errors.text.short_to_score", least=2, found=characters)
    first = pieces(text[:_LONGEST] if model.form == "none" else text[:1], model.form)[0]
    encoded = [model.vocabulary.encode(model.normalize(chunk)) for chunk in chunks(text)]
    ids = np.concatenate(encoded)
    total, skip = 0.0, len(first) - 1
    for nats in _segments(model, ids):
        total += float(nats[skip:].sum(dtype=np.float64))
        skip = 0
    unknown = _unknown(model, text, first) if (ids == UNKNOWN_ID).any() else 0
    return Score(characters - 1, _bytes(text) - _bytes(first), unknown, total)


def surprisals(
    model: LanguageModel, ids: Tensor, most_parts: int = MOST_PARTS, part: int = PART
) -> Floats:
    """Read ids (T) in order, carrying the state; return the nats of each but the first (T−1)."""
    return np.concatenate(list(_segments(model, ids.numpy(), most_parts, part)))


def _segments(
    model: LanguageModel, ids: Ids, most_parts: int = MOST_PARTS, part: int = PART
) -> Iterator[Floats]:
    """Yield the nats of ids, a segment at a time, so that a long text takes little memory."""
    state, segment = model.initial_state(), most_parts * part
    for start in range(0, len(ids) - 1, segment):
        some = as_ids(ids[start : start + segment + 1].astype(np.int64))
        reader = ParallelReader(some[:-1], most_parts)
        following, nats = reader.cut(some[1:]), torch.zeros(reader.length, reader.count)
        with torch.inference_mode():
            for which, rows, logits in reader.logits(model, state):
                nats[rows, which] = model.surprisal(logits, following[rows, which])
        yield reader.joined(nats).numpy()
        if start + segment < len(ids) - 1:
            state = reader.end


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
