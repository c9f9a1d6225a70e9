"""The look back, as it stands in a terminal."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.style import Style

from charlstm.drawing.symbols import ASCII, UNICODE, Symbols, symbols_for
from charlstm.inspection.lookback.record import Lookback
from charlstm.inspection.lookback.view import LookbackView
from charlstm.messages import catalogue

TEXTS = {
    "korean": "달못골에는 오래된 방앗간이 있다.\n“누가 왔니?” 돌쇠",
    "english": 'The harbour book lay open on the desk.\n"Who was here?" Tom',
}
NOTHING = 14  # from so far back on


def record_of(text: str, *, asked: str = "guess", rows: int = 3, disagrees: int = -1) -> Lookback:
    """Make a record of the last rows, with all of the past.

    Gradients fade with distance, and so do effects, but that every third helps and is larger. In
    one row, perhaps, all that is near does nothing when hidden.
    """
    last = len(text)
    places = np.arange(last - rows, last)
    back = np.arange(last)[::-1] + np.zeros((rows, 1))
    there = back <= places[:, None]
    gradient = np.where(back < NOTHING, 0.7**back, 0.0)
    effect = np.where(back % 3 == 1, -6.0, 0.5) * gradient
    effect[disagrees][back[disagrees] < 3 * (disagrees >= 0)] = 0.0
    guesses = [[("쇠", 0.71), ("\n", 0.06), (" ", 0.004)], [("t", 0.5), ("e", 0.25)], [("이", 1.0)]]
    return Lookback(
        text=text,
        asked=asked,
        places=places,
        targets=["쇠", "t", "이"][-rows:],
        chances=np.array([0.71, 0.5, 1.0], dtype=np.float32)[-rows:],
        guesses=guesses[-rows:],
        gradient=cut_off(gradient, there),
        largest=np.ones(rows, dtype=np.float32),
        occlusion=cut_off(effect, there),
        agreement=np.array([0.75, 0.25, np.nan], dtype=np.float32)[-rows:],
    )


def cut_off(values: NDArray[np.float64], there: NDArray[np.bool_]) -> NDArray[np.float32]:
    return np.where(there, values, np.nan).astype(np.float32)


def draw(
    record: Lookback,
    language: str,
    width: int,
    *,
    symbols: Symbols = UNICODE,
    at: int | None = None,
) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    console.print(LookbackView(record, catalogue(language), symbols, at=at))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def coloured(color_system: str, *, at: int | None = None) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        width=80,
        force_terminal=True,
        color_system=color_system,  # type: ignore[arg-type]
        legacy_windows=False,
        no_color=False,
    )
    console.print(LookbackView(record_of("나다"), catalogue("en"), at=at))
    return file.getvalue()


# By language, text and width: the rows of the last three characters, the second of two minds.
TABLES = {
    ("en", "korean", 60): """\
which past characters made each guess
 #                    what was read    next
27   … 방앗간이 있다.↵“누가 왔니?”     쇠 71% · ↵ 6% · ␣ <1%
                      ▁▁▁▁▁▂▂▂▃▃▄▅█
28  …방앗간이 있다.↵“누가 왔니?” 돌 ≠  t 50% · e 25%
                     ▁▁▁▁▁▂▂▂▂▃▄▅██
29  …앗간이 있다.↵“누가 왔니?” 돌쇠    이 100%
                     ▁▁▁▁▁▂▂▂▃▄▅▅██
blocks: gradient, how far a slight change would move the
target's score; full: the strongest
… all that is further back, as strong as the strongest of it
≠ gradient and hiding name different characters: see them
with --at
It does not say what the model needs: another character may
tell it the same.""",
    ("ko", "korean", 60): """\
예측마다 어떤 지난 글자에서 나왔는가
 #                        읽은 글자    다음
27   … 방앗간이 있다.↵“누가 왔니?”     쇠 71% · ↵ 6% · ␣ <1%
                      ▁▁▁▁▁▂▂▂▃▃▄▅█
28  …방앗간이 있다.↵“누가 왔니?” 돌 ≠  t 50% · e 25%
                     ▁▁▁▁▁▂▂▂▂▃▄▅██
29  …앗간이 있다.↵“누가 왔니?” 돌쇠    이 100%
                     ▁▁▁▁▁▂▂▂▃▄▅▅██
막대: 기울기, 글자를 조금 바꿀 때 대상 글자의 점수가
움직이는 정도. 꽉 찬 막대: 가장 큰 글자
… 더 앞의 모든 글자, 그 가운데 가장 큰 값으로 나타냄
≠ 기울기와 가림이 서로 다른 글자를 가리킴: --at으로 자세히
볼 수 있습니다
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려
줄 수도 있습니다.""",
    ("en", "english", 60): """\
which past characters made each guess
 #                    what was read    next
55  …on the desk.↵"Who was here?" T    쇠 71% · ↵ 6% · ␣ <1%
                          ▁▁▁▂▂▃▄▅█
