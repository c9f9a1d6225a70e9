"""Columns of a table whose cells are never squeezed: what finds no room is cut off at the end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from charlstm.drawing.layout import at_left, line

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


def drawn(columns: Sequence[Column]) -> Iterator[Text]:
    """Draw columns beside each other, a line at a time.

    Rich's own table would squeeze cells to nothing where it has no room.
    """
    if any(column.group for column in columns):
        yield line(_groups(columns), style="bold")
    widths = [column.width for column in columns]
    headings = [Text(column.heading, style="bold") for column in columns]
    rows = zip(*(column.cells for column in columns), strict=True)
    for cells in (headings, *rows):
        parts = [cell.split("\n", allow_blank=True) for cell in cells]
        for row in zip_longest(*parts, fillvalue=Text()):
            yield line(*_spaced(row, columns, widths))


def _spaced(
    cells: Sequence[Text], columns: Sequence[Column], widths: Sequence[int]
) -> Iterator[str | Text]:
    """Give cells and the spaces between them; nothing after the last one."""
    due = 0
    for cell, column, width in zip(cells, columns, widths, strict=True):
        space = width - cell.cell_len
        before = space if column.justify == "right" else 0
        if cell.plain:
            yield " " * (due + before)
            yield cell
            due = space - before + GAP
        else:
            due += width + GAP


def _groups(columns: Sequence[Column]) -> str:
    groups, place = "", 0
    for column in columns:
        if column.group:
            groups = at_left(groups, place) + column.group
        place += column.width + GAP
    return groups
