"""The gate table: a row for each character, what was kept, what was written, what was said."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.table import Table
from rich.text import Text

from charlstm.inspection.records import Trace
from charlstm.views.glyphs import UNICODE, Marks, glyph, percent
from charlstm.views.palette import STEPLESS, shade, shade_signed
from charlstm.views.quantities import Choice, Quantity, quantities

_GAP = 2
_NEXT_LEAST = 14


@dataclass(frozen=True)
class Column:
    """A heading, a cell for each character, and how the cells line up."""

    heading: str
    cells: Sequence[Text]
    justify: str = "left"

    @property
    def width(self) -> int:
        """Count the terminal cells that the widest entry takes."""
        lines = [line for cell in self.cells for line in cell.plain.split("\n")]
        return max(cell_len(text) for text in (self.heading, *lines))


class GateTable:
    """Draws a trace; columns that find no room are left out, the first two gates never."""

    def __init__(self, trace: Trace, choice: Choice, marks: Marks = UNICODE) -> None:
        self.trace, self.choice, self.marks = trace, choice, marks

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the table with what its numbers mean."""
        coloured = console.color_system not in STEPLESS
        columns, shown = self._fitting(options.max_width, coloured=coloured)
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        for column in columns:
            table.add_column(
                Text(column.heading),
                justify=column.justify,  # type: ignore[arg-type]
                min_width=column.width,
                no_wrap=True,
            )
        for cells in zip(*(column.cells for column in columns), strict=True):
            table.add_row(*cells)
        needed = sum(column.width + _GAP for column in columns) - _GAP
        yield Text(self._title(), style="bold")
        # Wider than the console, Rich would squeeze the cells to nothing; now the end is cut off.
        yield from console.render(table, options.update_width(max(needed, options.max_width)))
        yield from (Text(line, style="dim") for line in self._legend(shown))

    def _fitting(self, width: int, *, coloured: bool) -> tuple[list[Column], list[Quantity]]:
        """Choose the columns that there is room for, the weightiest first, and order them."""
        shown = {q: self._column(q, coloured=coloured) for q in quantities(self.trace)}
        first = self._first_columns()
        room = width - sum(column.width + _GAP for column in (*first, *list(shown.values())[:2]))
        if room < -_GAP:
            first = first[1:2]
        left = room - _NEXT_LEAST
        kept = list(shown)[:2]
        for quantity in list(shown)[2:]:
            if shown[quantity].width + _GAP > left:
                break
            left -= shown[quantity].width + _GAP
            kept.append(quantity)
        ordered = sorted(kept, key=lambda quantity: quantity.number or len(shown))
        following = [self._next_column(left + _NEXT_LEAST)] if left >= 0 else []
        return [*first, *(shown[quantity] for quantity in ordered), *following], ordered

    def _first_columns(self) -> list[Column]:
        trace = self.trace
        return [
            Column("#", [Text(str(t), style="dim") for t in range(len(trace.text))], "right"),
            Column("char", [Text(glyph(c, self.marks), style="bold") for c in trace.text]),
            Column("bits", [Text(self._bits(bits)) for bits in trace.bits], "right"),
        ]

    def _column(self, quantity: Quantity, *, coloured: bool) -> Column:
        values = quantity.of(self.trace, self.choice).tolist()
        heading = quantity.heading(self.marks)
        if quantity.kind == "share":
            bars = (f" {value:.2f} {self.marks.bar(value)}".rstrip() + " " for value in values)
            return Column(heading, _styled(bars, values, shade if coloured else _uncoloured))
        if quantity.kind == "signed":
            signed = (f" {value:+.2f} " for value in values)
            return Column(
                heading, _styled(signed, values, shade_signed if coloured else _uncoloured)
            )
        return Column(heading, [Text(f"{value:.2f}") for value in values], "right")

    def _next_column(self, width: int) -> Column:
        return Column("next", [Text(self._guesses(row, width)) for row in self.trace.guesses])

    def _guesses(self, guesses: list[tuple[str, float]], width: int) -> str:
        """Set the guesses side by side, on as many lines as they need."""
        lines: list[str] = []
        for character, share in guesses:
            guess = f"{glyph(character, self.marks)} {percent(share)}"
            longer = f"{lines[-1]} {self.marks.dot} {guess}" if lines else guess
            if lines and cell_len(longer) > width:
                lines.append(guess)
            else:
                lines[-1:] = [longer]
        return "\n".join(lines)

    def _bits(self, bits: float) -> str:
        return self.marks.dash if np.isnan(bits) else f"{bits:.1f}"

    def _title(self) -> str:
        layers, _, units = self.trace.hidden.shape
        unit = self.choice.unit
        which = f"mean of its {units} units" if unit is None else f"unit {unit}"
        return f"layer {self.choice.layer + 1} of {layers}, {which}"

    def _legend(self, shown: list[Quantity]) -> Iterator[str]:
        yield from (f"{quantity.heading(self.marks)}: {quantity.meaning}" for quantity in shown)
        yield "bits: how surprising the character was"
        if self.choice.unit is None:
            yield "A mean hides what single units do: look at one with --unit."


def _styled(
    cells: Iterable[str], values: list[float], style: Callable[[float], Style]
) -> list[Text]:
    return [Text(cell, style=style(value)) for cell, value in zip(cells, values, strict=True)]


def _uncoloured(_: float) -> Style:
    return Style.null()
