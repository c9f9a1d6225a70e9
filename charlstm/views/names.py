"""What a character is called in a sentence, where it cannot be seen."""

from charlstm.views.glyphs import Marks, glyph
from charlstm.words import Words

_NAMES = {" ": "space", "\n": "newline", "\t": "tab"}


def name_of(character: str, words: Words, marks: Marks) -> str:
    """Call a character by a word where it cannot be read aloud."""
    if character in _NAMES:
        return words(f"gates.sentences.{_NAMES[character]}")
    return glyph(character, marks)
