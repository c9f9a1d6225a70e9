"""The gate table: a row for each character, what was kept, what was written, what was said."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.table import Table
from rich.text import Text

from charlstm.inspection.records import Floats, Trace
from charlstm.views.glyphs import UNICODE, Marks, glyph, percent
from charlstm.views.palette import shade, shade_signed

_GAP = 2
_NEXT_LEAST = 14
# Terminals of 16 colours have no even steps: there the bars alone speak.
_STEPLESS = {None, "standard", "windows"}


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
    """Draws a trace; columns that find no room are left out, those of the gates ① and ② never."""

    def __init__(self, trace: Trace, choice: Choice, marks: Marks = UNICODE) -> None:
        self.trace, self.choice, self.marks = trace, choice, marks

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the table with what its numbers mean."""
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        columns = self._fitting(options.max_width, coloured=console.color_system not in _STEPLESS)
        needed = sum(column.width + _GAP for column in columns) - _GAP
        for column in columns:
            table.add_column(
                Text(column.heading),
                justify=column.justify,  # type: ignore[arg-type]
                min_width=column.width,
                no_wrap=True,
            )
        for cells in zip(*(column.cells for column in columns), strict=True):
            table.add_row(*cells)
        yield Text(self._title(), style="bold")
        # Wider than the console, Rich would squeeze the cells to nothing; now the end is cut off.
        yield from console.render(table, options.update_width(max(needed, options.max_width)))
        yield from (Text(line, style="dim") for line in self._legend())

    def _fitting(self, width: int, *, coloured: bool) -> list[Column]:
        """Choose the columns that there is room for, the weightiest first, and order them."""
        first = self._first_columns()
        gates = self._gate_columns(coloured=coloured)
        room = width - sum(column.width + _GAP for column in (*first, *gates[:2]))
        if room < -_GAP:
            first = first[1:2]
        optional = [gates[3], gates[2], gates[4]]
        shown = []
        left = room - _NEXT_LEAST
        for column in optional:
            if column.width + _GAP > left:
                break
            left -= column.width + _GAP
            shown.append(column)
        kept = [column for column in gates if column in (*gates[:2], *shown)]
        following = [self._next_column(left + _NEXT_LEAST)] if left >= 0 else []
        return [*first, *kept, *following]

    def _first_columns(self) -> list[Column]:
        trace = self.trace
        return [
            Column("#", [Text(str(t), style="dim") for t in range(len(trace.text))], "right"),
            Column("char", [Text(glyph(c, self.marks), style="bold") for c in trace.text]),
            Column("bits", [Text(self._bits(bits)) for bits in trace.bits], "right"),
        ]

    def _gate_columns(self, *, coloured: bool) -> list[Column]:
        trace, take, number = self.trace, self.choice.of, self.marks.number
        share = shade if coloured else _uncoloured
        signed = shade_signed if coloured else _uncoloured
        size = Column("|C|", [Text(f"{value:.2f}") for value in take(np.abs(trace.cell))], "right")
        return [
            Column(f"{number(1)} forget", self._gate(take(trace.forget), share)),
            Column(f"{number(2)} input", self._gate(take(trace.input), share)),
            Column(f"{number(3)} candidate", _signed(take(trace.candidate), signed)),
            Column(f"{number(4)} output", self._gate(take(trace.output), share)),
            size,
        ]

    def _gate(self, values: Floats, style: Callable[[float], Style]) -> list[Text]:
        return [
            Text(f" {value:.2f} {self.marks.bar(value)} ".rstrip() + " ", style=style(value))
            for value in values.tolist()
        ]

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
        layers, _, units = self.trace.forget.shape
        unit = self.choice.unit
        which = f"mean of its {units} units" if unit is None else f"unit {unit}"
        return f"layer {self.choice.layer + 1} of {layers}, {which}"

    def _legend(self) -> Iterator[str]:
        number = self.marks.number
        yield f"{number(1)} forget: 1 keeps all of the old memory, 0 erases it"
        yield f"{number(2)} input: 1 writes all of the candidate, 0 nothing"
        yield f"{number(3)} candidate: what could be written, from -1 to 1"
        yield f"{number(4)} output: 1 says all of tanh(C), 0 nothing"
        yield "|C|: size of the long-term memory   bits: how surprising the character was"
        if self.choice.unit is None:
            yield "A mean hides what single units do: look at one with --unit."


def _signed(values: Floats, style: Callable[[float], Style]) -> list[Text]:
    return [Text(f" {value:+.2f} ", style=style(value)) for value in values.tolist()]


def _uncoloured(_: float) -> Style:
    return Style.null()
