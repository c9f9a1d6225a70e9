"""A trace in plain sentences: for screen readers, and for whoever cannot see a table."""

from collections.abc import Iterator

import numpy as np

from charlstm.inspection.records import Trace
from charlstm.views.glyphs import UNICODE, Marks, glyph, percent
from charlstm.views.quantities import Choice, quantities

_NAMES = {" ": "space", "\n": "newline", "\t": "tab"}
_NUMBER = {"share": ".2f", "signed": "+.2f", "size": ".2f"}


def sentences(trace: Trace, choice: Choice, marks: Marks = UNICODE) -> Iterator[str]:
    """Tell, a line a character, what the gates did."""
    shown = [(q, q.of(trace, choice).tolist()) for q in quantities(trace)]
    for t, character in enumerate(trace.text):
        bits = trace.bits[t]
        surprise = "first character" if np.isnan(bits) else f"surprise {bits:.1f} bits"
        values = ", ".join(f"{q.long} {value[t]:{_NUMBER[q.kind]}}" for q, value in shown)
        guesses = ", ".join(f"{_name(c, marks)} {percent(p)}" for c, p in trace.guesses[t])
        yield f"{t}: {_name(character, marks)}, {surprise}; {values}; next: {guesses}."
    yield from (f"{q.long}: {q.meaning}." for q, _ in shown)


def _name(character: str, marks: Marks) -> str:
    return _NAMES.get(character) or glyph(character, marks)
