"""The gate table: a row for each character, what was kept, what was written, what was said."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

from charlstm.drawing.palette import STEPLESS, shade, shade_signed
from charlstm.drawing.symbols import UNICODE, Symbols, glyph, percent
from charlstm.drawing.table import GAP, Column, drawn, needed
from charlstm.inspection.gates.legend import caveats, meaning, title
from charlstm.inspection.gates.quantities import FORMATS, Choice, Quantity, in_order, quantities
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.rows import filled, first_columns, rows_of
from charlstm.messages import Catalogue

_NEXT_LEAST = 14


class GateTable:
    """Draws a trace; columns that find no room are left out, the first gate never.

    Several layers stand side by side where all their columns have room, else below each other.
    """

    def __init__(
        self, trace: Trace, choice: Choice, messages: Catalogue, symbols: Symbols = UNICODE
    ) -> None:
        self.trace, self.choice, self.messages, self.symbols = trace, choice, messages, symbols
        self._rows = list(rows_of(trace, choice, symbols))
        self._quantities = quantities(trace)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the table with what its numbers mean."""
        draw = _Drawing(console.color_system not in STEPLESS, self.symbols, self.choice)
        layers, width = self.choice.layers(self.trace), options.max_width
        beside = self._beside(width, draw) if len(layers) > 1 else []
        groups = [layers] if beside else [[layer] for layer in layers]
        tables = [beside] if beside else [self._fitting(layer, width, draw) for layer in layers]
        for group, columns in zip(groups, tables, strict=True):
            yield from [] if group is groups[0] else [Text()]
            yield Text(title(self.trace, self.choice, group, self.messages), style="bold")
            yield from drawn(columns)
        headings = {column.heading for columns in tables for column in columns}
        yield from (Text(line, style="dim") for line in self._legend(headings))

    def _fitting(self, layer: int, width: int, draw: "_Drawing") -> list[Column]:
        """Choose the columns that there is room for, the weightiest first, and order them."""
        shown = {q: self._column(q, layer, draw) for q in self._quantities}
        gates = list(shown.values())[:2]
        every = first_columns(self._rows, self.messages, self.symbols)
        for first in (every, every[1:2]):
            if needed([*first, *gates]) <= width:
                break
        else:
            return self._narrowest(every[1], layer, width, draw)
        left = width - needed([*first, *gates]) - GAP - _NEXT_LEAST
        kept = list(shown)[:2]
        for quantity in list(shown)[2:]:
            if shown[quantity].width + GAP > left:
                break
            left -= shown[quantity].width + GAP
            kept.append(quantity)
        following = [self._next_column(left + _NEXT_LEAST)] if left >= 0 else []
        return [*first, *(shown[quantity] for quantity in in_order(kept)), *following]

    def _narrowest(
        self, character: Column, layer: int, width: int, draw: "_Drawing"
    ) -> list[Column]:
        """Keep the weightiest gate whole, and beside it the character if there is room."""
        weightiest = self._quantities[0]
        wide, tight = (self._column(weightiest, layer, draw, tight=t) for t in (False, True))
        for columns in ([character, wide], [character, tight]):
            if needed(columns) <= width:
                return columns
        return [tight]

    def _beside(self, width: int, draw: "_Drawing") -> list[Column]:
        """Set the layers side by side; nothing if there is no room for all of their columns."""
        columns = first_columns(self._rows, self.messages, self.symbols)
        for layer in self.choice.layers(self.trace):
            for place, quantity in enumerate(in_order(self._quantities)):
                cells = draw.cells(quantity, self._values(quantity, layer), tight=True)
                group = "" if place else self.messages("gates.columns.layer", layer=layer + 1)
                heading = quantity.sign(self.messages, self.symbols)
                columns.append(Column(heading, filled(self._rows, cells), "left", group))
        left = width - needed(columns) - GAP
        if left < -GAP:
            return []
        return [*columns, self._next_column(left)] if left >= _NEXT_LEAST else columns

    def _column(
        self, quantity: Quantity, layer: int, draw: "_Drawing", *, tight: bool = False
    ) -> Column:
        cells = draw.cells(quantity, self._values(quantity, layer), tight=tight)
        justify = "right" if quantity.kind == "size" else "left"
        return Column(
            quantity.heading(self.messages, self.symbols), filled(self._rows, cells), justify
        )

    def _values(self, quantity: Quantity, layer: int) -> list[list[float]]:
        """Take the numbers of each character that has a row of its own."""
        values: list[list[float]] = self.choice.of(quantity.units(self.trace, layer)).tolist()
        return [values[row.at] for row in self._rows if row.at is not None]

    def _next_column(self, width: int) -> Column:
        guesses = (self.trace.guesses[row.at] for row in self._rows if row.at is not None)
        cells = filled(self._rows, (Text(self._guesses(row, width)) for row in guesses))
        return Column(self.messages("gates.columns.next"), cells)

    def _guesses(self, guesses: list[tuple[str, float]], width: int) -> str:
        """Set the guesses side by side, on as many lines as they need."""
        lines: list[str] = []
        for character, share in guesses:
            guess = f"{glyph(character, self.symbols)} {percent(share)}"
            longer = f"{lines[-1]} {self.symbols.dot} {guess}" if lines else guess
            if lines and cell_len(longer) > width:
                lines.append(guess)
            else:
                lines[-1:] = [longer]
        return "\n".join(lines)

    def _legend(self, headings: set[str]) -> Iterator[str]:
        """Explain just the columns that are there."""
        for quantity in in_order(self._quantities):
            heading = quantity.heading(self.messages, self.symbols)
            if headings & {heading, quantity.sign(self.messages, self.symbols)}:
                yield meaning(quantity, self.messages, self.symbols)
        if self.messages("gates.columns.bits") in headings:
            yield self.messages("gates.legend.bits")
            if any(row.at is None for row in self._rows):
                yield self.messages("gates.legend.syllable")
        yield from caveats(self.trace, self.choice, self.messages)


