"""The gate table of several layers, of percentiles, of jamo, and of models with other gates."""

import pytest
from gates_drawn import ENGLISH, GRU, JAMO, KOREAN, coloured, plain, trace_of

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.ribbon import Ribbon
from charlstm.inspection.gates.strip import Strip
from charlstm.inspection.gates.table import GateTable
from charlstm.inspection.gates.view import GatesView
from charlstm.messages import catalogue


def draw(
    trace: Trace, width: int, language: str, choice: Selection, symbols: Symbols = UNICODE
) -> list[str]:
    return plain(GatesView(trace, choice, Pen(catalogue(language), symbols)), width).splitlines()


KOREAN_AT_60 = """\
2개 층 가운데 1층, 유닛 12개의 평균
#  글자  비트  ① 망각    ② 입력    ④ 출력    다음
0  돌       –   0.47 ▄    0.03 ▁    0.03 ▁   쇠 71% · ␣ 6%
1  쇠     3.2   0.42 ▄    0.08 ▁    0.08 ▁   쇠 71% · ␣ 6%
2  가     6.4   0.36 ▃    0.14 ▂    0.14 ▂   쇠 71% · ␣ 6%
3  ␣      9.6   0.30 ▃    0.19 ▂    0.19 ▂   쇠 71% · ␣ 6%
4  물    12.8   0.25 ▂    0.25 ▂    0.25 ▂   쇠 71% · ␣ 6%
5  었    16.0   0.19 ▂    0.30 ▃    0.30 ▃   쇠 71% · ␣ 6%
6  다    19.3   0.14 ▂    0.36 ▃    0.36 ▃   쇠 71% · ␣ 6%
7  .     22.5   0.08 ▁    0.42 ▄    0.42 ▄   쇠 71% · ␣ 6%
8  ↵     25.7   0.03 ▁    0.47 ▄    0.47 ▄   쇠 71% · ␣ 6%
① 망각: 1이면 옛 기억을 모두 간직하고, 0이면 지웁니다
② 입력: 1이면 후보 기억을 모두 써넣고, 0이면 쓰지 않습니다
④ 출력: 1이면 tanh(C)를 모두 내보내고, 0이면 내보내지
않습니다
비트: 그 글자가 얼마나 뜻밖이었는지
평균은 유닛 하나하나가 하는 일을 가립니다. --unit으로 하나를
골라 보십시오."""

ENGLISH_AT_120 = """\
layer 2 of 2, unit 3
#  char  bits  ① forget  ② input   ③ candidate  ④ output   |C|  next
0  T        –   0.97 █    0.51 ▅    +0.93        0.51 ▅   5.80  쇠 71% · ␣ 6%
1  h      3.2   0.92 █    0.56 ▅    +0.83        0.56 ▅   5.50  쇠 71% · ␣ 6%
2  e      6.4   0.87 ▇    0.62 ▅    +0.73        0.62 ▅   5.20  쇠 71% · ␣ 6%
3  ␣      9.6   0.82 ▇    0.67 ▆    +0.63        0.67 ▆   4.90  쇠 71% · ␣ 6%
4  t     12.8   0.77 ▇    0.72 ▆    +0.53        0.72 ▆   4.59  쇠 71% · ␣ 6%
5  i     16.0   0.72 ▆    0.77 ▇    +0.43        0.77 ▇   4.29  쇠 71% · ␣ 6%
6  d     19.3   0.67 ▆    0.82 ▇    +0.33        0.82 ▇   3.99  쇠 71% · ␣ 6%
7  e     22.5   0.62 ▅    0.87 ▇    +0.23        0.87 ▇   3.69  쇠 71% · ␣ 6%
8  .     25.7   0.56 ▅    0.92 █    +0.13        0.92 █   3.39  쇠 71% · ␣ 6%
9  ↵     28.9   0.51 ▅    0.97 █    +0.03        0.97 █   3.09  쇠 71% · ␣ 6%
① forget: 1 keeps all of the old memory, 0 erases it
② input: 1 writes all of the candidate, 0 nothing
③ candidate: what could be written, from -1 to 1
④ output: 1 outputs all of tanh(C), 0 nothing
|C|: size of the long-term memory
bits: how surprising the character was
This is one unit of 12; the others may act otherwise."""

