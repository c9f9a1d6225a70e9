"""What inspection finds: plain records, for views to draw and for people to compute with."""

from charlstm.inspection.records.lookback import Charged, Lookback
from charlstm.inspection.records.memory import (
    HELD,
    LONG_TERM,
    Doubles,
    MemorySpan,
    Retention,
    Timescales,
)
from charlstm.inspection.records.story import Story
from charlstm.inspection.records.trace import Floats, Trace
from charlstm.inspection.records.units import Finding, Track, Units

__all__ = [
    "HELD",
    "LONG_TERM",
    "Charged",
    "Doubles",
    "Finding",
    "Floats",
    "Lookback",
    "MemorySpan",
    "Retention",
    "Story",
    "Timescales",
    "Trace",
    "Track",
    "Units",
]
