"""Stories: the numbers against those of the trace, and the drawing as it stands in a terminal."""

import json
import math
import re
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
import torch
from gates_drawn import AWFUL, GRU, JAMO, KOREAN, LSTM, coloured, plain, trace_of
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from charlstm.config import ModelConfig
from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.errors import OptionError
from charlstm.inspection.gates.compute import trace
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.story.compute import story
from charlstm.inspection.story.data import as_arrays, as_json, as_rows
from charlstm.inspection.story.record import Story
from charlstm.inspection.story.view import StoryView
from charlstm.library import Model
from charlstm.messages import catalogue
from charlstm.models import new_model
from charlstm.text.vocabulary import Vocabulary

TEXT = "돌쇠가 물었다."
NUMBER = r"-?\d+\.\d{3}"


def handmade(text: str = KOREAN, at: int = 2) -> Trace:
    """Give a trace of one layer of three units; unit 1 changes most at the place."""
    made = trace_of(text, layers=1, units=3)
    made.values["forget"][0, at] = [0.5, 0.934, 0.5]
    made.values["input"][0, at] = [0.5, 0.412, 0.5]
    made.values["candidate"][0, at] = [0.5, 0.601, 0.5]
    made.values["output"][0, at] = [0.5, 0.702, 0.5]
    if at:
        made.values["cell"][0, at - 1] = [0.1, 0.8041, 0.1]
    before = made.values["cell"][0, at - 1][1] if at else 0.0
    cell = 0.934 * before + 0.412 * 0.601
    made.values["cell"][0, at] = [0.1, cell, 0.1]
    made.values["hidden"][0, at] = [0.1, 0.702 * math.tanh(cell), 0.1]
    return made


def gru() -> Trace:
    """Give a trace of a GRU whose h follows from its gates."""
    made = trace_of(KOREAN, names=GRU)
    update, candidate, hidden = made.update, made.candidate, made.hidden
    hidden[0, 3] = update[0, 3] * hidden[0, 2] + (1 - update[0, 3]) * candidate[0, 3]
    return made


def draw(told: Story, width: int, language: str, symbols: Symbols = UNICODE) -> list[str]:
    return plain(StoryView(told, Pen(catalogue(language), symbols)), width).splitlines()


def test_the_numbers_are_those_of_the_trace(korean: Model) -> None:
    """Every gate and state of every unit is that of the trace, before and after."""
    traced = korean.trace(TEXT)
    for layer, at, unit in np.ndindex(2, len(TEXT), 12):
        told = story(traced, at, layer, unit).values
        assert {n: float(traced.values[n][layer, at, unit]) for n in LSTM} == {
            n: told[n] for n in LSTM
        }
        before = float(traced.cell[layer, at - 1, unit]) if at else 0.0
        assert before == told["before"]


def test_what_was_kept_and_written_is_the_memory(korean: Model) -> None:
    """What was kept and what was written is together C, and o·tanh(C) is h."""
    traced = korean.trace(TEXT)
    for at, unit in np.ndindex(len(TEXT), 12):
        told = story(traced, at, None, unit).values
        assert told["cell"] == pytest.approx(told["kept"] + told["written"], abs=1e-5)
        assert told["hidden"] == pytest.approx(told["output"] * math.tanh(told["cell"]), abs=1e-5)


def test_of_a_gru_too() -> None:
    """Of a GRU what was kept and what was taken is together h."""
    config = ModelConfig("gru", 3, embedding=2, hidden=4, layers=2, dropout=0.0)
    model = new_model(config, torch.Generator().manual_seed(0))
    traced = trace(model, Vocabulary.of("ab"), "abba", "nfc")
    for layer, at, unit in np.ndindex(2, 4, 4):
        told = story(traced, at, layer, unit).values
        before = float(traced.hidden[layer, at - 1, unit]) if at else 0.0
        assert before == told["before"]
        assert told["hidden"] == pytest.approx(told["kept"] + told["written"], abs=1e-6)


def test_the_first_finds_no_memory(korean: Model) -> None:
    """Before the first character C is 0 and nothing was expected."""
    told = story(korean.trace(TEXT), 0)
    assert (0.0, 0.0, []) == (told.values["before"], told.values["kept"], told.expected)
    assert math.isnan(told.bits)


