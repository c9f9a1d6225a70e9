"""Every view where there are few colours or none, few signs, or nothing to see at all."""

import re
from collections.abc import Callable

import pytest
from gates_drawn import KOREAN, coloured, plain, trace_of
from records_lookback import record_of
from records_memory import followed, span_of
from records_units import found
from rich.text import Text
from test_story import handmade
from test_track_view import rising

from charlstm.cli.terminal import results
from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import UNICODE, Symbols, symbols_for
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.view import GatesView
from charlstm.inspection.lookback.view import LookbackView
from charlstm.inspection.memory.view import MemoryView
from charlstm.inspection.story.compute import story
from charlstm.inspection.story.view import StoryView
from charlstm.inspection.track.view import TrackView
from charlstm.inspection.units.view import UnitsView
from charlstm.inspection.views import Drawing
from charlstm.messages import Catalogue, catalogue

TEXT = "돌 쇠\n"
VIEWS: dict[str, Callable[[Catalogue, Symbols], Drawing]] = {
    "table": lambda said, symbols: GatesView(trace_of(TEXT), Selection(0), Pen(said, symbols)),
    "ribbon": lambda said, symbols: GatesView(
        trace_of(TEXT), Selection(0, fold=True), Pen(said, symbols)
    ),
    "strip": lambda said, symbols: GatesView(
        trace_of(TEXT), Selection(0, strip="input"), Pen(said, symbols)
    ),
    "story": lambda said, symbols: StoryView(story(handmade(KOREAN, 3), 3), Pen(said, symbols)),
    "memory": lambda said, symbols: MemoryView(
        span_of([0.5, 12.0, 150.0], [3.0, 8.0, 40.0], retention=followed("돌쇠가 물었다.", 1)),
        Pen(said, symbols),
    ),
    "units": lambda said, symbols: UnitsView(found(), Pen(said, symbols)),
    "track": lambda said, symbols: TrackView(rising(TEXT), Pen(said, symbols)),
    "lookback": lambda said, symbols: LookbackView(
        record_of("돌쇠가 물", disagrees=1), Pen(said, symbols)
    ),
    "lookback --at": lambda said, symbols: LookbackView(
        record_of("돌쇠가 물"), Pen(said, symbols), at=4
    ),
}


