"""The strip: one gate of every unit, a row of cells a character."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from charlstm.drawing.heat import Heat
from charlstm.drawing.pen import Pen
from charlstm.drawing.table import GAP, Column, drawn, fitting, needed
from charlstm.inspection.gates.legend import lacking, meaning, title_of
from charlstm.inspection.gates.quantities import Selection, quantity_of
from charlstm.inspection.gates.record import Floats, Trace
from charlstm.inspection.gates.rows import filled, first_columns, rows_of

_LEAST = 10
_TICK = 10


@dataclass(frozen=True)
class Pool:
    """How the units of a layer share cells: `size` units each, but the last cell has the rest."""

    units: int
    size: int

    @classmethod
    def fitting(cls, units: int, room: int) -> "Pool":
        """Let as many units share a cell as are needed to find room."""
        return cls(units, -(-units // max(room, 1)))

    @property
    def rest(self) -> int:
        """How many units the last cell has."""
        return (self.units - 1) % self.size + 1

    def of(self, values: Floats) -> Floats:
        """Return the means of cells: (T, units) -> (T, cells)."""
        starts = np.arange(0, self.units, self.size)
        sums: Floats = np.add.reduceat(values, starts, axis=-1)
        counts: Floats = np.diff([*starts, self.units]).astype(np.float32)
        return sums / counts

    def ruler(self) -> str:
        """Return a heading that has above every tenth cell the number of its first unit."""
        cells = -(-self.units // self.size)
        ruler = ""
        for cell in range(0, cells, _TICK):
            longer = ruler.ljust(cell) + str(cell * self.size)
            if len(longer) <= max(cells, 1):
                ruler = longer
        return ruler

    def legend(self, pen: Pen) -> str:
        """Return what a cell stands for."""
        if self.size == 1:
            return pen("gates.legend.one")
        key = "pooled" if self.rest == self.size else "pooled_rest"
        return pen(f"gates.legend.{key}", size=self.size, rest=self.rest)


class Strip:
    """Draws a gate or state; layers stand side by side where all their units have room."""

    def __init__(self, trace: Trace, selection: Selection, pen: Pen) -> None:
        self.trace, self.selection, self.pen = trace, selection, pen
        self._quantity = quantity_of(trace, selection.strip)
        self._rows = list(rows_of(trace, selection, pen))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the strips, and what their cells mean."""
        layers, units = self.selection.layers(self.trace), self.trace.hidden.shape[-1]
        first, room = self._first(options.max_width)
        beside = len(layers) > 1 and len(layers) * (units + GAP) - GAP <= room
        pool = Pool.fitting(units, units if beside else room)
        heat = self._heat(pool, self.pen.on(console))
        for place, group in enumerate([layers] if beside else [[layer] for layer in layers]):
            yield from [Text()] if place else []
            yield Text(self._title(group), style="bold")
            strips = [self._column(layer, pool, heat, several=beside) for layer in group]
            yield from drawn([*first, *strips])
        yield from (Text(line, style="dim") for line in self._legend(pool, heat))

    def _first(self, width: int) -> tuple[list[Column], int]:
        """Choose what stands before the strip, and how many cells are left for it."""
        strip = Column("", [], least=_LEAST)
        columns = fitting([*first_columns(self._rows, self.pen, priority=1), strip], width)
        return columns[:-1], width - needed(columns) + _LEAST

    def _column(self, layer: int, pool: Pool, heat: Heat, *, several: bool) -> Column:
        shown = [row.at for row in self._rows if row.at is not None]
        values = self._values(layer, pool)[shown].tolist()
        cells = (Text().join(map(heat.cell, row)) for row in values)
        group = self.pen("gates.columns.layer", layer=layer + 1) if several else ""
        return Column(pool.ruler(), filled(self._rows, cells), group=group)

    def _values(self, layer: int, pool: Pool) -> Floats:
        return pool.of(self._quantity.units(self.trace, layer))

    def _heat(self, pool: Pool, pen: Pen) -> Heat:
        most = 1.0
        if self._quantity.kind == "size":
            layers = self.selection.layers(self.trace)
            most = max(float(self._values(layer, pool).max(initial=0.0)) for layer in layers)
        return Heat(self._quantity.kind, 1, pen, most)

    def _title(self, layers: Sequence[int]) -> str:
        gate, units = self._quantity.long(self.pen), self.trace.hidden.shape[-1]
        which = self.pen("gates.title.strip", gate=gate, units=units)
        return title_of(self.trace, layers, which, self.pen)

    def _legend(self, pool: Pool, heat: Heat) -> Iterator[str]:
        yield meaning(self._quantity, self.pen)
        yield from heat.scale()
        yield from heat.exception(self._quantity.heading(self.pen))
        yield pool.legend(self.pen)
        yield self.pen("gates.legend.strip")
        yield from lacking(self.trace, self.pen)
