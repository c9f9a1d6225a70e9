"""A text made ready for training: the ids to learn from, and the part held out for validation.

A text is held once, as a string, and normalised and encoded chunk by chunk. The ids lie in a
nameless file that is mapped into memory and disappears with the corpus, so that no copy of them can
grow stale; once they are there the string can go.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from charlstm.config import TextConfig
from charlstm.errors import OptionError, TextError
from charlstm.text.unicode_forms import chunks, composable, composed, composed_length, normalized
from charlstm.text.vocabulary import Ids, Vocabulary

MINIMUM, HELD_OUT = 100, 2  # characters


@dataclass(frozen=True)
class Split:
    """A text, and where its held-out part begins.

    Attributes:
        text: in NFC, or as it was where the form is none.
        cut: the index in `text` of the first held-out character.
        form: the normal form that the model learns.
        characters: the number of NFC characters of the whole text.
        train_chars: the number of NFC characters before the cut.
    """

    text: str
    cut: int
    form: str
    characters: int
    train_chars: int

    def train(self) -> Iterator[str]:
        """Yield the part to learn from in the model's form, in chunks."""
        return (normalized(chunk, self.form) for chunk in chunks(self.text, stop=self.cut))

    @property
    def heldout(self) -> str:
        """The held-out part in the model's form."""
        return "".join(normalized(chunk, self.form) for chunk in chunks(self.text, self.cut))


@dataclass(frozen=True)
class Corpus:
    """The ids to learn from (N), the vocabulary, and the count of each of its characters (V)."""

    train: Ids
    vocabulary: Vocabulary
    counts: NDArray[np.int64]


def split(text: str, config: TextConfig) -> Split:
    """Find where the part to hold out begins, at the end of a text.

    The cut falls between NFC characters whatever the form, so that each form is scored on the same
    text.

    Raises:
        TextError: there are fewer than 100 characters.
        OptionError: too few of them are held out to be scored.
    """
    text = text if config.form == "none" else composed(text)
    characters = composed_length(text)
    if characters < MINIMUM:
        raise TextError("errors.text.short_to_train", least=MINIMUM, found=characters)
    cut = int(characters * (1 - config.val_fraction))
    if characters - cut < HELD_OUT:
        raise OptionError(
            "val_fraction",
            "errors.expected.share",
            config.val_fraction,
            least=HELD_OUT,
            characters=characters,
        )
    if config.form != "none":
        return Split(text, cut, config.form, characters, cut)
    at = sum(map(len, islice(composable(text), cut)))
    return Split(text, at, config.form, characters, composed_length(text[:at]))


def build_corpus(parts: Split, folder: Path | None = None) -> Corpus:
    """Encode the part to learn from; `folder` is where the ids are kept meanwhile."""
    known, length = set[str](), 0
    for chunk in parts.train():
        known.update(chunk)
        length += len(chunk)
    vocabulary = Vocabulary(sorted(known))
    counts = np.zeros(len(vocabulary), np.int64)
    with tempfile.TemporaryFile(dir=folder) as file:
        for chunk in parts.train():
            encoded = vocabulary.encode(chunk)
            file.write(encoded.tobytes())
            counts += np.bincount(encoded, minlength=len(vocabulary))
        file.flush()
        # The map keeps the file alive, nameless, for as long as it is used itself.
        ids = np.memmap(file, vocabulary.dtype, mode="r", shape=(length,))
    return Corpus(ids, vocabulary, counts)
