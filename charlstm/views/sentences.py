"""A trace in plain sentences: for screen readers, and for whoever cannot see a table."""

from collections.abc import Iterator

import numpy as np

from charlstm.inspection.records import Trace
from charlstm.views.gates import Choice
from charlstm.views.glyphs import UNICODE, Marks, glyph, percent

_NAMES = {" ": "space", "\n": "newline", "\t": "tab"}


def sentences(trace: Trace, choice: Choice, marks: Marks = UNICODE) -> Iterator[str]:
    """Tell, a line a character, what the gates did."""
    forget, write, candidate, output, cell = (
        choice.of(values).tolist()
        for values in (
            trace.forget,
            trace.input,
            trace.candidate,
            trace.output,
            np.abs(trace.cell),
        )
    )
    for t, character in enumerate(trace.text):
        bits = trace.bits[t]
        surprise = "first character" if np.isnan(bits) else f"surprise {bits:.1f} bits"
        yield (
            f"{t}: {_name(character, marks)}, {surprise}. "
            f"Forget gate {forget[t]:.2f}, input gate {write[t]:.2f}, "
            f"candidate {candidate[t]:+.2f}, output gate {output[t]:.2f}, |C| {cell[t]:.2f}. "
            f"Next: {_guesses(trace.guesses[t], marks)}."
        )
    yield "Forget gate: 1 keeps all of the old memory, 0 erases it."
    yield "Input gate: 1 writes all of the candidate, 0 nothing."
    yield "Output gate: 1 says all of tanh(C), 0 nothing."


def _guesses(guesses: list[tuple[str, float]], marks: Marks) -> str:
    return ", ".join(f"{_name(character, marks)} {percent(share)}" for character, share in guesses)


def _name(character: str, marks: Marks) -> str:
    return _NAMES.get(character) or glyph(character, marks)
