"""Gates and a story at each usual width in both languages, where no other test has them."""

import pytest
from gates_drawn import ENGLISH, KOREAN, plain, trace_of
from rich.console import RenderableType
from test_story import handmade

from charlstm.drawing.pen import Pen
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.ribbon import Ribbon
from charlstm.inspection.gates.strip import Strip
from charlstm.inspection.gates.table import GateTable
from charlstm.inspection.story.compute import story
from charlstm.inspection.story.view import StoryView
from charlstm.messages import catalogue

TEXTS = {"en": ENGLISH, "ko": KOREAN}


def view(name: str, language: str) -> RenderableType:
    """Make a view of a text in its own language."""
    text, said = TEXTS[language], catalogue(language)
    trace = trace_of(text[:4], units=40)
    if name == "story":
        return StoryView(story(handmade(text, 2), 2), Pen(said))
    if name == "strip":
        return Strip(trace, Selection(1, strip="output"), Pen(said))
    if name == "ribbon":
        return Ribbon(trace_of(text), Selection(1), Pen(said))
    return GateTable(trace, Selection(1), Pen(said))


LOOKS = {
    ("table", "en", 60): """\
layer 2 of 2, mean of its 40 units
#  char  bits  ① forget  ② input   ④ output  next
0  T        –   0.94 █    0.56 ▅    0.56 ▅   쇠 71% · ␣ 6%
1  h      3.2   0.81 ▇    0.69 ▆    0.69 ▆   쇠 71% · ␣ 6%
2  e      6.4   0.69 ▆    0.81 ▇    0.81 ▇   쇠 71% · ␣ 6%
3  ␣      9.6   0.56 ▅    0.94 █    0.94 █   쇠 71% · ␣ 6%
① forget: 1 keeps all of the old memory, 0 erases it
② input: 1 writes all of the candidate, 0 nothing
④ output: 1 outputs all of tanh(C), 0 nothing
bits: how surprising the character was
A mean hides what single units do: look at one with --unit.""",
    ("table", "en", 120): """\
layer 2 of 2, mean of its 40 units
#  char  bits  ① forget  ② input   ③ candidate  ④ output   |C|  next
0  T        –   0.94 █    0.56 ▅    +0.88        0.56 ▅   5.63  쇠 71% · ␣ 6%
1  h      3.2   0.81 ▇    0.69 ▆    +0.63        0.69 ▆   4.88  쇠 71% · ␣ 6%
2  e      6.4   0.69 ▆    0.81 ▇    +0.38        0.81 ▇   4.13  쇠 71% · ␣ 6%
3  ␣      9.6   0.56 ▅    0.94 █    +0.13        0.94 █   3.38  쇠 71% · ␣ 6%
① forget: 1 keeps all of the old memory, 0 erases it
② input: 1 writes all of the candidate, 0 nothing
③ candidate: what could be written, from -1 to 1
④ output: 1 outputs all of tanh(C), 0 nothing
|C|: size of the long-term memory
bits: how surprising the character was
A mean hides what single units do: look at one with --unit.""",
    ("table", "ko", 60): """\
2개 층 가운데 2층, 유닛 40개의 평균
#  글자  비트  ① 망각    ② 입력    ④ 출력    다음
0  돌       –   0.94 █    0.56 ▅    0.56 ▅   쇠 71% · ␣ 6%
1  쇠     3.2   0.81 ▇    0.69 ▆    0.69 ▆   쇠 71% · ␣ 6%
2  가     6.4   0.69 ▆    0.81 ▇    0.81 ▇   쇠 71% · ␣ 6%
3  ␣      9.6   0.56 ▅    0.94 █    0.94 █   쇠 71% · ␣ 6%
① 망각: 1이면 옛 기억을 모두 간직하고, 0이면 지웁니다
② 입력: 1이면 후보 기억을 모두 써넣고, 0이면 쓰지 않습니다
④ 출력: 1이면 tanh(C)를 모두 내보내고, 0이면 내보내지
않습니다
비트: 그 글자가 얼마나 뜻밖이었는지
평균은 유닛 하나하나가 하는 일을 가립니다. --unit으로 하나를
골라 보십시오.""",
    ("table", "ko", 80): """\
2개 층 가운데 2층, 유닛 40개의 평균
#  글자  비트  ① 망각    ② 입력    ③ 후보   ④ 출력     |C|  다음
0  돌       –   0.94 █    0.56 ▅    +0.88    0.56 ▅   5.63  쇠 71% · ␣ 6%
1  쇠     3.2   0.81 ▇    0.69 ▆    +0.63    0.69 ▆   4.88  쇠 71% · ␣ 6%
2  가     6.4   0.69 ▆    0.81 ▇    +0.38    0.81 ▇   4.13  쇠 71% · ␣ 6%
3  ␣      9.6   0.56 ▅    0.94 █    +0.13    0.94 █   3.38  쇠 71% · ␣ 6%
① 망각: 1이면 옛 기억을 모두 간직하고, 0이면 지웁니다
② 입력: 1이면 후보 기억을 모두 써넣고, 0이면 쓰지 않습니다
③ 후보: 써넣을 수 있는 내용, -1에서 1까지
④ 출력: 1이면 tanh(C)를 모두 내보내고, 0이면 내보내지 않습니다
|C|: 장기 기억의 크기
비트: 그 글자가 얼마나 뜻밖이었는지
평균은 유닛 하나하나가 하는 일을 가립니다. --unit으로 하나를 골라 보십시오.""",
    ("ribbon", "ko", 60): """\
2개 층 가운데 2층, 유닛 12개의 평균
   0 돌쇠가␣ 물었다. ↵
비트 – 3 6 9+9+9+9+9+9+
   ① ████▇▇▇▇▇▇▆▆▆▆▅▅▅▅
   ② ▅▅▅▅▆▆▆▆▇▇▇▇▇▇████
   ③ +9+8+7+6+5+3+2+1 0
   ④ ▅▅▅▅▆▆▆▆▇▇▇▇▇▇████
 |C| ██████▇▇▇▇▆▆▆▆▅▅▅▅

① 망각: 1이면 옛 기억을 모두 간직하고, 0이면 지웁니다
② 입력: 1이면 후보 기억을 모두 써넣고, 0이면 쓰지 않습니다
③ 후보: 써넣을 수 있는 내용, -1에서 1까지
④ 출력: 1이면 tanh(C)를 모두 내보내고, 0이면 내보내지
않습니다
|C|: 장기 기억의 크기
비트: 그 글자가 얼마나 뜻밖이었는지를 반올림한 비트 수, 9+는
9보다 큰 수
칸이 가득 차면 1입니다.
③: 부호와 0.1 단위의 숫자입니다.
|C|: 이 글에서 가장 큰 5.85에 견준 값입니다.
평균은 유닛 하나하나가 하는 일을 가립니다. --unit으로 하나를
골라 보십시오.""",
    ("ribbon", "en", 80): """\
layer 2 of 2, mean of its 12 units
   0 T h e ␣ t i d e . ↵
bits – 3 6 9+9+9+9+9+9+9+
   ① ██████▇▇▇▇▆▆▆▆▆▆▅▅▅▅
   ② ▅▅▅▅▆▆▆▆▆▆▇▇▇▇██████
   ③ +9+8+7+6+5+4+3+2+1 0
   ④ ▅▅▅▅▆▆▆▆▆▆▇▇▇▇██████
 |C| ██████▇▇▇▇▆▆▆▆▆▆▅▅▅▅

① forget: 1 keeps all of the old memory, 0 erases it
② input: 1 writes all of the candidate, 0 nothing
③ candidate: what could be written, from -1 to 1
④ output: 1 outputs all of tanh(C), 0 nothing
|C|: size of the long-term memory
bits: how surprising the character was, in whole bits; 9+ is more than 9
A full block is 1.
③ has a sign before its tenths.
|C| is shown as a share of 5.86, the most in this text.
A mean hides what single units do: look at one with --unit.""",
    ("ribbon", "ko", 120): """\
2개 층 가운데 2층, 유닛 12개의 평균
   0 돌쇠가␣ 물었다. ↵
비트 – 3 6 9+9+9+9+9+9+
   ① ████▇▇▇▇▇▇▆▆▆▆▅▅▅▅
   ② ▅▅▅▅▆▆▆▆▇▇▇▇▇▇████
   ③ +9+8+7+6+5+3+2+1 0
   ④ ▅▅▅▅▆▆▆▆▇▇▇▇▇▇████
 |C| ██████▇▇▇▇▆▆▆▆▅▅▅▅

① 망각: 1이면 옛 기억을 모두 간직하고, 0이면 지웁니다
② 입력: 1이면 후보 기억을 모두 써넣고, 0이면 쓰지 않습니다
③ 후보: 써넣을 수 있는 내용, -1에서 1까지
④ 출력: 1이면 tanh(C)를 모두 내보내고, 0이면 내보내지 않습니다
|C|: 장기 기억의 크기
비트: 그 글자가 얼마나 뜻밖이었는지를 반올림한 비트 수, 9+는 9보다 큰 수
칸이 가득 차면 1입니다.
③: 부호와 0.1 단위의 숫자입니다.
|C|: 이 글에서 가장 큰 5.85에 견준 값입니다.
평균은 유닛 하나하나가 하는 일을 가립니다. --unit으로 하나를 골라 보십시오.""",
    ("strip", "en", 60): """\
layer 2 of 2, output gate of its 40 units
#  char  bits  0         10        20        30
0  T        –  ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅
1  h      3.2  ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆
2  e      6.4  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
3  ␣      9.6  ████████████████████████████████████████
④ output: 1 outputs all of tanh(C), 0 nothing
A full block is 1.
A cell is one unit, counted from 0.
Neighbours in a row have nothing to do with each other:
units have no order.""",
    ("strip", "ko", 80): """\
2개 층 가운데 2층, 유닛 40개의 출력 게이트
#  글자  비트  0         10        20        30
0  돌       –  ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅
1  쇠     3.2  ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆
2  가     6.4  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
3  ␣      9.6  ████████████████████████████████████████
④ 출력: 1이면 tanh(C)를 모두 내보내고, 0이면 내보내지 않습니다
칸이 가득 차면 1입니다.
한 칸이 유닛 하나이며, 0부터 셉니다.
이웃한 칸끼리는 서로 관계가 없습니다. 유닛에는 순서가 없습니다.""",
    ("story", "en", 60): """\
character 2: e, after Th
layer 1 of 1, unit 1 of 3, whose memory it changed most
surprise 6.4 bits, like one of 86 equally likely characters
expected: 쇠 71% · ␣ 6%

① forget       0.934 █   keeps 93.4% of the old memory,
                         +0.804
                         0.934 × 0.804 = 0.751
② input        0.412 ▄   writes 41.2% of the candidate
③ candidate   +0.601     is what could be written
                         0.412 × 0.601 = 0.248
C             +0.999     is the long-term memory now; it was
                         +0.804
                         0.751 + 0.248 = 0.999
④ output       0.702 ▆   outputs 70.2% of tanh(C)
                         tanh(0.999) = 0.761
                         0.702 × 0.761 = 0.534
h             +0.534     is what the unit outputs, its
                         short-term memory

next: 쇠 71% · ␣ 6%
You can check every line by hand: it is worked out from the
three places shown.
With all its digits the model has C +0.99864 and h +0.53424.
This is one unit of 3: the others did other things with the
same character.""",
    ("story", "ko", 80): """\
글자 2: 가 (앞에는 돌쇠)
1개 층 가운데 1층, 유닛 3개 중 기억이 가장 크게 바뀐 1번
뜻밖의 정도 6.4비트, 똑같이 나올 법한 글자 86개 가운데 하나를 맞히는 만큼
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
줄마다 손으로 따져 볼 수 있습니다. 보이는 소수 셋째 자리까지만으로 계산했습니다.
모델이 모든 자릿수로 계산한 값은 C +0.99864, h +0.53424입니다.
유닛 3개 가운데 하나의 이야기입니다. 다른 유닛은 같은 글자로 다른 일을 합니다.""",
}
# Where 80 columns are enough for Korean, 120 change nothing.
LOOKS |= {(look, "ko", 120): LOOKS[look, "ko", 80] for look in ("table", "strip", "story")}


@pytest.mark.parametrize(("name", "language", "width"), LOOKS)
def test_is_as_written(name: str, language: str, width: int) -> None:
    """At each width and in each language a view stands in the terminal as it is written here."""
    assert LOOKS[name, language, width] == plain(view(name, language), width)
