"""Normal forms of Unicode (UAX #15), and composing decomposed characters one at a time.

NFC writes a Hangul syllable as one character (각). NFD writes its letters, the conjoining jamo:
초성 (leading consonant), 중성 (vowel) and, in some, 종성 (trailing consonant).
"""

import unicodedata
from collections.abc import Iterator
from enum import Enum
from typing import Literal, cast

_CHUNK = 1 << 16  # characters; unicodedata takes more than linear time for very long strings


class Slot(Enum):
    """The position of a conjoining jamo in its syllable."""

    LEADING = "초성"
    VOWEL = "중성"
    TRAILING = "종성"


def normalized(text: str, form: str) -> str:
    """Return a text in a normal form: nfc, nfd, or none, which leaves it as it is."""
    if form == "none":
        return text
    return unicodedata.normalize(cast("Literal['NFC', 'NFD']", form.upper()), text)


def composed_length(text: str) -> int:
    """Return the number of characters of a text in NFC."""
    return sum(len(unicodedata.normalize("NFC", chunk)) for chunk in chunks(text))


def composed(text: str) -> str:
    """Return a text of any length in NFC; one that is in NFC already is returned itself."""
    if all(unicodedata.is_normalized("NFC", chunk) for chunk in chunks(text)):
        return text
    return "".join(unicodedata.normalize("NFC", chunk) for chunk in chunks(text))


def chunks(text: str, start: int = 0, stop: int | None = None) -> Iterator[str]:
    """Yield the characters from `start` to `stop` in chunks that can be normalised one by one.

    A chunk ends where the next character neither composes with nor is reordered before what
    precedes it: before ASCII, a precomposed Hangul syllable or a CJK ideograph.
    """
    end = len(text) if stop is None else stop
    while start < end:
        cut = min(start + _CHUNK, end)
        while cut < end and not _begins_anew(text[cut]):
            cut += 1
        yield text[start:cut]
        start = cut


def utf8(text: str) -> Iterator[bytes]:
    """Yield a text of any length in UTF-8, in chunks of whole characters."""
    return (chunk.encode() for chunk in chunks(text))


def jamo_slot(character: str) -> Slot | None:
    """Return the slot of a conjoining jamo of modern Hangul, None for any other character."""
    if "\u1100" <= character <= "\u1112":
        return Slot.LEADING
    if "\u1161" <= character <= "\u1175":
        return Slot.VOWEL
    if "\u11a8" <= character <= "\u11c2":
        return Slot.TRAILING
    return None


def may_follow(before: Slot | None, after: Slot | None) -> bool:
    """Whether a jamo may follow another so that only whole syllables are written."""
    if before is Slot.LEADING:
        return after is Slot.VOWEL
    if after is Slot.TRAILING:
        return before is Slot.VOWEL
    return after is not Slot.VOWEL


def pieces(text: str, form: str) -> list[str]:
    """Split a text in a normal form into its NFC characters, each as the form spells it."""
    if form == "none":
        return list(composable(text))
    return [normalized(character, form) for character in normalized(text, "nfc")]


def composable(text: str) -> Iterator[str]:
    """Split a text of any form where an NFC character ends.

    Where several NFC characters end at once, the first is all of them and the others are empty.
    """
    composer, begin = Composer(), 0
    for place, character in enumerate(text):
        for _ in composer.feed(character):
            yield text[begin:place]
            begin = place
    for _ in composer.flush():
        yield text[begin:]
        begin = len(text)


def _begins_anew(character: str) -> bool:
    return (
        character.isascii()
        or "\uac00" <= character <= "\ud7a3"
        or "\u4e00" <= character <= "\u9fff"
    )


class Composer:
    """Composes decomposed characters one at a time.

    A character is returned once nothing that may follow can change it any more. What is still
    `waiting` is in NFC.
    """

    def __init__(self) -> None:
        self.waiting = ""

    def feed(self, character: str) -> str:
        """Take one character; return what is now finished, mostly nothing or one character."""
        grown = unicodedata.normalize("NFC", self.waiting + character)
        alone = unicodedata.combining(character) == 0 and grown == self.waiting + character
        finished, self.waiting = (self.waiting, character) if alone else ("", grown)
        return finished

    def flush(self) -> str:
        """Return what is still waiting."""
        finished, self.waiting = self.waiting, ""
        return finished
