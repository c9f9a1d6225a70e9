"""The ribbon, as it stands in a terminal."""

import sys
from itertools import pairwise

import pytest
from gates_drawn import AWFUL, JAMO, KOREAN, coloured, plain, trace_of
from rich.cells import cell_len, set_cell_size

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.inspection.gates.pairs import Pairs
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.ribbon import Ribbon
from charlstm.messages import catalogue

TEXT = "The tide came in. 돌쇠가 물었다.\n"
LETTERS = "\u1100\u1161\u11a8" * 40


def draw(
    trace: Trace, width: int, language: str, choice: Selection, symbols: Symbols = UNICODE
) -> list[str]:
    return plain(Ribbon(trace, choice, Pen(catalogue(language), symbols)), width).splitlines()


AT_60 = """\
layer 1 of 2, mean of its 12 units
   0 T h e ␣ t i d e ␣ c a m e ␣ i n . ␣ 돌쇠가␣ 물었다. ↵
bits – 3 6 9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+
   ① ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▃▃▃▃▃▃▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁
   ② ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄
   ③  0 0 0-1-1-2-2-2-3-3-3-4-4-5-5-5-6-6-6-7-7-7-8-8-9-9-9
   ④ ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄
 |C| ████████▇▇▇▇▇▇▆▆▆▆▆▆▅▅▅▅▅▅▅▅▄▄▄▄▄▄▃▃▃▃▃▃▂▂▂▂▂▂▂▂▁▁▁▁▁▁

① forget: 1 keeps all of the old memory, 0 erases it
② input: 1 writes all of the candidate, 0 nothing
③ candidate: what could be written, from -1 to 1
④ output: 1 outputs all of tanh(C), 0 nothing
|C|: size of the long-term memory
bits: how surprising the character was, in whole bits; 9+ is
more than 9
A full block is 1.
③ has a sign before its tenths.
|C| is shown as a share of 2.94, the most in this text.
A mean hides what single units do: look at one with --unit."""

AT_80 = """\
2개 층 가운데 1층, 유닛 12개의 평균
   0 T h e ␣ t i d e ␣ c a m e ␣ i n . ␣ 돌쇠가␣ 물었다. ↵ T h e ␣ t i d e ␣ c
비트 – 3 6 9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+
   ① ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂
   ② ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃
   ③  0 0 0 0 0-1-1-1-1-1-1-2-2-2-2-2-3-3-3-3-3-3-4-4-4-4-4-5-5-5-5-5-6-6-6-6-6
   ④ ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃
 |C| ██████████████▇▇▇▇▇▇▇▇▇▇▇▇▇▇▆▆▆▆▆▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▄▄▄▄▄▄▃▃▃▃▃▃

  37 a m e ␣ i n . ␣ 돌쇠가␣ 물었다. ↵
비트 9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+
   ① ▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
   ② ▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
   ③ -6-7-7-7-7-7-8-8-8-8-8-8-9-9-9-9-9
   ④ ▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
 |C| ▃▃▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁

① 망각: 1이면 옛 기억을 모두 간직하고, 0이면 지웁니다
② 입력: 1이면 후보 기억을 모두 써넣고, 0이면 쓰지 않습니다
③ 후보: 써넣을 수 있는 내용, -1에서 1까지
④ 출력: 1이면 tanh(C)를 모두 내보내고, 0이면 내보내지 않습니다
|C|: 장기 기억의 크기
비트: 그 글자가 얼마나 뜻밖이었는지를 반올림한 비트 수, 9+는 9보다 큰 수
칸이 가득 차면 1입니다.
③: 부호와 0.1 단위의 숫자입니다.
|C|: 이 글에서 가장 큰 2.97에 견준 값입니다.
평균은 유닛 하나하나가 하는 일을 가립니다. --unit으로 하나를 골라 보십시오."""

AT_120 = """\
layer 1 of 2, unit 3
   0 T h e ␣ t i d e ␣ c a m e ␣ i n . ␣ 돌쇠가␣ 물었다. ↵ T h e ␣ t i d e ␣ c a m e ␣ i n . ␣ 돌쇠가␣ 물었다. ↵
bits – 3 6 9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+9+
   ① ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
   ② ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
   ③  0 0 0 0 0-1-1-1-1-1-1-2-2-2-2-2-3-3-3-3-3-4-4-4-4-4-4-5-5-5-5-5-6-6-6-6-6-6-7-7-7-7-7-8-8-8-8-8-9-9-9-9-9-9
   ④ ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
 |C| ██████████████▇▇▇▇▇▇▇▇▇▇▇▇▇▇▆▆▆▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▄▄▄▄▄▄▃▃▃▃▃▃▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁

① forget: 1 keeps all of the old memory, 0 erases it
② input: 1 writes all of the candidate, 0 nothing
③ candidate: what could be written, from -1 to 1
④ output: 1 outputs all of tanh(C), 0 nothing
|C|: size of the long-term memory
bits: how surprising the character was, in whole bits; 9+ is more than 9
A full block is 1.
③ has a sign before its tenths.
|C| is shown as a share of 2.96, the most in this text.
This is one unit of 12; the others may act otherwise."""  # noqa: E501  as wide as the terminal

