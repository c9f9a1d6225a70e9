"""How long a model remembers, as it stands in a terminal."""

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from charlstm.drawing.symbols import ASCII, UNICODE, Symbols, symbols_for
from charlstm.inspection.memory.histogram import Bin, bar
from charlstm.inspection.memory.record import Doubles, MemorySpan, Retention, Timescales
from charlstm.inspection.memory.view import MemoryView
from charlstm.messages import catalogue

GATES = {"forget": 0.75, "input": 0.25, "output": 0.002}


def scales(half_life: Doubles, gates: dict[str, float], held: float) -> Timescales:
    """Give time scales of units (L, H) whose gates stand still.

    Typical half-lives are `held` times as long, in each layer the other way round.
    """
    forget = 0.5 ** (1 / half_life)
    with np.errstate(divide="ignore"):
        return Timescales(
            gate=next(iter(gates)),
            characters=20_000,
            mean_log=np.log(forget),
            half_life=half_life,
            time_constant=-1 / np.log(forget),
            forgetting_time=1 / (1 - forget),
            typical_half_life=half_life[:, ::-1] * held,
            mean_written=np.full(half_life.shape, 0.5),
            right={name: np.full(half_life.shape, share) for name, share in gates.items()},
            left={name: np.full(half_life.shape, 0.9 - share) for name, share in gates.items()},
        )


def span_of(
    *layers: list[float],
    gates: dict[str, float] = GATES,
    retention: Retention | None = None,
    held: float = 3.0,
) -> MemorySpan:
    half_life = np.array(layers)
    fresh = scales(np.linspace(1.5, 4.5, half_life.size).reshape(half_life.shape), gates, held)
    return MemorySpan(scales(half_life, gates, held), fresh, 64, retention)


def followed(text: str, at: int) -> Retention:
    """Follow a character in two layers of two units with gates that stand still."""
    distances = np.arange(1, len(text) - at)[:, None]
    forgets = np.array([[[0.9, 0.5]], [[0.99, 0.8]]])
    kept: Doubles = forgets**distances
    written = np.array([[0.5, -0.5], [0.75, 0.25]])
    return Retention(at, text[at], text[:at], text[at + 1 :], written, kept)


LAYERS = ([0.3, 1.2, 1.9, 4.0, 6.0, 7.5, 8.0, 9.9], [5.5, 10.0, 12.0, 15.0, 19.0, 44.0, 150.0, 800])
KOREAN = "달못골에는 오래된 방앗간이 있다. 물레는 늘 돈다.\n" * 9
ENGLISH = "The harbour book lay open. \n" * 9


def draw(
    span: MemorySpan, width: int, language: str = "en", symbols: Symbols = UNICODE, start: int = 0
) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    console.print(MemoryView(span, catalogue(language), symbols))
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    return "\n".join(lines[start:])


def coloured(span: MemorySpan, color_system: str) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        width=80,
        force_terminal=True,
        color_system=color_system,  # type: ignore[arg-type]
        legacy_windows=False,
        no_color=False,
    )
    console.print(MemoryView(span, catalogue("en")))
    return file.getvalue()


def korean_span() -> MemorySpan:
    return span_of(*LAYERS, retention=followed(KOREAN, 4))


def english_span() -> MemorySpan:
    return span_of(*LAYERS, retention=followed(ENGLISH, 5))


