"""How the numbers of a look back are written."""

import numpy as np

from charlstm.drawing.pen import Pen
from charlstm.inspection.lookback.record import Lookback

_FAINT = 0.05


def level(share: float, width: int, pen: Pen) -> str:
    """Return a share of 0..1 as blocks of a width; only 1 fills them, and what is faint is blank.

    Where the encoding has no blocks a digit stands for them.
    """
    if not pen.symbols.bars:
        return (str(int(share * 9)) if share >= 1 / 9 else "").ljust(width)
    return (pen.bar(share * 7 / 8) if share >= _FAINT else " ") * width


def signed(nats: float) -> str:
    """Return a change of ln p in four cells or fewer; what would round to nothing has no sign."""
    if abs(nats) < 0.05:
        return "0.0"
    return f"{nats:+.1f}" if abs(nats) < 9.95 else f"{nats:+.0f}"


def rank_correlation(record: Lookback, row: int, pen: Pen) -> str:
    """Return the rank correlation of gradient and occlusion in a row, or a dash for none."""
    value = record.agreement[row]
    return pen.symbols.dash if np.isnan(value) else f"{value:+.2f}"
