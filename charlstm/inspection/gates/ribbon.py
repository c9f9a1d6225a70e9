"""The ribbon: a long text in few lines, two cells a character, with a row a gate beneath it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from charlstm.drawing.annotated_text import Row, folds, piece_widths, set_rows
from charlstm.drawing.graphemes import Grapheme, graphemes_within
from charlstm.drawing.heat import Heat
from charlstm.drawing.layout import at_right, widest
from charlstm.drawing.pen import Pen
from charlstm.inspection.gates.legend import caveats, meaning, title
from charlstm.inspection.gates.pairs import PAIR, Pairs
from charlstm.inspection.gates.quantities import (
    PERCENTILES,
    Quantity,
    Selection,
    in_order,
    quantities,
)
from charlstm.inspection.gates.record import Floats, Trace


@dataclass(frozen=True)
class Band:
    """A row beneath the text: its label, its number at each character (T), how they are drawn."""

    label: str
    values: Floats
    heat: Heat


class Ribbon:
    """Draws a trace, folded to the width of the console; a syllable's letters stay together."""

    def __init__(self, trace: Trace, selection: Selection, pen: Pen) -> None:
        self.trace, self.selection, self.pen = trace, selection, pen
        self._pieces = graphemes_within(trace.text, selection.start, selection.stop)
        self._pairs = Pairs(pen)
        self._shown = in_order(quantities(trace.cell_info))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the lines, and what their cells mean."""
        heats = self._heats(self.pen.on(console))
        bands = list(self._bands(heats))
        label = widest([*self._labels(bands)]) + 1
        layers = self.selection.layers(self.trace)
        yield Text(title(self.trace, self.selection, layers, self.pen), style="bold")
        first, *others = self._rows(bands, label)
        widths = piece_widths([first])
        for part in folds(widths, options.max_width - label):
            place = at_right(f"{self._pieces[part.start].start} ", label)
            rows = [first.of(part, place), *(row.of(part) for row in others)]
            yield from set_rows(rows, widths[part])
            yield Text()
        yield from (Text(line, style="dim") for line in self._legend(heats))

    def _labels(self, bands: Sequence[Band]) -> Iterator[str]:
        yield str(self._pieces[-1].start if self._pieces else 0)
        yield self.pen("gates.columns.bits")
        yield from (band.label for band in bands)

    def _heats(self, pen: Pen) -> dict[Quantity, Heat]:
        """Return how the numbers of each quantity are drawn, alike in every layer."""
        heats = {}
        for quantity in self._shown:
            most = 1.0
            if quantity.kind == "size":
                layers = self.selection.layers(self.trace)
                most = max(float(self._values(quantity, layer).max()) for layer in layers)
            heats[quantity] = Heat(quantity.kind, PAIR, pen, most)
        return heats

    def _bands(self, heats: dict[Quantity, Heat]) -> Iterator[Band]:
        """Yield of each layer each quantity, and of each the numbers selected."""
        for layer in self.selection.layers(self.trace):
            for quantity, heat in heats.items():
                for place, values in enumerate(self._values(quantity, layer).T):
                    yield Band(self._label(quantity, layer, place), values, heat)

    def _values(self, quantity: Quantity, layer: int) -> Floats:
        return self.selection.of(quantity.units(self.trace, layer))

    def _label(self, quantity: Quantity, layer: int, place: int) -> str:
        sign = quantity.sign(self.pen)
        several = len(self.selection.layers(self.trace)) > 1
        part = f" {PERCENTILES[place]}%" if self.selection.kind == "spread" else ""
        return f"L{layer + 1} {sign}{part}" if several else f"{sign}{part}"

    def _rows(self, bands: Sequence[Band], label: int) -> Iterator[Row]:
        """Yield the rows of the whole text: characters, their letters, bits, and the bands."""
        pieces, bits = self._pieces, self.trace.bits.tolist()
        yield Row([self._whole(piece) for piece in pieces], style="bold")
        if any(piece.composed for piece in pieces):
            yield Row([self._letters(piece) for piece in pieces], " " * label)
        written = ["".join(self._bits(bits[t]) for t in piece.places) for piece in pieces]
        yield Row(written, _dim(self.pen("gates.columns.bits"), label), "dim")
        for band in bands:
            values = band.values.tolist()
            cells = [Text().join(band.heat.cell(values[t]) for t in p.places) for p in pieces]
            yield Row(cells, _dim(band.label, label))

    def _whole(self, piece: Grapheme) -> str:
        """Return a character once, over as many pairs of cells as it has letters."""
        return self._pairs.pair(piece.whole) + " " * (PAIR * (len(piece.places) - 1))

    def _letters(self, piece: Grapheme) -> str:
        """Return what a character is made of, or blanks if it is only itself."""
        if not piece.composed:
            return " " * PAIR
        return "".join(self._pairs.pair(self.trace.text[place]) for place in piece.places)

    def _bits(self, bits: float) -> str:
        """Return whole bits; two digits beside each other would run together."""
        if np.isnan(bits):
            return self.pen.symbols.dash.ljust(PAIR)
        whole = round(bits)
        return "9+" if whole > 9 else f"{whole} "

    def _legend(self, heats: dict[Quantity, Heat]) -> Iterator[str]:
        yield from (meaning(quantity, self.pen) for quantity in self._shown)
        yield self.pen("gates.legend.whole_bits")
        heat = next(heat for heat in heats.values() if heat.kind != "signed")
        yield from heat.scale()
        for quantity, heat in heats.items():
            yield from heat.exception(quantity.sign(self.pen))
        yield from self._pairs.legend()
        yield from caveats(self.trace, self.selection, self.pen)


def _dim(label: str, width: int) -> Text:
    return Text(at_right(f"{label} ", width), style="dim")
