"""What becomes of one character: how much of it is left in the cell, in numbers and in the text."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from charlstm.drawing.annotated_text import Row, folds, last_fitting, piece_widths, set_rows
from charlstm.drawing.graphemes import graphemes
from charlstm.drawing.layout import at_left, line, widest
from charlstm.drawing.pen import Pen
from charlstm.inspection.memory.record import Doubles, Retention

LONGEST = 3
# Which distances stay where there is not room for all.
_WEIGHTIEST = (1, 10, 50, 200, 100, 20, 5, 2)
_BEFORE = 12


class RetentionRows:
    """Draws a row a layer and a unit, a cell a distance; then the text with blocks beneath."""

    def __init__(self, retention: Retention, pen: Pen) -> None:
        self.retention, self.pen = retention, pen
        # by the name of a layer or unit, the shares left after 1 to N characters (N)
        self._layers: dict[str, Doubles] = {
            pen("memory.layer", number=layer + 1): shares
            for layer, shares in enumerate(retention.left)
        }
        self._units: dict[str, Doubles] = {
            pen.unit_name(layer, unit): retention.kept[layer, :, unit]
            for layer, unit in retention.longest(LONGEST)
        }
        self._label = widest([*self._layers, *self._units]) + 2

    def lines(self, width: int) -> Iterator[Text]:
        """Draw the title, the numbers, and the text."""
        shown = self.pen.glyph(self.retention.character)
        title = self.pen("memory.retention.title", at=self.retention.at, character=shown)
        yield Text(title, style="bold")
        yield from self._table(width - self._label)
        yield line()
        yield from self._text(width - self._label)

    def _table(self, width: int) -> Iterator[Text]:
        distances = self._fitting(width)
        rows = [self._row("", [f"{distance:>4}" for distance in distances])]
        for name, shares in (self._layers | self._units).items():
            rows.append(self._row(name, [share_cell(shares[d - 1], self.pen) for d in distances]))
        yield from set_rows(rows, piece_widths(rows))

    def _fitting(self, width: int) -> list[int]:
        room = max(1, width // share_cell(1.0, self.pen).cell_len)
        reached = [d for d in _WEIGHTIEST if d in self.retention.distances]
        return sorted(reached[:room])

    def _text(self, width: int) -> Iterator[Text]:
        """Draw the text, and beneath each character how much was left once it was read."""
        before = self._before(min(_BEFORE, width // 4))
        pieces = list(graphemes(self.retention.after))
        signs = [self.pen.glyph(self.retention.character), *(self._sign(p.whole) for p in pieces)]
        reached = next(folds(list(map(cell_len, signs)), width - cell_len(before)))
        signs, ends = signs[reached], [0, *(piece.stop for piece in pieces)][reached]
        first, *others = signs
        rows = [self._row("", [Text(before, "dim"), Text(first, "bold"), *others])]
        for name, left in self._layers.items():
            shares = [float(left[end - 1]) if end else 1.0 for end in ends]
            blocks = (self._block(*pair) for pair in zip(shares, signs, strict=True))
            rows.append(self._row(name, [Text(), *blocks]))
        yield from set_rows(rows, piece_widths(rows))

    def _before(self, width: int) -> str:
        """Return as much of the end of what came before as there is room for."""
        signs = [self._sign(piece.whole) for piece in graphemes(self.retention.before)]
        return "".join(signs[last_fitting(list(map(cell_len, signs)), width) :])

    def _block(self, share: float, sign: str) -> Text:
        """Return a share to set beneath a sign: a block, or in tenths, which hide no ground."""
        width, tenths = cell_len(sign), f"{min(int(share * 10), 9)}"
        if self.pen.coloured:
            return Text(tenths.ljust(width), self.pen.shade(share))
        return Text(self.pen.bar(share) * width or tenths.ljust(width))

    def _sign(self, whole: str) -> str:
        return " " if whole == " " else self.pen.glyph(whole)

    def _row(self, name: str, cells: Sequence[str | Text]) -> Row:
        return Row(cells, label=at_left(name, self._label))


def share_cell(share: float, pen: Pen) -> Text:
    """Return a share with its block, on a ground of its colour."""
    return Text(f"{pen.percent(share):>4} {pen.bar(share)}".rstrip() + " ", pen.shade(share))
