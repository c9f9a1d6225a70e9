"""The rows of a table of characters, and the columns that every such table begins with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from rich.text import Text

from charlstm.drawing.graphemes import graphemes_within
from charlstm.drawing.pen import Pen
from charlstm.drawing.table import Column
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.record import Trace

_INDENT = "  "


class Row(NamedTuple):
    """A character, or a syllable whose letters have the rows below it: then `at` is None."""

    at: int | None
    shown: str
    bits: float


def rows_of(trace: Trace, selection: Selection, pen: Pen) -> Iterator[Row]:
    """Yield a row a character, and before the letters of a syllable one for the syllable.

    The bits of a syllable are the sum of its letters'.
    """
    for grapheme in graphemes_within(trace.text, selection.start, selection.stop):
        if grapheme.composed:
            bits = float(trace.bits[grapheme.start : grapheme.stop].sum())
            yield Row(None, pen.glyph(grapheme.whole), bits)
        indent = _INDENT if grapheme.composed else ""
        for at in grapheme.places:
            yield Row(at, indent + pen.glyph(trace.text[at]), float(trace.bits[at]))


def filled(rows: Sequence[Row], cells: Iterable[Text]) -> list[Text]:
    """Return the cell of each character, an empty one for a syllable: its letters have numbers."""
    given = iter(cells)
    return [Text() if row.at is None else next(given) for row in rows]


def first_columns(rows: Sequence[Row], pen: Pen, priority: int = 0) -> list[Column]:
    """Return the columns of places, characters and bits; all but the characters have a priority."""
    places = ["" if row.at is None else str(row.at) for row in rows]
    bits = [pen.symbols.dash if np.isnan(row.bits) else f"{row.bits:.1f}" for row in rows]
    characters = [Text(row.shown, style="bold") for row in rows]
    return [
        Column("#", [Text(place, style="dim") for place in places], "right", priority=priority),
        Column(pen("gates.columns.character"), characters),
        Column(pen("gates.columns.bits"), list(map(Text, bits)), "right", priority=priority),
    ]
