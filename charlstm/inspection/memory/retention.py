"""What becomes of one character: how much of it is left in the cell, in numbers and in the text."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from charlstm.drawing.graphemes import Grapheme, graphemes
from charlstm.drawing.layout import at_left, line, widest
from charlstm.drawing.names import unit_name
from charlstm.drawing.palette import shade
from charlstm.drawing.symbols import Symbols, glyph, percent
from charlstm.inspection.memory.record import Retention
from charlstm.messages import Catalogue

# Which distances stay where there is not room for all.
_WEIGHTIEST = (1, 10, 50, 200, 100, 20, 5, 2)
_LONGEST = 3
_BEFORE = 12


class RetentionRows:
    """Draws a row a layer and a unit, a cell a distance; then the text with blocks beneath."""

    def __init__(self, retention: Retention, messages: Catalogue, symbols: Symbols) -> None:
        self.retention, self.messages, self.symbols = retention, messages, symbols
        layers = retention.left
        # by the name of a layer or unit, the shares left after 1 to N characters (N)
        self.layers = {messages("memory.layer", number=n + 1): row for n, row in enumerate(layers)}
        self.units = {
            unit_name(*place): retention.kept[place[0], :, place[1]]
            for place in retention.longest(_LONGEST)
        }
        self.first = widest([*self.layers, *self.units]) + 2

    def lines(self, width: int, *, coloured: bool) -> Iterator[Text]:
        """Draw it all."""
        yield Text(self.title(), style="bold")
        yield from self._table(width - self.first, coloured=coloured)
        yield line()
        yield from self._ribbon(width - self.first, coloured=coloured)

    def title(self) -> str:
        """Say which character is followed."""
        shown = glyph(self.retention.character, self.symbols)
        return self.messages("memory.retention.title", at=self.retention.at, character=shown)

    def longest(self) -> str:
        """Name the units that keep it longest, with what they keep to the end."""
        named = ", ".join(f"{name} {percent(row[-1])}" for name, row in self.units.items())
        distance = len(self.retention.after)
        return self.messages("memory.retention.longest", distance=distance, units=named)

    def _table(self, width: int, *, coloured: bool) -> Iterator[Text]:
        distances = self._fitting(width)
        cell = cell_len(share_cell(1.0, self.symbols))
        headings = (at_left(f"{distance:>4}", cell) for distance in distances)
        yield line(" " * self.first, *headings)
        for name, row in (self.layers | self.units).items():
            cells = (shaded_share(row[d - 1], self.symbols, coloured=coloured) for d in distances)
            yield line(at_left(name, self.first), *cells)

    def _fitting(self, width: int) -> list[int]:
        room = max(1, width // cell_len(share_cell(1.0, self.symbols)))
        reached = [d for d in _WEIGHTIEST if d in self.retention.distances]
        return sorted(reached[:room])

    def _ribbon(self, width: int, *, coloured: bool) -> Iterator[Text]:
        """Draw the text, and beneath each character how much was left once it was read."""
        before = self._shown_before(min(_BEFORE, width // 4))
        signs, ends = self._shown_after(width - cell_len(before))
        yield line(" " * self.first, (before, "dim"), (signs[0], "bold"), "".join(signs[1:]))
        indent = " " * cell_len(before)
        for name, row in self.layers.items():
            shares = [1.0, *(float(row[end - 1]) for end in ends[1:])]
            blocks = (
                self._block(share, cell_len(sign), coloured=coloured)
                for share, sign in zip(shares, signs, strict=True)
            )
            yield line(at_left(name, self.first), indent, *blocks)

    def _block(self, share: float, width: int, *, coloured: bool) -> Text:
        """Draw a share beneath a sign: as a block, or, which hides no ground, in tenths."""
        tenths = f"{min(int(share * 10), 9)}"
        if coloured:
            return Text(tenths.ljust(width), style=shade(share))
        return Text((self.symbols.bar(share) or tenths) * width)

    def _shown_before(self, width: int) -> str:
        """Give as much of the end of what came before as there is room for."""
        shown = ""
        for piece in reversed(list(graphemes(self.retention.before))):
            longer = _sign(piece, self.symbols) + shown
            if cell_len(longer) > width:
                break
            shown = longer
        return shown

    def _shown_after(self, width: int) -> tuple[list[str], list[int]]:
        """Give the character and what follows as there is room, and how many had then been read."""
        signs, ends = [glyph(self.retention.character, self.symbols)], [0]
        for piece in graphemes(self.retention.after):
            sign = _sign(piece, self.symbols)
            width -= cell_len(signs[-1])
            if cell_len(sign) > width:
                break
            signs.append(sign)
            ends.append(piece.stop)
        return signs, ends


def share_cell(share: float, symbols: Symbols) -> str:
    """Write a share with its block."""
    return f"{percent(share):>4} {symbols.bar(share)}".rstrip() + " "


def shaded_share(share: float, symbols: Symbols, *, coloured: bool) -> Text:
    """Write a share on a ground of its colour."""
    return Text(share_cell(share, symbols), style=shade(share) if coloured else Style.null())


def _sign(piece: Grapheme, symbols: Symbols) -> str:
    return " " if piece.whole == " " else glyph(piece.whole, symbols)
