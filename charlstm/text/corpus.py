"""A text made ready for training: a part to learn from, and a part held out to be scored on.

The ids to learn from lie in a nameless file that is mapped into memory and is gone when the corpus
is, so that no copy of them can grow stale.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from charlstm.config import TextConfig
from charlstm.errors import OptionError, TextError
from charlstm.text.unicode_forms import composed_length, normalized, pieces
from charlstm.text.vocabulary import Ids, Vocabulary

MINIMUM, HELD_OUT = 100, 2
_CHUNK = 1_000_000


@dataclass(frozen=True)
class Split:
    """A text cut in two, both in the model's form, and how long the first is in NFC."""

    train: str
    heldout: str
    train_chars: int


@dataclass(frozen=True)
class Corpus:
    """The ids to learn from (N), the vocabulary, and how often each of it comes (V)."""

    train: Ids
    vocabulary: Vocabulary
    counts: NDArray[np.int64]


def split(text: str, config: TextConfig) -> Split:
    """Cut off the part to hold out, at the end.

    The cut falls between NFC characters whatever the form, so that each form is scored on the same
    text.

    Raises:
        TextError: there are fewer than 100 characters.
        OptionError: too few of them are held out to be scored.
    """
    composed = normalized(text, "nfc")
    if len(composed) < MINIMUM:
        raise TextError("errors.text.short_to_train", least=MINIMUM, found=len(composed))
    cut = int(len(composed) * (1 - config.val_fraction))
    if len(composed) - cut < HELD_OUT:
        raise OptionError(
            "val_fraction",
            "errors.expected.share",
            config.val_fraction,
            least=HELD_OUT,
            characters=len(composed),
        )
    if config.form == "none":
        at = sum(map(len, pieces(text, "none")[:cut]))
        return Split(text[:at], text[at:], composed_length(text[:at]))
    train, heldout = (normalized(part, config.form) for part in (composed[:cut], composed[cut:]))
    return Split(train, heldout, cut)


def build_corpus(train: str, folder: Path | None = None) -> Corpus:
    """Give each character of a text its id; `folder` is where the ids are kept meanwhile."""
    vocabulary = Vocabulary.of(train)
    # The map keeps the file alive, nameless, for as long as it is used itself.
    with tempfile.TemporaryFile(dir=folder) as file:
        ids = np.memmap(file, vocabulary.dtype, mode="w+", shape=(len(train),))
    counts = np.zeros(len(vocabulary), np.int64)
    for start in range(0, len(train), _CHUNK):
        part = vocabulary.encode(train[start : start + _CHUNK])
        ids[start : start + _CHUNK] = part
        counts += np.bincount(part, minlength=len(vocabulary))
    return Corpus(ids, vocabulary, counts)