LAYERS_AT_60 = """\
2개 층 각각, 유닛 12개의 평균
     0 돌쇠가␣ 물었다. ↵
  비트 – 3 6 9+9+9+9+9+9+
  L1 ① ▄▄▄▄▃▃▃▃▂▂▂▂▂▂▁▁▁▁
  L1 ② ▁▁▁▁▂▂▂▂▂▂▃▃▃▃▄▄▄▄
  L1 ③  0-1-2-3-5-6-7-8-9
  L1 ④ ▁▁▁▁▂▂▂▂▂▂▃▃▃▃▄▄▄▄
L1 |C| ▄▄▄▄▃▃▃▃▃▃▂▂▂▂▁▁▁▁
  L2 ① ████▇▇▇▇▇▇▆▆▆▆▅▅▅▅
  L2 ② ▅▅▅▅▆▆▆▆▇▇▇▇▇▇████
  L2 ③ +9+8+7+6+5+3+2+1 0
  L2 ④ ▅▅▅▅▆▆▆▆▇▇▇▇▇▇████
L2 |C| ██████▇▇▇▇▆▆▆▆▅▅▅▅"""

SPREAD_AT_60 = """\
layer 1 of 2, percentiles 10, 50 and 90 of its 12 units
      0 돌쇠가
   bits – 3 6
  ① 10% ▃▃▂▂▁▁
  ① 50% ▄▄▂▂▁▁
  ① 90% ▄▄▃▃▂▂
  ② 10% ▁▁▂▂▃▃
  ② 50% ▁▁▂▂▄▄
  ② 90% ▂▂▃▃▄▄
  ③ 10% -2-6-9
  ③ 50% -1-5-8
  ③ 90%  0-3-7
  ④ 10% ▁▁▂▂▃▃
  ④ 50% ▁▁▂▂▄▄
  ④ 90% ▂▂▃▃▄▄
|C| 10% ▆▆▄▄▁▁
|C| 50% ▇▇▅▅▂▂
|C| 90% ██▆▆▃▃"""

JAMO_AT_60 = """\
layer 1 of 2, mean of its 12 units
   0 돌    ␣ a 가
     ㄷㅗㄹ    ㄱㅏ
bits – 3 6 9+9+9+9+
   ① ▄▄▄▄▃▃▂▂▂▂▁▁▁▁
   ② ▁▁▁▁▂▂▂▂▃▃▄▄▄▄
   ③  0-2-3-5-6-7-9
   ④ ▁▁▁▁▂▂▂▂▃▃▄▄▄▄
 |C| ██▇▇▆▆▅▅▄▄▂▂▁▁"""

IN_ASCII = """\
layer 1 of 2, mean of its 12 units
   0 a SP^[\\n
bits - 3 6 9+
   1 4 3 1 0
   2 0 1 3 4
   3 -1-3-6-8
   4 0 1 3 4
 |C| 9 7 4 1

1 forget: 1 keeps all of the old memory, 0 erases it
2 input: 1 writes all of the candidate, 0 nothing
3 candidate: what could be written, from -1 to 1
4 output: 1 outputs all of tanh(C), 0 nothing
|C|: size of the long-term memory
bits: how surprising the character was, in whole bits; 9+ is
more than 9
A digit counts tenths, and 9 is the most.
3 has a sign before its tenths.
|C| is shown as a share of 2.62, the most in this text.
SP ' ' | ^[ U+001B
A mean hides what single units do: look at one with --unit."""


def test_at_60() -> None:
    """A line of characters has a row for each gate beneath it, and a legend below."""
    assert AT_60.splitlines() == draw(trace_of(TEXT), 60, "en", Selection(0))


def test_at_80() -> None:
    """A longer text goes on in the next fold, which begins with the place of its first."""
    assert AT_80.splitlines() == draw(trace_of(TEXT * 2), 80, "ko", Selection(0))


def test_at_120() -> None:
    """A wider terminal has longer folds; one unit can be shown as well."""
    assert AT_120.splitlines() == draw(trace_of(TEXT * 2), 120, "en", Selection(0, 3))