AT_80 = """\
how long does it remember? half-lives of units in characters
layer 1      trained                    untrained
         <1  1 ███                      0
        1–2  2 ██████                   3 █████████
        2–5  1 ███                      5 ███████████████
       5–10  4 ████████████             0
 short-term  8                          8
      10–20  0                          0
      20–50  0                          0
     50–100  0                          0
    100–200  0                          0
    200–500  0                          0
       500+  0                          0
  long-term  0                          0
typical 10+  5                          0
typical 50+  0                          0

layer 2      trained                    untrained
         <1  0                          0
        1–2  0                          0
        2–5  0                          8 ████████████████████████
       5–10  1 ███                      0
 short-term  1                          8
      10–20  4 ████████████             0
      20–50  1 ███                      0
     50–100  0                          0
    100–200  1 ███                      0
    200–500  0                          0
       500+  1 ███                      0
  long-term  7                          0
typical 10+  8                          6
typical 50+  4                          0

longest-lived  half-life    typical        T  local  untrained
L2/7                 800 *     16.5    1,154  1,155        4.5
L2/6                 150 *     30.0      216    217        4.3
L2/5                44.0       36.0     63.5   64.0        4.1
L2/4                19.0       45.0     27.4   27.9        3.9
L2/3                15.0       57.0     21.6   22.1        3.7

hold longest  typical    half-life    erases
L2/0            2,400 *        5.5       15%
L2/1              450 *       10.0       15%
L2/2              132 *       12.0       15%
L2/3             57.0         15.0       15%
L2/4             45.0         19.0       15%

saturated gates  trained         untrained
                 >0.9   <0.1     >0.9   <0.1
L1 ① forget       75% ▇  15% ▂    75% ▇  15% ▂
L1 ② input        25% ▃  65% ▆    25% ▃  65% ▆
L1 ④ output       <1% ▁  90% █    <1% ▁  90% █
L2 ① forget       75% ▇  15% ▂    75% ▇  15% ▂
L2 ② input        25% ▃  65% ▆    25% ▃  65% ▆
L2 ④ output       <1% ▁  90% █    <1% ▁  90% █

left of character 5, a, after so many characters
            1      2      5     10     20     50    100    200
layer 1   70% ▆  53% ▅  31% ▃  17% ▂   6% ▁  <1% ▁  <1% ▁  <1% ▁
layer 2   94% █  90% █  80% ▇  71% ▆  62% ▅  45% ▄  27% ▃  10% ▁
L2/0      99% █  98% █  95% █  90% █  82% ▇  61% ▅  37% ▃  13% ▂
L1/0      90% █  81% ▇  59% ▅  35% ▃  12% ▁   1% ▁  <1% ▁  <1% ▁
L1/1      50% ▅  25% ▃   3% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁

         The harbour book lay open. ↵The harbour book lay open. ↵The harbour boo
layer 1       █▆▅▄▃▃▃▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
layer 2       ███▇▇▇▇▇▆▆▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄

half-life: after so many characters half is left, ln 1/2 over the mean of ln f
typical: the half-life at the median f, so between erasures, which do not count
hold longest: by typical, without units that write under 1% of the layer's mean
erases: the share of characters at which f is below 0.1
T: -1 / ln of the mean f; local: the mean of 1 / (1 - f); three numbers, not one
short-term: a half-life under 10 characters; long-term: 10 or more
untrained: a new model of the same shape; both read the same 20,000 characters
*: beyond the 64 characters training saw at once (of 16 units 2, typical 3)
saturated: the share of time and units over 0.9 and below 0.1; not bad in itself
left: the share of what a layer wrote at that character, over all its units
below: the units that kept it longest, of those that wrote the mean or more
beneath the text: what was left at each character, as a block or in tenths
Exact for the direct path through the cell only: cell retention, not all memory"""