56  …n the desk.↵"Who was here?" To ≠  t 50% · e 25%
                          ▁▁▁▂▂▃▄▅█
57  … the desk.↵"Who was here?" Tom    이 100%
                          ▁▁▁▂▂▃▄▅█
blocks: gradient, how far a slight change would move the
target's score; full: the strongest
… all that is further back, as strong as the strongest of it
≠ gradient and hiding name different characters: see them
with --at
It does not say what the model needs: another character may
tell it the same.""",
    ("ko", "english", 60): """\
예측마다 어떤 지난 글자에서 나왔는가
 #                        읽은 글자    다음
55  …on the desk.↵"Who was here?" T    쇠 71% · ↵ 6% · ␣ <1%
                          ▁▁▁▂▂▃▄▅█
56  …n the desk.↵"Who was here?" To ≠  t 50% · e 25%
                          ▁▁▁▂▂▃▄▅█
57  … the desk.↵"Who was here?" Tom    이 100%
                          ▁▁▁▂▂▃▄▅█
막대: 기울기, 글자를 조금 바꿀 때 대상 글자의 점수가
움직이는 정도. 꽉 찬 막대: 가장 큰 글자
… 더 앞의 모든 글자, 그 가운데 가장 큰 값으로 나타냄
≠ 기울기와 가림이 서로 다른 글자를 가리킴: --at으로 자세히
볼 수 있습니다
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려
줄 수도 있습니다.""",
    ("en", "korean", 80): """\
which past characters made each guess
 #                                       what was read    next
27      달못골에는 오래된 방앗간이 있다.↵“누가 왔니?”     쇠 71% · ↵ 6% · ␣ <1%
                                         ▁▁▁▁▁▂▂▂▃▃▄▅█
28    달못골에는 오래된 방앗간이 있다.↵“누가 왔니?” 돌 ≠  t 50% · e 25%
                                        ▁▁▁▁▁▂▂▂▂▃▄▅██
29  달못골에는 오래된 방앗간이 있다.↵“누가 왔니?” 돌쇠    이 100%
                                        ▁▁▁▁▁▂▂▂▃▄▅▅██
blocks: gradient, how far a slight change would move the target's score; full:
the strongest
≠ gradient and hiding name different characters: see them with --at
It does not say what the model needs: another character may tell it the same.""",
    ("ko", "korean", 80): """\
예측마다 어떤 지난 글자에서 나왔는가
 #                                           읽은 글자    다음
27      달못골에는 오래된 방앗간이 있다.↵“누가 왔니?”     쇠 71% · ↵ 6% · ␣ <1%
                                         ▁▁▁▁▁▂▂▂▃▃▄▅█
28    달못골에는 오래된 방앗간이 있다.↵“누가 왔니?” 돌 ≠  t 50% · e 25%
                                        ▁▁▁▁▁▂▂▂▂▃▄▅██
29  달못골에는 오래된 방앗간이 있다.↵“누가 왔니?” 돌쇠    이 100%
                                        ▁▁▁▁▁▂▂▂▃▄▅▅██
막대: 기울기, 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는 정도. 꽉 찬 막대:
가장 큰 글자
≠ 기울기와 가림이 서로 다른 글자를 가리킴: --at으로 자세히 볼 수 있습니다
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려 줄 수도 있습니다.""",
    ("en", "english", 80): """\
which past characters made each guess
 #                                        what was read    next
55  …rbour book lay open on the desk.↵"Who was here?" T    쇠 71% · ↵ 6% · ␣ <1%
                                              ▁▁▁▂▂▃▄▅█
56  …bour book lay open on the desk.↵"Who was here?" To ≠  t 50% · e 25%
                                              ▁▁▁▂▂▃▄▅█
57  …our book lay open on the desk.↵"Who was here?" Tom    이 100%
                                              ▁▁▁▂▂▃▄▅█
blocks: gradient, how far a slight change would move the target's score; full:
the strongest
… all that is further back, as strong as the strongest of it
≠ gradient and hiding name different characters: see them with --at
It does not say what the model needs: another character may tell it the same.""",
    ("ko", "english", 80): """\
예측마다 어떤 지난 글자에서 나왔는가
 #                                            읽은 글자    다음
55  …rbour book lay open on the desk.↵"Who was here?" T    쇠 71% · ↵ 6% · ␣ <1%
                                              ▁▁▁▂▂▃▄▅█
56  …bour book lay open on the desk.↵"Who was here?" To ≠  t 50% · e 25%
                                              ▁▁▁▂▂▃▄▅█
57  …our book lay open on the desk.↵"Who was here?" Tom    이 100%
                                              ▁▁▁▂▂▃▄▅█
막대: 기울기, 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는 정도. 꽉 찬 막대:
가장 큰 글자
… 더 앞의 모든 글자, 그 가운데 가장 큰 값으로 나타냄
≠ 기울기와 가림이 서로 다른 글자를 가리킴: --at으로 자세히 볼 수 있습니다
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려 줄 수도 있습니다.""",
    ("en", "korean", 120): """\
