"""Tracks, made up by hand."""

import numpy as np

from charlstm.inspection.track.record import Track


def rising(text: str) -> Track:
    """Return what a unit holds that rises evenly from −1 to 1 along a text."""
    return Track(text, "cell", 0, 88, np.linspace(-1, 1, len(text), dtype=np.float32))