IN_KOREAN_AT_80 = """\
얼마나 오래 기억하는가: 유닛의 반감기(글자 수)
1층        학습 후                    학습 전
       <1  1 ███                      0
      1–2  2 ██████                   3 █████████
      2–5  1 ███                      5 ███████████████
     5–10  4 ████████████             0
단기 유닛  8                          8
    10–20  0                          0
    20–50  0                          0
   50–100  0                          0
  100–200  0                          0
  200–500  0                          0
     500+  0                          0
장기 유닛  0                          0
 평소 10+  5                          0
 평소 50+  0                          0

2층        학습 후                    학습 전
       <1  0                          0
      1–2  0                          0
      2–5  0                          8 ████████████████████████
     5–10  1 ███                      0
단기 유닛  1                          8
    10–20  4 ████████████             0
    20–50  1 ███                      0
   50–100  0                          0
  100–200  1 ███                      0
  200–500  0                          0
     500+  1 ███                      0
장기 유닛  7                          0
 평소 10+  8                          6
 평소 50+  4                          0

오래 가는 유닛  반감기    평소        T   국소  학습 전
L2/7               800 *  16.5    1,154  1,155      4.5
L2/6               150 *  30.0      216    217      4.3
L2/5              44.0    36.0     63.5   64.0      4.1
L2/4              19.0    45.0     27.4   27.9      3.9
L2/3              15.0    57.0     21.6   22.1      3.7

간직하는 유닛   평소    반감기    지움
L2/0           2,400 *     5.5     15%
L2/1             450 *    10.0     15%
L2/2             132 *    12.0     15%
L2/3            57.0      15.0     15%
L2/4            45.0      19.0     15%

포화된 게이트  학습 후         학습 전
               >0.9   <0.1     >0.9   <0.1
L1 ① 망각       75% ▇  15% ▂    75% ▇  15% ▂
L1 ② 입력       25% ▃  65% ▆    25% ▃  65% ▆
L1 ④ 출력       <1% ▁  90% █    <1% ▁  90% █
L2 ① 망각       75% ▇  15% ▂    75% ▇  15% ▂
L2 ② 입력       25% ▃  65% ▆    25% ▃  65% ▆
L2 ④ 출력       <1% ▁  90% █    <1% ▁  90% █

4번 글자 는: 몇 글자 뒤에 얼마나 남는가
         1      2      5     10     20     50    100    200
1층    70% ▆  53% ▅  31% ▃  17% ▂   6% ▁  <1% ▁  <1% ▁  <1% ▁
2층    94% █  90% █  80% ▇  71% ▆  62% ▅  45% ▄  27% ▃  10% ▁
L2/0   99% █  98% █  95% █  90% █  82% ▇  61% ▅  37% ▃  13% ▂
L1/0   90% █  81% ▇  59% ▅  35% ▃  12% ▁   1% ▁  <1% ▁  <1% ▁
L1/1   50% ▅  25% ▃   3% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁

      달못골에는 오래된 방앗간이 있다. 물레는 늘 돈다.↵달못골에는 오래된 방앗간
1층           ██▆▅▅▄▄▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
2층           █████▇▇▇▇▇▇▇▇▇▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅

반감기: 절반이 남을 때까지의 글자 수, ln 1/2 ÷ (ln f의 평균)
평소: f의 중앙값에서의 반감기. 지우는 순간은 셈에 넣지 않습니다
간직하는 유닛: 평소 반감기가 긴 순서. 층 평균의 1%보다 적게 써넣는 유닛은 뺍니다
지움: f < 0.1인 글자의 비율
T: -1 / ln(f의 평균), 국소: 1 / (1 - f)의 평균. 셋은 서로 다른 값입니다
단기 유닛: 반감기 10글자 미만, 장기 유닛: 10글자 이상
학습 전: 같은 모양의 새 모델. 둘 다 같은 글 20,000글자를 읽었습니다
*: 학습할 때 한 번에 본 64글자보다 긴 반감기 (유닛 16개 가운데 2개, 평소 3개)
포화: 게이트가 0.9를 넘거나 0.1에 못 미친 비율. 그 자체로 나쁜 것은 아닙니다
남은 양: 그 글자에서 층 전체가 써넣은 것 가운데 남은 비율
층 아래의 유닛: 평균 이상으로 써넣은 유닛 가운데 가장 오래 간직한 유닛
글 아래: 글자마다 그때까지 남은 양, 막대의 높이 또는 10분의 몇
셀을 곧바로 지나는 길에서만 정확합니다. 셀에 남은 양이지 기억 전체는 아닙니다"""

AT_60 = """\
how long does it remember? half-lives of units in characters
layer 1      trained                 untrained
         <1  1 ██▋                   0
        1–2  2 █████▎                3 ███████▉
        2–5  1 ██▋                   5 █████████████▏
       5–10  4 ██████████▌           0
 short-term  8                       8
      10–20  0                       0
      20–50  0                       0
     50–100  0                       0
    100–200  0                       0
    200–500  0                       0
       500+  0                       0
  long-term  0                       0
typical 10+  5                       0
typical 50+  0                       0

layer 2      trained                 untrained
         <1  0                       0
        1–2  0                       0
        2–5  0                       8 █████████████████████
       5–10  1 ██▋                   0
 short-term  1                       8
      10–20  4 ██████████▌           0
      20–50  1 ██▋                   0
     50–100  0                       0
    100–200  1 ██▋                   0
    200–500  0                       0
       500+  1 ██▋                   0
  long-term  7                       0
typical 10+  8                       6
typical 50+  4                       0

longest-lived  half-life    typical        T  local
L2/7                 800 *     16.5    1,154  1,155
L2/6                 150 *     30.0      216    217
L2/5                44.0       36.0     63.5   64.0
L2/4                19.0       45.0     27.4   27.9
L2/3                15.0       57.0     21.6   22.1

hold longest  typical    half-life    erases
L2/0            2,400 *        5.5       15%
L2/1              450 *       10.0       15%
L2/2              132 *       12.0       15%
L2/3             57.0         15.0       15%
L2/4             45.0         19.0       15%

saturated gates  trained         untrained
                 >0.9   <0.1     >0.9   <0.1
L1 ① forget       75% ▇  15% ▂    75% ▇  15% ▂
L1 ② input        25% ▃  65% ▆    25% ▃  65% ▆
L1 ④ output       <1% ▁  90% █    <1% ▁  90% █
L2 ① forget       75% ▇  15% ▂    75% ▇  15% ▂
L2 ② input        25% ▃  65% ▆    25% ▃  65% ▆
L2 ④ output       <1% ▁  90% █    <1% ▁  90% █

left of character 4, 는, after so many characters
            1      5     10     20     50    100    200
layer 1   70% ▆  31% ▃  17% ▂   6% ▁  <1% ▁  <1% ▁  <1% ▁
layer 2   94% █  80% ▇  71% ▆  62% ▅  45% ▄  27% ▃  10% ▁
L2/0      99% █  95% █  90% █  82% ▇  61% ▅  37% ▃  13% ▂
L1/0      90% █  59% ▅  35% ▃  12% ▁   1% ▁  <1% ▁  <1% ▁
L1/1      50% ▅   3% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁

         달못골에는 오래된 방앗간이 있다. 물레는 늘 돈다.↵달
layer 1          ██▆▅▅▄▄▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
layer 2          █████▇▇▇▇▇▇▇▇▇▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅

half-life: after so many characters half is left, ln 1/2
over the mean of ln f
typical: the half-life at the median f, so between erasures,
which do not count
hold longest: by typical, without units that write under 1%
of the layer's mean
erases: the share of characters at which f is below 0.1
T: -1 / ln of the mean f; local: the mean of 1 / (1 - f);
three numbers, not one
short-term: a half-life under 10 characters; long-term: 10
or more
untrained: a new model of the same shape; both read the same
20,000 characters
*: beyond the 64 characters training saw at once (of 16
units 2, typical 3)
saturated: the share of time and units over 0.9 and below
0.1; not bad in itself
left: the share of what a layer wrote at that character,
over all its units
below: the units that kept it longest, of those that wrote
the mean or more
beneath the text: what was left at each character, as a
block or in tenths
Exact for the direct path through the cell only: cell
retention, not all memory"""

