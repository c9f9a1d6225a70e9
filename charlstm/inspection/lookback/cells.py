"""Small pieces that the pictures of a look back are made of."""

from collections.abc import Iterable

import numpy as np

from charlstm.drawing.symbols import Symbols, glyph, percent
from charlstm.inspection.lookback.record import Lookback

_SLOTS = {" 초성", " 중성", " 종성"}
_FAINT = 0.05


def letter(character: str, symbols: Symbols) -> str:
    """Show a character in few cells: of a jamo its letter, and not its place."""
    shown = glyph(character, symbols)
    return shown[0] if shown[1:] in _SLOTS else shown


def inline(character: str, symbols: Symbols) -> str:
    """Show a character so that a row of them reads as text: spaces are spaces."""
    return " " if character == " " else letter(character, symbols)


def level(share: float, width: int, symbols: Symbols) -> str:
    """Draw a share of 0..1 so many cells wide; only 1 fills them, and what is faint is blank."""
    if not symbols.bars:
        return (str(int(share * 9)) if share >= 1 / 9 else "").ljust(width)
    return (symbols.bar(share * 7 / 8) if share >= _FAINT else " ") * width


def signed(nats: float) -> str:
    """Show a change of ln p in four cells; one that would round to nothing has no sign."""
    if abs(nats) < 0.05:
        return "0.0"
    return f"{nats:+.1f}" if abs(nats) < 9.95 else f"{nats:+.0f}"


def guessed(guesses: Iterable[tuple[str, float]], symbols: Symbols) -> str:
    """Set guesses side by side."""
    shown = (f"{glyph(character, symbols)} {percent(p)}" for character, p in guesses)
    return f" {symbols.dot} ".join(shown)


def agreement(record: Lookback, row: int, symbols: Symbols) -> str:
    """Show the rank correlation of a row."""
    value = record.agreement[row]
    return symbols.dash if np.isnan(value) else f"{value:+.2f}"