BESIDE_AT_120 = """\
2개 층 각각, 유닛 12개의 평균
               1층                                  2층
#  글자  비트  ①       ②       ③      ④       |C|   ①       ②       ③      ④       |C|   다음
0  돌       –  0.42 ▄  0.08 ▁  -0.17  0.08 ▁  2.49  0.92 █  0.58 ▅  +0.85  0.58 ▅  5.54  쇠 71% · ␣ 6%
1  쇠     3.2  0.25 ▂  0.25 ▂  -0.51  0.25 ▂  1.48  0.75 ▇  0.75 ▇  +0.51  0.75 ▇  4.52  쇠 71% · ␣ 6%
2  가     6.4  0.08 ▁  0.42 ▄  -0.85  0.42 ▄  0.46  0.58 ▅  0.92 █  +0.17  0.92 █  3.51  쇠 71% · ␣ 6%"""  # noqa: E501  as wide as the terminal

STACKED_AT_80 = """\
layer 1 of 2, mean of its 12 units
#  char  bits  ① forget  ② input   ③ candidate  ④ output   |C|  next
0  T        –   0.42 ▄    0.08 ▁    -0.17        0.08 ▁   2.49  쇠 71% · ␣ 6%
1  h      3.2   0.25 ▂    0.25 ▂    -0.51        0.25 ▂   1.48  쇠 71% · ␣ 6%
2  e      6.4   0.08 ▁    0.42 ▄    -0.85        0.42 ▄   0.46  쇠 71% · ␣ 6%

layer 2 of 2, mean of its 12 units
#  char  bits  ① forget  ② input   ③ candidate  ④ output   |C|  next
0  T        –   0.92 █    0.58 ▅    +0.85        0.58 ▅   5.54  쇠 71% · ␣ 6%
1  h      3.2   0.75 ▇    0.75 ▇    +0.51        0.75 ▇   4.52  쇠 71% · ␣ 6%
2  e      6.4   0.58 ▅    0.92 █    +0.17        0.92 █   3.51  쇠 71% · ␣ 6%
① forget: 1 keeps all of the old memory, 0 erases it"""

SPREAD_AT_80 = """\
layer 2 of 2, percentiles 10, 50 and 90 of its 12 units
#  char  bits  ① forget         ② input          ④ output         next
0  T        –   .86  .92  .98    .52  .58  .65    .52  .58  .65   쇠 71% · ␣ 6%
1  h      3.2   .69  .75  .82    .69  .75  .82    .69  .75  .82   쇠 71% · ␣ 6%
2  e      6.4   .52  .58  .65    .86  .92  .98    .86  .92  .98   쇠 71% · ␣ 6%
① forget: 1 keeps all of the old memory, 0 erases it
② input: 1 writes all of the candidate, 0 nothing
④ output: 1 outputs all of tanh(C), 0 nothing
bits: how surprising the character was
Of three numbers a tenth of the units lie below the first, half below the
second, a tenth above the third. They are not the same units at each character."""

SPREAD_AT_120 = """\
2개 층 가운데 2층, 유닛 12개의 10·50·90백분위수
#  글자  비트  ① 망각           ② 입력           ③ 후보              ④ 출력                      |C|  다음
0  돌       –   .86  .92  .98    .52  .58  .65    +.72  +.85  +.97    .52  .58  .65    5.2  5.5  5.9  쇠 71% · ␣ 6%
1  쇠     3.2   .69  .75  .82    .69  .75  .82    +.38  +.51  +.63    .69  .75  .82    4.1  4.5  4.9  쇠 71% · ␣ 6%
2  가     6.4   .52  .58  .65    .86  .92  .98    +.05  +.17  +.29    .86  .92  .98    3.1  3.5  3.9  쇠 71% · ␣ 6%"""  # noqa: E501  as wide as the terminal

