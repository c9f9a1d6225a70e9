"""What the memory view and its sentences name alike: units, gates, times, and the legend."""

from collections.abc import Iterator

import numpy as np

from charlstm.inspection.memory.record import LONG_TERM, MemorySpan
from charlstm.messages import Catalogue

_OF_GRU = {"update", "reset"}


def characters(value: float, span: MemorySpan, messages: Catalogue) -> str:
    """Write a number of characters; of more than were read nothing more is known."""
    if np.isinf(value):
        return messages("memory.never")
    if value > span.trained.characters:
        return f">{span.trained.characters:,}"
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def gate_name(gate: str, messages: Catalogue, *, length: str) -> str:
    """Name a gate, short or long."""
    return messages(f"gates.{gate}.{length}")


def legend(span: MemorySpan, messages: Catalogue, *, drawn: bool) -> Iterator[str]:
    """Say what the numbers mean, what is only drawn if it is, and last what they do not mean."""
    is_gru = span.trained.gate in _OF_GRU
    symbol = "z" if is_gru else "f"
    yield messages("memory.legend.half_life", gate=symbol)
    yield messages("memory.legend.typical", gate=symbol)
    if span.trained.writes.any():
        yield messages("memory.legend.holders")
        yield messages("memory.legend.erases", gate=symbol)
    yield messages("memory.legend.others", gate=symbol)
    yield messages("memory.legend.split", boundary=f"{LONG_TERM:g}")
    yield messages("memory.legend.fresh", characters=f"{span.trained.characters:,}")
    flags = span.beyond, span.holds_beyond
    if drawn and any(flag.any() for flag in flags):
        numbers = span.seq_length, span.beyond.size, *(int(flag.sum()) for flag in flags)
        names = ("seq_length", "units", "count", "typical")
        values = {name: f"{n:,}" for name, n in zip(names, numbers, strict=True)}
        yield messages("memory.legend.beyond", **values)
    yield messages("memory.legend.saturation")
    if span.retention is not None:
        yield messages("memory.legend.retention")
    if drawn and span.retention is not None:
        yield messages("memory.legend.kept")
        yield messages("memory.legend.beneath")
    if is_gru:
        yield messages("memory.legend.gru")
    yield messages("memory.legend.not")
