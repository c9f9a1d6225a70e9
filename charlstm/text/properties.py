"""Properties of a text that a unit may track: a number for each character, known once it is read.

Each property is a function of the NFC characters of a text, and looks back only. A model of jamo
reads several characters for a syllable: all have the number of their syllable, except for the
slots (초성, 중성, 종성), which are properties of the jamo themselves. "After" means right after: it
is about the character before, which the current one does not determine.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from charlstm.text.unicode_forms import Slot, jamo_slot, pieces

Numbers = NDArray[np.float32]

_OPENING = "([{（〈《「『【〔"
_CLOSING = dict(zip(")]}）〉》」』】〕", _OPENING, strict=True))
_FIRST_SYLLABLE, _LAST_SYLLABLE = "가", "힣"
_ENDINGS = 28  # of each two first letters: none and 27 final consonants


def properties(text: str, form: str) -> dict[str, Numbers]:
    """Return every property of a text in a normal form by name: (T) each.

    T counts the characters that a model of that form reads. A yes or no is 1 or 0.
    """
    spelled = [piece for piece in pieces(text, form) if piece]
    characters = [unicodedata.normalize("NFC", piece)[0] for piece in spelled]
    lengths = [len(piece) for piece in spelled]
    found = {name: np.repeat(_numbers(of(characters)), lengths) for name, of in _OF_NFC.items()}
    if form != "nfd":
        found["batchim"] = np.repeat(_numbers(map(has_batchim, characters)), lengths)
    if form != "nfc":
        slots = [jamo_slot(c) for piece in spelled for c in piece]
        found |= {name: _numbers(each is slot for each in slots) for name, slot in _SLOTS.items()}
    return found


def inside_quotes(characters: Sequence[str]) -> Iterator[bool]:
    """Whether a double quotation is open: the opening mark is inside, the closing is not.

    “ opens and ” closes. The straight " opens after a space, a line's start or an opening bracket,
    so that a mark that was never closed does no lasting harm; elsewhere it closes what is open, or
    opens. A blank line closes.
    """
    inside, before = False, "\n"
    for character in characters:
        if character == '"':
            inside = not inside or before.isspace() or before in _OPENING
        elif character in "“”":
            inside = character == "“"
        elif character == before == "\n":
            inside = False
        yield inside
        before = character


def bracket_depth(characters: Sequence[str]) -> Iterator[int]:
    """Yield the number of open brackets: the opening one counts already, the closing no more.

    A closing bracket closes the last of its kind and all within; without one it is ignored. A
    blank line closes all. 「」『』〈〉《》【】〔〕 are brackets too.
    """
    depths: list[str] = []
    before = "\n"
    for character in characters:
        if character in _OPENING:
            depths.append(character)
        elif _CLOSING.get(character) in depths:
            while depths.pop() != _CLOSING[character]:
                pass
        elif character == before == "\n":
            depths.clear()
        yield len(depths)
        before = character


def column(characters: Sequence[str]) -> Iterator[int]:
    """Yield the number of characters before each in its line; a newline ends its line."""
    place = 0
    for character in characters:
        yield place
        place = 0 if character == "\n" else place + 1


def place_in_eojeol(characters: Sequence[str]) -> Iterator[int]:
    """Yield the number of characters before each in its eojeol (between spaces); 0 at a space."""
    place = 0
    for character in characters:
        place = 0 if character.isspace() else place
        yield place
        place = 0 if character.isspace() else place + 1


def after(holds: Callable[[str], bool], *, at_start: bool = False) -> Callable[..., Iterator[bool]]:
    """Return the property that something holds of the character before."""

    def of(characters: Sequence[str]) -> Iterator[bool]:
        before = at_start
        for character in characters:
            yield before
            before = holds(character)

    return of


def has_batchim(character: str) -> bool:
    """Whether a Hangul syllable has a final consonant (받침)."""
    is_syllable = _FIRST_SYLLABLE <= character <= _LAST_SYLLABLE
    return is_syllable and (ord(character) - ord(_FIRST_SYLLABLE)) % _ENDINGS > 0


@cache
def is_latin(character: str) -> bool:
    """Whether a character is a Latin letter."""
    return unicodedata.name(character, "").startswith("LATIN ")


@cache
def is_hangul(character: str) -> bool:
    """Whether a character is Hangul, a syllable or a letter."""
    return unicodedata.name(character, "").startswith("HANGUL ")


def _each(holds: Callable[[str], bool]) -> Callable[..., Iterator[bool]]:
    return lambda characters: map(holds, characters)


def _numbers(values: Iterator[float]) -> Numbers:
    return np.fromiter(values, dtype=np.float32)


_OF_NFC: Mapping[str, Callable[[Sequence[str]], Iterator[float]]] = {
    "quotes": inside_quotes,
    "brackets": bracket_depth,
    "column": column,
    "after_space": after(str.isspace, at_start=True),
    "eojeol": place_in_eojeol,
    "after_batchim": after(has_batchim),
    "after_digit": after(str.isdecimal),
    "after_latin": after(is_latin),
    "after_hangul": after(is_hangul),
    "digit": _each(str.isdecimal),
    "latin": _each(is_latin),
    "hangul": _each(is_hangul),
}
_SLOTS = {"leading": Slot.LEADING, "vowel": Slot.VOWEL, "trailing": Slot.TRAILING}
