"""The ribbon: a long text in few lines, two cells a character, with a row a gate beneath it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from charlstm.drawing.graphemes import Grapheme, graphemes_within
from charlstm.drawing.heat import Heat
from charlstm.drawing.palette import STEPLESS
from charlstm.drawing.symbols import UNICODE, Symbols
from charlstm.inspection.gates.legend import caveats, meaning, title
from charlstm.inspection.gates.pairs import Pairs
from charlstm.inspection.gates.quantities import PERCENTILES, Choice, Quantity, in_order, quantities
from charlstm.inspection.gates.record import Floats, Trace
from charlstm.messages import Catalogue

_PAIR = 2


@dataclass(frozen=True)
class Band:
    """A row beneath the text: what it is called, its number at each character (T), their look."""

    label: str
    values: Floats
    heat: Heat


class Ribbon:
    """Draws a trace, folded to the width of the console; a syllable's letters stay together."""

    def __init__(
        self, trace: Trace, choice: Choice, messages: Catalogue, symbols: Symbols = UNICODE
    ) -> None:
        self.trace, self.choice, self.messages, self.symbols = trace, choice, messages, symbols
        self._pieces = graphemes_within(trace.text, choice.start, choice.stop)
        self._pairs = Pairs(symbols)
        self._shown = in_order(quantities(trace))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the lines with what their cells mean."""
        heats = self._heats(coloured=console.color_system not in STEPLESS)
        bands = list(self._bands(heats))
        label = max(cell_len(text) for text in self._labels(bands))
        room = max(1, (options.max_width - label - 1) // _PAIR)
        layers = self.choice.layers(self.trace)
        yield Text(title(self.trace, self.choice, layers, self.messages), style="bold")
        for fold in folded(self._pieces, room):
            for name, cells in self._lines(fold, bands):
                style = "" if name.isdecimal() else "dim"
                lead = Text(" " * (label - cell_len(name)) + name + " ", style=style)
                yield Text.assemble(lead, cells, no_wrap=True, overflow="crop")
            yield Text()
        yield from (Text(line, style="dim") for line in self._legend(heats))

    def _labels(self, bands: Sequence[Band]) -> Iterator[str]:
        yield str(self._pieces[-1].start if self._pieces else 0)
        yield self.messages("gates.columns.bits")
        yield from (band.label for band in bands)

    def _heats(self, *, coloured: bool) -> dict[Quantity, Heat]:
        """Choose for each quantity how its numbers look, alike in every layer."""
        heats = {}
        for quantity in self._shown:
            most = 1.0
            if quantity.kind == "size":
                layers = self.choice.layers(self.trace)
                most = max(float(self._values(quantity, layer).max()) for layer in layers)
            heats[quantity] = Heat(quantity.kind, _PAIR, self.symbols, coloured, most)
        return heats

    def _bands(self, heats: dict[Quantity, Heat]) -> Iterator[Band]:
        """List the rows: of each layer each quantity, and of each the numbers chosen."""
        for layer in self.choice.layers(self.trace):
            for quantity, heat in heats.items():
                for place, values in enumerate(self._values(quantity, layer).T):
                    yield Band(self._label(quantity, layer, place), values, heat)

    def _values(self, quantity: Quantity, layer: int) -> Floats:
        return self.choice.of(quantity.units(self.trace, layer))

    def _label(self, quantity: Quantity, layer: int, place: int) -> str:
        sign = quantity.sign(self.messages, self.symbols)
        several = len(self.choice.layers(self.trace)) > 1
        part = f" {PERCENTILES[place]}%" if self.choice.kind == "spread" else ""
        return f"L{layer + 1} {sign}{part}" if several else f"{sign}{part}"

    def _lines(self, fold: Sequence[Grapheme], bands: Sequence[Band]) -> Iterator[tuple[str, Text]]:
        """Give the lines of one fold with what stands before each."""
        places = [place for piece in fold for place in piece.places]
        yield str(places[0]), Text("".join(map(self._whole, fold)), style="bold")
        if any(piece.composed for piece in self._pieces):
            yield "", Text("".join(map(self._letters, fold)))
        bits = self.trace.bits[places].tolist()
        yield self.messages("gates.columns.bits"), Text("".join(map(self._bits, bits)), style="dim")
        for band in bands:
            cells = (band.heat.cell(value) for value in band.values[places].tolist())
            yield band.label, Text().join(cells)

    def _whole(self, piece: Grapheme) -> str:
        """Show a character once, over as many pairs of cells as it has letters."""
        shown = self._pairs.pair(piece.whole)
        return shown + " " * (_PAIR * len(piece.places) - cell_len(shown))

    def _letters(self, piece: Grapheme) -> str:
        """Show what a character is made of, or nothing if it is only itself."""
        if not piece.composed:
            return " " * _PAIR
        return "".join(self._pairs.pair(self.trace.text[place]) for place in piece.places)

    def _bits(self, bits: float) -> str:
        """Write whole bits; two digits beside each other would run together."""
        if np.isnan(bits):
            return self.symbols.dash.ljust(_PAIR)
        whole = round(bits)
        return "9+" if whole > 9 else f"{whole} "

    def _legend(self, heats: dict[Quantity, Heat]) -> Iterator[str]:
        yield from (meaning(quantity, self.messages, self.symbols) for quantity in self._shown)
        yield self.messages("gates.legend.whole_bits")
        heat = next(heat for heat in heats.values() if heat.kind != "signed")
        yield from heat.scale(self.messages)
        for quantity, heat in heats.items():
            yield from heat.exception(quantity.sign(self.messages, self.symbols), self.messages)
        yield from self._pairs.legend()
        yield from caveats(self.trace, self.choice, self.messages)


def folded(graphemes: Sequence[Grapheme], room: int) -> Iterator[list[Grapheme]]:
    """Cut pieces into lines of at most `room` characters; only a piece wider than that is wider."""
    line: list[Grapheme] = []
    for piece in graphemes:
        if line and piece.stop - line[0].start > room:
            yield line
            line = []
        line.append(piece)
    if line:
        yield line
