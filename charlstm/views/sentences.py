"""A trace in plain sentences: for screen readers, and for whoever cannot see a table."""

from collections.abc import Iterator, Sequence

import numpy as np

from charlstm.inspection.records import Floats, Trace
from charlstm.views.glyphs import UNICODE, Marks, glyph, percent
from charlstm.views.legend import caveats, title
from charlstm.views.letters import Piece, pieces_within
from charlstm.views.names import name_of
from charlstm.views.quantities import FORMATS, Choice, Quantity, quantities
from charlstm.words import Words


def sentences(trace: Trace, choice: Choice, words: Words, marks: Marks = UNICODE) -> Iterator[str]:
    """Tell, a line a character, what the gates did."""
    yield f"{title(trace, choice, choice.layers(trace), words)}."
    teller = _Teller(trace, choice, words, marks)
    for piece in pieces_within(trace.text, choice.start, choice.stop):
        for t in piece.places:
            yield teller.character(piece, t)
    for q in quantities(trace):
        yield words("gates.sentences.meaning", name=q.long(words), meaning=q.meaning(words))
    yield from caveats(trace, choice, words)


class _Teller:
    """Tells of one character after the other."""

    def __init__(self, trace: Trace, choice: Choice, words: Words, marks: Marks) -> None:
        self.trace, self.words, self.marks = trace, words, marks
        self._layers = [
            (layer, [(q, choice.of(q.units(trace, layer))) for q in quantities(trace)])
            for layer in choice.layers(trace)
        ]

    def character(self, piece: Piece, t: int) -> str:
        """Tell of a character, and of which syllable it is a letter."""
        guesses = [f"{self._name(c)} {percent(p)}" for c, p in self.trace.guesses[t]]
        name = self._name(self.trace.text[t])
        if piece.composed:
            whole = glyph(piece.whole, self.marks)
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
        name = quantity.long(self.words)
        if len(said) == 1:
            return f"{name} {said[0]}"
        low, middle, high = said
        return self._say("spread", name=name, low=low, middle=middle, high=high)

    def _name(self, character: str) -> str:
        return name_of(character, self.words, self.marks)

    def _say(self, key: str, **values: object) -> str:
        return self.words(f"gates.sentences.{key}", **values)