@pytest.mark.parametrize("at", range(len(TEXT)))
def test_the_unit_is_the_one_that_changed_most(korean: Model, at: int) -> None:
    """Without a unit the story is of the one whose memory the character changed most."""
    traced = korean.trace(TEXT)
    cells = np.concatenate([np.zeros((1, 12)), traced.cell[0]])
    told = story(traced, at, 0)
    assert (True, int(np.abs(np.diff(cells, axis=0))[at].argmax())) == (
        told.changed_most,
        told.unit,
    )


def test_a_chosen_unit_is_taken(korean: Model) -> None:
    """A unit that was asked for is the one, and the story does not claim more of it."""
    told = story(korean.trace(TEXT), 1, 0, 7)
    assert (0, 7, False) == (told.layer, told.unit, told.changed_most)


def test_guesses_before_and_after(korean: Model) -> None:
    """What was expected are the guesses after the character before."""
    traced = korean.trace(TEXT)
    told = story(traced, 3)
    assert (traced.guesses[2], traced.guesses[3]) == (told.expected, told.guesses)
    assert told.bits == float(traced.bits[3])


@pytest.mark.parametrize(
    ("at", "layer", "unit", "message"),
    [
        (9, None, None, "--at: expected a character from 0 to 8, found 9"),
        (-1, None, None, "--at: expected a character from 0 to 8, found -1"),
        (0, 2, None, "--layer: expected a layer from 1 to 2, found 3"),
        (0, 0, 12, "--unit: expected a unit from 0 to 11, found 12"),
    ],
)
def test_what_is_not_there_cannot_be_told(
    at: int, layer: int | None, unit: int | None, message: str
) -> None:
    """A place, layer or unit that the trace has not is an impossible option."""
    with pytest.raises(OptionError, match=re.escape(message)):
        story(trace_of(KOREAN), at, layer, unit)


def test_without_gates_there_is_no_story() -> None:
    """Of an RNN or FNN a sentence says what to look at instead."""
    with pytest.raises(OptionError, match=r"--view: expected gates or lookback .* --model lstm"):
        story(trace_of(KOREAN, names=("hidden",)), 0)


AT_80 = """\
character 2: 가, after 돌쇠
layer 1 of 1, unit 1 of 3, whose memory it changed most
surprise 6.4 bits, like one of 86 equally likely characters
expected: 쇠 71% · ␣ 6%

① forget       0.934 █   keeps 93.4% of the old memory, +0.804
                         0.934 × 0.804 = 0.751
② input        0.412 ▄   writes 41.2% of the candidate
③ candidate   +0.601     is what could be written
                         0.412 × 0.601 = 0.248
C             +0.999     is the long-term memory now; it was +0.804
                         0.751 + 0.248 = 0.999
④ output       0.702 ▆   outputs 70.2% of tanh(C)
                         tanh(0.999) = 0.761
                         0.702 × 0.761 = 0.534
h             +0.534     is what the unit outputs, its short-term memory

next: 쇠 71% · ␣ 6%
You can check every line by hand: it is worked out from the three places shown.
With all its digits the model has C +0.99864 and h +0.53424.
This is one unit of 3: the others did other things with the same character."""

AT_60 = """\
글자 2: 가 (앞에는 돌쇠)
1개 층 가운데 1층, 유닛 3개 중 1번
뜻밖의 정도 6.4비트, 똑같이 나올 법한 글자 86개 가운데
하나를 맞히는 만큼
예측: 쇠 71% · ␣ 6%

① 망각    0.934 █   옛 기억 +0.804 가운데 93.4%를 간직합니다
                    0.934 × 0.804 = 0.751
② 입력    0.412 ▄   후보 기억 가운데 41.2%를 써넣습니다
③ 후보   +0.601     써넣을 수 있는 내용입니다
                    0.412 × 0.601 = 0.248
C        +0.999     새 장기 기억입니다 (전에는 +0.804)
                    0.751 + 0.248 = 0.999
④ 출력    0.702 ▆   tanh(C) 가운데 70.2%를 내보냅니다
                    tanh(0.999) = 0.761
                    0.702 × 0.761 = 0.534
h        +0.534     유닛이 내보내는 값, 곧 단기 기억입니다

다음: 쇠 71% · ␣ 6%
줄마다 손으로 따져 볼 수 있습니다. 보이는 소수 셋째
자리까지만으로 계산했습니다.
모델이 모든 자릿수로 계산한 값은 C +0.99864, h
+0.53424입니다.
유닛 3개 가운데 하나의 이야기입니다. 다른 유닛은 같은 글자로
다른 일을 합니다."""

