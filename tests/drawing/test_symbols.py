"""Characters as a terminal shows them."""

import sys
import unicodedata
from dataclasses import astuple

import pytest
from rich.cells import cell_len

from charlstm.drawing.symbols import ASCII, UNICODE, glyph, line_of, symbols_for

SHOWN = {
    "\n": "↵",
    "\t": "⇥",
    " ": "␣",
    "\x1b": "U+001B",
    "\0": "U+0000",
    "\r": "U+000D",
    "\x7f": "U+007F",
    "\x9b": "U+009B",
    "\u200d": "U+200D",
    "\u202e": "U+202E",
    "\u2028": "U+2028",
    "\xa0": "U+00A0",
    "\u3000": "U+3000",
    "\ufe0f": "U+FE0F",
    "\u3164": "U+3164",
    "\u0301": "◌\u0301",
    "\u1100": "ㄱ 초성",
    "\u1161": "ㅏ 중성",
    "\u11a8": "ㄱ 종성",
    "\u11c2": "ㅎ 종성",
    "각": "각",
    "😀": "😀",
    "[": "[",
}


@pytest.mark.parametrize(("character", "expected"), SHOWN.items(), ids=ascii)
def test_shows_a_character(character: str, expected: str) -> None:
    """A character is shown so that it is seen and does nothing."""
    assert expected == glyph(character)


# All characters that there are; of what is private or not assigned, every 257th.
CHARACTERS = [
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) not in {"Cn", "Co"} or ord(character) % 257 == 0
]


def test_nothing_reaches_the_terminal_raw() -> None:
    """No glyph of any character holds a control, format, separator or surrogate character."""
    harmful = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown = "".join(map(glyph, CHARACTERS))
    assert set() == {unicodedata.category(character) for character in set(shown)} & harmful


def test_every_glyph_takes_room() -> None:
    """No character is shown with a width of nothing."""
    assert [] == [character for character in CHARACTERS if cell_len(glyph(character)) == 0]


def test_jamo_have_the_letters_of_their_names() -> None:
    """A conjoining jamo is shown as the compatibility letter that Unicode says it is."""
    for point in (*range(0x1100, 0x1113), *range(0x1161, 0x1176)):
        letter = glyph(chr(point))[0]
        name = unicodedata.name(letter).removeprefix("HANGUL LETTER ")
        assert unicodedata.name(chr(point)).endswith(" " + name)


def test_a_line_keeps_its_spaces() -> None:
    """A text on one line shows line ends and leaves spaces."""
    assert "a b↵" == line_of("a b\n")


@pytest.mark.parametrize("encoding", ["cp949", "ascii", "cp1252", "no-such-encoding"])
def test_poor_encodings_get_plain_signs(encoding: str) -> None:
    """Where an encoding lacks the signs for spaces and bars, plain ones stand in."""
    symbols = symbols_for(encoding)
    assert (ASCII.named, ASCII.bars) == (symbols.named, symbols.bars)


@pytest.mark.parametrize("encoding", ["cp949", "gbk", "big5", "shift_jis", "ascii", "cp437"])
def test_every_sign_can_be_written(encoding: str) -> None:
    """An encoding that has some of the signs and lacks others is never asked for those."""
    symbols = symbols_for(encoding)
    signs = [
        *symbols.named.values(),
        *symbols.shades,
        *(sign for sign in astuple(symbols) if isinstance(sign, str)),
    ]
    assert signs == [sign.encode(encoding).decode(encoding) for sign in signs]


def test_gbk_has_bars_without_shades() -> None:
    """GBK has rising bars, but no faint one."""
    symbols = symbols_for("gbk")
    assert (UNICODE.bars, ASCII.shades) == (symbols.bars, symbols.shades)


def test_cp949_keeps_the_numbers_it_has() -> None:
    """CP949 has circled digits, and shows them."""
    assert "①②③④" == symbols_for("cp949").numbers


def test_utf8_has_all_signs() -> None:
    """UTF-8 can write every sign."""
    assert UNICODE == symbols_for("utf-8")


def test_plain_signs_encode_anywhere() -> None:
    """Glyphs with the signs of ASCII are ASCII where the character is."""
    assert "".join(glyph(c, ASCII) for c in "a\n\t \x1b\u0301").isascii()


@pytest.mark.parametrize(
    ("share", "expected"), [(0.0, "▁"), (0.5, "▅"), (0.99, "█"), (1.0, "█"), (-0.2, "▁")]
)
def test_bars_rise_with_the_share(share: float, expected: str) -> None:
    """A bar is as high as its share of one."""
    assert expected == UNICODE.bar(share)
