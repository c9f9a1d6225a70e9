"""The gate table: a row for each character, what was kept, what was written, what was given out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from charlstm.drawing.pen import Pen
from charlstm.drawing.table import Column, drawn, fitting, needed
from charlstm.inspection.gates.legend import caveats, meaning, title
from charlstm.inspection.gates.quantities import (
    FORMATS,
    Quantity,
    Selection,
    in_order,
    quantities,
)
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.rows import filled, first_columns, rows_of

_NEXT_LEAST = 14
# Which columns are left out first: the character and the first gate never, then the second gate,
# the place and the bits together, the guesses, and the other gates and states one by one.
_SECOND, _FIRST_COLUMNS, _NEXT, _OTHERS = 1, 2, 3, 4


class GateTable:
    """Draws a trace; columns that find no room are left out, the first gate never.

    Several layers stand side by side where all their columns have room, else below each other.
    """

    def __init__(self, trace: Trace, selection: Selection, pen: Pen) -> None:
        self.trace, self.selection, self.pen = trace, selection, pen
        self._rows = list(rows_of(trace, selection, pen))
        self._quantities = quantities(trace.cell_info)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the table, and what its numbers mean."""
        cells = _Cells(self.pen.on(console), self.selection)
        layers, width = self.selection.layers(self.trace), options.max_width
        beside = self._beside(width, cells) if len(layers) > 1 else []
        groups = [layers] if beside else [[layer] for layer in layers]
        tables = [beside] if beside else [self._fitting(layer, width, cells) for layer in layers]
        for group, columns in zip(groups, tables, strict=True):
            yield from [] if group is groups[0] else [Text()]
            yield Text(title(self.trace, self.selection, group, self.pen), style="bold")
            yield from drawn(columns)
        headings = {column.heading for columns in tables for column in columns}
        yield from (Text(line, style="dim") for line in self._legend(headings))

    def _fitting(self, layer: int, width: int, cells: "_Cells") -> list[Column]:
        """Choose the columns of a layer that there is room for."""
        first, *others = self._quantities
        character = first_columns(self._rows, self.pen)[1]
        weightiest = self._column(first, layer, cells)
        if needed([character, weightiest]) > width:
            weightiest = self._column(first, layer, cells, tight=True)
        if needed([character, weightiest]) > width:
            return [weightiest]
        shown = {first: weightiest}
        for place, quantity in enumerate(others):
            priority = _OTHERS + place if place else _SECOND
            column = self._column(quantity, layer, cells)
            shown[quantity] = replace(column, priority=priority)
        columns = [
            *first_columns(self._rows, self.pen, priority=_FIRST_COLUMNS),
            *(shown[quantity] for quantity in in_order(self._quantities)),
            self._next_place(),
        ]
        return self._with_guesses(fitting(columns, width), width)

    def _beside(self, width: int, cells: "_Cells") -> list[Column]:
        """Set the layers side by side; nothing if there is no room for all of their columns."""
        columns = first_columns(self._rows, self.pen)
        for layer in self.selection.layers(self.trace):
            for place, quantity in enumerate(in_order(self._quantities)):
                drawn_cells = cells.drawn(quantity, self._values(quantity, layer), tight=True)
                group = "" if place else self.pen("gates.columns.layer", layer=layer + 1)
                filled_cells = filled(self._rows, drawn_cells)
                columns.append(Column(quantity.sign(self.pen), filled_cells, group=group))
        if needed(columns) > width:
            return []
        return self._with_guesses(fitting([*columns, self._next_place()], width), width)

    def _column(
        self, quantity: Quantity, layer: int, cells: "_Cells", *, tight: bool = False
    ) -> Column:
        drawn_cells = cells.drawn(quantity, self._values(quantity, layer), tight=tight)
        return Column(
            quantity.heading(self.pen),
            filled(self._rows, drawn_cells),
            "right" if quantity.kind == "size" else "left",
        )

    def _values(self, quantity: Quantity, layer: int) -> list[list[float]]:
        """Return the numbers of each character that has a row of its own."""
        values: list[list[float]] = self.selection.of(quantity.units(self.trace, layer)).tolist()
        return [values[row.at] for row in self._rows if row.at is not None]

    def _next_place(self) -> Column:
        """Keep room for the guesses: how wide they can be is known only after the other columns."""
        return Column(self.pen("gates.columns.next"), [], priority=_NEXT, least=_NEXT_LEAST)

    def _with_guesses(self, columns: list[Column], width: int) -> list[Column]:
        """Fill the guesses in, if they have a place, with all the room that is left."""
        *others, last = columns
        if last.priority != _NEXT:
            return columns
        room = width - needed(columns) + last.width
        guesses = (self.trace.guesses[row.at] for row in self._rows if row.at is not None)
        cells = filled(self._rows, (Text(self._guesses(row, room)) for row in guesses))
        return [*others, Column(last.heading, cells)]

    def _guesses(self, guesses: list[tuple[str, float]], width: int) -> str:
        """Set the guesses side by side, on as many lines as they need."""
        lines: list[str] = []
        for guess in guesses:
            shown = self.pen.guesses([guess])
            longer = self.pen.dotted([lines[-1], shown]) if lines else shown
            if lines and cell_len(longer) > width:
                lines.append(shown)
            else:
                lines[-1:] = [longer]
        return "\n".join(lines)

    def _legend(self, headings: set[str]) -> Iterator[str]:
        """Explain just the columns that are there."""
        for quantity in in_order(self._quantities):
            if headings & {quantity.heading(self.pen), quantity.sign(self.pen)}:
                yield meaning(quantity, self.pen)
        if self.pen("gates.columns.bits") in headings:
            yield self.pen("gates.legend.bits")
            if any(row.at is None for row in self._rows):
                yield self.pen("gates.legend.syllable")
        yield from caveats(self.trace, self.selection, self.pen)


@dataclass(frozen=True)
class _Cells:
    """How numbers become cells."""

    pen: Pen
    selection: Selection

    def drawn(
        self, quantity: Quantity, values: list[list[float]], *, tight: bool
    ) -> Iterator[Text]:
        """Draw the numbers of each character, with some ground around them if not `tight`."""
        draw = self._three if self.selection.kind == "spread" else self._one
        return (draw(quantity, numbers, "" if tight else " ") for numbers in values)

    def _one(self, quantity: Quantity, numbers: list[float], space: str) -> Text:
        value = numbers[0]
        shown = f"{value:{FORMATS[quantity.kind]}}"
        if quantity.kind == "size":
            return Text(shown)
        if quantity.kind == "share":
            shown = f"{shown} {self.pen.bar(value)}".rstrip()
        return Text(f"{space}{shown}{space}", style=self.pen.shade_as(quantity.kind, value))

    def _three(self, quantity: Quantity, numbers: list[float], space: str) -> Text:
        kind = quantity.kind
        if kind == "size":
            return Text(" ".join(_brief(value, kind) for value in numbers))
        return Text().join(
            Text(f"{space}{_brief(value, kind)} ", self.pen.shade_as(kind, value))
            for value in numbers
        )


def _brief(value: float, kind: str) -> str:
    """Return a number in three places, or four with a sign: .07, 1.0, -.50, 12.3."""
    if kind == "size":
        return f"{value:4.1f}"
    shown = f"{value:{FORMATS[kind]}}"
    return shown.replace("0.", ".", 1) if abs(value) < 0.995 else shown[:-1]
