"""Columns of a table whose cells are never squeezed: what finds no room is cut off at the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

GAP = 2


@dataclass(frozen=True)
class Column:
    """A heading, a cell for each row, and how the cells line up.

    `group` stands over the heading, and over those of the columns that follow without one.
    """

    heading: str
    cells: Sequence[Text]
    justify: str = "left"
    group: str = ""

    @property
    def width(self) -> int:
        """Count the terminal cells that the widest entry takes."""
        lines = [line for cell in self.cells for line in cell.plain.split("\n")]
        return max(cell_len(text) for text in (self.heading, *lines))


def needed(columns: Sequence[Column]) -> int:
    """Count the terminal cells that columns take beside each other."""
    return sum(column.width + GAP for column in columns) - GAP


def drawn(columns: Sequence[Column], console: Console, options: ConsoleOptions) -> RenderResult:
    """Draw columns beside each other."""
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(
            Text(column.heading),
            justify=column.justify,  # type: ignore[arg-type]
            min_width=column.width,
            no_wrap=True,
        )
    for cells in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*cells)
    if any(column.group for column in columns):
        yield Text(_groups(columns), style="bold", no_wrap=True, overflow="crop")
    # Wider than the console, Rich would squeeze the cells to nothing; now the end is cut off.
    yield from console.render(table, options.update_width(max(needed(columns), options.max_width)))


def _groups(columns: Sequence[Column]) -> str:
    line, place = "", 0
    for column in columns:
        if column.group:
            line += " " * (place - cell_len(line)) + column.group
        place += column.width + GAP
    return line