class _Drawing(NamedTuple):
    """How numbers become cells."""

    coloured: bool
    symbols: Symbols
    choice: Choice

    def cells(
        self, quantity: Quantity, values: list[list[float]], *, tight: bool
    ) -> Iterator[Text]:
        """Draw the numbers of each character, with some ground around them if not `tight`."""
        draw = self._three if self.choice.kind == "spread" else self._one
        return (draw(quantity, numbers, "" if tight else " ") for numbers in values)

    def _one(self, quantity: Quantity, numbers: list[float], space: str) -> Text:
        value = numbers[0]
        shown = f"{value:{FORMATS[quantity.kind]}}"
        if quantity.kind == "size":
            return Text(shown)
        if quantity.kind == "share":
            shown = f"{shown} {self.symbols.bar(value)}".rstrip()
        return Text(f"{space}{shown}{space}", style=self._style(quantity)(value))

    def _three(self, quantity: Quantity, numbers: list[float], space: str) -> Text:
        style = self._style(quantity)
        if quantity.kind == "size":
            return Text(" ".join(_brief(value, "size") for value in numbers))
        cells = [Text(f"{space}{_brief(value, quantity.kind)} ", style(value)) for value in numbers]
        return Text().join(cells)

    def _style(self, quantity: Quantity) -> Callable[[float], Style]:
        if not self.coloured or quantity.kind == "size":
            return _uncoloured
        return shade_signed if quantity.kind == "signed" else shade


def _brief(value: float, kind: str) -> str:
    """Write a number in three places, or four with a sign: .07, 1.0, -.50, 12.3."""
    if kind == "size":
        return f"{value:4.1f}"
    shown = f"{value:{FORMATS[kind]}}"
    return shown.replace("0.", ".", 1) if abs(value) < 0.995 else shown[:-1]


def _uncoloured(_: float) -> Style:
    return Style.null()
