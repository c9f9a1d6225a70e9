"""What inspection finds: plain records, for views to draw and for people to compute with."""

from charlstm.inspection.records.memory import (
    LONG_TERM,
    Doubles,
    MemorySpan,
    Retention,
    Timescales,
)
from charlstm.inspection.records.story import Story
from charlstm.inspection.records.trace import Floats, Trace

__all__ = [
    "LONG_TERM",
    "Doubles",
    "Floats",
    "MemorySpan",
    "Retention",
    "Story",
    "Timescales",
    "Trace",
]
