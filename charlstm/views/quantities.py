"""What there is to show of each family: its gates and states, and what their numbers mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charlstm.inspection.records import Floats, Trace
from charlstm.views.glyphs import Marks


@dataclass(frozen=True)
class Choice:
    """What of a trace to show: a layer, counted from 0, and a unit of it or the mean of all."""

    layer: int
    unit: int | None = None

    def of(self, values: Floats) -> Floats:
        """Take what was chosen from (L, T, H): (T)."""
        layer = values[self.layer]
        chosen: Floats = layer.mean(axis=-1) if self.unit is None else layer[:, self.unit]
        return chosen


@dataclass(frozen=True)
class Quantity:
    """A gate or a state: where to find it, what to call it, what its numbers mean.

    `kind` is "share" (0..1), "signed" (-1..1) or "size" (how large, whatever the sign). `number`
    is its place in the story of the four layers, 0 for none. The first two are the weightiest.
    """

    name: str
    kind: str
    short: str
    long: str
    meaning: str
    number: int = 0

    def heading(self, marks: Marks) -> str:
        """Give what stands over its column."""
        return f"{marks.number(self.number)} {self.short}" if self.number else self.short

    def of(self, trace: Trace, choice: Choice) -> Floats:
        """Take its values from a trace: (T)."""
        values = trace.values[self.name]
        return choice.of(np.abs(values) if self.kind == "size" else values)


_LSTM = (
    Quantity(
        "forget", "share", "forget", "forget gate", "1 keeps all of the old memory, 0 erases it", 1
    ),
    Quantity(
        "input", "share", "input", "input gate", "1 writes all of the candidate, 0 nothing", 2
    ),
    Quantity("output", "share", "output", "output gate", "1 says all of tanh(C), 0 nothing", 4),
    Quantity(
        "candidate", "signed", "candidate", "candidate", "what could be written, from -1 to 1", 3
    ),
    Quantity("cell", "size", "|C|", "|C|", "size of the long-term memory"),
)
_GRU = (
    Quantity("update", "share", "update", "update gate", "1 keeps all of the old h, 0 replaces it"),
    Quantity(
        "reset", "share", "reset", "reset gate", "1 lets the candidate see the past, 0 hides it"
    ),
    Quantity("candidate", "signed", "candidate", "candidate", "what could take h's place, -1 to 1"),
    Quantity("hidden", "size", "|h|", "|h|", "size of the only memory there is"),
)
_PLAIN = (
    Quantity("hidden", "signed", "h", "h", "what the units say, from -1 to 1"),
    Quantity("hidden", "size", "|h|", "|h|", "how loudly they say it"),
)


def quantities(trace: Trace) -> Sequence[Quantity]:
    """List what a trace has to show, the weightiest first."""
    if "forget" in trace.values:
        return _LSTM
    return _GRU if "update" in trace.values else _PLAIN
