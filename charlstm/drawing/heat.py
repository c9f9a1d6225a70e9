"""A number in one terminal cell or two: its colour, and a block or digits for whoever lacks that.

On a coloured ground stand digits, since a block would hide it. Where colours have no even steps
blocks speak alone, and digits again where the encoding has no blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from charlstm.drawing.palette import shade, shade_signed
from charlstm.drawing.symbols import Symbols
from charlstm.messages import Catalogue


@dataclass(frozen=True)
class Heat:
    """Draws numbers of a kind, each as wide as `width`, 1 or 2 cells.

    `kind` is that of a quantity. `most` is the largest number of it, which colours and blocks are
    measured by: 1 for shares.
    """

    kind: str
    width: int
    symbols: Symbols
    coloured: bool
    most: float = 1.0

    @property
    def blocks(self) -> bool:
        """Tell whether blocks stand for the numbers, and not digits."""
        spelled = self.kind == "signed" and self.width == 2
        return bool(self.symbols.bars) and not self.coloured and not spelled

    def cell(self, value: float) -> Text:
        """Draw a number."""
        part = value / self.most if self.most else 0.0
        signed = self.kind == "signed"
        style = (shade_signed if signed else shade)(part) if self.coloured else Style.null()
        share = (part + 1) / 2 if signed else part
        if self.blocks:
            return Text(self.symbols.bar(share) * self.width, style=style)
        return Text(self._digits(part, share), style=style)

    def scale(self, messages: Catalogue) -> Iterator[str]:
        """Say what a block or digit is worth; a full block of a size `exception` explains."""
        if self.kind == "signed" and self.width == 1:
            key = "blocks_signed" if self.blocks else "digits_signed"
            yield messages(f"gates.legend.{key}", most=f"{self.most:g}")
        elif not self.blocks:
            yield messages("gates.legend.digits")
        elif self.kind != "size":
            yield messages("gates.legend.blocks")

    def exception(self, name: str, messages: Catalogue) -> Iterator[str]:
        """Say how its cells are read where that is not as for a share."""
        if self.kind == "signed" and self.width == 2:
            yield messages("gates.legend.signed", name=name)
        elif self.kind == "size":
            yield messages("gates.legend.largest", name=name, most=f"{self.most:.2f}")

    def _digits(self, part: float, share: float) -> str:
        """Write tenths, cut off as blocks are."""
        if self.kind == "signed" and self.width == 2:
            tenths = _tenths(abs(part))
            sign = " " if tenths == 0 else "-" if part < 0 else "+"
            return f"{sign}{tenths}"
        return str(_tenths(share)).ljust(self.width)


def _tenths(share: float) -> int:
    return min(max(int(share * 10), 0), 9)
