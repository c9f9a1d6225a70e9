"""A trace in plain sentences: for screen readers, and for whoever cannot see a table."""

from collections.abc import Iterator, Sequence

import numpy as np

from charlstm.drawing.graphemes import Grapheme, graphemes_within
from charlstm.drawing.names import name_of
from charlstm.drawing.symbols import UNICODE, Symbols, glyph, percent
from charlstm.inspection.gates.legend import caveats, title
from charlstm.inspection.gates.quantities import FORMATS, Choice, Quantity, quantities
from charlstm.inspection.gates.record import Floats, Trace
from charlstm.messages import Catalogue


def sentences(
    trace: Trace, choice: Choice, messages: Catalogue, symbols: Symbols = UNICODE
) -> Iterator[str]:
    """Tell, a line a character, what the gates did."""
    yield f"{title(trace, choice, choice.layers(trace), messages)}."
    teller = _Teller(trace, choice, messages, symbols)
    for piece in graphemes_within(trace.text, choice.start, choice.stop):
        for t in piece.places:
            yield teller.character(piece, t)
    for q in quantities(trace):
        yield messages(
            "gates.sentences.meaning", name=q.long(messages), meaning=q.meaning(messages)
        )
    yield from caveats(trace, choice, messages)


class _Teller:
    """Tells of one character after the other."""

    def __init__(self, trace: Trace, choice: Choice, messages: Catalogue, symbols: Symbols) -> None:
        self.trace, self.messages, self.symbols = trace, messages, symbols
        self._layers = [
            (layer, [(q, choice.of(q.units(trace, layer))) for q in quantities(trace)])
            for layer in choice.layers(trace)
        ]

    def character(self, piece: Grapheme, t: int) -> str:
        """Tell of a character, and of which syllable it is a letter."""
        guesses = [f"{self._name(c)} {percent(p)}" for c, p in self.trace.guesses[t]]
        name = self._name(self.trace.text[t])
        if piece.composed:
            whole = glyph(piece.whole, self.symbols)
            name = self._say("part", letter=name, whole=whole)
        return self._say(
            "character" if guesses else "alone",
            index=t,
            name=name,
            surprise=self._surprise(float(self.trace.bits[t])),
            values="; ".join(self._layer(layer, taken, t) for layer, taken in self._layers),
            guesses=", ".join(guesses),
        )

    def _surprise(self, bits: float) -> str:
        return self._say("first") if np.isnan(bits) else self._say("surprise", bits=f"{bits:.1f}")

    def _layer(self, layer: int, taken: Sequence[tuple[Quantity, Floats]], t: int) -> str:
        values = ", ".join(self._value(quantity, numbers[t]) for quantity, numbers in taken)
        if len(self._layers) == 1:
            return values
        return self._say("layer", layer=layer + 1, values=values)

    def _value(self, quantity: Quantity, numbers: Floats) -> str:
        said = [f"{number:{FORMATS[quantity.kind]}}" for number in numbers.tolist()]
        name = quantity.long(self.messages)
        if len(said) == 1:
            return f"{name} {said[0]}"
        low, middle, high = said
        return self._say("spread", name=name, low=low, middle=middle, high=high)

    def _name(self, character: str) -> str:
        return name_of(character, self.messages, self.symbols)

    def _say(self, key: str, **values: object) -> str:
        return self.messages(f"gates.sentences.{key}", **values)
