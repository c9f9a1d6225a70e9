"""What a character looks like in a terminal: always something, never a command to the terminal.

Control characters would act instead of being seen, combining marks would land on their neighbour,
and conjoining jamo vanish when alone. Where the terminal's encoding lacks a sign there is a plain
one in its place.
"""

import unicodedata
from dataclasses import dataclass, fields
from typing import Any

from rich.cells import cell_len

_CODED = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
# Letters by name, but blank to the eye.
_BLANK = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"}
# Marks that change the character before them rather than stand above it.
_SELECTORS = range(0xFE00, 0xFE10)

_LEADING = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWEL = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TRAILING = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_JAMO = (
    {chr(0x1100 + i): f"{letter} 초성" for i, letter in enumerate(_LEADING)}
    | {chr(0x1161 + i): f"{letter} 중성" for i, letter in enumerate(_VOWEL)}
    | {chr(0x11A8 + i): f"{letter} 종성" for i, letter in enumerate(_TRAILING)}
)


@dataclass(frozen=True)
class Symbols:
    """The signs that a view is drawn with, apart from the text itself.

    `bars` rise by eighths and `lengths` grow by them; `shades` are a faint bar and a full one.
    `differs` takes two cells. On `ring` stands a combining mark; without it, it has its number.
    """

    named: dict[str, str]
    bars: str
    numbers: str
    dash: str
    dot: str
    cut: str
    lengths: str
    shades: tuple[str, str]
    times: str
    differs: str
    ring: str

    def number(self, n: int) -> str:
        """Return the sign of the n-th of the four layers, from 1."""
        return self.numbers[n - 1]

    def bar(self, share: float) -> str:
        """Return a block as high as a share of 0..1, nothing where there are no blocks."""
        if not self.bars:
            return ""
        return self.bars[min(int(max(share, 0.0) * len(self.bars)), len(self.bars) - 1)]


UNICODE = Symbols(
    named={"\n": "↵", "\t": "⇥", " ": "␣"},
    bars="▁▂▃▄▅▆▇█",
    numbers="①②③④",
    dash="–",
    dot="·",
    cut="…",
    lengths="▏▎▍▌▋▊▉█",
    shades=("░", "█"),
    times="×",
    differs="≠ ",
    ring="◌",
)
ASCII = Symbols(
    named={"\n": "\\n", "\t": "\\t", " ": "' '"},
    bars="",
    numbers="1234",
    dash="-",
    dot="|",
    cut="...",
    lengths="",
    shades=("-", "#"),
    times="*",
    differs="!=",
    ring="",
)


def symbols_for(encoding: str) -> Symbols:
    """Return, kind by kind, signs that an encoding can write."""

    def kept(signs: str) -> bool:
        try:
            signs.encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def written(name: str) -> Any:  # noqa: ANN401  each kind has a type of its own
        better = getattr(UNICODE, name)
        parts = better.values() if isinstance(better, dict) else better
        return better if kept("".join(parts)) else getattr(ASCII, name)

    return Symbols(**{field.name: written(field.name) for field in fields(Symbols)})


def glyph(character: str, symbols: Symbols = UNICODE) -> str:
    """Return a character so that it is seen and does nothing."""
    if len(character) != 1:
        return character  # the unknown character, by its name
    if character in symbols.named:
        return symbols.named[character]
    if character in _JAMO:
        return _JAMO[character]
    if _is_coded(character):
        return f"U+{ord(character):04X}"
    if unicodedata.category(character).startswith("M"):
        return symbols.ring + character if symbols.ring else f"U+{ord(character):04X}"
    return character


def line_of(text: str, symbols: Symbols = UNICODE) -> str:
    """Return a text on one line: glyphs, but spaces as they are."""
    return "".join(c if c == " " else glyph(c, symbols) for c in text)


def _is_coded(character: str) -> bool:
    category = unicodedata.category(character)
    if category.startswith("M"):
        return ord(character) in _SELECTORS or 0xE0100 <= ord(character) <= 0xE01EF
    # Old jamo, say, are drawn only where a syllable can be made with them.
    return character in _BLANK or category in _CODED or cell_len(character) == 0
