"""A number in one terminal cell or two: its colour, and a block or digits where there is none.

On a coloured ground stand digits, since a block would hide it. Where colours have no even steps
blocks stand alone, and digits again where the encoding has no blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text

from charlstm.drawing.pen import Pen


@dataclass(frozen=True)
class Heat:
    """Draws numbers of a kind, each as wide as `width`, 1 or 2 cells.

    `kind` is that of a quantity: "share", "signed" or "size". `most` is the largest number of it,
    by which colours and blocks are scaled: 1 for shares.
    """

    kind: str
    width: int
    pen: Pen
    most: float = 1.0

    @property
    def blocks(self) -> bool:
        """Whether blocks stand for the numbers, and not digits."""
        return bool(self.pen.symbols.bars) and not self.pen.coloured and not self._has_sign

    def cell(self, value: float) -> Text:
        """Draw a number."""
        part = value / self.most if self.most else 0.0
        signed = self.kind == "signed"
        style = self.pen.shade_signed(part) if signed else self.pen.shade(part)
        share = (part + 1) / 2 if signed else part
        if self.blocks:
            return Text(self.pen.bar(share) * self.width, style=style)
        return Text(self._digits(part, share), style=style)

    def scale(self) -> Iterator[str]:
        """Yield what a block or digit is worth; a full block of a size `exception` explains."""
        if self.kind == "signed" and self.width == 1:
            key = "blocks_signed" if self.blocks else "digits_signed"
            yield self.pen(f"gates.legend.{key}", most=f"{self.most:g}")
        elif not self.blocks:
            yield self.pen("gates.legend.digits")
        elif self.kind != "size":
            yield self.pen("gates.legend.blocks")

    def exception(self, name: str) -> Iterator[str]:
        """Yield how its cells are read where that is not as for a share."""
        if self._has_sign:
            yield self.pen("gates.legend.signed", name=name)
        elif self.kind == "size":
            yield self.pen("gates.legend.largest", name=name, most=f"{self.most:.2f}")

    @property
    def _has_sign(self) -> bool:
        return self.kind == "signed" and self.width == 2

    def _digits(self, part: float, share: float) -> str:
        """Return tenths, cut off as blocks are."""
        if self._has_sign:
            tenths = _tenths(abs(part))
            sign = " " if tenths == 0 else "-" if part < 0 else "+"
            return f"{sign}{tenths}"
        return str(_tenths(share)).ljust(self.width)


def _tenths(share: float) -> int:
    return min(max(int(share * 10), 0), 9)
