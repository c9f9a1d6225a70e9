"""Characters in just two cells each, with a list of what the signs among them stand for."""

from collections.abc import Iterator

from rich.cells import cell_len

from charlstm.drawing.symbols import Symbols, glyph

_PAIR = 2
_SPACE = "SP"
_TAGS = "123456789abcdefghijklmnopqrstuvwxyz"


class Pairs:
    """Shows characters in two cells, and remembers those that need a word of explanation.

    Controls are written as on a keyboard (^[ is Ctrl-[); whatever else is too wide gets a tag of
    its own, #1 the first, and ## when there are no more.
    """

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self._signs: dict[str, str] = {}
        self._tags = 0

    def pair(self, character: str) -> str:
        """Show a character in just two cells."""
        shown = self._signs.get(character) or self._sign(character)
        return shown + " " * (_PAIR - cell_len(shown))

    def legend(self) -> Iterator[str]:
        """List the signs that were given out with what they stand for, on one line if any."""
        given = (f"{sign} {glyph(c, self.symbols)}" for c, sign in self._signs.items())
        line = f" {self.symbols.dot} ".join(given)
        yield from [line] if line else []

    def _sign(self, character: str) -> str:
        shown = glyph(character, self.symbols)
        if cell_len(shown) <= _PAIR:
            return shown
        if " " in shown and "\u1100" <= character <= "\u11ff":
            return shown[0]  # a jamo; the syllable above tells its slot
        sign = self._signs[character] = self._short(character)
        return sign

    def _short(self, character: str) -> str:
        if character == " ":
            return _SPACE
        if character < " " or character == "\x7f":
            return "^" + chr(ord(character) ^ 0x40)
        self._tags += 1
        return f"#{_TAGS[self._tags - 1]}" if self._tags <= len(_TAGS) else "##"
