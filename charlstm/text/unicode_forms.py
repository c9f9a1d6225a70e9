"""Normal forms of Unicode (UAX #15), and putting decomposed characters together as they come.

NFC writes a Hangul syllable as one character (각). NFD writes its letters, the conjoining jamo:
초성 (leading consonant), 중성 (vowel) and, in some, 종성 (trailing consonant).
"""

import unicodedata
from enum import Enum
from itertools import pairwise
from typing import Literal, cast


class Slot(Enum):
    """Where in a syllable a conjoining jamo stands."""

    LEADING = "초성"
    VOWEL = "중성"
    TRAILING = "종성"


def normalized(text: str, form: str) -> str:
    """Bring a text into a form: nfc, nfd, or none, which leaves it as it is."""
    if form == "none":
        return text
    return unicodedata.normalize(cast("Literal['NFC', 'NFD']", form.upper()), text)


def composed_length(text: str) -> int:
    """Count the characters of a text as they stand in NFC."""
    return len(unicodedata.normalize("NFC", text))


def jamo_slot(character: str) -> Slot | None:
    """Tell where in a modern Hangul syllable a character stands; None if it is not such a jamo."""
    if "\u1100" <= character <= "\u1112":
        return Slot.LEADING
    if "\u1161" <= character <= "\u1175":
        return Slot.VOWEL
    if "\u11a8" <= character <= "\u11c2":
        return Slot.TRAILING
    return None


def may_follow(before: Slot | None, after: Slot | None) -> bool:
    """Tell whether a jamo may follow another so that only whole syllables are written."""
    if before is Slot.LEADING:
        return after is Slot.VOWEL
    if after is Slot.TRAILING:
        return before is Slot.VOWEL
    return after is not Slot.VOWEL


def pieces(text: str, form: str) -> list[str]:
    """Cut a text, brought into a form, into its NFC characters, each as the form spells it."""
    if form == "none":
        return _composable(text)
    return [normalized(character, form) for character in normalized(text, "nfc")]


def _composable(text: str) -> list[str]:
    """Cut a text of any form where an NFC character ends."""
    composer, ends = Composer(), [0]
    for place, character in enumerate(text):
        ends += [place] * len(composer.feed(character))
    ends += [len(text)] * len(composer.flush())
    # Where several NFC characters end at once, all but the last are nothing of their own.
    return [text[begin:end] for begin, end in pairwise(ends)]


class Composer:
    """Turns decomposed characters into composed ones as they come.

    A character is given out once nothing that may come can change it any more. What is still
    `waiting` is in NFC.
    """

    def __init__(self) -> None:
        self.waiting = ""

    def feed(self, character: str) -> str:
        """Take one character and give out what is now finished, mostly nothing or one character."""
        grown = unicodedata.normalize("NFC", self.waiting + character)
        alone = unicodedata.combining(character) == 0 and grown == self.waiting + character
        finished, self.waiting = (self.waiting, character) if alone else ("", grown)
        return finished

    def flush(self) -> str:
        """Give out what still waits."""
        finished, self.waiting = self.waiting, ""
        return finished
