"""What the gates did at every character."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charlstm.cells import CellInfo

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Trace:
    """Everything a model did while it read a text of T characters with L layers of H units.

    `values` has the gates and states by name, each (L, T, H); they are attributes too. Of an LSTM:
    forget, input, candidate, output, cell, hidden; of a GRU: reset, update, candidate, hidden; of
    an RNN or FNN: hidden. `bits` (T) is how surprising each character was, in bits; nothing
    precedes the first, so it is NaN. `guesses[t]` are the likeliest characters after character t,
    with their probabilities. `text` is in the model's normal form. `discrepancy` is the largest
    difference between h as it follows from the gates and h as the kernel computed it: the check on
    all of them. `cell_info` is what the gates do.
    """

    cell_info: CellInfo
    text: str
    values: Mapping[str, Floats]
    bits: Floats
    guesses: list[list[tuple[str, float]]]
    discrepancy: float

    def __getattr__(self, name: str) -> Floats:
        """Return a gate or state by its name."""
        try:
            return self.__dict__["values"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name, name=name, obj=self) from None