JAMO_AT_80 = """\
2개 층 가운데 1층, 유닛 12개의 평균
#  글자       비트  ① 망각    ② 입력    ③ 후보   ④ 출력     |C|  다음
   돌            –
0    ㄷ 초성     –   0.46 ▄    0.03 ▁    -0.07    0.03 ▁   2.78  쇠 71% · ␣ 6%
1    ㅗ 중성   3.2   0.39 ▄    0.10 ▁    -0.22    0.10 ▁   2.35  쇠 71% · ␣ 6%
2    ㄹ 종성   6.4   0.32 ▃    0.18 ▂    -0.36    0.18 ▂   1.92  쇠 71% · ␣ 6%
3  ␣           9.6   0.25 ▂    0.25 ▂    -0.50    0.25 ▂   1.49  쇠 71% · ␣ 6%
4  a          12.8   0.18 ▂    0.32 ▃    -0.65    0.32 ▃   1.06  쇠 71% · ␣ 6%
   가         35.3
5    ㄱ 초성  16.0   0.10 ▁    0.39 ▄    -0.79    0.39 ▄   0.63  쇠 71% · ␣ 6%
6    ㅏ 중성  19.3   0.03 ▁    0.46 ▄    -0.93    0.46 ▄   0.20  쇠 71% · ␣ 6%
① 망각: 1이면 옛 기억을 모두 간직하고, 0이면 지웁니다
② 입력: 1이면 후보 기억을 모두 써넣고, 0이면 쓰지 않습니다
③ 후보: 써넣을 수 있는 내용, -1에서 1까지
④ 출력: 1이면 tanh(C)를 모두 내보내고, 0이면 내보내지 않습니다
|C|: 장기 기억의 크기
비트: 그 글자가 얼마나 뜻밖이었는지
음절의 비트는 그 음절을 이루는 낱자의 비트를 더한 것입니다.
평균은 유닛 하나하나가 하는 일을 가립니다. --unit으로 하나를 골라 보십시오."""

GRU_AT_60 = """\
layer 1 of 2, mean of its 12 units
#  char  bits  update    reset     candidate  next
0  돌       –   0.12 ▁    0.37 ▃    -0.26     쇠 71% · ␣ 6%
1  쇠     3.2   0.37 ▃    0.12 ▁    -0.77     쇠 71% · ␣ 6%
update: 1 keeps all of the old h, 0 replaces it
reset: 1 lets the candidate see the past, 0 hides it
candidate: what could take h's place, -1 to 1
bits: how surprising the character was
A mean hides what single units do: look at one with --unit.
A GRU has no forget, input and output gate: its update gate
keeps and writes at once, and h is output as it is. For
those gates look at a run of --model lstm."""

RNN_AT_80 = """\
2개 층 가운데 1층, 유닛 12개의 평균
#  글자  비트  h         |h|  다음
0  돌       –   -0.23   0.23  쇠 71% · ␣ 6%
1  쇠     3.2   -0.69   0.69  쇠 71% · ␣ 6%
h: 유닛이 내보내는 값, -1에서 1까지
|h|: 내보내는 값의 크기
비트: 그 글자가 얼마나 뜻밖이었는지
평균은 유닛 하나하나가 하는 일을 가립니다. --unit으로 하나를 골라 보십시오.
이 모델에는 게이트가 없습니다. 무엇을 간직할지 정하는 것이 없고, 가진 것은
h뿐입니다. 게이트는 --model lstm이나 gru로 학습한 모델에서 보십시오. --view
lookback은 이 모델에서도 볼 수 있습니다."""


def test_speaks_korean() -> None:
    """Headings, title and legend are Korean where that is asked for."""
    assert KOREAN_AT_60.splitlines() == draw(trace_of(KOREAN), 60, "ko", Selection(0))


def test_one_unit_speaks_for_itself() -> None:
    """The legend of one unit says of how many it is one."""
    assert ENGLISH_AT_120.splitlines() == draw(trace_of(ENGLISH), 120, "en", Selection(1, 3))


def test_layers_stand_side_by_side_where_there_is_room() -> None:
    """At 120 columns two layers share the rows, every gate of both among them."""
    assert BESIDE_AT_120.splitlines() == draw(trace_of(KOREAN[:3]), 120, "ko", Selection())[:6]


def test_layers_stand_below_each_other_where_there_is_none() -> None:
    """At 80 columns each of two layers has a table, and the legend comes once."""
    drawn = draw(trace_of(ENGLISH[:3]), 80, "en", Selection())
    assert STACKED_AT_80.splitlines() == drawn[:12]
    assert 1 == sum(line.startswith("bits:") for line in drawn)


