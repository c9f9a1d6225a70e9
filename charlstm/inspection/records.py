"""What inspection finds: plain records, for views to draw and for people to compute with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Trace:
    """Everything an LSTM did while it read a text of T characters with L layers of H units.

    The gates, cell and hidden are (L, T, H). `bits` (T) is how surprising each character was, in
    bits; nothing precedes the first, so it is NaN. `guesses[t]` are the likeliest characters after
    character t, with their probabilities. `text` is in the model's normal form. `discrepancy` is
    the largest |o·tanh(C) − h| found: the gates were worked out from h, and this is the check.
    """

    text: str
    forget: Floats
    input: Floats
    candidate: Floats
    output: Floats
    cell: Floats
    hidden: Floats
    bits: Floats
    guesses: list[list[tuple[str, float]]]
    discrepancy: float
