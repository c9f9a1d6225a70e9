"""What inspection finds: plain records, for views to draw and for people to compute with."""

from charlstm.inspection.records.lookback import Charged, Lookback
from charlstm.inspection.records.trace import Floats, Trace

__all__ = ["Charged", "Floats", "Lookback", "Trace"]
