"""Values beneath or behind the characters of a text: one layout for every view that has them.

A text is a sequence of pieces: characters, or the letters of a syllable that stay together. Each
row has a cell for each piece, and all cells of a piece take the same width, so that what belongs to
a piece stands beneath it. Values behind characters are the styles of the cells of the text itself.

    widths = piece_widths(rows)
    for part in folds(widths, room):                       # lines that fit, as slices of the pieces
        yield from set_rows([row.of(part) for row in rows], widths[part])
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from charlstm.drawing.layout import line

Cell = str | Text


@dataclass(frozen=True)
class Row:
    """A row of a layout: a cell for each piece, and what stands before them.

    A cell that is a string has the style of the row. Labels must be equally wide in all rows.
    """

    cells: Sequence[Cell]
    label: Cell = ""
    style: str | Style = ""

    def of(self, part: slice, label: Cell | None = None) -> "Row":
        """Return the row of some of the pieces, with a label of its own if one is given."""
        return replace(self, cells=self.cells[part], label=self.label if label is None else label)


def piece_widths(rows: Sequence[Row]) -> list[int]:
    """Return for each piece how many terminal cells its widest cell takes."""
    return [max(map(_width, cells)) for cells in zip(*(row.cells for row in rows), strict=True)]


def folds(widths: Sequence[int], room: int, ends: Container[int] = ()) -> Iterator[slice]:
    """Cut pieces into lines of at most `room` cells; only a piece wider than that is wider.

    A line ends, besides, after each piece whose place is in `ends`.
    """
    start, used = 0, 0
    for place, width in enumerate(widths):
        if place > start and used + width > room:
            yield slice(start, place)
            start, used = place, 0
        used += width
        if place in ends:
            yield slice(start, place + 1)
            start, used = place + 1, 0
    if start < len(widths):
        yield slice(start, len(widths))


def last_fitting(widths: Sequence[int], room: int) -> int:
    """Return the place of the first of the last pieces that fit into `room` cells."""
    first = len(widths)
    while first and widths[first - 1] <= room:
        first -= 1
        room -= widths[first]
    return first


def set_rows(rows: Sequence[Row], widths: Sequence[int]) -> Iterator[Text]:
    """Set rows beneath each other, a line each: every cell in the width of its piece."""
    for row in rows:
        body = Text(style=row.style)
        for cell, width in zip(row.cells, widths, strict=True):
            body.append(cell)
            body.append(" " * (width - _width(cell)))
        yield line(row.label, body)


def _width(cell: Cell) -> int:
    return cell_len(cell) if isinstance(cell, str) else cell.cell_len
