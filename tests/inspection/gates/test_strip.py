"""The strip, as it stands in a terminal, and how units share cells."""

import numpy as np
import pytest
from gates_drawn import AWFUL, ENGLISH, GRU, JAMO, KOREAN, coloured, plain, trace_of
from rich.cells import cell_len

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.errors import OptionError
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.strip import Pool, Strip
from charlstm.messages import catalogue


def draw(
    trace: Trace, width: int, language: str, choice: Selection, symbols: Symbols = UNICODE
) -> list[str]:
    return plain(Strip(trace, choice, Pen(catalogue(language), symbols)), width).splitlines()


KOREAN_AT_60 = """\
2개 층 가운데 1층, 유닛 12개의 망각 게이트
#  글자  비트  0         10
0  돌       –  ▃▃▃▄▄▄▄▄▄▄▄▄
1  쇠     3.2  ▂▂▂▂▂▂▃▃▃▃▃▃
2  가     6.4  ▁▁▁▁▁▁▁▁▁▂▂▂
① 망각: 1이면 옛 기억을 모두 간직하고, 0이면 지웁니다
칸이 가득 차면 1입니다.
한 칸이 유닛 하나이며, 0부터 셉니다.
이웃한 칸끼리는 서로 관계가 없습니다. 유닛에는 순서가
없습니다."""

POOLED_AT_80 = """\
layer 1 of 2, candidate of its 100 units
#  char  bits  0         20        40        60        80
0  T        –  ▃▃▃▃▃▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
1  h      3.2  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃
2  e      6.4  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂▂▂▂▂▂
③ candidate: what could be written, from -1 to 1
A block of half height is 0, a full one +1, the lowest -1.
A cell is the mean of 2 units one after the other, counted from 0.
Neighbours in a row have nothing to do with each other: units have no order."""

LAYERS_AT_120 = """\
each of 2 layers, |C| of its 30 units
               layer 1                         layer 2
#  char  bits  0         10        20          0         10        20
0  T        –  ▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄  ▇▇▇▇▇▇▇███████████████████████
1  h      3.2  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃  ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
2  e      6.4  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂  ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▆▆▆▆▆▆▆▆
|C|: size of the long-term memory
|C| is shown as a share of 6.00, the most in this text.
A cell is one unit, counted from 0.
Neighbours in a row have nothing to do with each other: units have no order."""

JAMO_AT_60 = """\
2개 층 가운데 1층, 유닛 30개의 입력 게이트
#  글자       비트  0         10        20
   돌            –
0    ㄷ 초성     –  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
1    ㅗ 중성   3.2  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▂▂▂▂▂
2    ㄹ 종성   6.4  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂
3  ␣           9.6  ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃
4  a          12.8  ▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃
   가         35.3
5    ㄱ 초성  16.0  ▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄
6    ㅏ 중성  19.3  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄

2개 층 가운데 2층, 유닛 30개의 입력 게이트
#  글자       비트  0         10        20
   돌            –"""

IN_ASCII = """\
layer 1 of 2, output gate of its 30 units
#  char  bits  0         10        20
0  a        -  000000000000111111111111222222
1  \\n     3.2  222222333333333333444444444444
4 output: 1 outputs all of tanh(C), 0 nothing
A digit counts tenths, and 9 is the most.
A cell is one unit, counted from 0.
Neighbours in a row have nothing to do with each other:
units have no order."""


def test_korean_at_60() -> None:
    """Each unit has its cell where there is room for all."""
    assert KOREAN_AT_60.splitlines() == draw(
        trace_of(KOREAN[:3]), 60, "ko", Selection(0, strip="forget")
    )


def test_pooled_at_80() -> None:
    """More units than there is room for share cells evenly, and the legend says how many."""
    trace = trace_of(ENGLISH[:3], units=100)
    assert POOLED_AT_80.splitlines() == draw(trace, 80, "en", Selection(0, strip="candidate"))


def test_layers_at_120() -> None:
    """Layers stand side by side where every unit has room."""
    trace = trace_of(ENGLISH[:3], units=30)
    assert LAYERS_AT_120.splitlines() == draw(trace, 120, "en", Selection(strip="cell"))


def test_jamo_at_60() -> None:
    """Layers that have no room stand below each other; letters are below their syllable."""
    trace = trace_of(JAMO, units=30)
    assert JAMO_AT_60.splitlines() == draw(trace, 60, "ko", Selection(strip="input"))[:15]


def test_is_plain_where_signs_are_lacking() -> None:
    """With plain marks digits stand for blocks."""
    trace = trace_of("a\n", units=30)
    assert IN_ASCII.splitlines() == draw(trace, 60, "en", Selection(0, strip="output"), ASCII)


@pytest.mark.parametrize("units", [1, 7, 12, 50, 51, 64, 100, 101, 256, 512, 1000])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_too_wide(width: int, units: int) -> None:
    """However many units, each row fits the terminal."""
    trace = trace_of(AWFUL, units=units)
    assert {True} == {cell_len(line) <= width for line in draw(trace, width, "en", Selection(0))}


@pytest.mark.parametrize(("units", "room"), [(5, 5), (6, 5), (100, 57), (256, 60), (7, 1)])
def test_cells_are_means_of_neighbours(units: int, room: int) -> None:
    """A cell is the mean of its units, one after the other; the last has those that are left."""
    values = np.random.default_rng(1).random((3, units)).astype(np.float32)
    pool = Pool.fitting(units, room)
    expected = [
        [row[i : i + pool.size].mean() for i in range(0, units, pool.size)] for row in values
    ]
    assert len(expected[0]) <= room
    np.testing.assert_allclose(pool.of(values), expected, rtol=1e-5)


@pytest.mark.parametrize(("units", "room", "rest"), [(100, 57, 2), (101, 57, 1), (256, 60, 1)])
def test_the_rest_is_told(units: int, room: int, rest: int) -> None:
    """A last cell of fewer units is told of in the legend."""
    pool = Pool.fitting(units, room)
    assert rest == pool.rest
    assert (rest != pool.size) == (f"the last, of {rest}" in pool.legend(Pen(catalogue("en"))))


def test_the_ruler_counts_units() -> None:
    """Every tenth cell has the number of its first unit above it."""
    assert "0         50        100       150" == Pool(170, 5).ruler()


def test_the_gate_is_the_weightiest_by_itself() -> None:
    """Without a name the first gate of the family is shown: of a GRU the update gate."""
    title, *_ = draw(trace_of(KOREAN, names=GRU), 80, "en", Selection(0))
    assert "layer 1 of 2, update gate of its 12 units" == title


def test_an_unknown_gate_is_an_impossible_option() -> None:
    """A name that is none of the family's is refused, with those that it has."""
    trace = trace_of(KOREAN, names=GRU)
    with pytest.raises(OptionError, match="--strip: expected one of update, reset, candidate, hid"):
        Strip(trace, Selection(strip="forget"), Pen(catalogue("en")))


def test_colours_are_those_of_the_values() -> None:
    """Below nothing is blue and above it is red."""
    trace = trace_of("a", layers=1, units=2)
    trace.values["candidate"][0, 0] = [-1.0, 1.0]
    choice = Selection(0, strip="candidate")
    row = coloured(Strip(trace, choice, Pen(catalogue("en"))), 80, "truecolor").splitlines()[2]
    assert row.index("48;2;33;102;172m0") < row.index("48;2;178;24;43m9")