which past characters made each guess
 #                                       what was read    next
27      달못골에는 오래된 방앗간이 있다.↵“누가 왔니?”     쇠 71% · ↵ 6% · ␣ <1%
                                         ▁▁▁▁▁▂▂▂▃▃▄▅█
28    달못골에는 오래된 방앗간이 있다.↵“누가 왔니?” 돌 ≠  t 50% · e 25%
                                        ▁▁▁▁▁▂▂▂▂▃▄▅██
29  달못골에는 오래된 방앗간이 있다.↵“누가 왔니?” 돌쇠    이 100%
                                        ▁▁▁▁▁▂▂▂▃▄▅▅██
blocks: gradient, how far a slight change would move the target's score; full: the strongest
≠ gradient and hiding name different characters: see them with --at
It does not say what the model needs: another character may tell it the same.""",
    ("ko", "korean", 120): """\
예측마다 어떤 지난 글자에서 나왔는가
 #                                           읽은 글자    다음
27      달못골에는 오래된 방앗간이 있다.↵“누가 왔니?”     쇠 71% · ↵ 6% · ␣ <1%
                                         ▁▁▁▁▁▂▂▂▃▃▄▅█
28    달못골에는 오래된 방앗간이 있다.↵“누가 왔니?” 돌 ≠  t 50% · e 25%
                                        ▁▁▁▁▁▂▂▂▂▃▄▅██
29  달못골에는 오래된 방앗간이 있다.↵“누가 왔니?” 돌쇠    이 100%
                                        ▁▁▁▁▁▂▂▂▃▄▅▅██
막대: 기울기, 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는 정도. 꽉 찬 막대: 가장 큰 글자
≠ 기울기와 가림이 서로 다른 글자를 가리킴: --at으로 자세히 볼 수 있습니다
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려 줄 수도 있습니다.""",
    ("en", "english", 120): """\
which past characters made each guess
 #                                               what was read    next
55    The harbour book lay open on the desk.↵"Who was here?" T    쇠 71% · ↵ 6% · ␣ <1%
                                                     ▁▁▁▂▂▃▄▅█
56   The harbour book lay open on the desk.↵"Who was here?" To ≠  t 50% · e 25%
                                                     ▁▁▁▂▂▃▄▅█
57  The harbour book lay open on the desk.↵"Who was here?" Tom    이 100%
                                                     ▁▁▁▂▂▃▄▅█
blocks: gradient, how far a slight change would move the target's score; full: the strongest
≠ gradient and hiding name different characters: see them with --at
It does not say what the model needs: another character may tell it the same.""",
    ("ko", "english", 120): """\
예측마다 어떤 지난 글자에서 나왔는가
 #                                                   읽은 글자    다음
55    The harbour book lay open on the desk.↵"Who was here?" T    쇠 71% · ↵ 6% · ␣ <1%
                                                     ▁▁▁▂▂▃▄▅█
56   The harbour book lay open on the desk.↵"Who was here?" To ≠  t 50% · e 25%
                                                     ▁▁▁▂▂▃▄▅█
57  The harbour book lay open on the desk.↵"Who was here?" Tom    이 100%
                                                     ▁▁▁▂▂▃▄▅█
막대: 기울기, 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는 정도. 꽉 찬 막대: 가장 큰 글자
≠ 기울기와 가림이 서로 다른 글자를 가리킴: --at으로 자세히 볼 수 있습니다
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려 줄 수도 있습니다.""",
}

# The same for what is after the second last character.
PICTURES = {
    ("en", "korean", 60): """\
after #28 돌: what made the guess t (50%)
next: t 50% · e 25%

            15   16   17   18   19   20   21   22   23   24
            있   다    .    ↵    “   누   가    ␣   왔   니
                                     ▁▁   ▁▁    ▁   ▂▂   ▂▂
gradient  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24
hidden    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4

            25   26   27   28
             ?    ”    ␣   돌
             ▃    ▄    ▅   ██
gradient  0.34 0.49 0.70 1.00
hidden    +0.2  0.0  0.0  0.0

not shown: 15 further back, all 0.00, and under 0.05 when
hidden
most by gradient: 돌 #28 1.00 · ␣ #27 0.70 · ” #26 0.49
most by hiding: 니 #24 -1.4 · 가 #21 -0.5 · ? #25 +0.2
≠ the two disagree, trust neither alone: they share 0 of
their 3 strongest (rank correlation +0.25)
gradient: how far a slight change would move the target's
score; strongest is 1
hidden: nats by which ln p of the target changes without it;
below 0 it helped
It does not say what the model needs: another character may
tell it the same.""",
    ("ko", "korean", 60): """\
#28 돌 다음의 예측 t (50%): 어느 글자에서 나왔는가
다음: t 50% · e 25%

          15   16   17   18   19   20   21   22   23   24
          있   다    .    ↵    “   누   가    ␣   왔   니
                                   ▁▁   ▁▁    ▁   ▂▂   ▂▂
