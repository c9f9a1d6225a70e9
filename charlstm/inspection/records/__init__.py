"""What inspection finds: plain records, for views to draw and for people to compute with."""

from charlstm.inspection.records.story import Story
from charlstm.inspection.records.trace import Floats, Trace

__all__ = ["Floats", "Story", "Trace"]
