"""What becomes of one character: how much of it is left in the cell, in numbers and in the text."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from charlstm.inspection.records import Retention
from charlstm.views.glyphs import Marks, glyph, percent
from charlstm.views.layout import at_left, line, widest
from charlstm.views.letters import Piece, pieces
from charlstm.views.names import unit_name
from charlstm.views.palette import shade
from charlstm.words import Words

# Which distances stay where there is not room for all.
_WEIGHTIEST = (1, 10, 50, 200, 100, 20, 5, 2)
_LONGEST = 3
_BEFORE = 12


class RetentionRows:
    """Draws a row a layer and a unit, a cell a distance; then the text with blocks beneath."""

    def __init__(self, retention: Retention, words: Words, marks: Marks) -> None:
        self.retention, self.words, self.marks = retention, words, marks
        layers = retention.left
        # by the name of a layer or unit, the shares left after 1 to N characters (N)
        self.layers = {words("memory.layer", number=n + 1): row for n, row in enumerate(layers)}
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
        shown = glyph(self.retention.character, self.marks)
        return self.words("memory.retention.title", at=self.retention.at, character=shown)

    def longest(self) -> str:
        """Name the units that keep it longest, with what they keep to the end."""
        named = ", ".join(f"{name} {percent(row[-1])}" for name, row in self.units.items())
        distance = len(self.retention.after)
        return self.words("memory.retention.longest", distance=distance, units=named)

    def _table(self, width: int, *, coloured: bool) -> Iterator[Text]:
        distances = self._fitting(width)
        cell = cell_len(share_cell(1.0, self.marks))
        headings = (at_left(f"{distance:>4}", cell) for distance in distances)
        yield line(" " * self.first, *headings)
        for name, row in (self.layers | self.units).items():
            cells = (shaded_share(row[d - 1], self.marks, coloured=coloured) for d in distances)
            yield line(at_left(name, self.first), *cells)

    def _fitting(self, width: int) -> list[int]:
        room = max(1, width // cell_len(share_cell(1.0, self.marks)))
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
        return Text((self.marks.bar(share) or tenths) * width)

    def _shown_before(self, width: int) -> str:
        """Give as much of the end of what came before as there is room for."""
        shown = ""
        for piece in reversed(list(pieces(self.retention.before))):
            longer = _sign(piece, self.marks) + shown
            if cell_len(longer) > width:
                break
            shown = longer
        return shown

    def _shown_after(self, width: int) -> tuple[list[str], list[int]]:
        """Give the character and what follows as there is room, and how many had then been read."""
        signs, ends = [glyph(self.retention.character, self.marks)], [0]
        for piece in pieces(self.retention.after):
            sign = _sign(piece, self.marks)
            width -= cell_len(signs[-1])
            if cell_len(sign) > width:
                break
            signs.append(sign)
            ends.append(piece.stop)
        return signs, ends


def share_cell(share: float, marks: Marks) -> str:
    """Write a share with its block."""
    return f"{percent(share):>4} {marks.bar(share)}".rstrip() + " "


def shaded_share(share: float, marks: Marks, *, coloured: bool) -> Text:
    """Write a share on a ground of its colour."""
    return Text(share_cell(share, marks), style=shade(share) if coloured else Style.null())


def _sign(piece: Piece, marks: Marks) -> str:
    return " " if piece.whole == " " else glyph(piece.whole, marks)
