"""What inspection finds: plain records, for views to draw and for people to compute with."""

from charlstm.inspection.records.trace import Floats, Trace
from charlstm.inspection.records.units import Finding, Track, Units

__all__ = ["Finding", "Floats", "Trace", "Track", "Units"]
