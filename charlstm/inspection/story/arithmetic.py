"""The arithmetic of a unit with few digits, so that whoever checks it finds every line right.

Gates and the old memory are rounded first; all else is computed from the rounded numbers and
rounded in its turn, as one does by hand. So the last digit may differ from the model's own.
"""

import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from charlstm.inspection.story.record import Story

_LAST_PLACE = Decimal("0.001")
_GIVEN = ("forget", "input", "output", "reset", "update", "candidate", "before")

Decimals = Mapping[str, Decimal]


def arithmetic(story: Story) -> Decimals:
    """Return the numbers of a story with three places, by the names that the story has for them.

    Besides, an LSTM has tanh, of the new C, and a GRU has rest, 1 − z.
    """
    given = {name: rounded(story.values[name]) for name in _GIVEN if name in story.values}
    return given | (_lstm(given) if "forget" in given else _gru(given))


def _lstm(given: Decimals) -> dict[str, Decimal]:
    kept = rounded(given["forget"] * given["before"])
    written = rounded(given["input"] * given["candidate"])
    cell = kept + written
    tanh = rounded(math.tanh(cell))
    hidden = rounded(given["output"] * tanh)
    return {"kept": kept, "written": written, "cell": cell, "tanh": tanh, "hidden": hidden}


def _gru(given: Decimals) -> dict[str, Decimal]:
    rest = 1 - given["update"]
    kept = rounded(given["update"] * given["before"])
    written = rounded(rest * given["candidate"])
    return {"rest": rest, "kept": kept, "written": written, "hidden": kept + written}


def rounded(number: float | Decimal) -> Decimal:
    """Round to three places, a half away from 0; 0 has no sign."""
    return Decimal(number).quantize(_LAST_PLACE, ROUND_HALF_UP) + 0