FIRST_AT_120 = """\
character 0: T, the first
layer 1 of 1, unit 1 of 3, whose memory it changed most
surprise: none yet, it is the first character

① forget       0.934 █   finds no old memory yet to keep
                         0.934 × 0.000 = 0.000
② input        0.412 ▄   writes 41.2% of the candidate
③ candidate   +0.601     is what could be written
                         0.412 × 0.601 = 0.248
C             +0.248     is the long-term memory now; it was +0.000
                         0.000 + 0.248 = 0.248
④ output       0.702 ▆   outputs 70.2% of tanh(C)
                         tanh(0.248) = 0.243
                         0.702 × 0.243 = 0.171
h             +0.171     is what the unit outputs, its short-term memory

next: 쇠 71% · ␣ 6%
You can check every line by hand: it is worked out from the three places shown.
With all its digits the model has C +0.24761 and h +0.17036.
This is one unit of 3: the others did other things with the same character."""

JAMO_AT_40 = """\
글자 6: 가의 ㅏ 중성 (앞에는 돌␣a)
1개 층 가운데 1층, 유닛 3개 중 기억이
가장 크게 바뀐 1번
뜻밖의 정도 19.3비트, 똑같이 나올 법한
글자 627,824개 가운데 하나를 맞히는 만큼
예측: 쇠 71% · ␣ 6%

① 망각    0.934 █
옛 기억 +0.804 가운데 93.4%를 간직합니다
0.934 × 0.804 = 0.751
② 입력    0.412 ▄
후보 기억 가운데 41.2%를 써넣습니다
③ 후보   +0.601
써넣을 수 있는 내용입니다
0.412 × 0.601 = 0.248
C   +0.999
새 장기 기억입니다 (전에는 +0.804)
0.751 + 0.248 = 0.999
④ 출력    0.702 ▆
tanh(C) 가운데 70.2%를 내보냅니다
tanh(0.999) = 0.761
0.702 × 0.761 = 0.534
h   +0.534
유닛이 내보내는 값, 곧 단기 기억입니다

다음: 쇠 71% · ␣ 6%
줄마다 손으로 따져 볼 수 있습니다.
보이는 소수 셋째 자리까지만으로
계산했습니다.
모델이 모든 자릿수로 계산한 값은 C
+0.99864, h +0.53424입니다.
유닛 3개 가운데 하나의 이야기입니다.
다른 유닛은 같은 글자로 다른 일을
합니다."""

GRU_AT_80 = """\
character 3: space, after 돌쇠가
layer 1 of 2, unit 0 of 12, whose memory it changed most
surprise 9.6 bits, like one of 792 equally likely characters
expected: 쇠 71% · ␣ 6%

reset        0.279 ▃   lets the candidate see 27.9% of the past
candidate   -0.442     is what could take the place of h
update       0.167 ▂   keeps 16.7% of the old h, -0.699, and takes 83.3% of the
                       candidate
                       0.167 × -0.699 = -0.117
                       1 - 0.167 = 0.833
                       0.833 × -0.442 = -0.368
h           -0.485     is all the unit remembers and outputs now; it was -0.699
                       -0.117 - 0.368 = -0.485

next: 쇠 71% · ␣ 6%
You can check every line by hand: it is worked out from the three places shown.
With all its digits the model has h -0.48493.
This is one unit of 12: the others did other things with the same character."""