기울기  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24
가림    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4

          25   26   27   28
           ?    ”    ␣   돌
           ▃    ▄    ▅   ██
기울기  0.34 0.49 0.70 1.00
가림    +0.2  0.0  0.0  0.0

더 앞의 15글자는 줄였습니다: 모두 기울기 0.00, 가려도 변화
0.05 미만
기울기가 큰 글자: 돌 #28 1.00 · ␣ #27 0.70 · ” #26 0.49
가림 변화가 큰 글자: 니 #24 -1.4 · 가 #21 -0.5 · ? #25 +0.2
≠ 두 방법의 답이 다르므로 한쪽만 믿지 마십시오: 가장 큰 3개
가운데 0개만 같음 (순위 상관 +0.25)
기울기: 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는
정도, 가장 큰 것이 1
가림: 그 글자만 가릴 때 대상 글자의 ln p 변화(나트), 음수면
도움이 된 글자
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려
줄 수도 있습니다.""",
    ("en", "english", 60): """\
after #56 o: what made the guess t (50%)
next: t 50% · e 25%

            43   44   45   46   47   48   49   50   51   52
             ␣    w    a    s    ␣    h    e    r    e    ?
                                      ▁    ▁    ▁    ▂    ▂
gradient  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24
hidden    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4

            53   54   55   56
             "    ␣    T    o
             ▃    ▄    ▅    █
gradient  0.34 0.49 0.70 1.00
hidden    +0.2  0.0  0.0  0.0

not shown: 43 further back, all 0.00, and under 0.05 when
hidden
most by gradient: o #56 1.00 · T #55 0.70 · ␣ #54 0.49
most by hiding: ? #52 -1.4 · e #49 -0.5 · " #53 +0.2
≠ the two disagree, trust neither alone: they share 0 of
their 3 strongest (rank correlation +0.25)
gradient: how far a slight change would move the target's
score; strongest is 1
hidden: nats by which ln p of the target changes without it;
below 0 it helped
It does not say what the model needs: another character may
tell it the same.""",
    ("ko", "english", 60): """\
#56 o 다음의 예측 t (50%): 어느 글자에서 나왔는가
다음: t 50% · e 25%

          43   44   45   46   47   48   49   50   51   52
           ␣    w    a    s    ␣    h    e    r    e    ?
                                    ▁    ▁    ▁    ▂    ▂
기울기  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24
가림    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4

          53   54   55   56
           "    ␣    T    o
           ▃    ▄    ▅    █
기울기  0.34 0.49 0.70 1.00
가림    +0.2  0.0  0.0  0.0

더 앞의 43글자는 줄였습니다: 모두 기울기 0.00, 가려도 변화
0.05 미만
기울기가 큰 글자: o #56 1.00 · T #55 0.70 · ␣ #54 0.49
가림 변화가 큰 글자: ? #52 -1.4 · e #49 -0.5 · " #53 +0.2
≠ 두 방법의 답이 다르므로 한쪽만 믿지 마십시오: 가장 큰 3개
가운데 0개만 같음 (순위 상관 +0.25)
기울기: 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는
정도, 가장 큰 것이 1
가림: 그 글자만 가릴 때 대상 글자의 ln p 변화(나트), 음수면
도움이 된 글자
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려
줄 수도 있습니다.""",
    ("en", "korean", 80): """\
after #28 돌: what made the guess t (50%)
next: t 50% · e 25%

            15   16   17   18   19   20   21   22   23   24   25   26   27   28
            있   다    .    ↵    “   누   가    ␣   왔   니    ?    ”    ␣   돌
                                     ▁▁   ▁▁    ▁   ▂▂   ▂▂    ▃    ▄    ▅   ██
gradient  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24 0.34 0.49 0.70 1.00
hidden    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4 +0.2  0.0  0.0  0.0

not shown: 15 further back, all 0.00, and under 0.05 when hidden
most by gradient: 돌 #28 1.00 · ␣ #27 0.70 · ” #26 0.49
most by hiding: 니 #24 -1.4 · 가 #21 -0.5 · ? #25 +0.2
≠ the two disagree, trust neither alone: they share 0 of their 3 strongest (rank
correlation +0.25)
gradient: how far a slight change would move the target's score; strongest is 1
hidden: nats by which ln p of the target changes without it; below 0 it helped
It does not say what the model needs: another character may tell it the same.""",
    ("ko", "korean", 80): """\
#28 돌 다음의 예측 t (50%): 어느 글자에서 나왔는가
다음: t 50% · e 25%

          15   16   17   18   19   20   21   22   23   24   25   26   27   28
          있   다    .    ↵    “   누   가    ␣   왔   니    ?    ”    ␣   돌
                                   ▁▁   ▁▁    ▁   ▂▂   ▂▂    ▃    ▄    ▅   ██
기울기  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24 0.34 0.49 0.70 1.00
가림    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4 +0.2  0.0  0.0  0.0

