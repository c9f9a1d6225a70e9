"""What characters and units are called."""

from charlstm.drawing.symbols import Symbols, glyph
from charlstm.messages import Catalogue

_NAMES = {" ": "space", "\n": "newline", "\t": "tab"}


def unit_name(layer: int, unit: int) -> str:
    """Name a unit of a layer, which is counted from 0 here and from 1 in its name."""
    return f"L{layer + 1}/{unit}"


def name_of(character: str, messages: Catalogue, symbols: Symbols) -> str:
    """Call a character by a word where it cannot be read aloud."""
    if character in _NAMES:
        return messages(f"gates.sentences.{_NAMES[character]}")
    return glyph(character, symbols)
