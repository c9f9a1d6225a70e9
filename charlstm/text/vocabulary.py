"""Characters and their numbers.

Id 0 stands for every character that the training text did not have. The file is a plain
`tokenizers` one; encoding itself is a table look-up, some fifty times as fast.
"""

import json
import sys
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

from charlstm.errors import TextError

UNKNOWN = "<unk>"
UNKNOWN_ID = 0
_SCALAR_VALUES = 0x110000 - 0x800  # Unicode's code points less the surrogates

Ids = NDArray[np.integer]


class Vocabulary:
    """V characters, numbered 0 (unknown) to V−1, in order of their code points."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = (UNKNOWN, *characters)
        self.dtype = np.min_scalar_type(len(self.characters) - 1)
        self._table = np.zeros(sys.maxunicode + 1, dtype=self.dtype)
        points = [ord(character) for character in self.characters[1:]]
        self._table[points] = np.arange(1, len(self.characters))

    def __len__(self) -> int:
        """Count the characters, the unknown one included: V."""
        return len(self.characters)

    @classmethod
    def of(cls, text: str) -> "Vocabulary":
        """Take every character of a text."""
        return cls(sorted(set(text)))

    @property
    def outside(self) -> int:
        """Count the Unicode scalar values that the vocabulary does not have."""
        return _SCALAR_VALUES - (len(self) - 1)

    def encode(self, text: str) -> Ids:
        """Give the id of each character (T), 0 where there is none."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        ids: Ids = self._table[points]
        return ids

    def decode(self, ids: Iterable[int]) -> str:
        """Give the characters of ids."""
        return "".join(self.characters[i] for i in ids)

    def unknown(self, text: str) -> list[str]:
        """List the characters of a text that the vocabulary does not have, each once, in order."""
        missing = set(text).difference(self.characters)
        return sorted(missing, key=text.index)

    def tokenizer(self) -> Tokenizer:
        """Give the same mapping as a tokenizer of the `tokenizers` library."""
        numbers = {character: i for i, character in enumerate(self.characters)}
        tokenizer = Tokenizer(models.WordLevel(numbers, unk_token=UNKNOWN))
        tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
        tokenizer.decoder = decoders.Fuse()
        return tokenizer

    def to_json(self) -> str:
        """Write tokenizer.json."""
        return self.tokenizer().to_str(pretty=True)

    @classmethod
    def from_json(cls, text: str) -> "Vocabulary":
        """Read tokenizer.json.

        Raises:
            TextError: it is not such a file.
        """
        try:
            numbers = json.loads(text)["model"]["vocab"]
            characters = sorted(numbers, key=numbers.__getitem__)
            "".join(characters).encode("utf-8")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise TextError("errors.text.vocabulary") from None
        whole = [numbers[character] for character in characters] == list(range(len(numbers)))
        if not whole or characters[:1] != [UNKNOWN] or any(len(c) != 1 for c in characters[1:]):
            raise TextError("errors.text.vocabulary_order")
        return cls(characters[1:])