IN_KOREAN_AT_60 = """\
얼마나 오래 기억하는가: 유닛의 반감기(글자 수)
1층        학습 후                  학습 전
       <1  1 ██▊                    0
      1–2  2 █████▌                 3 ████████▎
      2–5  1 ██▊                    5 █████████████▊
     5–10  4 ███████████            0
단기 유닛  8                        8
    10–20  0                        0
    20–50  0                        0
   50–100  0                        0
  100–200  0                        0
  200–500  0                        0
     500+  0                        0
장기 유닛  0                        0
 평소 10+  5                        0
 평소 50+  0                        0

2층        학습 후                  학습 전
       <1  0                        0
      1–2  0                        0
      2–5  0                        8 ██████████████████████
     5–10  1 ██▊                    0
단기 유닛  1                        8
    10–20  4 ███████████            0
    20–50  1 ██▊                    0
   50–100  0                        0
  100–200  1 ██▊                    0
  200–500  0                        0
     500+  1 ██▊                    0
장기 유닛  7                        0
 평소 10+  8                        6
 평소 50+  4                        0

오래 가는 유닛  반감기    평소        T   국소  학습 전
L2/7               800 *  16.5    1,154  1,155      4.5
L2/6               150 *  30.0      216    217      4.3
L2/5              44.0    36.0     63.5   64.0      4.1
L2/4              19.0    45.0     27.4   27.9      3.9
L2/3              15.0    57.0     21.6   22.1      3.7

간직하는 유닛   평소    반감기    지움
L2/0           2,400 *     5.5     15%
L2/1             450 *    10.0     15%
L2/2             132 *    12.0     15%
L2/3            57.0      15.0     15%
L2/4            45.0      19.0     15%

포화된 게이트  학습 후         학습 전
               >0.9   <0.1     >0.9   <0.1
L1 ① 망각       75% ▇  15% ▂    75% ▇  15% ▂
L1 ② 입력       25% ▃  65% ▆    25% ▃  65% ▆
L1 ④ 출력       <1% ▁  90% █    <1% ▁  90% █
L2 ① 망각       75% ▇  15% ▂    75% ▇  15% ▂
L2 ② 입력       25% ▃  65% ▆    25% ▃  65% ▆
L2 ④ 출력       <1% ▁  90% █    <1% ▁  90% █

5번 글자 a: 몇 글자 뒤에 얼마나 남는가
         1      5     10     20     50    100    200
1층    70% ▆  31% ▃  17% ▂   6% ▁  <1% ▁  <1% ▁  <1% ▁
2층    94% █  80% ▇  71% ▆  62% ▅  45% ▄  27% ▃  10% ▁
L2/0   99% █  95% █  90% █  82% ▇  61% ▅  37% ▃  13% ▂
L1/0   90% █  59% ▅  35% ▃  12% ▁   1% ▁  <1% ▁  <1% ▁
L1/1   50% ▅   3% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁

      The harbour book lay open. ↵The harbour book lay open.
1층        █▆▅▄▃▃▃▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
2층        ███▇▇▇▇▇▆▆▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄

반감기: 절반이 남을 때까지의 글자 수, ln 1/2 ÷ (ln f의 평균)
평소: f의 중앙값에서의 반감기. 지우는 순간은 셈에 넣지
않습니다
간직하는 유닛: 평소 반감기가 긴 순서. 층 평균의 1%보다 적게
써넣는 유닛은 뺍니다
지움: f < 0.1인 글자의 비율
T: -1 / ln(f의 평균), 국소: 1 / (1 - f)의 평균. 셋은 서로
다른 값입니다
단기 유닛: 반감기 10글자 미만, 장기 유닛: 10글자 이상
학습 전: 같은 모양의 새 모델. 둘 다 같은 글 20,000글자를
읽었습니다
*: 학습할 때 한 번에 본 64글자보다 긴 반감기 (유닛 16개
가운데 2개, 평소 3개)
포화: 게이트가 0.9를 넘거나 0.1에 못 미친 비율. 그 자체로
나쁜 것은 아닙니다
남은 양: 그 글자에서 층 전체가 써넣은 것 가운데 남은 비율
층 아래의 유닛: 평균 이상으로 써넣은 유닛 가운데 가장 오래
간직한 유닛
글 아래: 글자마다 그때까지 남은 양, 막대의 높이 또는 10분의
몇
셀을 곧바로 지나는 길에서만 정확합니다. 셀에 남은 양이지
기억 전체는 아닙니다"""

