"""A text coloured by one unit, as it stands in a terminal."""

import unicodedata

import numpy as np
import pytest
from gates_drawn import coloured, plain
from rich.cells import cell_len
from rich.text import Text

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import UNICODE, Symbols, symbols_for
from charlstm.inspection.track.record import Track
from charlstm.inspection.track.view import TrackView
from charlstm.messages import catalogue

KOREAN = "“돌쇠야, 어디 가니?”\n물레가 돈다.\n"
ENGLISH = 'He said: "No!"\nThen the \x1b[31m tide [b]turned[/b].'


def normalized(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def rising(text: str) -> Track:
    return Track(text, "cell", 0, 88, np.linspace(-1, 1, len(text), dtype=np.float32))


def view(text: str, language: str = "en", symbols: Symbols = UNICODE) -> TrackView:
    return TrackView(rising(text), Pen(catalogue(language), symbols))


ENGLISH_60 = """\
unit L1/88: tanh(C) after each character
He said: "No!"↵
▁▁▁▁▁▁▂▂▂▂▂▂▃▃▃
Then the U+001B[31m tide [b]turned[/b].
▃▃▃▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▇▇▇▇▇▇███████
-1 ▁▂▃▄▅▆▇█ +1
What the unit holds, not what the model does with it."""

ENGLISH_80 = """\
unit L1/88: tanh(C) after each character
“돌쇠야, 어디 가니?”↵
▁▁▁▁▁▂▂▂▂▃▃▃▃▄▄▄▄▄▅▅▅
물레가 돈다.↵
▆▆▆▆▇▇▇▇▇████
-1 ▁▂▃▄▅▆▇█ +1
What the unit holds, not what the model does with it."""

ENGLISH_120 = """\
unit L1/88: tanh(C) after each character
He said: "No!"↵
▁▁▁▁▁▁▂▂▂▂▂▂▃▃▃
Then the U+001B[31m tide [b]turned[/b].
▃▃▃▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▇▇▇▇▇▇███████
-1 ▁▂▃▄▅▆▇█ +1
What the unit holds, not what the model does with it."""

KOREAN_60 = """\
유닛 L1/88: 글자마다 읽은 뒤의 tanh(C)
He said: "No!"↵
▁▁▁▁▁▁▂▂▂▂▂▂▃▃▃
Then the U+001B[31m tide [b]turned[/b].
▃▃▃▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▇▇▇▇▇▇███████
-1 ▁▂▃▄▅▆▇█ +1
유닛이 지닌 값일 뿐, 모델이 그 값을 어떻게 쓰는지는 말해
주지 않습니다."""

KOREAN_80 = """\
유닛 L1/88: 글자마다 읽은 뒤의 tanh(C)
“돌쇠야, 어디 가니?”↵
▁▁▁▁▁▂▂▂▂▃▃▃▃▄▄▄▄▄▅▅▅
물레가 돈다.↵
▆▆▆▆▇▇▇▇▇████
-1 ▁▂▃▄▅▆▇█ +1
유닛이 지닌 값일 뿐, 모델이 그 값을 어떻게 쓰는지는 말해 주지 않습니다."""

KOREAN_120 = """\
유닛 L1/88: 글자마다 읽은 뒤의 tanh(C)
He said: "No!"↵
▁▁▁▁▁▁▂▂▂▂▂▂▃▃▃
Then the U+001B[31m tide [b]turned[/b].
▃▃▃▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▇▇▇▇▇▇███████
-1 ▁▂▃▄▅▆▇█ +1
유닛이 지닌 값일 뿐, 모델이 그 값을 어떻게 쓰는지는 말해 주지 않습니다."""

FOLDED = """\
unit L1/88: tanh(C)
after each character
“돌쇠야, 어디 가니?”
▁▁▁▁▁▂▂▂▂▃▃▃▃▄▄▄▄▄▅▅
↵
▅
물레가 돈다.↵
▆▆▆▆▇▇▇▇▇████
-1 ▁▂▃▄▅▆▇█ +1
What the unit holds,
not what the model
does with it."""

JAMO = """\
유닛 L1/88: 글자마다 읽은 뒤의 tanh(C)
 돌    쇠  야    어  디   가  니
“ㄷㅗㄹㅅㅚㅇㅑ, ㅇㅓㄷㅣ ㄱㅏㄴㅣ?”↵
▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▅▅▅▅▅
물    레  가   돈    다
ㅁㅜㄹㄹㅔㄱㅏ ㄷㅗㄴㄷㅏ.↵
▅▅▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇████████
-1 ▁▂▃▄▅▆▇█ +1
유닛이 지닌 값일 뿐, 모델이 그 값을 어떻게 쓰는지는 말해
주지 않습니다."""

IN_ASCII = """\
unit L1/88: tanh(C) after each character
He\\n
=.##
-1 =-.+# +1
What the unit holds, not what the model does with it."""


@pytest.mark.parametrize(
    ("text", "language", "width", "expected"),
    [
        (ENGLISH, "en", 60, ENGLISH_60),
        (KOREAN, "en", 80, ENGLISH_80),
        (ENGLISH, "en", 120, ENGLISH_120),
        (ENGLISH, "ko", 60, KOREAN_60),
        (KOREAN, "ko", 80, KOREAN_80),
        (ENGLISH, "ko", 120, KOREAN_120),
        (KOREAN, "en", 20, FOLDED),
        (normalized(KOREAN), "ko", 60, JAMO),
    ],
)
def test_signs_stand_under_the_text(text: str, language: str, width: int, expected: str) -> None:
    """Without colour each character has a block under it, as wide as it is."""
    assert expected == plain(view(text, language), width)


def test_is_plain_where_signs_are_lacking() -> None:
    """With the plain marks there are five signs, and a newline by its escape."""
    assert IN_ASCII == plain(view("He\n", symbols=symbols_for("ascii")), 60)


@pytest.mark.parametrize("text", [KOREAN, ENGLISH, normalized(KOREAN)])
@pytest.mark.parametrize("width", [20, 40, 60])
def test_no_line_is_wider_than_the_console(text: str, width: int) -> None:
    """Text breaks where the terminal ends, counted in cells, and nothing is lost."""
    lines = plain(view(text), width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert plain(view(text), 200).count("█") == sum(line.count("█") for line in lines)


def test_colours_say_it_alone() -> None:
    """Where there are colours each character has a ground, and there is no row of signs."""
    rows = coloured(view("돌쇠"), 80, "truecolor").splitlines()
    assert ["48;2;33;102;172m돌" in rows[1], "48;2;178;24;43m쇠" in rows[1]] == [True, True]
    assert rows[2].startswith("-1 ")


@pytest.mark.parametrize(
    ("language", "width", "scale"),
    [
        ("en", 60, ["-1" + " " * 20 + "+1", "blue below 0, white at 0, red above"]),
        ("en", 80, ["-1" + " " * 20 + "+1  blue below 0, white at 0, red above"]),
        ("ko", 60, ["-1" + " " * 20 + "+1", "0보다 작으면 파랑, 0이면 하양, 크면 빨강"]),
        ("ko", 80, ["-1" + " " * 20 + "+1  0보다 작으면 파랑, 0이면 하양, 크면 빨강"]),
    ],
)
def test_the_scale_of_colours_is_told_whole(language: str, width: int, scale: list[str]) -> None:
    """What colours mean stands beside their scale, or beneath it where it has no room there."""
    drawn = Text.from_ansi(coloured(view(KOREAN, language), width, "truecolor")).plain
    lines = [line.rstrip() for line in drawn.splitlines()]
    assert scale == lines[3 : 3 + len(scale)]


def test_syllables_stand_uncoloured_above_their_letters() -> None:
    """What jamo compose stands above them, and only they are coloured."""
    rows = coloured(view(normalized("돌")), 80, "truecolor").splitlines()
    assert rows[1].rstrip() == "돌"
    assert [letter in rows[2] for letter in "ㄷㅗㄹ"] == [True] * 3


def test_sixteen_colours_leave_it_to_the_signs() -> None:
    """With 16 colours no ground is coloured, and the signs are there."""
    drawn = coloured(view(KOREAN), 80, "standard")
    assert "\x1b[4" not in drawn
    assert "▁" in drawn


def test_sentences_name_each_character() -> None:
    """Plain sentences tell the value at each character, naming what cannot be seen."""
    expected = ["0: 돌, -1.00", "1: 빈칸, -0.50", "2: 탭, +0.00", "3: 줄바꿈, +0.50"]
    told = list(view("돌 \t\n\u1100", "ko").sentences())
    assert [*expected, "4: ㄱ 초성, +1.00"] == told[1:-1]
