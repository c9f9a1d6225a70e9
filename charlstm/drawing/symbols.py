"""What a character looks like in a terminal: always something, never a command to the terminal.

Control characters would act instead of being seen, combining marks would land on their neighbour,
and conjoining jamo vanish when alone. Where the terminal's encoding lacks a mark there is a plain
one in its place.
"""

import unicodedata
from dataclasses import dataclass

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
        """Give the sign of the n-th of the four layers, from 1."""
        return self.numbers[n - 1]

    def bar(self, share: float) -> str:
        """Give a block as high as a share of 0..1."""
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
    """Choose, kind by kind, marks that an encoding can write."""

    def kept(signs: str) -> bool:
        try:
            signs.encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    return Symbols(
        named=UNICODE.named if kept("".join(UNICODE.named.values())) else ASCII.named,
        bars=UNICODE.bars if kept(UNICODE.bars) else ASCII.bars,
        numbers=UNICODE.numbers if kept(UNICODE.numbers) else ASCII.numbers,
        dash=UNICODE.dash if kept(UNICODE.dash) else ASCII.dash,
        dot=UNICODE.dot if kept(UNICODE.dot) else ASCII.dot,
        cut=UNICODE.cut if kept(UNICODE.cut) else ASCII.cut,
        lengths=UNICODE.lengths if kept(UNICODE.lengths) else ASCII.lengths,
        shades=UNICODE.shades if kept("".join(UNICODE.shades)) else ASCII.shades,
        times=UNICODE.times if kept(UNICODE.times) else ASCII.times,
        differs=UNICODE.differs if kept(UNICODE.differs) else ASCII.differs,
        ring=UNICODE.ring if kept(UNICODE.ring) else ASCII.ring,
    )


def glyph(character: str, symbols: Symbols = UNICODE) -> str:
    """Show a character so that it is seen and does nothing."""
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


def percent(share: float) -> str:
    """Show a probability; one that would round to nothing is still something."""
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def line_of(text: str, symbols: Symbols = UNICODE) -> str:
    """Show a text on one line, spaces as they are."""
    return "".join(c if c == " " else glyph(c, symbols) for c in text)


def _is_coded(character: str) -> bool:
    category = unicodedata.category(character)
    if category.startswith("M"):
        return ord(character) in _SELECTORS or 0xE0100 <= ord(character) <= 0xE01EF
    # Old jamo, say, are drawn only where a syllable can be made with them.
    return character in _BLANK or category in _CODED or cell_len(character) == 0