def test_layers_stand_below_each_other() -> None:
    """Several layers share the characters, and their rows say which they are."""
    assert LAYERS_AT_60.splitlines() == draw(trace_of(KOREAN), 60, "ko", Selection())[:13]


def test_percentiles_have_a_row_each() -> None:
    """Of percentiles each has a row of its own."""
    drawn = draw(trace_of(KOREAN[:3]), 60, "en", Selection(0, spread=True))
    assert SPREAD_AT_60.splitlines() == drawn[:18]


def test_syllables_stand_over_their_letters() -> None:
    """Of jamo the syllable comes once, and its letters each over their own gates."""
    assert JAMO_AT_60.splitlines() == draw(trace_of(JAMO), 60, "en", Selection(0))[:9]


def test_is_plain_where_signs_are_lacking() -> None:
    """With plain marks digits stand for blocks, and signs are explained."""
    assert IN_ASCII.splitlines() == draw(trace_of("a \x1b\n"), 60, "en", Selection(0), ASCII)


def test_shows_a_part_of_the_text() -> None:
    """From start to stop the cells are those of the whole text."""
    whole = draw(trace_of(TEXT), 80, "en", Selection(0))
    part = draw(trace_of(TEXT), 80, "en", Selection(0, start=4, stop=10))
    assert ["   4 t i d e ␣ c", whole[3][:5] + whole[3][13:25]] == [part[1], part[3]]


@pytest.mark.parametrize("symbols", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_character_is_shown(width: int, symbols: Symbols) -> None:
    """Markup, emoji, jamo, controls: each has its two cells, in the order of the text."""
    drawn = draw(trace_of(AWFUL), width, "en", Selection(0), symbols)
    blocks = [line for line, below in pairwise(drawn) if below.startswith("bits ")]
    lines = [set_cell_size(line[5:], 2 * ((width - 5) // 2)) for line in blocks]
    shown = "".join(lines)
    pairs = Pairs(Pen(catalogue("en"), symbols))
    expected = "".join(pairs.pair(c) for c in AWFUL)
    assert expected.rstrip() == shown.rstrip()


@pytest.mark.parametrize("colors", ["standard", "truecolor"])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_nothing_reaches_the_terminal_raw(width: int, colors: str) -> None:
    """No control of the text is printed, only our own colours."""
    drawn = coloured(Ribbon(trace_of(AWFUL), Selection(), Pen(catalogue("en"))), width, colors)
    assert set() == set(drawn.replace("\x1b[", "")) & set(
        "\x1b\0\t\r\x07\x7f\x9b\u202e\u200d\u2028"
    )


@pytest.mark.parametrize("text", [AWFUL, TEXT, LETTERS], ids=["awful", "text", "letters"])
@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
def test_no_line_is_too_wide(width: int, text: str) -> None:
    """Every line fits the terminal, and rows of a fold are equally long."""
    trace = trace_of(text)
    for line in draw(trace, width, "en", Selection()):
        assert cell_len(line) <= width


def test_signs_are_explained() -> None:
    """Controls are written as on a keyboard, other wide names by tags, and all are listed."""
    drawn = "\n".join(draw(trace_of("\x1b\0\x7f\u202e\u200d\u202e"), 80, "en", Selection(0)))
    assert "   0 ^[^@^?#1#2#1\n" in drawn
    assert "^[ U+001B · ^@ U+0000 · ^? U+007F · #1 U+202E · #2 U+200D\n" in drawn


def test_tags_never_run_out() -> None:
    """When there are more odd characters than tags the rest share one."""
    pairs = Pairs(Pen(catalogue("en")))
    shown = [pairs.pair(chr(0xE000 + i)) for i in range(40)]
    assert ["#1", "#z", "##", "##"] == [shown[0], shown[34], shown[35], shown[39]]


def test_every_pair_takes_two_cells() -> None:
    """Whatever the character, it takes two cells."""
    for symbols in (UNICODE, ASCII):
        pairs = Pairs(Pen(catalogue("en"), symbols))
        assert {2} == {cell_len(pairs.pair(chr(point))) for point in range(sys.maxunicode + 1)}


def test_colours_are_those_of_the_values() -> None:
    """The lowest gate has cividis' blue for its ground and the highest its yellow."""
    trace = trace_of("ab", layers=1, units=1)
    trace.values["forget"][0, :, 0] = [0.0, 1.0]
    row = coloured(Ribbon(trace, Selection(0), Pen(catalogue("en"))), 80, "truecolor").splitlines()[
        3
    ]
    assert row.index("48;2;0;34;78m0 ") < row.index("48;2;254;232;56m9 ")