더 앞의 15글자는 줄였습니다: 모두 기울기 0.00, 가려도 변화 0.05 미만
기울기가 큰 글자: 돌 #28 1.00 · ␣ #27 0.70 · ” #26 0.49
가림 변화가 큰 글자: 니 #24 -1.4 · 가 #21 -0.5 · ? #25 +0.2
≠ 두 방법의 답이 다르므로 한쪽만 믿지 마십시오: 가장 큰 3개 가운데 0개만 같음
(순위 상관 +0.25)
기울기: 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는 정도, 가장 큰 것이 1
가림: 그 글자만 가릴 때 대상 글자의 ln p 변화(나트), 음수면 도움이 된 글자
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려 줄 수도 있습니다.""",
    ("en", "english", 80): """\
after #56 o: what made the guess t (50%)
next: t 50% · e 25%

            43   44   45   46   47   48   49   50   51   52   53   54   55   56
             ␣    w    a    s    ␣    h    e    r    e    ?    "    ␣    T    o
                                      ▁    ▁    ▁    ▂    ▂    ▃    ▄    ▅    █
gradient  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24 0.34 0.49 0.70 1.00
hidden    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4 +0.2  0.0  0.0  0.0

not shown: 43 further back, all 0.00, and under 0.05 when hidden
most by gradient: o #56 1.00 · T #55 0.70 · ␣ #54 0.49
most by hiding: ? #52 -1.4 · e #49 -0.5 · " #53 +0.2
≠ the two disagree, trust neither alone: they share 0 of their 3 strongest (rank
correlation +0.25)
gradient: how far a slight change would move the target's score; strongest is 1
hidden: nats by which ln p of the target changes without it; below 0 it helped
It does not say what the model needs: another character may tell it the same.""",
    ("ko", "english", 80): """\
#56 o 다음의 예측 t (50%): 어느 글자에서 나왔는가
다음: t 50% · e 25%

          43   44   45   46   47   48   49   50   51   52   53   54   55   56
           ␣    w    a    s    ␣    h    e    r    e    ?    "    ␣    T    o
                                    ▁    ▁    ▁    ▂    ▂    ▃    ▄    ▅    █
기울기  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24 0.34 0.49 0.70 1.00
가림    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4 +0.2  0.0  0.0  0.0

더 앞의 43글자는 줄였습니다: 모두 기울기 0.00, 가려도 변화 0.05 미만
기울기가 큰 글자: o #56 1.00 · T #55 0.70 · ␣ #54 0.49
가림 변화가 큰 글자: ? #52 -1.4 · e #49 -0.5 · " #53 +0.2
≠ 두 방법의 답이 다르므로 한쪽만 믿지 마십시오: 가장 큰 3개 가운데 0개만 같음
(순위 상관 +0.25)
기울기: 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는 정도, 가장 큰 것이 1
가림: 그 글자만 가릴 때 대상 글자의 ln p 변화(나트), 음수면 도움이 된 글자
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려 줄 수도 있습니다.""",
    ("en", "korean", 120): """\
after #28 돌: what made the guess t (50%)
next: t 50% · e 25%

            15   16   17   18   19   20   21   22   23   24   25   26   27   28
            있   다    .    ↵    “   누   가    ␣   왔   니    ?    ”    ␣   돌
                                     ▁▁   ▁▁    ▁   ▂▂   ▂▂    ▃    ▄    ▅   ██
gradient  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24 0.34 0.49 0.70 1.00
hidden    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4 +0.2  0.0  0.0  0.0

not shown: 15 further back, all 0.00, and under 0.05 when hidden
most by gradient: 돌 #28 1.00 · ␣ #27 0.70 · ” #26 0.49
most by hiding: 니 #24 -1.4 · 가 #21 -0.5 · ? #25 +0.2
≠ the two disagree, trust neither alone: they share 0 of their 3 strongest (rank correlation +0.25)
gradient: how far a slight change would move the target's score; strongest is 1
hidden: nats by which ln p of the target changes without it; below 0 it helped
It does not say what the model needs: another character may tell it the same.""",
    ("ko", "korean", 120): """\
#28 돌 다음의 예측 t (50%): 어느 글자에서 나왔는가
다음: t 50% · e 25%

          15   16   17   18   19   20   21   22   23   24   25   26   27   28
          있   다    .    ↵    “   누   가    ␣   왔   니    ?    ”    ␣   돌
                                   ▁▁   ▁▁    ▁   ▂▂   ▂▂    ▃    ▄    ▅   ██
기울기  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24 0.34 0.49 0.70 1.00
가림    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4 +0.2  0.0  0.0  0.0

