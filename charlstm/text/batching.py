"""Batches of a text that is read in many places side by side.

B streams start evenly spaced around the text as around a circle, and each goes on from where it
was. So the recurrent state of a stream always fits what it reads next, no character is left out,
and sequences are cut elsewhere in each epoch. Where the streams are follows from the number of
batches read: that number is the whole cursor.

A model that never met the unknown character would never predict it, and its surprisal would be huge
wherever another text has one. How many to expect there is estimated from the characters that come
once in this one (Good 1953, who credits Turing). So these stand in for all that the text does not
have: in every other epoch they are unknown, as words are in Dyer et al. 2015 (arXiv:1505.08075),
where chance decides. Half of the time they must be themselves; so the model expects half as many
as Good does.
Shapes: T sequence length, B batch size, N characters of the text, V vocabulary.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charlstm.text.vocabulary import UNKNOWN_ID, Ids

_LEAST_APART = 8


@dataclass(frozen=True)
class StreamBatcher:
    """Read ids (N) as B streams, T characters at a time.

    `unknown_masks` (2, V) is what `unknown_masks_of` returns; without it no character is unknown.
    """

    ids: Ids
    batch_size: int
    seq_length: int
    unknown_masks: NDArray[np.bool_] | None = None

    @property
    def characters_per_step(self) -> int:
        """The number of characters in a batch: T·B."""
        return self.batch_size * self.seq_length

    def read(self, step: int) -> NDArray[np.int64]:
        """Return the batch of a step, with the character after each: (T+1, B)."""
        streams = np.arange(self.batch_size)
        starts = streams * len(self.ids) // self.batch_size
        places = starts + step * self.seq_length + np.arange(self.seq_length + 1)[:, None]
        ids: NDArray[np.int64] = self.ids[places % len(self.ids)].astype(np.int64)
        if self.unknown_masks is not None:
            # A stream that started between this one and a place has read that place before.
            before = ((places + 1) * self.batch_size - 1) // len(self.ids) - streams
            ids[self.unknown_masks[before % 2, ids]] = UNKNOWN_ID
        return ids


def fitting(characters: int, batch_size: int, seq_length: int) -> tuple[int, int]:
    """Return B and T, or less where a text is too short for them."""
    batch_size = max(1, min(batch_size, characters // _LEAST_APART))
    return batch_size, min(seq_length, characters // batch_size)


def unknown_masks_of(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which characters are unknown, in even epochs and in odd ones: (2, V).

    Of those whose `counts` (V) is 1, every second one is unknown in even epochs and the others in
    odd ones.
    """
    once = counts == 1
    odd = np.cumsum(once) % 2 == 1
    return np.stack((once & ~odd, once & odd))
