"""Tables whose cells are never squeezed: columns are left out by priority where there is no room.

Rich's own table folds or squeezes cells to nothing. Here a column is drawn whole, or not at all;
only what is always kept and still too wide is cut off at the end of the line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal

from rich.text import Text

from charlstm.drawing.layout import at_left, line, shortened, widest

GAP = 2


@dataclass(frozen=True)
class Column:
    """A heading, a cell for each row, and how the cells line up.

    `priority` says which columns are left out first: those of 0 are always kept, then those of 1,
    and so on; columns of one priority stay or go together. `least` is the least width in cells.
    `group` stands over the heading, and over those of the columns that follow without one.
    A cell may have several lines.
    """

    heading: str
    cells: Sequence[Text]
    justify: Literal["left", "right"] = "left"
    group: str = ""
    priority: int = 0
    least: int = 0

    @property
    def width(self) -> int:
        """Return how many terminal cells the widest entry takes."""
        lines = [line for cell in self.cells for line in cell.plain.split("\n")]
        return max(self.least, widest((self.heading, *lines)))

    def cut(self, width: int, mark: str) -> "Column":
        """Return the column in just `width` cells; `mark` ends what had to be shortened."""
        cells = [Text(shortened(cell.plain, width, mark), cell.style) for cell in self.cells]
        heading = shortened(self.heading, width, mark)
        return replace(self, heading=heading, cells=cells, least=width)


def needed(columns: Sequence[Column]) -> int:
    """Return how many terminal cells columns take beside each other."""
    return sum(column.width + GAP for column in columns) - GAP


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """Return the columns that fit into a width, in their order.

    Priorities are taken in, the lowest number first, until one of them finds no room.
    """
    kept = [column for column in columns if column.priority == 0]
    for priority in sorted({column.priority for column in columns} - {0}):
        more = [column for column in columns if column.priority <= priority]
        if needed(more) > width:
            break
        kept = more
    return kept


def drawn(columns: Sequence[Column]) -> Iterator[Text]:
    """Draw columns beside each other: groups if there are any, headings, and each row."""
    if any(column.group for column in columns):
        yield line(_groups(columns), style="bold")
    headings = [Text(column.heading, style="bold") for column in columns]
    rows = zip(*(column.cells for column in columns), strict=True)
    widths = [column.width for column in columns]
    for cells in (headings, *rows):
        parts = [cell.split("\n", allow_blank=True) for cell in cells]
        for row in zip_longest(*parts, fillvalue=Text()):
            yield line(*_spaced(row, columns, widths))


def _spaced(
    cells: Sequence[Text], columns: Sequence[Column], widths: Sequence[int]
) -> Iterator[str | Text]:
    """Yield cells and the spaces between them; nothing after the last one."""
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
