"""The display of a training, as it stands in a terminal."""

import dataclasses
import io

import pytest
from rich.console import Console

from charlstm.config import Execution, ModelConfig, Regularization, TrainConfig
from charlstm.drawing.pen import Pen
from charlstm.drawing.progress import Course, PlainDisplay, ended
from charlstm.events import Evaluated, Finished, Started, Stepped
from charlstm.messages import catalogue

TRAINING = TrainConfig(32, 64, 0.01, "muon", Regularization(0.3), epochs=8.0)
STARTED = Started(
    model=ModelConfig("lstm", vocabulary=1000, embedding=128, hidden=256, layers=2),
    training=TRAINING,
    execution=Execution(2, 1, "bf16"),
    parameters=1_308_525,
    train_chars=99_000,
    heldout_chars=11_000,
    ids_per_char=1.0,
    epochs=8.0,
    seconds=43.2,
)


def regularized(regularization: Regularization) -> Started:
    training = dataclasses.replace(TRAINING, regularization=regularization)
    return dataclasses.replace(STARTED, training=training)


def scored(*, best: bool) -> Evaluated:
    return Evaluated(100, 1.25, 0.5, 65.0, 2.0, 12_345.6, 1.9, 2.741, 1.2, 0, best)


def drawn(*events: Started | Evaluated, language: str, sample: str = "") -> str:
    """Return what a plain display prints of events, and of a sample."""
    file = io.StringIO()
    display = PlainDisplay(Console(file=file, width=80), Pen(catalogue(language)))
    for event in events:
        display.show(event)
    if sample:
        display.show_sample(sample)
    return file.getvalue()


def test_plain_lines() -> None:
    """A validation is a line, and so is a sample."""
    expected = (
        "LSTM of 1,308,525 parameters; 1,000 characters known; "
        "99,000 characters to learn from, 11,000 held out; "
        "32 streams, 64 characters of each a step; workers 2, threads of each 1, bf16\n"
        "the plan: 2 layers of 256 units; dropout 30% against overfitting; 8.0 epochs; "
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
        "배울 글 99,000글자, 검증용 11,000글자; 배치 32줄, "
        "줄마다 한 스텝에 64글자; 작업자 2 × 스레드 1, bf16\n"
        "계획: 2층, 층마다 유닛 256개; 과적합을 막는 드롭아웃 30%; 에포크 8.0; "
        "이 컴퓨터에서 약 0:43\n"
        " 50%  에포크 1.2  1:05  초당 12,346글자  "
        "글자당 비트: 학습 2.885, 검증 2.741, 지금까지 가장 좋음\n"
        " 50%  에포크 1.2  1:05  초당 12,346글자  "
        "글자당 비트: 학습 2.885, 검증 2.741\n"
        "  쓴 글: 방앗간\n"
    )
    assert expected == drawn(
        STARTED, scored(best=True), scored(best=False), language="ko", sample="방앗간"
    )


PLANS = [
    ("en", Regularization(0.5), "dropout 50% against overfitting; "),
    ("en", Regularization(0.5, 0.2), "dropout 50%, weight dropout 20% against overfitting; "),
    (
        "en",
        Regularization(0.3, 0.0, 1.0, 0.1),
        "dropout 30%, activation penalty 1, confidence penalty 0.1 against overfitting; ",
    ),
    ("en", Regularization(), "2 layers of 256 units; no regularisation; 8.0 epochs; "),
    ("ko", Regularization(0.5, 0.2), "과적합을 막는 드롭아웃 50%, 가중치 드롭아웃 20%; "),
    ("ko", Regularization(0.0, 0.0, 1.0, 0.5), "과적합을 막는 활성값 벌점 1, 확신 벌점 0.5; "),
    ("ko", Regularization(), "2층, 층마다 유닛 256개; 규제 없음; 에포크 8.0; "),
]


@pytest.mark.parametrize(("language", "regularization", "expected"), PLANS)
def test_the_plan_names_its_regularization(
    language: str, regularization: Regularization, expected: str
) -> None:
    """The line of the plan names what is done against overfitting, and nothing else."""
    line = drawn(regularized(regularization), language=language).splitlines()[1]
    assert expected in line


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "the plan: 1 layer of 128 units; dropout"), ("ko", "계획: 1층, 유닛 128개; 과적합을")],
)
def test_the_plan_of_one_layer(language: str, expected: str) -> None:
    """One layer is not said to be many."""
    model = dataclasses.replace(STARTED.model, layers=1, hidden=128)
    line = drawn(dataclasses.replace(STARTED, model=model), language=language).splitlines()[1]
    assert line.startswith(expected)


def course(language: str) -> str:
    """Draw the live display after two validations."""
    shown = Course(STARTED, Pen(catalogue(language)), sample="물레는 늘 돈다.")
    shown.step = Stepped(100, 1.25, 0.5, 65.0, 1.8, 0.006, 12_345.6)
    shown.validations = [scored(best=True), scored(best=False)]
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
학습  글자당  2.597비트  ██
검증  글자당  2.741비트  ▁▁
물레는 늘 돈다."""
    assert expected == course("ko")


@pytest.mark.parametrize(
    ("reason", "english", "korean"),
    [
        ("done", "Trained after 1:05: ", "학습을 마쳤습니다(1:05): "),
        (
            "early",
            "No better for a while: stopped early after 1:05: ",
            "더 나아지지 않아 일찍 마쳤습니다(1:05): ",
        ),
        ("stopped", "Stopped after 1:05: ", "멈추었습니다(1:05): "),
    ],
)
def test_ended(reason: str, english: str, korean: str) -> None:
    """The end of a training says why it ended, and how good the best weights are."""
    finished = Finished(reason, 100, 1.25, 65.0, 12_345.6, scored(best=True))
    assert (
        f"{english}2.741 bits per character on the held-out part (1.9000 nats), best at epoch 1.2"
    ) == ended(finished, catalogue("en"))
    assert (
        f"{korean}검증용 부분에서 글자당 2.741비트(1.9000나트), 가장 좋았던 때는 에포크 1.2"
    ) == ended(finished, catalogue("ko"))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(Regularization)])
def test_the_plan_has_a_word_for_each_regularization(name: str, language: str) -> None:
    """Whatever regularises is named in the plan with its value, in both languages."""
    line = drawn(regularized(Regularization(**{name: 0.25})), language=language)
    assert "25" in line.splitlines()[1]
