"""What there is to show of each family: its gates and states, and what their numbers mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from charlstm.cells import SIGNED, CellInfo
from charlstm.drawing.pen import Pen
from charlstm.inspection.gates.record import Floats, Trace
from charlstm.limits import check_one_of

PERCENTILES = (10, 50, 90)
# How a number of each kind of quantity is written; what rounds to nothing has no minus.
FORMATS = {"share": ".2f", "signed": "+z.2f", "size": ".2f"}


@dataclass(frozen=True)
class Selection:
    """What of a trace to show.

    `layer` counts from 0; None is all of them. Of a layer the mean of its units is shown, or one
    `unit`, or with `spread` three percentiles of them. Characters are shown from `start` on and up
    to `stop`, counted from 0; that one is not among them, and None is the end. Those before have
    been read all the same. A text is folded into a ribbon if `fold` is true, or, where that is
    None, if it is long. `strip` is the name of a gate or state to show of every unit instead.
    """

    layer: int | None = None
    unit: int | None = None
    spread: bool = False
    start: int = 0
    stop: int | None = None
    fold: bool | None = None
    strip: str | None = None

    @property
    def kind(self) -> str:
        """What stands for a layer: mean, unit or spread."""
        if self.unit is not None:
            return "unit"
        return "spread" if self.spread else "mean"

    def layers(self, trace: Trace) -> Sequence[int]:
        """Return the layers to show, counted from 0."""
        return range(len(trace.hidden)) if self.layer is None else (self.layer,)

    def of(self, units: Floats) -> Floats:
        """Return what is shown of the units of a layer: (T, H) -> (T, N), N is 3 of a spread."""
        if self.unit is not None:
            return units[:, self.unit, None]
        if not self.spread:
            mean: Floats = units.mean(axis=-1, keepdims=True)
            return mean
        spread: Floats = np.percentile(units, PERCENTILES, axis=-1).T
        return spread


@dataclass(frozen=True)
class Quantity:
    """A gate or a state: where to find it, what to call it, what its numbers mean.

    `kind` is "share" (0..1), "signed" (-1..1) or "size" (how large, whatever the sign). Its words
    are those of `word` in the catalogue's table of the `family`, "plain" for those without gates.
    `number` is its place in the story of the four layers, 0 for none.
    """

    name: str
    kind: str
    family: str
    word: str
    number: int = 0

    def short(self, pen: Pen) -> str:
        """Return its name in one word."""
        return pen(f"gates.{self.family}.{self.word}.short")

    def long(self, pen: Pen) -> str:
        """Return its full name."""
        return pen(f"gates.{self.family}.{self.word}.long")

    def meaning(self, pen: Pen) -> str:
        """Return what its numbers mean."""
        return pen(f"gates.{self.family}.{self.word}.meaning")

    def heading(self, pen: Pen) -> str:
        """Return what stands over its column."""
        short = self.short(pen)
        return f"{pen.symbols.number(self.number)} {short}" if self.number else short

    def sign(self, pen: Pen) -> str:
        """Return what stands for it where there is little room."""
        return pen.symbols.number(self.number) if self.number else self.short(pen)

    def units(self, trace: Trace, layer: int) -> Floats:
        """Return its values in a layer, counted from 0: (T, H)."""
        values: Floats = trace.values[self.name][layer]
        return np.abs(values) if self.kind == "size" else values


_PLAIN = (
    Quantity("hidden", "signed", "plain", "hidden"),
    Quantity("hidden", "size", "plain", "size"),
)


def quantities(info: CellInfo) -> Sequence[Quantity]:
    """Return what a trace of a family has to show, the most important first."""
    if info.keeps is None:
        return _PLAIN
    signed = (gate.name for gate in info.gates if gate.limits == SIGNED)
    names = [*((name, "share") for name in info.shares), *((name, "signed") for name in signed)]
    gates = [
        Quantity(name, kind, info.family, name, info.gate(name).number) for name, kind in names
    ]
    return (*gates, Quantity(info.memory, "size", info.family, info.memory))


def quantity_of(trace: Trace, name: str | None) -> Quantity:
    """Return a gate or state by its name, the most important one for None.

    Raises:
        OptionError: there is none.
    """
    shown = quantities(trace.cell_info)
    if name is None:
        return shown[0]
    check_one_of("strip", name, (quantity.name for quantity in shown))
    return next(quantity for quantity in shown if quantity.name == name)


def in_order(shown: Sequence[Quantity]) -> list[Quantity]:
    """Return quantities in the order of the story, those without a number last."""
    return sorted(shown, key=lambda quantity: quantity.number or len(shown))


def notice(info: CellInfo) -> str | None:
    """Return the key of the sentence on the gates that a family lacks; None if it has all."""
    if info.keeps is None:
        return "gates.notice.plain"
    return f"gates.notice.{info.family}" if info.memory == "hidden" else None