AT_120 = """\
how long does it remember? half-lives of units in characters
layer 1      trained                untrained                layer 2      trained                untrained
         <1  1 ██▌                  0                                 <1  0                      0
        1–2  2 █████                3 ███████▌                       1–2  0                      0
        2–5  1 ██▌                  5 ████████████▌                  2–5  0                      8 ████████████████████
       5–10  4 ██████████           0                               5–10  1 ██▌                  0
 short-term  8                      8                         short-term  1                      8
      10–20  0                      0                              10–20  4 ██████████           0
      20–50  0                      0                              20–50  1 ██▌                  0
     50–100  0                      0                             50–100  0                      0
    100–200  0                      0                            100–200  1 ██▌                  0
    200–500  0                      0                            200–500  0                      0
       500+  0                      0                               500+  1 ██▌                  0
  long-term  0                      0                          long-term  7                      0
typical 10+  5                      0                        typical 10+  8                      6
typical 50+  0                      0                        typical 50+  4                      0
left of character 4, 는, after so many characters
            1      2      5     10     20     50    100    200
layer 1   70% ▆  53% ▅  31% ▃  17% ▂   6% ▁  <1% ▁  <1% ▁  <1% ▁
layer 2   94% █  90% █  80% ▇  71% ▆  62% ▅  45% ▄  27% ▃  10% ▁
L2/0      99% █  98% █  95% █  90% █  82% ▇  61% ▅  37% ▃  13% ▂
L1/0      90% █  81% ▇  59% ▅  35% ▃  12% ▁   1% ▁  <1% ▁  <1% ▁
L1/1      50% ▅  25% ▃   3% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁

         달못골에는 오래된 방앗간이 있다. 물레는 늘 돈다.↵달못골에는 오래된 방앗간이 있다. 물레는 늘 돈다.↵달못골에는 오
layer 1          ██▆▅▅▄▄▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
layer 2          █████▇▇▇▇▇▇▇▇▇▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄"""  # noqa: E501

IN_KOREAN_AT_120 = """\
얼마나 오래 기억하는가: 유닛의 반감기(글자 수)
1층        학습 후                 학습 전                   2층        학습 후                 학습 전
       <1  1 ██▋                   0                                <1  0                       0
      1–2  2 █████▎                3 ███████▉                      1–2  0                       0
      2–5  1 ██▋                   5 █████████████▏                2–5  0                       8 █████████████████████
     5–10  4 ██████████▌           0                              5–10  1 ██▋                   0
단기 유닛  8                       8                         단기 유닛  1                       8
    10–20  0                       0                             10–20  4 ██████████▌           0
    20–50  0                       0                             20–50  1 ██▋                   0
   50–100  0                       0                            50–100  0                       0
  100–200  0                       0                           100–200  1 ██▋                   0
  200–500  0                       0                           200–500  0                       0
     500+  0                       0                              500+  1 ██▋                   0
장기 유닛  0                       0                         장기 유닛  7                       0
 평소 10+  5                       0                          평소 10+  8                       6
 평소 50+  0                       0                          평소 50+  4                       0
5번 글자 a: 몇 글자 뒤에 얼마나 남는가
         1      2      5     10     20     50    100    200
1층    70% ▆  53% ▅  31% ▃  17% ▂   6% ▁  <1% ▁  <1% ▁  <1% ▁
2층    94% █  90% █  80% ▇  71% ▆  62% ▅  45% ▄  27% ▃  10% ▁
L2/0   99% █  98% █  95% █  90% █  82% ▇  61% ▅  37% ▃  13% ▂
L1/0   90% █  81% ▇  59% ▅  35% ▃  12% ▁   1% ▁  <1% ▁  <1% ▁
L1/1   50% ▅  25% ▃   3% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁  <1% ▁

      The harbour book lay open. ↵The harbour book lay open. ↵The harbour book lay open. ↵The harbour book lay open. ↵Th
1층        █▆▅▄▃▃▃▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
2층        ███▇▇▇▇▇▆▆▆▆▆▆▆▆▆▆▆▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃"""  # noqa: E501


