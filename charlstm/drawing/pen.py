"""The pen that every view is drawn with: a language, a set of signs, and colours or none."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rich.console import Console
from rich.style import Style

from charlstm.drawing import palette, symbols
from charlstm.drawing.symbols import UNICODE, Symbols
from charlstm.messages import Catalogue

_SLOTS = (" 초성", " 중성", " 종성")
_NAMES = {" ": "space", "\n": "newline", "\t": "tab"}

Guesses = Iterable[tuple[str, float]]


@dataclass(frozen=True)
class Pen:
    """The catalogue that a view takes its sentences from, its signs, and whether it is coloured.

    `coloured` is set for one console by `on`: without it every shade is a style that does nothing.
    """

    messages: Catalogue
    symbols: Symbols = UNICODE
    coloured: bool = False

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence of a key with values in it."""
        return self.messages(key, **values)

    def on(self, console: Console) -> "Pen":
        """Return the pen for a console: coloured where it has enough colours for even steps."""
        return replace(self, coloured=console.color_system not in palette.STEPLESS)

    def shade(self, value: float) -> Style:
        """Return the style of a cell that holds a value in 0..1."""
        return palette.shade(value) if self.coloured else Style.null()

    def shade_signed(self, value: float) -> Style:
        """Return the style of a cell that holds a value in −1..1."""
        return palette.shade_signed(value) if self.coloured else Style.null()

    def shade_as(self, kind: str, value: float) -> Style:
        """Return the style of a value: of a "share" (0..1), "signed" (−1..1), none of a "size"."""
        if kind == "size":
            return Style.null()
        return self.shade_signed(value) if kind == "signed" else self.shade(value)

    def bar(self, share: float) -> str:
        """Return a block as high as a share of 0..1, nothing where the encoding has no blocks."""
        return self.symbols.bar(share)

    def glyph(self, character: str) -> str:
        """Return a character so that it is seen and does nothing."""
        return symbols.glyph(character, self.symbols)

    def line_of(self, text: str) -> str:
        """Return a text on one line: glyphs, but spaces as they are."""
        return symbols.line_of(text, self.symbols)

    def letter(self, character: str) -> str:
        """Return the glyph of a character; of a conjoining jamo the letter without its slot."""
        shown = self.glyph(character)
        return shown[0] if shown[1:] in _SLOTS else shown

    def inline(self, character: str) -> str:
        """Return the letter of a character within running text, where a space is a space."""
        return " " if character == " " else self.letter(character)

    def name_of(self, character: str) -> str:
        """Return a name that can be read aloud: a word for what is blank, else the glyph."""
        if character in _NAMES:
            return self(f"gates.sentences.{_NAMES[character]}")
        return self.glyph(character)

    def dotted(self, parts: Iterable[str]) -> str:
        """Join parts with a dot between them."""
        return f" {self.symbols.dot} ".join(parts)

    def guesses(self, guesses: Guesses) -> str:
        """Return guesses side by side, each with its probability: 쇠 71% · ␣ 6%."""
        return self.dotted(f"{self.glyph(c)} {self.percent(p)}" for c, p in guesses)

    def guess_names(self, guesses: Guesses) -> str:
        """Return guesses so that they can be read aloud: 쇠 71%, space 6%."""
        return ", ".join(f"{self.name_of(c)} {self.percent(p)}" for c, p in guesses)

    @staticmethod
    def percent(share: float) -> str:
        """Return a probability in percent; one that would round to nothing is "<1%"."""
        return "<1%" if 0 < share < 0.005 else f"{share:.0%}"

    @staticmethod
    def unit_name(layer: int, unit: int) -> str:
        """Return the name of a unit, such as L1/88: layers count from 0 here and from 1 there."""
        return f"L{layer + 1}/{unit}"
