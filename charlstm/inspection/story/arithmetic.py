"""The arithmetic of a unit with few digits, so that whoever checks it finds every line right.

Gates and the old memory are rounded first; all else is worked out from the rounded numbers and
rounded in its turn, as one does by hand. So the last digit may differ from the model's own.
"""

import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from charlstm.inspection.story.record import Story

_LAST_PLACE = Decimal("0.001")
_GIVEN = ("forget", "input", "output", "reset", "update", "candidate", "before")


def reckoned(story: Story) -> dict[str, Decimal]:
    """Work a story out with three places; names are those of the story.

    Besides, an LSTM has tanh, of the new C, and a GRU has rest, 1 − z.
    """
    return _lstm(story.values) if "forget" in story.values else _gru(story.values)


def _lstm(values: Mapping[str, float]) -> dict[str, Decimal]:
    known = {name: rounded(values[name]) for name in _GIVEN if name in values}
    kept = rounded(known["forget"] * known["before"])
    written = rounded(known["input"] * known["candidate"])
    cell = kept + written
    tanh = rounded(math.tanh(cell))
    said = rounded(known["output"] * tanh)
    found = {"kept": kept, "written": written, "cell": cell, "tanh": tanh, "hidden": said}
    return known | found


def _gru(values: Mapping[str, float]) -> dict[str, Decimal]:
    known = {name: rounded(values[name]) for name in _GIVEN if name in values}
    rest = 1 - known["update"]
    kept = rounded(known["update"] * known["before"])
    written = rounded(rest * known["candidate"])
    return known | {"rest": rest, "kept": kept, "written": written, "hidden": kept + written}


def rounded(number: float | Decimal) -> Decimal:
    """Round to three places, a half away from 0; nothing has no sign."""
    return Decimal(number).quantize(_LAST_PLACE, ROUND_HALF_UP) + 0
