"""A trace in plain sentences: for screen readers, and for whoever cannot see a table."""

from collections.abc import Iterator, Sequence

import numpy as np

from charlstm.drawing.graphemes import Grapheme, graphemes_within
from charlstm.drawing.pen import Pen
from charlstm.inspection.gates.legend import caveats, title
from charlstm.inspection.gates.quantities import FORMATS, Quantity, Selection, quantities
from charlstm.inspection.gates.record import Floats, Trace

Shown = Sequence[tuple[Quantity, Floats]]


def sentences(trace: Trace, selection: Selection, pen: Pen) -> Iterator[str]:
    """Yield what the gates did, a line a character."""
    yield f"{title(trace, selection, selection.layers(trace), pen)}."
    writer = _Writer(trace, selection, pen)
    for grapheme in graphemes_within(trace.text, selection.start, selection.stop):
        for t in grapheme.places:
            yield writer.character(grapheme, t)
    for q in quantities(trace.cell_info):
        yield pen("gates.sentences.meaning", name=q.long(pen), meaning=q.meaning(pen))
    yield from caveats(trace, selection, pen)


class _Writer:
    """Writes the sentence of one character after the other."""

    def __init__(self, trace: Trace, selection: Selection, pen: Pen) -> None:
        self.trace, self.pen = trace, pen
        self._layers = [
            (layer, [(q, selection.of(q.units(trace, layer))) for q in quantities(trace.cell_info)])
            for layer in selection.layers(trace)
        ]

    def character(self, grapheme: Grapheme, t: int) -> str:
        """Return the sentence of a character; of a letter with the syllable that it is of."""
        name = self.pen.name_of(self.trace.text[t])
        if grapheme.composed:
            name = self._say("part", letter=name, whole=self.pen.glyph(grapheme.whole))
        guesses = self.pen.guess_names(self.trace.guesses[t])
        return self._say(
            "character" if guesses else "alone",
            index=t,
            name=name,
            surprise=self._surprise(float(self.trace.bits[t])),
            values="; ".join(self._layer(layer, shown, t) for layer, shown in self._layers),
            guesses=guesses,
        )

    def _surprise(self, bits: float) -> str:
        return self._say("first") if np.isnan(bits) else self._say("surprise", bits=f"{bits:.1f}")

    def _layer(self, layer: int, shown: Shown, t: int) -> str:
        values = ", ".join(self._value(quantity, numbers[t]) for quantity, numbers in shown)
        if len(self._layers) == 1:
            return values
        return self._say("layer", layer=layer + 1, values=values)

    def _value(self, quantity: Quantity, numbers: Floats) -> str:
        written = [f"{number:{FORMATS[quantity.kind]}}" for number in numbers.tolist()]
        name = quantity.long(self.pen)
        if len(written) == 1:
            return f"{name} {written[0]}"
        low, middle, high = written
        return self._say("spread", name=name, low=low, middle=middle, high=high)

    def _say(self, key: str, **values: object) -> str:
        return self.pen(f"gates.sentences.{key}", **values)
