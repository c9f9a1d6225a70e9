"""A text coloured by one unit, as it stands in a terminal."""

import unicodedata

import pytest
from drawn import coloured, plain
from golden import Golden
from records.track import rising
from rich.cells import cell_len
from rich.text import Text

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import UNICODE, Symbols, symbols_for
from charlstm.inspection.track.view import TrackView
from charlstm.messages import catalogue

KOREAN = "“돌쇠야, 어디 가니?”\n물레가 돈다.\n"
ENGLISH = 'He said: "No!"\nThen the \x1b[31m tide [b]turned[/b].'
JAMO = unicodedata.normalize("NFD", KOREAN)


def view(text: str, language: str = "en", symbols: Symbols = UNICODE) -> TrackView:
    return TrackView(rising(text), Pen(catalogue(language), symbols))


def test_signs_stand_under_the_text(golden: Golden) -> None:
    """Without colour each character has a block under it, as wide as it is."""
    golden("track/english_at_60", plain(view(ENGLISH), 60))
    golden("track/korean_at_80", plain(view(KOREAN, "ko"), 80))


def test_a_line_breaks_where_the_terminal_ends(golden: Golden) -> None:
    """A line that finds no room goes on in the next, with its blocks under it."""
    golden("track/korean_at_20", plain(view(KOREAN), 20, lines=8))


def test_letters_stand_beneath_their_syllable(golden: Golden) -> None:
    """What jamo compose stands above them once, and the blocks are those of the letters."""
    golden("track/jamo_at_60", plain(view(JAMO, "ko"), 60, lines=7))


def test_is_plain_where_signs_are_lacking(golden: Golden) -> None:
    """With the signs of ASCII there are five of them, and a newline by its escape."""
    golden("track/ascii_at_60", plain(view("He\n", symbols=symbols_for("ascii")), 60, lines=4))


@pytest.mark.parametrize("text", [KOREAN, ENGLISH, JAMO], ids=["korean", "english", "jamo"])
@pytest.mark.parametrize("width", [20, 40, 60])
def test_no_line_is_wider_than_the_console(text: str, width: int) -> None:
    """Text breaks where the terminal ends, counted in cells, and nothing is lost."""
    drawn = plain(view(text), width)
    assert max(map(cell_len, drawn.splitlines())) <= width
    assert plain(view(text), 200).count("█") == drawn.count("█")


def test_colours_stand_alone() -> None:
    """Where there are colours each character has a ground, and there is no row of signs."""
    rows = coloured(view("돌쇠"), 80).splitlines()
    assert ["48;2;33;102;172m돌" in rows[1], "48;2;178;24;43m쇠" in rows[1]] == [True, True]
    assert rows[2].startswith("-1 ")


@pytest.mark.parametrize(
    ("language", "width", "scale"),
    [
        ("en", 80, ["-1" + " " * 20 + "+1  blue below 0, white at 0, red above"]),
        ("ko", 60, ["-1" + " " * 20 + "+1", "0보다 작으면 파랑, 0이면 하양, 크면 빨강"]),
    ],
)
def test_the_scale_of_colours_is_whole(language: str, width: int, scale: list[str]) -> None:
    """What colours mean stands beside their scale, or beneath it where it has no room there."""
    drawn = Text.from_ansi(coloured(view(KOREAN, language), width)).plain
    lines = [line.rstrip() for line in drawn.splitlines()]
    assert scale == lines[3 : 3 + len(scale)]


def test_syllables_stand_uncoloured_above_their_letters() -> None:
    """What jamo compose stands above them, and only they are coloured."""
    rows = coloured(view(unicodedata.normalize("NFD", "돌")), 80).splitlines()
    assert rows[1].rstrip() == "돌"
    assert [letter in rows[2] for letter in "ㄷㅗㄹ"] == [True] * 3


def test_sentences_name_each_character() -> None:
    """Plain sentences have the value at each character, and name what cannot be seen."""
    expected = ["0: 돌, -1.00", "1: 빈칸, -0.50", "2: 탭, +0.00", "3: 줄바꿈, +0.50"]
    title, *sentences, _ = view("돌 \t\n\u1100", "ko").sentences()
    assert "유닛 L1/88: 글자마다 읽은 뒤의 tanh(C)." == title
    assert [*expected, "4: ㄱ 초성, +1.00"] == sentences