더 앞의 15글자는 줄였습니다: 모두 기울기 0.00, 가려도 변화 0.05 미만
기울기가 큰 글자: 돌 #28 1.00 · ␣ #27 0.70 · ” #26 0.49
가림 변화가 큰 글자: 니 #24 -1.4 · 가 #21 -0.5 · ? #25 +0.2
≠ 두 방법의 답이 다르므로 한쪽만 믿지 마십시오: 가장 큰 3개 가운데 0개만 같음 (순위 상관 +0.25)
기울기: 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는 정도, 가장 큰 것이 1
가림: 그 글자만 가릴 때 대상 글자의 ln p 변화(나트), 음수면 도움이 된 글자
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려 줄 수도 있습니다.""",
    ("en", "english", 120): """\
after #56 o: what made the guess t (50%)
next: t 50% · e 25%

            43   44   45   46   47   48   49   50   51   52   53   54   55   56
             ␣    w    a    s    ␣    h    e    r    e    ?    "    ␣    T    o
                                      ▁    ▁    ▁    ▂    ▂    ▃    ▄    ▅    █
gradient  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24 0.34 0.49 0.70 1.00
hidden    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4 +0.2  0.0  0.0  0.0

not shown: 43 further back, all 0.00, and under 0.05 when hidden
most by gradient: o #56 1.00 · T #55 0.70 · ␣ #54 0.49
most by hiding: ? #52 -1.4 · e #49 -0.5 · " #53 +0.2
≠ the two disagree, trust neither alone: they share 0 of their 3 strongest (rank correlation +0.25)
gradient: how far a slight change would move the target's score; strongest is 1
hidden: nats by which ln p of the target changes without it; below 0 it helped
It does not say what the model needs: another character may tell it the same.""",
    ("ko", "english", 120): """\
#56 o 다음의 예측 t (50%): 어느 글자에서 나왔는가
다음: t 50% · e 25%

          43   44   45   46   47   48   49   50   51   52   53   54   55   56
           ␣    w    a    s    ␣    h    e    r    e    ?    "    ␣    T    o
                                    ▁    ▁    ▁    ▂    ▂    ▃    ▄    ▅    █
기울기  0.01 0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24 0.34 0.49 0.70 1.00
가림    -0.1  0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4 +0.2  0.0  0.0  0.0

더 앞의 43글자는 줄였습니다: 모두 기울기 0.00, 가려도 변화 0.05 미만
기울기가 큰 글자: o #56 1.00 · T #55 0.70 · ␣ #54 0.49
가림 변화가 큰 글자: ? #52 -1.4 · e #49 -0.5 · " #53 +0.2
≠ 두 방법의 답이 다르므로 한쪽만 믿지 마십시오: 가장 큰 3개 가운데 0개만 같음 (순위 상관 +0.25)
기울기: 글자를 조금 바꿀 때 대상 글자의 점수가 움직이는 정도, 가장 큰 것이 1
가림: 그 글자만 가릴 때 대상 글자의 ln p 변화(나트), 음수면 도움이 된 글자
꼭 필요한 글자라는 뜻은 아닙니다. 다른 글자가 같은 것을 알려 줄 수도 있습니다.""",
}

TABLE_AT_40 = """\
 #              what was read    next
27  …간이 있다.↵“누가 왔니?”     쇠 71%
                ▁▁▁▁▁▂▂▂▃▃▄▅█
28  …이 있다.↵“누가 왔니?” 돌    t 50%
               ▁▁▁▁▁▂▂▂▂▃▄▅██
29  … 있다.↵“누가 왔니?” 돌쇠    이 100%
               ▁▁▁▁▁▂▂▂▃▄▅▅██"""

IN_ASCII = """\
which past characters made each guess
 #    what was read    next
11    lay open.\\n"W    쇠 71% | \\n 6%
           11234 69
12   lay open.\\n"Wh != t 50% | e 25%
           1123 469
13  lay open.\\n"Who    이 100%
           112 3469"""

PICTURE_IN_ASCII = """\
after #12 h: what made the guess t (50%)
next: t 50% | e 25%

             0    1    2    3    4    5    6    7    8    9
             l    a    y  ' '    o    p    e    n    .   \\n
gradient  0.01 0.02 0.03 0.04 0.06 0.08 0.12 0.17 0.24 0.34
hidden     0.0  0.0 -0.2  0.0  0.0 -0.5 +0.1 +0.1 -1.4 +0.2"""

SENTENCES = """\
3: after space the guess is 쇠, 71%; most by gradient: #3 space 1.00, #2 가 0.70, #1 쇠 0.49; \
most by hiding: #2 가 -4.2, #3 space +0.5, #1 쇠 +0.2; next: 쇠 71%, newline 6%, space <1%.
4: after 물 the guess is t, 50%; most by gradient: #4 물 1.00, #3 space 0.70, #2 가 0.49; most \
by hiding: #0 돌 -1.4, #1 쇠 +0.2; next: t 50%, e 25%.
4: gradient and hiding disagree here: they share 0 of their 3 strongest; rank correlation +0.25.
5: after newline the guess is 이, 100%; most by gradient: #5 newline 1.00, #4 물 0.70, #3 space \
0.49; most by hiding: #4 물 -4.2, #1 쇠 -1.4, #5 newline +0.5; next: 이 100%."""