def test_at_80() -> None:
    """At 80 columns layers stand below each other and all distances have room."""
    assert AT_80 == draw(english_span(), 80)


def test_in_korean_at_80() -> None:
    """In Korean nothing but the text followed is in another language."""
    assert IN_KOREAN_AT_80 == draw(korean_span(), 80, "ko")


def test_at_60() -> None:
    """At 60 columns bars are shorter and a distance stays out."""
    assert AT_60 == draw(korean_span(), 60)


def test_in_korean_at_60() -> None:
    """In Korean the columns line up by terminal cells at 60 columns too."""
    assert IN_KOREAN_AT_60 == draw(english_span(), 60, "ko")


def halves(drawn: str) -> str:
    """Take the half-lives and the character followed."""
    lines = drawn.splitlines()
    return "\n".join(lines[:16] + lines[40:51])


def test_at_120() -> None:
    """At 120 columns two layers stand side by side."""
    assert AT_120 == halves(draw(korean_span(), 120))


def test_in_korean_at_120() -> None:
    """At 120 columns two layers stand side by side in Korean too."""
    assert IN_KOREAN_AT_120 == halves(draw(english_span(), 120, "ko"))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("text", [KOREAN, ENGLISH, "a[bold]\x1b\0\t\u1100😀:heart:"])
def test_fits(text: str, width: int, language: str) -> None:
    """No line is wider than the terminal, whatever the text and the language."""
    span = span_of(*LAYERS, *LAYERS, retention=followed(text, 1))
    widths = [cell_len(line) for line in draw(span, width, language).splitlines()]
    assert max(widths) <= width


FRAMED_AT_40 = """\
            1   10   20   50  100  200
layer 1   70%  17%   6%  <1%  <1%  <1%
layer 2   94%  71%  62%  45%  27%  10%
L2/0      99%  90%  82%  61%  37%  13%
L1/0      90%  35%  12%   1%  <1%  <1%
L1/1      50%  <1%  <1%  <1%  <1%  <1%

         The harbour book lay open. \\nTh
layer 1       97543322211111110000000000
layer 2       99888777777666666666666655"""


def test_is_plain_where_signs_are_lacking() -> None:
    """With the plain marks there are digits for blocks and hashes for bars, and only ASCII."""
    drawn = draw(english_span(), 40, symbols=ASCII)
    assert FRAMED_AT_40 in drawn
    assert "      5-10  4 ######      0" in drawn
    assert drawn.isascii()


def test_a_korean_windows_pipe_can_write_it() -> None:
    """In the encoding of Korean Windows everything can be written, in Korean."""
    drawn = draw(korean_span(), 80, "ko", symbols_for("cp949"))
    assert drawn.encode("cp949").decode("cp949") == drawn


def test_without_a_character_to_follow() -> None:
    """Where no character is followed nothing is said of one."""
    drawn = draw(span_of(*LAYERS), 80)
    assert "after so many characters half is left" in drawn
    assert "is left after so many" not in drawn
    assert "beneath the text" not in drawn


def test_units_that_never_forget_have_a_row_of_their_own() -> None:
    """An infinite half-life is drawn as never, and counted among the long-term units."""
    with np.errstate(divide="ignore"):
        drawn = draw(span_of([np.inf, 20.0, 3.0]), 80).splitlines()
    shown = {line.split()[0]: line.split()[1:] for line in drawn[2:24] if line}
    assert ["1", "████████████", "0"] == shown["never"]
    assert ["2", "0"] == shown["long-term"]
    assert ["never", "*", "9.0", "never", "never", "1.5"] == shown["L1/0"]


def test_no_time_is_longer_than_what_was_read() -> None:
    """A half-life of more characters than were read is told as just that."""
    span = span_of(*LAYERS)
    drawn = draw(replace(span, trained=replace(span.trained, characters=500)), 80)
    row = next(line for line in drawn.splitlines() if line.startswith("L2/7"))
    assert ["L2/7", ">500", "*", "16.5", ">500", ">500", "4.5"] == row.split()


