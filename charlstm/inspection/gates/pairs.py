"""Characters in just two cells each, with a list of what the signs among them stand for."""

from collections.abc import Iterator

from rich.cells import cell_len

from charlstm.drawing.pen import Pen

PAIR = 2
_SPACE = "SP"
_TAGS = "123456789abcdefghijklmnopqrstuvwxyz"


class Pairs:
    """Draws characters in two cells, and remembers those that need a word of explanation.

    Controls are written as on a keyboard (^[ is Ctrl-[); whatever else is too wide gets a tag of
    its own, #1 the first, and ## when there are no more.
    """

    def __init__(self, pen: Pen) -> None:
        self.pen = pen
        self._signs: dict[str, str] = {}
        self._tags = 0

    def pair(self, character: str) -> str:
        """Return a character in just two cells."""
        shown = self._signs.get(character) or self._sign(character)
        return shown + " " * (PAIR - cell_len(shown))

    def legend(self) -> Iterator[str]:
        """Yield the signs that were used with what they stand for, on one line if any."""
        line = self.pen.dotted(f"{sign} {self.pen.glyph(c)}" for c, sign in self._signs.items())
        yield from [line] if line else []

    def _sign(self, character: str) -> str:
        # Of a jamo only its letter: the syllable above shows its slot.
        shown = self.pen.letter(character)
        if cell_len(shown) <= PAIR:
            return shown
        sign = self._signs[character] = self._short(character)
        return sign

    def _short(self, character: str) -> str:
        if character == " ":
            return _SPACE
        if character < " " or character == "\x7f":
            return "^" + chr(ord(character) ^ 0x40)
        self._tags += 1
        return f"#{_TAGS[self._tags - 1]}" if self._tags <= len(_TAGS) else "##"
