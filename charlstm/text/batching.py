"""Many places of one text read side by side.

B readers stand evenly spaced around the text as around a circle, and each walks on from where it
stood. So a reader's memory always fits what it reads, no character is left out, and the cut
between stretches falls elsewhere each time around. Where the readers stand follows from the number
of stretches read: that number is the whole cursor.

A model that never met the unknown character would never expect it, and would pay dearly for each in
another text. How many to expect there is told by the characters that come once in this one (Good
1953, who credits Turing). So these stand in for all that the text does not have: in every other
reading they are the unknown, as words are in Dyer et al. 2015 (arXiv:1505.08075), where chance
decides. Half of the time they must be themselves; so the model expects half as many as Good does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charlstm.text.vocabulary import UNKNOWN_ID, Ids

_LEAST_APART = 8


@dataclass(frozen=True)
class StreamBatcher:
    """Reads ids (N) as B streams, in stretches of T; `turns` (2, V) is what `turns_of` gives."""

    ids: Ids
    batch: int
    seq_length: int
    turns: NDArray[np.bool_] | None = None

    @classmethod
    def fitting(
        cls, ids: Ids, batch: int, seq_length: int, turns: NDArray[np.bool_] | None = None
    ) -> "StreamBatcher":
        """Take fewer and shorter streams where a text is too short for those asked for."""
        return cls(ids, *fitting(len(ids), batch, seq_length), turns)

    @property
    def characters_per_step(self) -> int:
        """Count the characters that one step reads: T·B."""
        return self.batch * self.seq_length

    def read(self, step: int) -> NDArray[np.int64]:
        """Give what step number `step` reads, and the character after it: (T+1, B)."""
        readers = np.arange(self.batch)
        starts = readers * len(self.ids) // self.batch
        places = starts + step * self.seq_length + np.arange(self.seq_length + 1)[:, None]
        ids: NDArray[np.int64] = self.ids[places % len(self.ids)].astype(np.int64)
        if self.turns is not None:
            # Whoever started between a reader and a place has read that place before.
            before = ((places + 1) * self.batch - 1) // len(self.ids) - readers
            ids[self.turns[before % 2, ids]] = UNKNOWN_ID
        return ids


def fitting(characters: int, batch: int, seq_length: int) -> tuple[int, int]:
    """Give B and T, or as much of them as a text has room for."""
    batch = max(1, min(batch, characters // _LEAST_APART))
    return batch, min(seq_length, characters // batch)


def turns_of(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which characters are the unknown, first in even readings and then in odd ones: (2, V).

    Of those whose `counts` (V) is 1 it is every second in the one, and the others in the other.
    """
    once = counts == 1
    odd = np.cumsum(once) % 2 == 1
    return np.stack((once & ~odd, once & odd))