def test_no_mark_where_less_was_read_than_training_saw() -> None:
    """What is only known to outlast a short text has no mark, and no word of one is said."""
    span = span_of(*LAYERS)
    short = replace(span, trained=replace(span.trained, characters=40))
    row = next(line for line in draw(short, 80).splitlines() if line.startswith("L2/7"))
    assert ["L2/7", ">40", "16.5", ">40", ">40", "4.5"] == row.split()
    assert "*" not in draw(short, 80)
    told = "\n".join(MemoryView(short, catalogue("en")).sentences())
    assert "Unit L2/7: half-life >40, typical 16.5, T >40" in told
    assert "beyond" not in told


def test_a_holder_that_never_forgets_is_flagged() -> None:
    """A typical half-life without end is drawn as never, beyond what training saw, and first."""
    with np.errstate(divide="ignore"):
        drawn = draw(span_of([2.0, 3.0, np.inf]), 80).splitlines()
    row = next(n for n, line in enumerate(drawn) if line.startswith("hold longest")) + 1
    assert ["L1/0", "never", "*", "2.0", "15%"] == drawn[row].split()


def test_without_holders_nothing_is_said_of_them() -> None:
    """Where no unit writes anything there is no table of holders, nor a word in the legend."""
    span = span_of(*LAYERS)
    silent = replace(span.trained, mean_written=np.zeros((2, 8)))
    assert "hold longest" not in draw(replace(span, trained=silent), 80)


NEVER_IN_KOREAN = "     무한  1 ████████████             0"


def test_never_in_korean() -> None:
    """In Korean an infinite half-life is 무한."""
    with np.errstate(divide="ignore"):
        assert NEVER_IN_KOREAN in draw(span_of([np.inf, 20.0, 3.0]), 80, "ko")


def test_only_what_is_beyond_is_flagged() -> None:
    """Where no half-life is beyond the training stretch there is no mark and no word of it."""
    drawn = draw(span_of([1.0, 64.0], held=1), 80)
    assert "*" not in drawn


UPDATE = """\
saturated gates  trained         untrained
                 >0.9   <0.1     >0.9   <0.1
L1 update         60% ▅  30% ▃    60% ▅  30% ▃
L1 reset          10% ▁  80% ▇    10% ▁  80% ▇
"""


def test_a_gru_is_drawn_by_its_update_gate() -> None:
    """A GRU's z stands in f's place, and the legend says so."""
    drawn = draw(span_of([1.0, 15.0], gates={"update": 0.6, "reset": 0.1}), 90)
    assert UPDATE in drawn
    assert "ln 1/2 over the mean of ln z" in drawn
    assert "the half-life at the median z" in drawn
    assert "the share of characters at which z is below 0.1" in drawn
    assert "A GRU has no cell: its h is meant, z (update gate) is f" in drawn


def test_no_word_of_a_gru_for_an_lstm() -> None:
    """Of an LSTM nothing is said about GRUs."""
    assert "GRU" not in draw(english_span(), 80)


JAMO = """\
         달ㅂ 초성ㅜ 중성ㄹ 종성이
layer 1    ███████▆▆▆▆▆▆▆▅▅▅▅▅▅▅▃▃"""


def test_jamo_are_put_together_around_the_one_followed() -> None:
    """Around a jamo that is followed there are syllables, each with what is left at its end."""
    jamo = "\u1103\u1161\u11af\u1107\u116e\u11af\u110b\u1175"
    shown = draw(span_of(*LAYERS, retention=followed(jamo, 3)), 80)
    assert "left of character 3, ㅂ 초성, after" in shown
    assert JAMO in shown


@pytest.mark.parametrize("color_system", ["256", "truecolor"])
def test_colours_what_is_left(color_system: str) -> None:
    """Where there are colours enough, a share's ground is its value, with digits on it."""
    drawn = coloured(english_span(), color_system)
    assert "48;" in drawn
    assert "m8 \x1b" in coloured(korean_span(), color_system)


def test_sixteen_colours_leave_it_to_the_blocks() -> None:
    """With 16 colours, whose steps are uneven, no ground is coloured."""
    assert "\x1b[4" not in coloured(english_span(), "standard")


@pytest.mark.parametrize(
    ("share", "drawn"),
    [(0.0, ""), (0.001, "▏"), (0.5, "██"), (0.53, "██▏"), (0.97, "███▉"), (1.0, "████")],
)
def test_bars_are_as_long_as_their_share(share: float, drawn: str) -> None:
    """A bar has eighths of a cell; what is not nothing is seen."""
    assert drawn == bar(share, 4, UNICODE)