KOREAN_SENTENCES = """\
3: 빈칸 다음의 예측은 쇠, 71%; 기울기가 큰 글자: #3 빈칸 1.00, #2 가 0.70, #1 쇠 0.49; 가림 변화가 \
큰 글자: #2 가 -4.2, #3 빈칸 +0.5, #1 쇠 +0.2; 다음: 쇠 71%, 줄바꿈 6%, 빈칸 <1%.
4: 물 다음의 예측은 t, 50%; 기울기가 큰 글자: #4 물 1.00, #3 빈칸 0.70, #2 가 0.49; 가림 변화가 큰 \
글자: #0 돌 -1.4, #1 쇠 +0.2; 다음: t 50%, e 25%.
4: 두 방법의 답이 다릅니다: 각각 큰 글자 3개 가운데 0개만 같음, 순위 상관 +0.25.
5: 줄바꿈 다음의 예측은 이, 100%; 기울기가 큰 글자: #5 줄바꿈 1.00, #4 물 0.70, #3 빈칸 0.49; \
가림 변화가 큰 글자: #4 물 -4.2, #1 쇠 -1.4, #5 줄바꿈 +0.5; 다음: 이 100%."""

PAST = """\
0 돌: gradient 0.24, hidden -1.4.
1 쇠: gradient 0.34, hidden +0.2.
2 가: gradient 0.49, hidden 0.0.
3 space: gradient 0.70, hidden 0.0.
4 물: gradient 1.00, hidden 0.0."""


JAMO_AT_30 = """\

           0    1    2    3
               돌
           a   ㄷ   ㅗ   ㄹ
           ▁   ▂▂   ▂▂   ▃▃
기울기  0.12 0.17 0.24 0.34
가림    +0.1 +0.1 -1.4 +0.2

           4    5    6
               쇠
           ␣   ㅅ   ㅚ
           ▄   ▅▅   ██
기울기  0.49 0.70 1.00"""


@pytest.mark.parametrize(("language", "text", "width"), TABLES)
def test_table_is_as_written(language: str, text: str, width: int) -> None:
    """At each width the past runs up to its guess, as much of it as there is room for."""
    record = record_of(TEXTS[text], disagrees=1)
    assert TABLES[language, text, width] == draw(record, language, width)


@pytest.mark.parametrize(("language", "text", "width"), PICTURES)
def test_picture_is_as_written(language: str, text: str, width: int) -> None:
    """At each width one guess has its characters in bands, with the numbers of each beneath."""
    record, at = record_of(TEXTS[text], disagrees=1), len(TEXTS[text]) - 2
    assert PICTURES[language, text, width] == draw(record, language, width, at=at)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("asked", ["guess", "text"])
def test_no_line_is_wider_than_the_terminal(
    language: str, text: str, width: int, asked: str
) -> None:
    """On terminals of any usual width nothing runs over the edge."""
    record = record_of(TEXTS[text], asked=asked)
    for at in (None, len(TEXTS[text]) - 1):
        assert max(map(cell_len, draw(record, language, width, at=at).splitlines())) <= width


def test_the_table_fits_forty_columns() -> None:
    """At 40 columns half of the width is the past, and as many guesses stay as have room."""
    assert TABLE_AT_40 == "\n".join(draw(record_of(TEXTS["korean"]), "en", 40).splitlines()[1:8])


def test_shows_what_came() -> None:
    """Asked of the text, each row has the character that came, with its probability."""
    drawn = draw(record_of("나다", asked="text", rows=2), "ko", 60).splitlines()
    assert catalogue("ko")("lookback.title.text") == drawn[0]
    assert ["#  읽은 글자    실제     다음", "1       나다    이 100%  이 100%"] == [
        drawn[1],
        drawn[4],
    ]


def test_is_plain_where_signs_are_lacking() -> None:
    """With the plain marks digits stand for the blocks, and all signs are ASCII."""
    record = record_of('lay open.\n"Who', disagrees=1)
    assert IN_ASCII == "\n".join(draw(record, "en", 60, symbols=ASCII).splitlines()[:8])
    drawn = draw(record, "en", 60, symbols=ASCII, at=12)
    assert PICTURE_IN_ASCII == "\n".join(drawn.splitlines()[:7])


@pytest.mark.parametrize("at", [None, 28])
def test_can_be_written_on_korean_windows(at: int | None) -> None:
    """With the marks for CP949 there is nothing that CP949 lacks."""
    record = record_of(TEXTS["korean"], disagrees=1)
    draw(record, "ko", 80, symbols=symbols_for("cp949"), at=at).encode("cp949")


@pytest.mark.parametrize("at", [None, 1])
@pytest.mark.parametrize("color_system", ["256", "truecolor"])
def test_colours_what_mattered(color_system: str, at: int | None) -> None:
    """Where there are colours enough, they take the place of the blocks."""
    drawn = coloured(color_system, at=at)
    assert "48;" in drawn
    assert not set(UNICODE.bars) & set(drawn)


