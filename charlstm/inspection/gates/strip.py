"""The strip: one gate of every unit, a row of cells a character."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from charlstm.drawing.heat import Heat
from charlstm.drawing.palette import STEPLESS
from charlstm.drawing.symbols import UNICODE, Symbols
from charlstm.drawing.table import GAP, Column, drawn
from charlstm.inspection.gates.legend import lacking, meaning, title_of
from charlstm.inspection.gates.quantities import Choice, quantity_of
from charlstm.inspection.gates.record import Floats, Trace
from charlstm.inspection.gates.rows import filled, first_columns, rows_of
from charlstm.messages import Catalogue

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
        """Count the units of the last cell."""
        return (self.units - 1) % self.size + 1

    def of(self, values: Floats) -> Floats:
        """Take means: (T, units) -> (T, cells)."""
        starts = np.arange(0, self.units, self.size)
        sums: Floats = np.add.reduceat(values, starts, axis=-1)
        counts: Floats = np.diff([*starts, self.units]).astype(np.float32)
        return sums / counts

    def ruler(self) -> str:
        """Write above every tenth cell the number of its first unit."""
        cells = -(-self.units // self.size)
        ruler = ""
        for cell in range(0, cells, _TICK):
            longer = ruler.ljust(cell) + str(cell * self.size)
            if len(longer) <= max(cells, 1):
                ruler = longer
        return ruler

    def legend(self, messages: Catalogue) -> str:
        """Say what a cell stands for."""
        if self.size == 1:
            return messages("gates.legend.one")
        key = "pooled" if self.rest == self.size else "pooled_rest"
        return messages(f"gates.legend.{key}", size=self.size, rest=self.rest)


class Strip:
    """Draws a gate or state; layers stand side by side where all their units have room."""

    def __init__(
        self, trace: Trace, choice: Choice, messages: Catalogue, symbols: Symbols = UNICODE
    ) -> None:
        self.trace, self.choice, self.messages, self.symbols = trace, choice, messages, symbols
        self._quantity = quantity_of(trace, choice.strip)
        self._rows = list(rows_of(trace, choice, symbols))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the strips with what their cells mean."""
        coloured = console.color_system not in STEPLESS
        layers, units = self.choice.layers(self.trace), self.trace.hidden.shape[-1]
        first, room = self._first(options.max_width)
        beside = len(layers) > 1 and len(layers) * (units + GAP) - GAP <= room
        pool = Pool.fitting(units, units if beside else room)
        heat = self._heat(pool, coloured=coloured)
        for place, group in enumerate([layers] if beside else [[layer] for layer in layers]):
            yield from [Text()] if place else []
            yield Text(self._title(group), style="bold")
            strips = [self._column(layer, pool, heat, several=beside) for layer in group]
            yield from drawn([*first, *strips])
        yield from (Text(line, style="dim") for line in self._legend(pool, heat))

    def _first(self, width: int) -> tuple[list[Column], int]:
        """Choose what stands before the strip, and say how much room is left for it."""
        columns = first_columns(self._rows, self.messages, self.symbols)
        for first in (columns, columns[1:2]):
            room = width - sum(column.width + GAP for column in first)
            if room >= _LEAST:
                break
        return first, room

    def _column(self, layer: int, pool: Pool, heat: Heat, *, several: bool) -> Column:
        values = self._values(layer, pool).tolist()
        cells = (Text().join(map(heat.cell, row)) for row in values)
        group = self.messages("gates.columns.layer", layer=layer + 1) if several else ""
        return Column(pool.ruler(), filled(self._rows, cells), group=group)

    def _values(self, layer: int, pool: Pool) -> Floats:
        shown = [row.at for row in self._rows if row.at is not None]
        return pool.of(self._quantity.units(self.trace, layer)[shown])

    def _heat(self, pool: Pool, *, coloured: bool) -> Heat:
        most = 1.0
        if self._quantity.kind == "size":
            layers = self.choice.layers(self.trace)
            most = max(float(self._values(layer, pool).max(initial=0.0)) for layer in layers)
        return Heat(self._quantity.kind, 1, self.symbols, coloured, most)

    def _title(self, layers: Sequence[int]) -> str:
        gate, units = self._quantity.long(self.messages), self.trace.hidden.shape[-1]
        which = self.messages("gates.title.strip", gate=gate, units=units)
        return title_of(self.trace, layers, which, self.messages)

    def _legend(self, pool: Pool, heat: Heat) -> Iterator[str]:
        yield meaning(self._quantity, self.messages, self.symbols)
        yield from heat.scale(self.messages)
        yield from heat.exception(
            self._quantity.heading(self.messages, self.symbols), self.messages
        )
        yield pool.legend(self.messages)
        yield self.messages("gates.legend.strip")
        yield from lacking(self.trace, self.messages)