GRU_AT_120 = """\
글자 3: 빈칸 (앞에는 돌쇠가)
2개 층 가운데 1층, 유닛 12개 중 기억이 가장 크게 바뀐 0번
뜻밖의 정도 9.6비트, 똑같이 나올 법한 글자 792개 가운데 하나를 맞히는 만큼
예측: 쇠 71% · ␣ 6%

재설정    0.279 ▃   후보 기억에 과거의 27.9%를 보여 줍니다
후보     -0.442     h의 자리를 대신할 수 있는 내용입니다
갱신      0.167 ▂   옛 h -0.699 가운데 16.7%를 간직하고, 후보 기억에서 83.3%를 가져옵니다
                    0.167 × -0.699 = -0.117
                    1 - 0.167 = 0.833
                    0.833 × -0.442 = -0.368
h        -0.485     유닛이 기억하고 내보내는 전부입니다 (전에는 -0.699)
                    -0.117 - 0.368 = -0.485

다음: 쇠 71% · ␣ 6%
줄마다 손으로 따져 볼 수 있습니다. 보이는 소수 셋째 자리까지만으로 계산했습니다.
모델이 모든 자릿수로 계산한 값은 h -0.48493입니다.
유닛 12개 가운데 하나의 이야기입니다. 다른 유닛은 같은 글자로 다른 일을 합니다."""

IN_ASCII = """\
character 2: U+001B, after a' '
layer 1 of 1, unit 1 of 3, whose memory it changed most
surprise 6.4 bits, like one of 86 equally likely characters
expected: 쇠 71% | ' ' 6%

1 forget       0.934   keeps 93.4% of the old memory, +0.804
                       0.934 * 0.804 = 0.751
2 input        0.412   writes 41.2% of the candidate
3 candidate   +0.601   is what could be written
                       0.412 * 0.601 = 0.248
C             +0.999   is the long-term memory now; it was +0.804
                       0.751 + 0.248 = 0.999
4 output       0.702   outputs 70.2% of tanh(C)
                       tanh(0.999) = 0.761
                       0.702 * 0.761 = 0.534
h             +0.534   is what the unit outputs, its short-term memory

next: 쇠 71% | ' ' 6%
You can check every line by hand: it is worked out from the three places shown.
With all its digits the model has C +0.99864 and h +0.53424.
This is one unit of 3: the others did other things with the same character."""


def test_english_at_80() -> None:
    """What was kept, written and said stands in words and in numbers."""
    assert AT_80.splitlines() == draw(story(handmade(), 2), 80, "en")


def test_korean_at_60() -> None:
    """The Korean story says the same, of a unit that was asked for."""
    assert AT_60.splitlines() == draw(story(handmade(), 2, 0, 1), 60, "ko")


def test_the_first_at_120() -> None:
    """Of the first character nothing old is kept."""
    assert FIRST_AT_120.splitlines() == draw(story(handmade("The tide", 0), 0), 120, "en")


def test_a_letter_at_40() -> None:
    """A letter is told with its syllable; on a narrow terminal stages stand below each other."""
    assert JAMO_AT_40.splitlines() == draw(story(handmade(JAMO, 6), 6), 40, "ko")


def test_a_gru_at_80() -> None:
    """A GRU has a story of its own."""
    told = story(gru(), 3, 0)
    assert GRU_AT_80.splitlines() == draw(told, 80, "en")


def test_a_gru_in_korean_at_120() -> None:
    """A GRU's story is told in Korean too."""
    told = story(gru(), 3, 0)
    assert GRU_AT_120.splitlines() == draw(told, 120, "ko")


def test_is_plain_where_signs_are_lacking() -> None:
    """With plain marks the story is ASCII, down to the sign for times."""
    drawn = draw(story(handmade("a \x1b", 2), 2), 80, "en", ASCII)
    assert IN_ASCII.splitlines() == drawn


SENTENCES = """\
character 2: 가, after 돌쇠.
layer 1 of 1, unit 1 of 3, whose memory it changed most.
surprise 6.4 bits, like one of 86 equally likely characters.
expected: 쇠 71%, space 6%.
① forget gate 0.934 keeps 93.4% of the old memory, +0.804: 0.934 × 0.804 = 0.751.
② input gate 0.412 writes 41.2% of the candidate.
③ candidate +0.601 is what could be written: 0.412 × 0.601 = 0.248.
C +0.999 is the long-term memory now; it was +0.804: 0.751 + 0.248 = 0.999.
④ output gate 0.702 outputs 70.2% of tanh(C): tanh(0.999) = 0.761, 0.702 × 0.761 = 0.534.
h +0.534 is what the unit outputs, its short-term memory.
next: 쇠 71%, space 6%.
You can check every line by hand: it is worked out from the three places shown.
With all its digits the model has C +0.99864 and h +0.53424.
This is one unit of 3: the others did other things with the same character."""

