"""A row for each guess, and before it the text that it came from.

Of the past as much is shown as there is room for. It reads as text; its colour, or the blocks
beneath it, are how much each character mattered by gradient.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from charlstm.drawing.annotated_text import last_fitting
from charlstm.drawing.layout import widest
from charlstm.drawing.pen import Pen
from charlstm.drawing.table import GAP, Column, drawn, needed
from charlstm.inspection.lookback.cells import level
from charlstm.inspection.lookback.record import Lookback

_STRONGEST = Style(bold=True, underline=True)
_LEAST = 8


class _Past(NamedTuple):
    """The signs of the past characters of a row, and how much each mattered, 0..1.

    If it `is_cut` the first sign stands for all that is further back.
    """

    signs: Sequence[str]
    shares: Sequence[float]
    is_cut: bool = False

    def fitted(self, room: int, mark: str) -> "_Past":
        """Return as many of the last characters as fit; `mark` stands for all before them."""
        widths = list(map(cell_len, self.signs))
        if sum(widths) <= room:
            return self
        first = last_fitting(widths, room - cell_len(mark))
        shares = [max(self.shares[:first]), *self.shares[first:]]
        return _Past([mark, *self.signs[first:]], shares, is_cut=True)


class LookbackTable:
    """Draws a record; the past takes the room that the guesses leave, half of it at the least."""

    def __init__(self, record: Lookback, pen: Pen) -> None:
        self.record, self.pen = record, pen
        self._rows = range(len(record.places))
        # what stands after a past whose gradient and occlusion disagree
        self._flag = f" {pen.symbols.differs}".rstrip()

    def lines(self, width: int) -> Iterator[Text]:
        """Draw the rows with what they mean."""
        pen, mark = self.pen, self.pen.symbols.cut
        number = Column("#", [Text(f"{n}", "dim") for n in self.record.places], "right")
        came = self._came()
        room = width - needed([number, *came]) - cell_len(self._flag) - 2 * GAP
        count = self._count(room, width, least=0 if came else 1)
        room = max(room - self._guesses_width(count), _LEAST)
        pasts = [self._past(row).fitted(room, mark) for row in self._rows]
        yield Text(pen(f"lookback.title.{self.record.asked}"), style="bold")
        yield from drawn([number, self._read(pasts), *came, *self._next(count)])
        for meaning in self._legend(is_cut=any(past.is_cut for past in pasts)):
            yield Text(meaning, style="dim")

    def _past(self, row: int) -> _Past:
        past = list(self.record.past(row))
        return _Past([self.pen.inline(c.character) for c in past], [c.gradient for c in past])

    def _read(self, pasts: Sequence[_Past]) -> Column:
        """Return the column of what was read; levels beneath it where there are no colours."""
        blank = " " * cell_len(self._flag)
        cells = []
        for row, past in zip(self._rows, pasts, strict=True):
            cell = Text()
            for sign, share in zip(past.signs, past.shares, strict=True):
                cell.append(sign, self._shade(share))
            cell.append(self._flag if self.record.disagrees(row) else blank, "bold")
            if not self.pen.coloured:
                cell.append(f"\n{self._levels(past)}{blank}")
            cells.append(cell)
        return Column(self.pen("lookback.read") + blank, cells, "right")

    def _shade(self, share: float) -> Style:
        if share < 1 or not self.pen.coloured:
            return self.pen.shade(share)
        return self.pen.shade(share) + _STRONGEST

    def _levels(self, past: _Past) -> str:
        pairs = zip(past.signs, past.shares, strict=True)
        return "".join(level(share, cell_len(sign), self.pen) for sign, share in pairs)

    def _came(self) -> list[Column]:
        """Return the column of the characters that came, if they are what was asked for."""
        if self.record.asked != "text":
            return []
        pairs = zip(self.record.targets, map(float, self.record.chances), strict=True)
        cells = [Text(self.pen.guesses([pair]), "bold") for pair in pairs]
        return [Column(self.pen("lookback.came"), cells)]

    def _next(self, count: int) -> list[Column]:
        cells = [Text(self._guesses(row, count)) for row in self._rows]
        return [Column(self.pen("lookback.next"), cells)] if count else []

    def _count(self, room: int, width: int, least: int) -> int:
        """Return how many guesses leave half of the width to the past; `least` at the least."""
        most = max(map(len, self.record.guesses))
        fitting = (n for n in range(most + 1) if room - self._guesses_width(n) >= width / 2)
        return max(max(fitting, default=0), min(most, least))

    def _guesses_width(self, count: int) -> int:
        return widest(self._guesses(row, count) for row in self._rows)

    def _guesses(self, row: int, count: int) -> str:
        return self.pen.guesses(self.record.guesses[row][:count])

    def _legend(self, *, is_cut: bool) -> Iterator[str]:
        pen = self.pen
        drawn_as = "blocks" if pen.symbols.bars else "digits"
        yield pen(f"lookback.legend.{'colour' if pen.coloured else drawn_as}")
        if is_cut:
            yield pen("lookback.legend.cut", cut=pen.symbols.cut)
        if any(map(self.record.disagrees, self._rows)):
            yield pen("lookback.legend.flag", flag=pen.symbols.differs.strip())
        yield pen("lookback.legend.caution")
