"""The display of a training, as it stands in a terminal."""

import dataclasses
import io

import pytest
from rich.console import Console

from charlstm.drawing.pen import Pen
from charlstm.drawing.progress import Course, PlainDisplay, ended
from charlstm.events import Evaluated, Finished, Planned, Started, Stepped
from charlstm.messages import catalogue

PLAN = Planned(2, 256, 0.3, 0.0, 0.0, 0.0, epochs=8.0, seconds=43.2)
STARTED = Started(
    "lstm", 1_308_525, 1_000, 99_000, 11_000, 1.0, 32, 64, 2, 1, "bf16", "fused", PLAN
)


def scored(*, best: bool) -> Evaluated:
    return Evaluated(100, 1.25, 0.5, 65.0, 2.0, 12_345.6, 1.9, 2.741, 1.2, 0, best)


def drawn(*events: Started | Evaluated, language: str, sample: str = "") -> str:
    """Give what a plain display prints of events, and of a sample."""
    file = io.StringIO()
    display = PlainDisplay(Console(file=file, width=80), Pen(catalogue(language)))
    for event in events:
        display.show(event)
    if sample:
        display.show_sample(sample)
    return file.getvalue()


def test_plain_lines() -> None:
    """A scoring is a line, and so is a sample."""
    expected = (
        "LSTM of 1,308,525 parameters; 1,000 characters known; "
        "99,000 characters to learn from, 11,000 held out; "
        "32 streams, 64 characters a step; workers 2, threads of each 1, bf16\n"
        "the plan: 2 layers of 256 units, 30% of them dropped (the shorter a text and the more "
        "often it is read, the sooner it is known by heart), 8.0 epochs; "
        "on this machine about 0:43\n"
        " 50%  epoch 1.2  1:05  12,346 characters/s  "
        "bits per character: train 2.885, held out 2.741, the best so far\n"
        " 50%  epoch 1.2  1:05  12,346 characters/s  "
        "bits per character: train 2.885, held out 2.741\n"
        "  writes: The↵mill\n"
    )
    assert expected == drawn(
        STARTED, scored(best=True), scored(best=False), language="en", sample="The\nmill"
    )


def test_plain_lines_in_korean() -> None:
    """In Korean the same lines are Korean."""
    expected = (
        "LSTM, 매개변수 1,308,525개; 아는 글자 1,000종; "
        "배울 글 99,000글자, 떼어 둔 부분 11,000글자; 글줄기 32개, "
        "한 스텝에 64글자씩; 작업자 2 × 스레드 1, bf16\n"
        "계획: 2층, 층마다 유닛 256개, 드롭아웃: 유닛의 30% (글이 짧을수록, 또 여러 번 "
        "읽을수록 통째로 외우기 쉽기 때문), 에포크 8.0; 이 컴퓨터에서 약 0:43\n"
        " 50%  에포크 1.2  1:05  초당 12,346글자  "
        "글자당 비트: 학습 2.885, 떼어 둔 부분 2.741, 지금까지 가장 좋음\n"
        " 50%  에포크 1.2  1:05  초당 12,346글자  "
        "글자당 비트: 학습 2.885, 떼어 둔 부분 2.741\n"
        "  쓴 글: 방앗간\n"
    )
    assert expected == drawn(
        STARTED, scored(best=True), scored(best=False), language="ko", sample="방앗간"
    )