KOREAN_SENTENCES = """\
글자 2: 가 (앞에는 돌쇠).
1개 층 가운데 1층, 유닛 3개 중 기억이 가장 크게 바뀐 1번.
뜻밖의 정도 6.4비트, 똑같이 나올 법한 글자 86개 가운데 하나를 맞히는 만큼.
예측: 쇠 71%, 빈칸 6%.
① 망각 게이트 0.934: 옛 기억 +0.804 가운데 93.4%를 간직합니다. 0.934 × 0.804 = 0.751.
② 입력 게이트 0.412: 후보 기억 가운데 41.2%를 써넣습니다.
③ 후보 기억 +0.601: 써넣을 수 있는 내용입니다. 0.412 × 0.601 = 0.248.
C +0.999: 새 장기 기억입니다 (전에는 +0.804). 0.751 + 0.248 = 0.999.
④ 출력 게이트 0.702: tanh(C) 가운데 70.2%를 내보냅니다. tanh(0.999) = 0.761, 0.702 × 0.761 = 0.534.
h +0.534: 유닛이 내보내는 값, 곧 단기 기억입니다.
다음: 쇠 71%, 빈칸 6%.
줄마다 손으로 따져 볼 수 있습니다. 보이는 소수 셋째 자리까지만으로 계산했습니다.
모델이 모든 자릿수로 계산한 값은 C +0.99864, h +0.53424입니다.
유닛 3개 가운데 하나의 이야기입니다. 다른 유닛은 같은 글자로 다른 일을 합니다."""


@pytest.mark.parametrize(("language", "expected"), [("en", SENTENCES), ("ko", KOREAN_SENTENCES)])
def test_sentences_tell_the_same(language: str, expected: str) -> None:
    """Plain sentences have every stage with its arithmetic."""
    told = StoryView(story(handmade(), 2), Pen(catalogue(language))).sentences()
    assert expected.splitlines() == list(told)


gates = st.floats(0, 1, width=32)
signed = st.floats(-1, 1, width=32)


def lstm_story(f: float, i: float, g: float, o: float, before: float) -> Story:
    cell = f * before + i * g
    values = {
        "forget": f,
        "input": i,
        "candidate": g,
        "output": o,
        "cell": cell,
        "hidden": o * math.tanh(cell),
        "before": before,
        "kept": f * before,
        "written": i * g,
    }
    return Story("ab", 1, 1.0, [], [], 0, 1, 0, 1, changed_most=False, values=values)


def rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.001"), ROUND_HALF_UP)


def check_by_hand(lines: list[str]) -> int:
    """Check every line of arithmetic to the last digit, and count them."""
    checked = 0
    for line in lines:
        for one, sign, other, result in re.findall(
            rf"({NUMBER}|1) ([×+-]) ({NUMBER}) = ({NUMBER})", line
        ):
            a, b = Decimal(one), Decimal(other)
            right = {"×": rounded(a * b), "+": a + b, "-": a - b}[sign]
            assert right == Decimal(result), line
            checked += 1
        for argument, result in re.findall(rf"tanh\(({NUMBER})\) = ({NUMBER})", line):
            assert f"{math.tanh(float(argument)):.3f}" == result.replace("-0.000", "0.000"), line
            checked += 1
    return checked


@given(gates, gates, signed, gates, st.floats(-50, 50, width=32))
def test_every_line_can_be_checked_by_hand(
    f: float, i: float, g: float, o: float, before: float
) -> None:
    """Whatever the numbers, every line of the arithmetic is right to the last digit shown."""
    assert 5 == check_by_hand(draw(lstm_story(f, i, g, o, before), 80, "en"))