@pytest.mark.parametrize("at", [None, 1])
def test_sixteen_colours_leave_it_to_the_blocks(at: int | None) -> None:
    """With 16 colours, whose steps are uneven, no ground is coloured and blocks are drawn."""
    drawn = coloured("standard", at=at)
    assert "\x1b[4" not in drawn
    assert "█" in drawn


def styles(at: int | None = None) -> dict[str, Style]:
    """Draw two characters in colour, and give the style of each piece of it by its text."""
    console = Console(width=80, force_terminal=True, color_system="truecolor", no_color=False)
    view = LookbackView(record_of("나다", rows=1), catalogue("en"), at=at)
    return {segment.text: segment.style or Style.null() for segment in console.render(view)}


def test_the_strongest_is_yellow_and_underlined() -> None:
    """The strongest of a row has cividis' yellow for its ground, and a line beneath."""
    strongest, other = styles()["다"], styles()["나"]
    assert (Color.from_rgb(254, 232, 56), True) == (strongest.bgcolor, strongest.underline)
    assert not other.underline


def test_signs_of_effects_have_their_own_colours() -> None:
    """Hiding what helped most is blue, and hiding what stood in the way reddish."""
    drawn = styles(at=1)
    helped, hindered = (drawn[text].bgcolor for text in (" -4.2", " +0.5"))
    assert Color.from_rgb(33, 102, 172) == helped
    assert hindered is not None
    assert hindered.triplet is not None
    assert hindered.triplet.red > hindered.triplet.blue


def test_what_is_cut_off_is_as_strong_as_its_strongest() -> None:
    """Where the strongest finds no room, the mark in its place is the strongest."""
    record = record_of(TEXTS["english"], rows=1)
    record.gradient[0, 3] = 1.0
    record.gradient[0, 4:] = 0.0
    row, levels = draw(record, "en", 60).splitlines()[2:4]
    assert ("…", "█") == (row[4], levels[4])
    assert levels.strip() == "█"


def test_jamo_are_letters_in_the_text() -> None:
    """A row of conjoining jamo reads as letters of two cells, without the names of their places."""
    row, levels = draw(record_of("\u1103\u1169\u11af", rows=1), "ko", 60).splitlines()[2:4]
    assert ("ㄷㅗㄹ", "▄▄▅▅██") == (row.split()[1], levels.strip())


def test_letters_stand_beneath_their_syllable() -> None:
    """Of jamo each syllable comes once in a band, above its first letter, as far as it was read."""
    record = record_of("a\u1103\u1169\u11af \u1109\u116c\u11ab", rows=2)
    assert JAMO_AT_30 == "\n".join(draw(record, "ko", 30, at=6).splitlines()[3:16])


@pytest.mark.parametrize("at", [None, 10])
def test_any_character_is_seen_and_does_nothing(at: int | None) -> None:
    """Markup, emoji and controls stand as themselves or by name."""
    drawn = draw(record_of("[b]:x:\x1b\0\t가😀", rows=1), "en", 120, at=at)
    shown = "".join(drawn.split())
    assert "[b]:x:U+001BU+0000⇥가😀" in shown
    assert not {"\x1b", "\0", "\t"} & set(drawn)


def test_a_guess_that_owes_nothing_is_drawn() -> None:
    """Where nothing matters, by neither measure, the picture says none and does not fail."""
    record = record_of("나다", rows=1)
    record.gradient[:], record.occlusion[:] = 0.0, 0.0
    drawn = draw(record, "en", 80, at=1)
    assert "most by gradient: none\nmost by hiding: none" in drawn
    assert "█" not in draw(record, "en", 80)


def test_a_place_that_was_not_asked_is_a_fault() -> None:
    """A picture of a row that the record does not have cannot be made."""
    with pytest.raises(KeyError):
        LookbackView(record_of("나다", rows=1), catalogue("en"), at=0)


def told(language: str, *, at: int | None = None, asked: str = "guess") -> list[str]:
    record = record_of("돌쇠가 물\n", asked=asked, disagrees=1)
    return list(LookbackView(record, catalogue(language), at=at).sentences())


def test_sentences_tell_a_line_a_guess() -> None:
    """Plain sentences say what was guessed and what mattered, and where the two disagree."""
    assert SENTENCES.splitlines() == told("en")[:4]
    assert KOREAN_SENTENCES.splitlines() == told("ko")[:4]


def test_sentences_tell_of_what_came() -> None:
    """Asked of the text, they say what came."""
    assert told("en", asked="text")[0].startswith("3: after space came 쇠, 71%; most by gradient:")


def test_sentences_tell_of_each_past_character() -> None:
    """With a place they go through its past, and explain what the numbers mean."""
    assert PAST.splitlines() == told("en", at=4)[2:7]
    meanings = [
        catalogue("en")(f"lookback.legend.{key}") for key in ("gradient", "hidden", "caution")
    ]
    assert meanings == told("en", at=4)[-3:] == told("en")[-3:]