def test_a_single_layer_needs_no_group() -> None:
    """All layers of a model of one are shown as that one."""
    trace = trace_of(ENGLISH, layers=1)
    assert draw(trace, 200, "en", Selection(0)) == draw(trace, 200, "en", Selection())


def test_percentiles_at_80() -> None:
    """Three numbers a gate stand beside each other, and the legend says what they are."""
    assert SPREAD_AT_80.splitlines() == draw(
        trace_of(ENGLISH[:3]), 80, "en", Selection(1, spread=True)
    )


def test_percentiles_at_120() -> None:
    """With room enough all quantities have their percentiles."""
    drawn = draw(trace_of(KOREAN[:3]), 120, "ko", Selection(1, spread=True))
    assert SPREAD_AT_120.splitlines() == drawn[:5]


def test_a_unit_has_no_percentiles() -> None:
    """Where a unit is chosen its one number is shown."""
    trace = trace_of(ENGLISH)
    assert draw(trace, 80, "en", Selection(0, 3)) == draw(
        trace, 80, "en", Selection(0, 3, spread=True)
    )


def test_syllables_stand_over_their_letters() -> None:
    """Of jamo the syllable has a row with its bits, and its letters the gates in rows below."""
    assert JAMO_AT_80.splitlines() == draw(trace_of(JAMO), 80, "ko", Selection(0))


def test_a_gru_says_which_gates_it_lacks() -> None:
    """A GRU's own gates are shown, with a sentence on those that it has not."""
    trace = trace_of(KOREAN[:2], names=GRU)
    assert GRU_AT_60.splitlines() == draw(trace, 60, "en", Selection(0))


def test_an_rnn_says_what_to_look_at_instead() -> None:
    """Of a model without gates h is shown, with a sentence on where there are gates."""
    trace = trace_of(KOREAN[:2], names=("hidden",))
    assert RNN_AT_80.splitlines() == draw(trace, 80, "ko", Selection(0))


def test_shows_a_part_of_the_text() -> None:
    """From start to stop the rows are those of the whole text."""
    whole = draw(trace_of(ENGLISH), 80, "en", Selection(0))
    part = draw(trace_of(ENGLISH), 80, "en", Selection(0, start=2, stop=5))
    assert [*whole[:2], *whole[4:7]] == part[:5]


@pytest.mark.parametrize(("start", "stop"), [(1, 2), (0, 3), (2, None)])
def test_a_syllable_is_not_cut(start: int, stop: int | None) -> None:
    """A part that begins or ends within a syllable has all of its letters."""
    drawn = draw(trace_of(JAMO), 80, "ko", Selection(0, start=start, stop=stop))
    assert [["돌"], ["0", "ㄷ"]] == [drawn[2].split()[:1], drawn[3].split()[:2]]


@pytest.mark.parametrize(
    ("length", "fold", "shape"),
    [(60, None, GateTable), (61, None, Ribbon), (61, False, GateTable), (3, True, Ribbon)],
)
def test_long_texts_fold(length: int, *, fold: bool | None, shape: type[GateTable]) -> None:
    """More than sixty characters make a ribbon, unless it is said otherwise."""
    trace, choice = trace_of("a" * length), Selection(0, fold=fold)
    assert plain(GatesView(trace, choice, Pen(catalogue("en"))), 80) == plain(
        shape(trace, choice, Pen(catalogue("en"))), 80
    )


def test_a_long_text_of_which_little_is_shown_does_not_fold() -> None:
    """What counts is how much is shown."""
    trace, choice = trace_of("a" * 100), Selection(0, start=90)
    assert plain(GatesView(trace, choice, Pen(catalogue("en"))), 80) == plain(
        GateTable(trace, choice, Pen(catalogue("en"))), 80
    )


def test_a_strip_when_asked_for() -> None:
    """The name of a gate makes a strip."""
    trace, choice = trace_of(KOREAN), Selection(0, strip="input")
    assert plain(GatesView(trace, choice, Pen(catalogue("en"))), 80) == plain(
        Strip(trace, choice, Pen(catalogue("en"))), 80
    )


