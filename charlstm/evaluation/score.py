"""How well a model predicts a text: one definition of the score, everywhere.

The model reads the text once, in order, carrying its state, and pays −ln p for each character. The
first, which nothing precedes, is read and not charged. A character that the vocabulary does not
have costs −ln p(unknown) plus ln of how many such characters Unicode has. Averages are per
character of the text in NFC and per byte of its UTF-8, so that models of any form compare.
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
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import MOST_PARTS, ParallelReader
from charlstm.text.unicode_forms import pieces
from charlstm.text.vocabulary import UNKNOWN_ID

Floats = NDArray[np.float32]

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
        """The number of equally likely characters that would cost as much."""
        return math.exp(min(self.nats_per_char, 700.0))


def score(model: LanguageModel, text: str) -> Score:
    """Score a text.

    Raises:
        TextError: there are fewer than two characters, so none is charged.
    """
    composed = unicodedata.normalize("NFC", text)
    if len(composed) < 2:
        raise TextError("errors.text.short_to_score", least=2, found=len(composed))
    first = pieces(composed[:1] if model.form != "none" else text[:_LONGEST], model.form)[0]
    ids = model.encode(text)
    nats = float(costs(model, ids)[len(first) - 1 :].sum(dtype=np.float64))
    unknown = _unknown(model, text) if bool((ids == UNKNOWN_ID).any()) else 0
    return Score(len(composed) - 1, _bytes(composed[1:]), unknown, nats)


def costs(model: LanguageModel, ids: Tensor, most_parts: int = MOST_PARTS) -> Floats:
    """Read ids (T) in order, carrying the state; return what each but the first costs (T−1)."""
    reader = ParallelReader(ids[:-1], most_parts)
    following, paid = reader.cut(ids[1:]), torch.zeros(reader.length, reader.count)
    with torch.inference_mode():
        for which, rows, logits in reader.logits(model):
            paid[rows, which] = model.surprisal(logits, following[rows, which])
    joined: Floats = reader.joined(paid).numpy()
    return joined


def _unknown(model: LanguageModel, text: str) -> int:
    """Return the number of NFC characters but the first that have something unknown in them."""
    counts = Counter(pieces(text, model.form)[1:])
    return sum(count for piece, count in counts.items() if model.vocabulary.unknown(piece))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