# What can be written on Korean Windows; of each view what is above its legend.
ON_WINDOWS = {
    "table": """\
2개 층 가운데 1층, 유닛 12개의 평균
#  글자  비트  ① 망각  ② 입력  ③ 후보   ④ 출력   |C|  다음
0  돌       -   0.44    0.06    -0.13    0.06   2.62  쇠 71% · ' ' 6%
1  ' '    3.2   0.31    0.18    -0.38    0.18   1.86  쇠 71% · ' ' 6%
2  쇠     6.4   0.18    0.31    -0.63    0.31   1.11  쇠 71% · ' ' 6%
3  \\n     9.6   0.06    0.44    -0.88    0.44   0.35  쇠 71% · ' ' 6%""",
    "ribbon": """\
2개 층 가운데 1층, 유닛 12개의 평균
   0 돌SP쇠\\n
비트 - 3 6 9+
   ① 4 3 1 0
   ② 0 1 3 4
   ③ -1-3-6-8
   ④ 0 1 3 4""",
    "strip": """\
2개 층 가운데 1층, 유닛 12개의 입력 게이트
#  글자  비트  0         10
0  돌       -  000000000011
1  ' '    3.2  111111122222
2  쇠     6.4  222223333333
3  \\n     9.6  334444444444""",
    "story": """\
글자 3: 빈칸 (앞에는 돌쇠가)
1개 층 가운데 1층, 유닛 3개 중 기억이 가장 크게 바뀐 1번
뜻밖의 정도 9.6비트, 똑같이 나올 법한 글자 792개 가운데 하나를 맞히는 만큼
예측: 쇠 71% · ' ' 6%

① 망각    0.934   옛 기억 +0.804 가운데 93.4%를 간직합니다
                  0.934 × 0.804 = 0.751
② 입력    0.412   후보 기억 가운데 41.2%를 써넣습니다
③ 후보   +0.601   써넣을 수 있는 내용입니다
                  0.412 × 0.601 = 0.248
C        +0.999   새 장기 기억입니다 (전에는 +0.804)
                  0.751 + 0.248 = 0.999
④ 출력    0.702   tanh(C) 가운데 70.2%를 내보냅니다
                  tanh(0.999) = 0.761
                  0.702 × 0.761 = 0.534
h        +0.534   유닛이 내보내는 값, 곧 단기 기억입니다""",
    "memory": """\
얼마나 오래 기억하는가: 유닛의 반감기(글자 수)
1층        학습 후                    학습 전
       <1  1 ########                 0
      1-2  0                          1 ########
      2-5  0                          2 ################
     5-10  0                          0
단기 유닛  1                          3
    10-20  1 ########                 0
    20-50  0                          0
   50-100  0                          0
  100-200  1 ########                 0
  200-500  0                          0
     500+  0                          0
장기 유닛  2                          0
 평소 10+  2                          0
 평소 50+  1                          0

2층        학습 후                    학습 전
       <1  0                          0
      1-2  0                          0
      2-5  1 ########                 3 ########################
     5-10  1 ########                 0
단기 유닛  2                          3
    10-20  0                          0
    20-50  1 ########                 0
   50-100  0                          0
  100-200  0                          0
  200-500  0                          0
     500+  0                          0
장기 유닛  1                          0
 평소 10+  2                          2
 평소 50+  1                          0

오래 가는 유닛  반감기    평소       T  국소  학습 전
L1/2               150 *   1.5     216   217      2.7
L2/2              40.0     9.0    57.7  58.2      4.5
L1/1              12.0    36.0    17.3  17.8      2.1
L2/1               8.0    24.0    11.5  12.0      3.9
L2/0               3.0     120 *   4.3   4.8      3.3

간직하는 유닛  평소    반감기    지움
L1/0            450 *     0.5     15%
L2/0            120 *     3.0     15%
L1/1           36.0      12.0     15%
L2/1           24.0       8.0     15%
L2/2            9.0      40.0     15%""",
    "units": """\
유닛은 무엇에 반응하는가 (층: 2, 층마다 유닛: 2, 읽은 글자: 11,020)
유닛과 속성의 짝 8개 가운데 2개가 대조보다 뚜렷했습니다. 가장 뚜렷한 것:
속성                 유닛        r  대조      p   AUC    +비트
큰따옴표 안          L1/0   +0.83   0.20  0.010  0.97  +0.0123
큰따옴표 안          L2/0   -0.40   0.20  0.010  0.30  -0.0002
살펴본 짝의 수를 감안하면 우연일 수 있는 것:
받침 있는 글자 다음  L1/1   +0.12   0.15  0.500  0.56
글자만 보아도 아는 것(기억이 필요 없어 빼지 않은 값):
숫자                 L2/1   +0.30                0.70""",
    "track": """\
유닛 L1/88: 글자마다 읽은 뒤의 tanh(C)
돌 쇠\\n
==-++##
-1 =-.+# +1""",
    "lookback": """\
예측마다 어느 지난 글자를 보고 그랬나
#  읽은 글자    다음
2     돌쇠가    쇠 71% · \\n 6% · ' ' <1%
      4 6 9
3    돌쇠가  ≠  t 50% · e 25%
     3 4 6 9
4  돌쇠가 물    이 100%
   2 3 4 69""",
    "lookback --at": """\
'물'(4번) 다음은 '이'일 것(100%): 어느 글자를 보고 그랬나
다음: 이 100%

           0    1    2    3    4
          돌   쇠   가  ' '   물
기울기  0.24 0.34 0.49 0.70 1.00
가림    -1.4 +0.2 +0.2 -4.2 +0.5

기울기가 큰 글자: 물 #4 1.00 · ' ' #3 0.70 · 가 #2 0.49
가림 변화가 큰 글자: ' ' #3 -4.2 · 돌 #0 -1.4 · 물 #4 +0.5""",
}
# What --plain says, but for the meanings of the numbers, which every view ends with.
SENTENCES = {
    ("table", "en"): """\
layer 1 of 2, mean of its 12 units.
0: 돌, first character; forget gate 0.44, input gate 0.06, output gate 0.06, candidate -0.13, |C| 2.62; next: 쇠 71%, space 6%.
1: space, surprise 3.2 bits; forget gate 0.31, input gate 0.18, output gate 0.18, candidate -0.38, |C| 1.86; next: 쇠 71%, space 6%.
2: 쇠, surprise 6.4 bits; forget gate 0.18, input gate 0.31, output gate 0.31, candidate -0.63, |C| 1.11; next: 쇠 71%, space 6%.
3: newline, surprise 9.6 bits; forget gate 0.06, input gate 0.44, output gate 0.44, candidate -0.88, |C| 0.35; next: 쇠 71%, space 6%.""",  # noqa: E501  a sentence a line
    ("table", "ko"): """\
2개 층 가운데 1층, 유닛 12개의 평균.
0: 돌, 첫 글자; 망각 게이트 0.44, 입력 게이트 0.06, 출력 게이트 0.06, 후보 기억 -0.13, |C| 2.62; 다음: 쇠 71%, 빈칸 6%.
1: 빈칸, 뜻밖의 정도 3.2비트; 망각 게이트 0.31, 입력 게이트 0.18, 출력 게이트 0.18, 후보 기억 -0.38, |C| 1.86; 다음: 쇠 71%, 빈칸 6%.
2: 쇠, 뜻밖의 정도 6.4비트; 망각 게이트 0.18, 입력 게이트 0.31, 출력 게이트 0.31, 후보 기억 -0.63, |C| 1.11; 다음: 쇠 71%, 빈칸 6%.
3: 줄바꿈, 뜻밖의 정도 9.6비트; 망각 게이트 0.06, 입력 게이트 0.44, 출력 게이트 0.44, 후보 기억 -0.88, |C| 0.35; 다음: 쇠 71%, 빈칸 6%.""",  # noqa: E501  a sentence a line
    ("memory", "ko"): """\
층 2개, 층마다 유닛 3개, 읽은 글 20,000글자.
1층: 단기 유닛 1개, 장기 유닛 2개. 학습 전: 3개, 0개.
1층, 반감기 1글자 미만: 유닛 1개. 학습 전: 0개.
1층, 반감기 1글자에서 2글자: 유닛 0개. 학습 전: 1개.
1층, 반감기 2글자에서 5글자: 유닛 0개. 학습 전: 2개.
1층, 반감기 10글자에서 20글자: 유닛 1개. 학습 전: 0개.
1층, 반감기 100글자에서 200글자: 유닛 1개. 학습 전: 0개.
1층, 평소 반감기 10글자 이상: 유닛 2개. 학습 전: 0개.
1층, 평소 반감기 50글자 이상: 유닛 1개. 학습 전: 0개.
2층: 단기 유닛 2개, 장기 유닛 1개. 학습 전: 3개, 0개.
2층, 반감기 2글자에서 5글자: 유닛 1개. 학습 전: 3개.
2층, 반감기 5글자에서 10글자: 유닛 1개. 학습 전: 0개.
2층, 반감기 20글자에서 50글자: 유닛 1개. 학습 전: 0개.
2층, 평소 반감기 10글자 이상: 유닛 2개. 학습 전: 2개.
2층, 평소 반감기 50글자 이상: 유닛 1개. 학습 전: 0개.
유닛 L1/2: 반감기 150(시퀀스 길이 64글자보다 긺), 평소 1.5, T 216, 국소 망각 시간 217. 학습 전: 반감기 2.7.
유닛 L2/2: 반감기 40.0, 평소 9.0, T 57.7, 국소 망각 시간 58.2. 학습 전: 반감기 4.5.
유닛 L1/1: 반감기 12.0, 평소 36.0, T 17.3, 국소 망각 시간 17.8. 학습 전: 반감기 2.1.
유닛 L2/1: 반감기 8.0, 평소 24.0, T 11.5, 국소 망각 시간 12.0. 학습 전: 반감기 3.9.
유닛 L2/0: 반감기 3.0, 평소 120(시퀀스 길이 64글자보다 긺), T 4.3, 국소 망각 시간 4.8. 학습 전: 반감기 3.3.
간직하는 유닛 L1/0: 평소 반감기 450(시퀀스 길이 64글자보다 긺), 반감기 0.5, 지움 15%.
간직하는 유닛 L2/0: 평소 반감기 120(시퀀스 길이 64글자보다 긺), 반감기 3.0, 지움 15%.
간직하는 유닛 L1/1: 평소 반감기 36.0, 반감기 12.0, 지움 15%.
간직하는 유닛 L2/1: 평소 반감기 24.0, 반감기 8.0, 지움 15%.
간직하는 유닛 L2/2: 평소 반감기 9.0, 반감기 40.0, 지움 15%.
1층 망각 게이트: 0.9 초과 75%, 0.1 미만 15%. 학습 전: 75%, 15%.
1층 입력 게이트: 0.9 초과 25%, 0.1 미만 65%. 학습 전: 25%, 65%.
1층 출력 게이트: 0.9 초과 <1%, 0.1 미만 90%. 학습 전: <1%, 90%.
2층 망각 게이트: 0.9 초과 75%, 0.1 미만 15%. 학습 전: 75%, 15%.
2층 입력 게이트: 0.9 초과 25%, 0.1 미만 65%. 학습 전: 25%, 65%.
2층 출력 게이트: 0.9 초과 <1%, 0.1 미만 90%. 학습 전: <1%, 90%.
1층, 1번 글자 쇠, 남은 양: 1글자 뒤 70%, 2글자 뒤 53%, 5글자 뒤 31%.""",  # noqa: E501  a sentence a line
    ("track", "en"): """\
unit L1/88: tanh(C) after each character.
0: 돌, -1.00
1: space, -0.33
2: 쇠, +0.33
3: newline, +1.00""",
    ("lookback --at", "en"): """\
4: after 물 the guess is 이, 100%; most by gradient: #4 물 1.00, #3 space 0.70, #2 가 0.49; most by hiding: #3 space -4.2, #0 돌 -1.4, #4 물 +0.5; next: 이 100%.
0 돌: gradient 0.24, hidden -1.4.
1 쇠: gradient 0.34, hidden +0.2.
2 가: gradient 0.49, hidden +0.2.
3 space: gradient 0.70, hidden -4.2.
4 물: gradient 1.00, hidden +0.5.
gradient: how far a slight change would move the target's score; strongest is 1
hidden: nats by which ln p of the target changes without it; below 0 it helped
It does not show what the model needs: another character may hold the same information.""",  # noqa: E501  a sentence a line
    ("lookback --at", "ko"): """\
4: 물 다음의 예측은 이, 100%; 기울기가 큰 글자: #4 물 1.00, #3 빈칸 0.70, #2 가 0.49; 가림 변화가 큰 글자: #3 빈칸 -4.2, #0 돌 -1.4, #4 물 +0.5; 다음: 이 100%.
0 돌: 기울기 0.24, 가림 -1.4.
1 쇠: 기울기 0.34, 가림 +0.2.
2 가: 기울기 0.49, 가림 +0.2.
3 빈칸: 기울기 0.70, 가림 -4.2.
4 물: 기울기 1.00, 가림 +0.5.
기울기: 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는 정도, 가장 큰 것이 1
가림: 그 글자만 가릴 때 대상 글자의 ln p 변화(나트), 음수면 도움이 된 글자
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자에 같은 정보가 있을 수도 있습니다.""",  # noqa: E501  a sentence a line
}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", VIEWS)
def test_sixteen_colours_show_what_none_do(name: str, width: int, language: str) -> None:
    """With sixteen colours all is drawn as without any: bold and dim, but no coloured ground."""
    view = VIEWS[name](catalogue(language), UNICODE)
    drawn = coloured(view, width, "standard")
    shown = (line.rstrip() for line in Text.from_ansi(drawn).plain.splitlines())
    assert plain(view, width).splitlines() == list(shown)
    assert not re.search(r"\x1b\[([0-9;]*;)?(4[0-8]|10[0-7])[;m]", drawn)


