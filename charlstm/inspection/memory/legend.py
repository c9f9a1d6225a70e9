"""What the numbers of the memory view mean, and how a time is written."""

from collections.abc import Iterator

import numpy as np

from charlstm.drawing.pen import Pen
from charlstm.inspection.memory.record import LONG_TERM, MemorySpan


def duration(value: float, span: MemorySpan, pen: Pen) -> str:
    """Return a time in characters; one longer than what was read is only known to be that long."""
    if np.isinf(value):
        return pen("memory.never")
    if value > span.trained.characters:
        return f">{span.trained.characters:,}"
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def legend(span: MemorySpan, pen: Pen, *, drawn: bool) -> Iterator[str]:
    """Yield what the numbers mean, `drawn` or in sentences, and last what they do not mean."""
    info = span.trained.cell_info
    symbol = info.gate(span.trained.gate).symbol
    yield pen("memory.legend.half_life", gate=symbol)
    yield pen("memory.legend.typical", gate=symbol)
    if span.trained.writes.any():
        yield pen("memory.legend.holders")
        yield pen("memory.legend.erases", gate=symbol)
    yield pen("memory.legend.others", gate=symbol)
    yield pen("memory.legend.split", boundary=f"{LONG_TERM:g}")
    yield pen("memory.legend.fresh", characters=f"{span.trained.characters:,}")
    if drawn:
        yield from _beyond(span, pen)
    yield pen("memory.legend.saturation")
    if span.retention is not None:
        yield pen("memory.legend.retention")
    if drawn and span.retention is not None:
        yield pen("memory.legend.kept")
        yield pen("memory.legend.beneath")
    if info.memory == "hidden":
        yield pen(f"memory.legend.{info.family}")
    yield pen("memory.legend.not")


def _beyond(span: MemorySpan, pen: Pen) -> Iterator[str]:
    count, typical = int(span.beyond.sum()), int(span.holds_beyond.sum())
    if count or typical:
        yield pen(
            "memory.legend.beyond",
            seq_length=f"{span.seq_length:,}",
            units=f"{span.beyond.size:,}",
            count=f"{count:,}",
            typical=f"{typical:,}",
        )
