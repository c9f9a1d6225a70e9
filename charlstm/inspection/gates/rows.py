"""The rows of a table of characters, and the columns that every such table begins with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from rich.text import Text

from charlstm.drawing.graphemes import graphemes_within
from charlstm.drawing.symbols import Symbols, glyph
from charlstm.drawing.table import Column
from charlstm.inspection.gates.quantities import Choice
from charlstm.inspection.gates.record import Trace
from charlstm.messages import Catalogue

_INDENT = "  "


class Row(NamedTuple):
    """A character, or a syllable whose letters have the rows below it: then `at` is None."""

    at: int | None
    shown: str
    bits: float


def rows_of(trace: Trace, choice: Choice, symbols: Symbols) -> Iterator[Row]:
    """List a row a character, and before the letters of a syllable one for the syllable.

    The bits of a syllable are the sum of its letters'.
    """
    for piece in graphemes_within(trace.text, choice.start, choice.stop):
        if piece.composed:
            bits = float(trace.bits[piece.start : piece.stop].sum())
            yield Row(None, glyph(piece.whole, symbols), bits)
        indent = _INDENT if piece.composed else ""
        for at in piece.places:
            yield Row(at, indent + glyph(trace.text[at], symbols), float(trace.bits[at]))


def filled(rows: Sequence[Row], cells: Iterable[Text]) -> list[Text]:
    """Give each character its cell, and syllables an empty one: their letters have the numbers."""
    given = iter(cells)
    return [Text() if row.at is None else next(given) for row in rows]


def first_columns(rows: Sequence[Row], messages: Catalogue, symbols: Symbols) -> list[Column]:
    """Give the columns of places, characters and bits."""
    places = ["" if row.at is None else str(row.at) for row in rows]
    bits = [symbols.dash if np.isnan(row.bits) else f"{row.bits:.1f}" for row in rows]
    return [
        Column("#", [Text(place, style="dim") for place in places], "right"),
        Column(
            messages("gates.columns.character"), [Text(row.shown, style="bold") for row in rows]
        ),
        Column(messages("gates.columns.bits"), [Text(shown) for shown in bits], "right"),
    ]