@given(gates, gates, signed, signed)
def test_every_line_of_a_gru_can_be_checked_by_hand(
    r: float, z: float, n: float, before: float
) -> None:
    """Whatever the numbers, a GRU's arithmetic is right to the last digit shown."""
    values = {"reset": r, "update": z, "candidate": n, "before": before}
    values |= {"kept": z * before, "written": (1 - z) * n, "hidden": z * before + (1 - z) * n}
    told = Story("ab", 1, 1.0, [], [], 0, 1, 0, 1, changed_most=False, values=values)
    assert 4 == check_by_hand(draw(told, 80, "en"))


@given(gates, gates, signed, gates, st.floats(-3, 3, width=32))
def test_the_arithmetic_is_near_the_model(
    f: float, i: float, g: float, o: float, before: float
) -> None:
    """What comes out of the rounded numbers is what the model has, but for a few thousandths."""
    told = lstm_story(f, i, g, o, before)
    lines = draw(told, 80, "en")
    (cell,) = [float(line.split()[1]) for line in lines if line.startswith("C ")]
    (hidden,) = [float(line.split()[1]) for line in lines if line.startswith("h ")]
    assert told.values["cell"] == pytest.approx(cell, abs=0.005)
    assert told.values["hidden"] == pytest.approx(hidden, abs=0.006)


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (0.2, "surprise 0.2 bits: it was expected"),
        (1.0, "surprise 1.0 bits, like one of 2 equally likely characters"),
        (2000.0, "surprise 2000.0 bits: all but impossible"),
    ],
)
def test_surprise_is_told_as_a_choice(bits: float, expected: str) -> None:
    """Bits are told as a choice among equally likely characters, as far as that tells anything."""
    traced = trace_of(KOREAN)
    traced.bits[2] = bits
    assert expected in draw(story(traced, 2), 80, "en")


@pytest.mark.parametrize("width", [1, 10, 20, 40, 60, 80, 120, 200])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_line_is_too_wide(language: str, width: int) -> None:
    """Each line fits the terminal, down to the narrowest that has room for a number."""
    for at in range(len(AWFUL)):
        lines = draw(story(trace_of(AWFUL), at), width, language)
        assert lines
        assert width < 20 or max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("colors", ["standard", "256", "truecolor"])
def test_nothing_reaches_the_terminal_raw(colors: str) -> None:
    """No control of the text is printed, only our own colours."""
    for at in range(len(AWFUL)):
        drawn = coloured(StoryView(story(trace_of(AWFUL), at), Pen(catalogue("ko"))), 80, colors)
        assert set() == set(drawn.replace("\x1b[", "")) & set("\x1b\0\t\r\x07\x7f\x9b\u202e\u200d")


def test_colours() -> None:
    """Gates have their ground where there are colours enough, and none at 16."""
    view = StoryView(story(handmade(), 2), Pen(catalogue("en")))
    assert "48;2;" in coloured(view, 80, "truecolor")
    assert ";4" not in coloured(view, 80, "standard")


def test_json_has_every_number() -> None:
    """The object has the character, both guesses, and the numbers in full."""
    told = story(handmade(), 2)
    written = json.loads(json.dumps(as_json(told), allow_nan=False))
    assert ["index", "char", "bits", "expected", "next"] == list(written)[:5]
    assert [2, "가", 1, 1, True] == [
        written[name] for name in ("index", "char", "layer", "unit", "changed_most")
    ]
    assert told.values == written["values"]


def test_json_of_the_first_has_no_bits() -> None:
    """The first character's bits are null."""
    assert as_json(story(handmade(), 0))["bits"] is None


def test_rows_have_every_number() -> None:
    """There is a row of names and one of numbers."""
    told = story(handmade(), 2)
    names, numbers = as_rows(told)
    row = {str(name): number for name, number in zip(names, numbers, strict=True)}
    assert [2, "가", 1, 1] == [row[name] for name in ("index", "char", "layer", "unit")]
    assert told.values == {name: row[name] for name in told.values}


def test_arrays_have_every_number() -> None:
    """Each number is an array without a dimension, and none holds an object."""
    arrays = as_arrays(story(handmade(), 2))
    assert {"before", "kept", "written", "bits", "index", "layer", "unit", *LSTM} == set(arrays)
    assert {()} == {array.shape for array in arrays.values()}
    assert not any(array.dtype.hasobject for array in arrays.values())
