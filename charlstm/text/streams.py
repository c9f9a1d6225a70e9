"""Many places of one text read side by side.

B readers stand evenly spaced around the text as around a circle, and each walks on from where it
stood. So a reader's memory always fits what it reads, no character is left out, and the cut
between stretches falls elsewhere each time around. Where the readers stand follows from the number
of stretches read: that number is the whole cursor.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charlstm.text.vocabulary import Ids

_LEAST_APART = 8


@dataclass(frozen=True)
class Streams:
    """Reads ids (N) as B streams, in stretches of T."""

    ids: Ids
    batch: int
    stretch: int

    @classmethod
    def fitting(cls, ids: Ids, batch: int, stretch: int) -> "Streams":
        """Take fewer and shorter streams where a text is too short for those asked for."""
        batch = max(1, min(batch, len(ids) // _LEAST_APART))
        return cls(ids, batch, min(stretch, len(ids) // batch))

    @property
    def characters_per_step(self) -> int:
        """Count the characters that one step reads: T·B."""
        return self.batch * self.stretch

    def read(self, step: int) -> NDArray[np.int64]:
        """Give what step number `step` reads, and the character after it: (T+1, B)."""
        starts = np.arange(self.batch) * len(self.ids) // self.batch
        places = starts + step * self.stretch + np.arange(self.stretch + 1)[:, None]
        ids: NDArray[np.int64] = self.ids[places % len(self.ids)].astype(np.int64)
        return ids