@pytest.mark.parametrize(
    "choice",
    [Selection(), Selection(0, spread=True), Selection(fold=True), Selection(strip="candidate")],
)
def test_sixteen_colours_have_no_ground(choice: Selection) -> None:
    """In whatever shape, 16 colours leave it to blocks and digits."""
    drawn = coloured(GatesView(trace_of(KOREAN), choice, Pen(catalogue("ko"))), 120, "standard")
    assert "\x1b[4" not in drawn
    assert ";4" not in drawn


@pytest.mark.parametrize(
    "choice",
    [Selection(), Selection(0, spread=True), Selection(fold=True), Selection(strip="candidate")],
)
@pytest.mark.parametrize("colors", ["256", "truecolor"])
def test_many_colours_are_used(colors: str, choice: Selection) -> None:
    """In whatever shape, numbers have their ground where there are colours enough."""
    assert "48;" in coloured(GatesView(trace_of(KOREAN), choice, Pen(catalogue("ko"))), 120, colors)


@pytest.mark.parametrize(
    "choice",
    [Selection(), Selection(0, spread=True), Selection(fold=True), Selection(strip="candidate")],
)
def test_plain_marks_are_ascii(choice: Selection) -> None:
    """In whatever shape, plain marks draw an English text in ASCII alone."""
    trace = trace_of(ENGLISH)
    for guesses in trace.guesses:
        guesses[:] = [("e", 0.5), ("\n", 0.25)]
    assert plain(GatesView(trace, choice, Pen(catalogue("en"), ASCII)), 120).isascii()


@pytest.mark.parametrize("width", [1, 5, 10, 20])
@pytest.mark.parametrize(
    "choice",
    [Selection(), Selection(0, spread=True), Selection(fold=True), Selection(strip="cell")],
)
def test_hardly_any_room_is_no_reason_to_fail(choice: Selection, width: int) -> None:
    """In whatever shape, the narrowest terminals get a drawing."""
    assert plain(GatesView(trace_of(JAMO), choice, Pen(catalogue("ko"))), width)


SENTENCE = """\
2개 층 각각, 유닛 12개의 평균.
0: 돌의 ㄷ 초성, 첫 글자; 1층: 망각 게이트 0.46, 입력 게이트 0.03, 출력 게이트 0.03, \
후보 기억 -0.07, |C| 2.78; 2층: 망각 게이트 0.97, 입력 게이트 0.54, 출력 게이트 \
0.54, 후보 기억 +0.93, |C| 5.80; 다음: 쇠 71%, 빈칸 6%."""

SPREAD_SENTENCE = """\
1: h, surprise 3.2 bits; forget gate 0.18, 0.25 and 0.31, \
input gate 0.18, 0.25 and 0.31, output gate 0.18, 0.25 and \
0.31, candidate -0.63, -0.51 and -0.38, |C| 1.11, 1.48 and \
1.85; next: 쇠 71%, space 6%."""


def test_sentences_tell_of_layers_and_letters() -> None:
    """Plain sentences name the syllable of a letter, and the layers one after the other."""
    told = list(GatesView(trace_of(JAMO), Selection(), Pen(catalogue("ko"))).sentences())
    assert SENTENCE.splitlines() == told[:2]


def test_sentences_tell_percentiles() -> None:
    """Plain sentences have the three numbers of each gate."""
    view = GatesView(trace_of(ENGLISH[:3]), Selection(0, spread=True), Pen(catalogue("en")))
    assert SPREAD_SENTENCE == list(view.sentences())[2]


def test_sentences_end_with_what_they_do_not_mean() -> None:
    """The last sentence is a caveat, and of a GRU the one on the gates that it lacks."""
    view = GatesView(trace_of(KOREAN, names=GRU), Selection(0), Pen(catalogue("en")))
    mean, gates = list(view.sentences())[-2:]
    assert mean.startswith("A mean hides")
    assert gates.startswith("A GRU has no")


def test_sentences_without_guesses() -> None:
    """Where no guesses were asked for none are announced."""
    trace = trace_of("a")
    trace.guesses[0] = []
    (_, line, *_) = GatesView(trace, Selection(0, 0), Pen(catalogue("en"))).sentences()
    assert line.endswith("|C| 0.00.")