PLANS = [
    ("en", 0.0, (0.0, 0.0), "the plan: 2 layers of 512 units, 50% of them dropped (the"),
    ("en", 0.3, (0.0, 0.0), "50% of them and 30% of the weights between them dropped (the"),
    ("en", 0.0, (0.5, 0.0), "512 units, 50% of them dropped, large outputs penalised (the"),
    ("en", 0.0, (0.0, 0.5), "512 units, 50% of them dropped, being sure penalised (the"),
    ("en", 0.0, (1.0, 0.5), "dropped, large outputs penalised, being sure penalised (the"),
    ("ko", 0.0, (0.0, 0.0), "계획: 2층, 층마다 유닛 512개, 드롭아웃: 유닛의 50% (글이"),
    ("ko", 0.3, (0.0, 0.0), "드롭아웃: 유닛의 50%와 유닛 사이 가중치의 30% (글이"),
    ("ko", 0.0, (0.5, 0.0), "드롭아웃: 유닛의 50%, 큰 출력에 벌점 (글이"),
    ("ko", 0.0, (0.0, 0.5), "드롭아웃: 유닛의 50%, 확신에 벌점 (글이"),
    ("ko", 0.0, (1.0, 0.5), "드롭아웃: 유닛의 50%, 큰 출력에 벌점, 확신에 벌점 (글이"),
]


@pytest.mark.parametrize(("language", "weights", "penalties", "expected"), PLANS)
def test_the_plan_says_what_is_dropped_and_penalised(
    language: str, weights: float, penalties: tuple[float, float], expected: str
) -> None:
    """The line of the plan names weights and penalties only where there are some."""
    plan = Planned(2, 512, 0.5, weights, *penalties, epochs=16.3, seconds=1800)
    line = drawn(dataclasses.replace(STARTED, plan=plan), language=language).splitlines()[1]
    assert expected in line


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "the plan: 1 layer of 128 units, nothing dropped, 8.0 epochs; on"),
        ("ko", "계획: 1층, 유닛 128개, 드롭아웃 없음, 에포크 8.0; 이"),
    ],
)
def test_the_plan_of_one_layer_without_dropout(language: str, expected: str) -> None:
    """One layer is not said to be many, nor nothing to be a share."""
    plan = dataclasses.replace(PLAN, layers=1, hidden=128, dropout=0.0)
    line = drawn(dataclasses.replace(STARTED, plan=plan), language=language).splitlines()[1]
    assert line.startswith(expected)


def course(language: str) -> str:
    """Draw the live display after two scorings."""
    shown = Course(STARTED, Pen(catalogue(language)), sample="물레는 늘 돈다.")
    shown.step = Stepped(100, 1.25, 0.5, 65.0, 1.8, 0.006, 12_345.6)
    shown.scorings = [scored(best=True), scored(best=False)]
    file = io.StringIO()
    Console(file=file, width=100).print(shown)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def test_course() -> None:
    """The live display has a bar, the two curves, and the last sample."""
    expected = """\
━━━━━━━━━━━━               50%  1:05 left  epoch 1.2  12,346 characters/s
train      2.597 bits per character  ██
held out   2.741 bits per character  ▁▁
물레는 늘 돈다."""
    assert expected == course("en")


def test_course_in_korean() -> None:
    """In Korean the curves begin in the same column, though their names differ in width."""
    expected = """\
━━━━━━━━━━━━               50%  남은 시간 1:05  에포크 1.2  초당 12,346글자
학습          글자당  2.597비트  ██
떼어 둔 부분  글자당  2.741비트  ▁▁
물레는 늘 돈다."""
    assert expected == course("ko")


@pytest.mark.parametrize(
    ("reason", "english", "korean"),
    [
        ("done", "Trained after 1:05: ", "1:05 만에 학습을 마쳤습니다: "),
        (
            "early",
            "No better for a while: stopped early after 1:05: ",
            "1:05 만에 더 나아지지 않아 일찍 마쳤습니다: ",
        ),
        ("stopped", "Stopped after 1:05: ", "1:05 만에 멈추었습니다: "),
    ],
)
def test_ended(reason: str, english: str, korean: str) -> None:
    """The end of a training says why it ended, and how good the best weights are."""
    finished = Finished(reason, 100, 1.25, 65.0, 12_345.6, scored(best=True))
    assert (
        f"{english}2.741 bits per character on the held-out part (1.9000 nats), best at epoch 1.2"
    ) == ended(finished, catalogue("en"))
    assert (
        f"{korean}떼어 둔 부분에서 글자당 2.741비트(1.9000나트), 가장 좋았던 때는 에포크 1.2"
    ) == ended(finished, catalogue("ko"))