@pytest.mark.parametrize("name", ON_WINDOWS)
def test_stands_on_korean_windows(name: str) -> None:
    """With the signs that CP949 has digits or # stand for blocks, and all can be encoded."""
    drawn = plain(VIEWS[name](catalogue("ko"), symbols_for("cp949")), 80)
    expected = ON_WINDOWS[name].splitlines()
    assert expected == drawn.splitlines()[: len(expected)]
    assert drawn == drawn.encode("cp949").decode("cp949")


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", VIEWS)
def test_ascii_is_enough_for_english(name: str, language: str) -> None:
    """With the signs of ASCII a view has none but the letters of its text and language."""
    drawn = plain(VIEWS[name](catalogue(language), symbols_for("ascii")), 60)
    assert all(c.isascii() or "\u3131" <= c <= "\ud7a3" or c == "÷" for c in drawn)


@pytest.mark.parametrize(("name", "language"), SENTENCES)
def test_sentences_are_as_written(name: str, language: str) -> None:
    """Plain sentences tell the same in each language."""
    told = list(VIEWS[name](catalogue(language), UNICODE).sentences())
    expected = SENTENCES[name, language].splitlines()
    assert expected == told[: len(expected)]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", VIEWS)
def test_sentences_have_no_picture(name: str, language: str) -> None:
    """Plain sentences have neither blocks nor signs for what cannot be seen."""
    told = "".join(VIEWS[name](catalogue(language), UNICODE).sentences())
    assert not set("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░␣↵⇥") & set(told)


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, "truecolor"),
        ({"TERM": "xterm"}, "256"),
        ({"TERM": "xterm-16color"}, "standard"),
        ({"TERM": "linux"}, "standard"),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, None),
    ],
)
def test_a_terminal_has_the_colours_that_it_says(
    environment: dict[str, str], colours: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many colours a terminal has it says itself, and NO_COLOR wants none."""
    for name in ("COLORTERM", "TERM", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert colours == results().color_system