@pytest.mark.parametrize(
    ("low", "high", "count"), [(0, 1, 1), (1, 2, 2), (5, 10, 0), (10, 20, 1), (500, np.inf, 2)]
)
def test_a_bin_has_its_lower_end(low: float, high: float, count: int) -> None:
    """A half-life at an end counts in the bin above; the last bin has all above 500 but never."""
    half_lives = np.array([0.5, 1.0, 1.99, 10.0, 500.0, 1e9, np.inf])
    assert count == Bin(low, high).count(half_lives)
    assert 1 == Bin(np.inf, np.inf).count(half_lives)


SENTENCES = """\
Layers: 1; units in each: 3; characters read: 20,000.
Layer 1: short-term units 1, long-term units 2; untrained: 3 and 0.
Layer 1, half-life in characters under 1: units 1; untrained: 0.
Layer 1, half-life in characters from 1 to 2: units 0; untrained: 1.
Layer 1, half-life in characters from 2 to 5: units 0; untrained: 2.
Layer 1, half-life in characters from 10 to 20: units 1; untrained: 0.
Layer 1, half-life in characters from 100 to 200: units 1; untrained: 0.
Layer 1, typical half-life of 10 or more: units 2; untrained: 1.
Layer 1, typical half-life of 50 or more: units 1; untrained: 0.
Unit L1/2: half-life 150 (beyond training's 64), typical 1.5, T 216, local forgetting time \
217; untrained: half-life 4.5.
Unit L1/1: half-life 12.0, typical 36.0, T 17.3, local forgetting time 17.8; untrained: \
half-life 3.0.
Unit L1/0: half-life 0.5, typical 450 (beyond training's 64), T 0.7, local forgetting time \
1.3; untrained: half-life 1.5.
Unit L1/0, of those that hold longest: typical half-life 450 (beyond training's 64), \
half-life 0.5, erases at 15% of characters.
Unit L1/1, of those that hold longest: typical half-life 36.0, half-life 12.0, \
erases at 15% of characters.
Unit L1/2, of those that hold longest: typical half-life 1.5, half-life 150 (beyond \
training's 64), erases at 15% of characters.
Layer 1, forget gate: over 0.9 75%, below 0.1 15% of the time; untrained: 75% and 15%.
Layer 1, input gate: over 0.9 25%, below 0.1 65% of the time; untrained: 25% and 65%.
Layer 1, output gate: over 0.9 <1%, below 0.1 90% of the time; untrained: <1% and 90%.
half-life: after so many characters half is left, ln 1/2 over the mean of ln f.
typical: the half-life at the median f, so between erasures, which do not count.
hold longest: by typical, without units that write under 1% of the layer's mean.
erases: the share of characters at which f is below 0.1.
T: -1 / ln of the mean f; local: the mean of 1 / (1 - f); three numbers, not one.
short-term: a half-life under 10 characters; long-term: 10 or more.
untrained: a new model of the same shape; both read the same 20,000 characters.
saturated: the share of time and units over 0.9 and below 0.1; not bad in itself.
Exact for the direct path through the cell only: cell retention, not all memory."""


def test_sentences_tell_the_same() -> None:
    """Plain sentences tell every number that is drawn, and what none of them means."""
    told = list(MemoryView(span_of([0.5, 12.0, 150.0]), catalogue("en")).sentences())
    assert SENTENCES.splitlines() == told


FOLLOWED = """\
Layer 1, left of character 2, space: 70% after 1, 53% after 2, 31% after 5.
Layer 2, left of character 2, space: 94% after 1, 90% after 2, 80% after 5.
Left after 7 characters in the units that kept it longest, of those that wrote the mean \
or more: L2/0 93%, L1/0 48%, L1/1 1%.
half-life: after so many characters half is left, ln 1/2 over the mean of ln f.
left: the share of what a layer wrote at that character, over all its units."""


def test_sentences_follow_a_character() -> None:
    """Plain sentences name the character followed, a space by its name, and what is left."""
    span = span_of(*LAYERS, retention=followed("to be read", 2))
    told = list(MemoryView(span, catalogue("en")).sentences())
    assert FOLLOWED.splitlines() == [line for line in told if "eft" in line]


def test_sentences_in_korean_have_neither_blocks_nor_english() -> None:
    """Plain sentences in Korean are without bars, and end as sentences do."""
    told = list(MemoryView(korean_span(), catalogue("ko")).sentences())
    assert all(line.endswith(".") for line in told)
    assert not set("▁▂▃▄▅▆▇█▏▎") & set("".join(told))
