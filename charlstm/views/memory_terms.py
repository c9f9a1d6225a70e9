"""What the memory view and its sentences name alike: units, gates, times, and the legend."""

from collections.abc import Iterator

import numpy as np

from charlstm.inspection.records import LONG_TERM, MemorySpan
from charlstm.words import Words

_OF_GRU = {"update", "reset"}


def characters(value: float, span: MemorySpan, words: Words) -> str:
    """Write a number of characters; of more than were read nothing more is known."""
    if np.isinf(value):
        return words("memory.never")
    if value > span.trained.characters:
        return f">{span.trained.characters:,}"
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def gate_name(gate: str, words: Words, *, length: str) -> str:
    """Name a gate, short or long."""
    return words(f"gates.{gate}.{length}")


def legend(span: MemorySpan, words: Words, *, drawn: bool) -> Iterator[str]:
    """Say what the numbers mean, what is only drawn if it is, and last what they do not mean."""
    is_gru = span.trained.gate in _OF_GRU
    symbol = "z" if is_gru else "f"
    yield words("memory.legend.half_life", gate=symbol)
    yield words("memory.legend.typical", gate=symbol)
    if span.trained.writes.any():
        yield words("memory.legend.holders")
        yield words("memory.legend.erases", gate=symbol)
    yield words("memory.legend.others", gate=symbol)
    yield words("memory.legend.split", boundary=f"{LONG_TERM:g}")
    yield words("memory.legend.fresh", characters=f"{span.trained.characters:,}")
    flags = span.beyond, span.holds_beyond
    if drawn and any(flag.any() for flag in flags):
        numbers = span.stretch, span.beyond.size, *(int(flag.sum()) for flag in flags)
        names = ("stretch", "units", "count", "typical")
        values = {name: f"{n:,}" for name, n in zip(names, numbers, strict=True)}
        yield words("memory.legend.beyond", **values)
    yield words("memory.legend.saturation")
    if span.retention is not None:
        yield words("memory.legend.retention")
    if drawn and span.retention is not None:
        yield words("memory.legend.kept")
        yield words("memory.legend.beneath")
    if is_gru:
        yield words("memory.legend.gru")
    yield words("memory.legend.not")
