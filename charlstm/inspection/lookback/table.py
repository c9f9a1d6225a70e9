"""A row for each guess, and before it the text that it came from.

Of the past as much is shown as there is room for. It reads as text; its colour, or the blocks
beneath it, are how much each character mattered by gradient.
"""

from collections.abc import Iterator
from typing import NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

from charlstm.drawing.layout import at_left, at_right, line, widest
from charlstm.drawing.palette import STEPLESS, shade
from charlstm.drawing.symbols import Symbols
from charlstm.inspection.lookback.cells import guessed, inline, level
from charlstm.inspection.lookback.record import Lookback
from charlstm.messages import Catalogue

_STRONGEST = Style(bold=True, underline=True)
_LEAST = 8


class _Piece(NamedTuple):
    """What stands for a past character, or for all that is further back, and how strong it is."""

    shown: str
    share: float

    @property
    def style(self) -> Style:
        """Colour it by its strength."""
        return shade(self.share) + (_STRONGEST if self.share == 1 else Style.null())


class _Past(NamedTuple):
    """What a row shows of the past, and whether there is more of it."""

    pieces: list[_Piece]
    is_cut: bool

    @property
    def width(self) -> int:
        """Count the terminal cells that it takes."""
        return sum(cell_len(piece.shown) for piece in self.pieces)


class _Layout(NamedTuple):
    """Terminal cells for the number, the past and the character that came; how many guesses."""

    number: int
    past: int
    came: int
    guesses: int


class LookbackTable:
    """Draws a record; the past takes the room that the guesses leave, half of it at the least."""

    def __init__(self, record: Lookback, messages: Catalogue, symbols: Symbols) -> None:
        self.record, self.messages, self.symbols = record, messages, symbols
        self.rows = range(len(record.places))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the rows with what they mean."""
        coloured = console.color_system not in STEPLESS
        layout = self._layout(options.max_width)
        pasts = [self._past(row, layout.past) for row in self.rows]
        read = cell_len(self.messages("lookback.read"))
        layout = layout._replace(past=max(read, *(past.width for past in pasts), 0))
        yield Text(self.messages(f"lookback.title.{self.record.asked}"), style="bold")
        yield self._headings(layout)
        for row, past in zip(self.rows, pasts, strict=True):
            yield self._line(row, past, layout, coloured=coloured)
            if not coloured:
                yield self._levels(past, layout)
        yield from (Text(said, style="dim") for said in self._legend(pasts, coloured=coloured))

    def _layout(self, width: int) -> _Layout:
        """Show as many guesses as leave half of the width to the past.

        One there always is, the target's.
        """
        number = len(str(self.record.places[-1]))
        came = 0
        if self.record.asked == "text":
            came = widest([self.messages("lookback.came"), *map(self._came, self.rows)])
        room = width - number - 6 - (came + 2 if came else 0)
        most = max(map(len, self.record.guesses))
        widths = [
            widest(self._guesses(row, count) for row in self.rows) for count in range(most + 1)
        ]
        count = max((n for n in range(most + 1) if room - widths[n] >= width / 2), default=0)
        count = count if came else max(count, min(most, 1))
        return _Layout(number, max(room - widths[count], _LEAST), came, count)

    def _past(self, row: int, room: int) -> _Past:
        """Take from the end as many past characters as fit; one mark stands for all others."""
        past = list(self.record.past(row))
        pieces = [_Piece(inline(each.character, self.symbols), each.gradient) for each in past]
        if _Past(pieces, is_cut=False).width <= room:
            return _Past(pieces, is_cut=False)
        left, first = room - cell_len(self.symbols.cut), len(pieces)
        while first and cell_len(pieces[first - 1].shown) <= left:
            first -= 1
            left -= cell_len(pieces[first].shown)
        cut = _Piece(self.symbols.cut, max(piece.share for piece in pieces[:first]))
        return _Past([cut, *pieces[first:]], is_cut=True)

    def _headings(self, layout: _Layout) -> Text:
        read = at_right(self.messages("lookback.read"), layout.past)
        drawn = line("#".rjust(layout.number), "  ", read, "    ")
        if layout.came:
            drawn.append(at_left(self.messages("lookback.came"), layout.came + 2))
        drawn.append(self.messages("lookback.next") if layout.guesses else "")
        drawn.stylize("bold")
        return drawn

    def _line(self, row: int, past: _Past, layout: _Layout, *, coloured: bool) -> Text:
        number = str(self.record.places[row]).rjust(layout.number)
        drawn = line((number, "dim"), " " * (2 + layout.past - past.width))
        for piece in past.pieces:
            drawn.append(piece.shown, piece.style if coloured else None)
        drawn.append(f" {self.symbols.differs} " if self.record.disagrees(row) else "    ", "bold")
        if layout.came:
            drawn.append(at_left(self._came(row), layout.came + 2), "bold")
        drawn.append(self._guesses(row, layout.guesses))
        return drawn

    def _levels(self, past: _Past, layout: _Layout) -> Text:
        """Draw beneath the past how strong it is, for terminals without even steps of colour."""
        pieces = ((piece.share, cell_len(piece.shown)) for piece in past.pieces)
        levels = "".join(level(share, width, self.symbols) for share, width in pieces)
        return line(" " * (layout.number + 2), at_right(levels, layout.past))

    def _came(self, row: int) -> str:
        pair = self.record.targets[row], float(self.record.chances[row])
        return guessed([pair], self.symbols)

    def _guesses(self, row: int, count: int) -> str:
        return guessed(self.record.guesses[row][:count], self.symbols)

    def _legend(self, pasts: list[_Past], *, coloured: bool) -> Iterator[str]:
        drawn = "blocks" if self.symbols.bars else "digits"
        yield self.messages(f"lookback.legend.{'colour' if coloured else drawn}")
        if any(past.is_cut for past in pasts):
            yield self.messages("lookback.legend.cut", cut=self.symbols.cut)
        if any(map(self.record.disagrees, self.rows)):
            yield self.messages("lookback.legend.flag", flag=self.symbols.differs.strip())
        yield self.messages("lookback.legend.caution")
