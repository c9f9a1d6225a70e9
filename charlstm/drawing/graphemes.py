"""Where several characters of a text make one to the eye: the letters of a Hangul syllable.

A model of NFD reads letter by letter; a person wants to see the syllable too.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Grapheme:
    """The characters from `start` up to `stop` of a text, which together look like `whole`."""

    start: int
    stop: int
    whole: str

    @property
    def composed(self) -> bool:
        """Whether it is made of several characters."""
        return self.stop - self.start > 1

    @property
    def places(self) -> range:
        """The places of its characters."""
        return range(self.start, self.stop)


def graphemes(text: str) -> Iterator[Grapheme]:
    """Yield a text cut where one character to the eye ends and the next begins."""
    start, whole = 0, ""
    for place, character in enumerate(text):
        grown = unicodedata.normalize("NFC", whole + character) if whole else character
        if len(grown) > 1:
            yield Grapheme(start, place, whole)
            start, grown = place, character
        whole = grown
    if whole:
        yield Grapheme(start, len(text), whole)


def graphemes_within(text: str, start: int, stop: int | None) -> list[Grapheme]:
    """Return the graphemes from one place of a text up to another; none of them is cut."""
    end = len(text) if stop is None else stop
    return [
        grapheme for grapheme in graphemes(text) if grapheme.stop > start and grapheme.start < end
    ]
