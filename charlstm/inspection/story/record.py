"""What happened inside one unit while one character was read."""

from collections.abc import Mapping
from dataclasses import dataclass

from charlstm.cells import CellInfo
from charlstm.inspection.story.arithmetic import Rounded

Guesses = list[tuple[str, float]]


@dataclass(frozen=True)
class Story:
    """One character on its way through one unit of one layer.

    `text` is in the model's normal form, and `index` the place of the character in it. `bits` is
    how surprising it was, NaN for the first; `expected` are the guesses before it, none for the
    first, and `guesses` those after it, each with its probability. `layer` and `unit` are counted
    from 0; there are `layers` of `units` each. `changed_most` says that the unit was picked as
    the one whose memory the character changed most.

    `values` has numbers by name. Of an LSTM: forget f, input i, candidate g, output o; before, the
    cell C before the character, 0 for the first; kept, f·C; written, i·g; cell, C after it, which
    is their sum; hidden, o·tanh(C). Of a GRU: reset r, update z, candidate n; before, h before the
    character; kept, z·h; written, (1 − z)·n; hidden, h after it, which is their sum.

    `arithmetic` has the same numbers computed anew with three places from the gates and the memory
    before, and of an LSTM tanh, tanh(C), of a GRU rest, 1 − z. `cell_info` is what the gates do.
    """

    cell_info: CellInfo
    text: str
    index: int
    bits: float
    expected: Guesses
    guesses: Guesses
    layer: int
    layers: int
    unit: int
    units: int
    changed_most: bool
    values: Mapping[str, float]
    arithmetic: Mapping[str, Rounded]
