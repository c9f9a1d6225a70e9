"""Training: that it learns, that it can be repeated, when it ends, and what it leaves behind."""

import dataclasses
import json
import math
import random
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from conftest import ENGLISH
from torch import Generator, Tensor

import charlstm
from charlstm.config import Execution, ModelConfig, Regularization, TrainConfig, TrainRequest
from charlstm.errors import OptionError, TextError
from charlstm.evaluation import Score, score
from charlstm.evaluation.score import surprisals
from charlstm.events import CoresBusy, Evaluated, Event, Finished, Started, Stepped, TextRead
from charlstm.language_model import LanguageModel
from charlstm.library import Training
from charlstm.models import new_model
from charlstm.models.base import Network, as_ids
from charlstm.text.batching import StreamBatcher
from charlstm.text.corpus import Split, build_corpus
from charlstm.threads import Threads
from charlstm.training import workers
from charlstm.training.trainer import Trainer

CORPUS = build_corpus(Split(ENGLISH[:1000], 1000, "none", 1000, 1000))
SHAPE = ModelConfig("lstm", len(CORPUS.vocabulary), embedding=6, hidden=8, layers=2)
TRAINING = TrainConfig(
    batch_size=4,
    seq_length=10,
    learning_rate=0.02,
    optimizer="muon",
    regularization=Regularization(dropout=0.2),
    patience=99,
    steps=20,
)
EXECUTION = Execution(1, 1, "float32")
# The same, as it is asked for.
SETTINGS: dict[str, Any] = {
    "embedding": 6,
    "hidden": 8,
    "layers": 2,
    "dropout": 0.2,
    "batch_size": 4,
    "seq_length": 10,
    "learning_rate": 0.02,
    "patience": 99,
    "steps": 20,
    "precision": "float32",
    "workers": 1,
    "threads": 1,
}
RANDOM_TEXT = "".join(random.Random(0).choices("abcdefgh", k=600))  # noqa: S311  no secret


class Clock:
    """A clock that goes on only when it is told to, or a little whenever it is read."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now, self.tick = 1000.0, tick

    def __call__(self) -> float:
        """Tell the time."""
        self.now += self.tick
        return self.now


def changed(config: TrainConfig, **values: object) -> TrainConfig:
    return dataclasses.replace(config, **values)  # type: ignore[arg-type]


def worth(nats: float) -> Score:
    return Score(chars=1, bytes=1, unknown_chars=0, nats=nats)


def getting(*values: float) -> Callable[[], Score]:
    """Return the next of some scores at each call."""
    left = iter(values)
    return lambda: worth(next(left))


def small_model(family: str = "lstm") -> Network:
    shape = dataclasses.replace(SHAPE, family=family)
    return new_model(shape, Generator().manual_seed(0))


def trainer_of(
    model: Network,
    config: TrainConfig = TRAINING,
    execution: Execution = EXECUTION,
    *,
    score: Callable[[], Score] = lambda: worth(1.0),
    clock: Callable[[], float] = Clock(),  # noqa: B008  it stands still
) -> Trainer:
    batcher = StreamBatcher(CORPUS.train, config.batch_size, config.seq_length)
    generator = Generator().manual_seed(1)
    return Trainer(model, batcher, config, execution, score=score, generator=generator, clock=clock)


def training_of(path: Path, text: str = ENGLISH, **settings: Any) -> Training:
    """Return a training of a small model that leaves its run in a folder."""
    file = path.with_suffix(".txt")
    file.write_text(text, encoding="utf-8")
    return charlstm.train(file, **SETTINGS | {"output": path} | settings)


def slow_down(monkeypatch: pytest.MonkeyPatch, clock: Clock, seconds: float) -> None:
    """Let each step take so many seconds to learn from."""
    compute = workers.DataParallelWorkers.forward_backward

    def slow(self: workers.DataParallelWorkers, ids: Tensor) -> float:
        clock.now += seconds
        return compute(self, ids)

    monkeypatch.setattr(workers.DataParallelWorkers, "forward_backward", slow)


def validations(events: Sequence[Event]) -> list[Evaluated]:
    return [event for event in events if isinstance(event, Evaluated)]


def steps(events: Sequence[Event]) -> list[Stepped]:
    return [event for event in events if isinstance(event, Stepped)]


def end(events: Sequence[Event]) -> Finished:
    (finished,) = [event for event in events if isinstance(event, Finished)]
    return finished


def weights(model: Network) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in model.parameters()]


def test_learns(tmp_path: Path) -> None:
    """After some steps a small text costs much less than before, the held-out part of it too."""
    training = training_of(
        tmp_path / "run", batch_size=8, seq_length=20, learning_rate=0.1, steps=200
    )
    events = list(training)
    assert steps(events)[-1].train_nats < 0.7 * steps(events)[0].train_nats
    assert end(events).best.val_nats_per_char < 0.5 * math.log(len(CORPUS.vocabulary))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_seed_makes_the_same_run(tmp_path: Path, workers: int) -> None:
    """Two trainings with one seed leave the same weights and the same scores, bit for bit."""
    first, second = (list(training_of(tmp_path / name, workers=workers)) for name in "ab")
    files = [(tmp_path / name / "model.safetensors").read_bytes() for name in "ab"]
    assert files[0] == files[1]
    assert [event.val_nats_per_char for event in validations(first)] == [
        event.val_nats_per_char for event in validations(second)
    ]


@pytest.mark.parametrize("count", [2, 3])
def test_workers_teach_what_one_teaches(count: int) -> None:
    """A training of several workers has, step by step, the losses of one of a single worker."""
    alone, shared = (
        steps(list(trainer_of(small_model(), TRAINING, Execution(n, 1, "float32")).run()))
        for n in (1, count)
    )
    expected = [event.train_nats for event in alone]
    assert expected == pytest.approx([event.train_nats for event in shared], rel=1e-3)


def test_no_thread_outlives_a_training() -> None:
    """When a training is over, or is given up, its workers have ended."""
    before = threading.enumerate()
    trainer = trainer_of(small_model(), TRAINING, Execution(2, 1, "float32"))
    list(trainer.run())
    assert before == threading.enumerate()
    events = trainer.run()
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert before == threading.enumerate()


def test_another_seed_makes_another_run(tmp_path: Path) -> None:
    """A training with another seed leaves other weights."""
    for name, seed in (("a", 1), ("b", 2)):
        training_of(tmp_path / name, seed=seed).wait()
    files = [(tmp_path / name / "model.safetensors").read_bytes() for name in "ab"]
    assert files[0] != files[1]


def test_another_noise_makes_another_model() -> None:
    """What is dropped follows from the generator of noise."""
    models = [small_model(), small_model()]
    for model, seed in zip(models, (1, 2), strict=True):
        trainer = trainer_of(model)
        trainer.generator.manual_seed(seed)
        list(trainer.run())
    assert not any(
        torch.equal(a, b) for a, b in zip(weights(models[0]), weights(models[1]), strict=True)
    )


def test_draws_nothing_from_the_common_source_of_chance(tmp_path: Path) -> None:
    """A whole training leaves torch's own generator as it was."""
    before = torch.random.get_rng_state()
    training_of(tmp_path / "run").wait()
    assert torch.equal(before, torch.random.get_rng_state())


def test_scoring_does_not_disturb_training() -> None:
    """A training whose model is truly scored makes the steps of one that is not."""
    scored, unscored = small_model(), small_model()
    model = LanguageModel(scored, CORPUS.vocabulary, "nfc")
    list(trainer_of(scored, score=lambda: score(model, ENGLISH)).run())
    list(trainer_of(unscored).run())
    torch.testing.assert_close(weights(scored), weights(unscored), rtol=0, atol=0)


def test_memory_is_carried_from_sequence_to_sequence() -> None:
    """The loss of a training's sequences is that of the whole text, read at once."""
    model = small_model()
    reader = LanguageModel(model, CORPUS.vocabulary, "nfc")
    expected = surprisals(reader, as_ids(CORPUS.train[:201].astype(np.int64))).mean()
    still = changed(
        TRAINING,
        batch_size=1,
        learning_rate=1e-12,
        weight_decay=0.0,
        regularization=Regularization(),
    )
    events = list(trainer_of(model, still).run())
    assert expected == pytest.approx(steps(events)[-1].train_nats, rel=1e-5)


def test_every_step_is_reported() -> None:
    """Steps are counted from 1, and epochs and progress grow evenly with them."""
    events = steps(list(trainer_of(small_model()).run()))
    assert list(range(1, 21)) == [event.step for event in events]
    assert [n / 20 for n in range(1, 21)] == [event.progress for event in events]
    assert [n * 40 / 1000 for n in range(1, 21)] == pytest.approx([e.epoch for e in events])


def test_follows_its_schedule() -> None:
    """The steps of a training without warm-up have rates that fall evenly."""
    events = steps(list(trainer_of(small_model(), changed(TRAINING, warmup=0)).run()))
    expected = [0.02 * (1 - n / 20) for n in range(20)]
    assert expected == pytest.approx([event.learning_rate for event in events])


def test_scores_ten_times() -> None:
    """The held-out part is scored after each tenth of the training, the last time at the end."""
    events = list(trainer_of(small_model(), TRAINING).run())
    assert [2, 4, 6, 8, 10, 12, 14, 16, 18, 20] == [event.step for event in validations(events)]


def test_scores_a_long_part_less_often() -> None:
    """Between two validations at least four times as much is read as is held out."""
    trainer = trainer_of(small_model())
    trainer.heldout = trainer.batcher.characters_per_step * 5 // 4
    assert [2, 7, 12, 17, 20] == [event.step for event in validations(list(trainer.run()))]


def test_a_single_step_is_scored() -> None:
    """The shortest training is scored once and done."""
    events = list(trainer_of(small_model(), changed(TRAINING, steps=1)).run())
    assert [Stepped, Evaluated, Finished] == [type(event) for event in events]
    assert ("done", 1) == (end(events).reason, end(events).step)


def test_the_best_has_the_lowest_value() -> None:
    """A validation is best if none before it was as low, and the last of those is reported."""
    config = changed(TRAINING, steps=5)
    events = list(trainer_of(small_model(), config, score=getting(3, 2, 2.5, 1, 1)).run())
    assert [True, True, False, True, False] == [event.best for event in validations(events)]
    assert (1.0, 4) == (end(events).best.val_nats_per_char, end(events).best.step)


def test_the_best_weights_are_kept(tmp_path: Path) -> None:
    """The saved weights are those of the best validation, not the last, and score the same."""
    events = list(training_of(tmp_path / "run", RANDOM_TEXT, learning_rate=0.05, steps=80))
    lowest = min(event.val_nats_per_char for event in validations(events))
    assert lowest < validations(events)[-1].val_nats_per_char
    assert lowest == charlstm.load(tmp_path / "run").evaluate().nats_per_char


def test_the_best_event_reports_the_lowest_value(tmp_path: Path) -> None:
    """The event of the end names the lowest of all held-out scores."""
    events = list(training_of(tmp_path / "run"))
    lowest = min(event.val_nats_per_char for event in validations(events))
    assert lowest == end(events).best.val_nats_per_char


def test_patience_ends_a_training_early() -> None:
    """After as many validations without a better one as it has patience for, training ends."""
    config = changed(TRAINING, patience=2)
    events = list(trainer_of(small_model(), config, score=getting(1, 2, 3, 4, 5)).run())
    assert [1.0, 2.0, 3.0] == [event.val_nats_per_char for event in validations(events)]
    assert ("early", 6, 1.0) == (
        end(events).reason,
        end(events).step,
        end(events).best.val_nats_per_char,
    )


def test_a_better_score_renews_patience() -> None:
    """Only validations in a row without a better one count."""
    config = changed(TRAINING, patience=2)
    values = (5, 6, 4, 5, 3, 4, 2, 3, 1, 2)
    events = list(trainer_of(small_model(), config, score=getting(*values)).run())
    assert ("done", 20) == (end(events).reason, end(events).step)


@pytest.mark.parametrize("after", [1, 3, 4, 11])
def test_stop_ends_after_one_more_scoring(after: int) -> None:
    """Asked to stop after any step, a training is scored once more, reports that, and is over."""
    trainer = trainer_of(small_model())
    events = trainer.run()
    while not (isinstance(event := next(events), Stepped) and event.step == after):
        pass
    trainer.stop()
    rest: list[Event] = [event for event in events if not isinstance(event, Stepped)]
    assert [Evaluated, Finished] == [type(event) for event in rest]
    assert "stopped" == end(rest).reason


def test_stop_while_a_score_is_looked_at() -> None:
    """Asked to stop at a validation, a training is over."""
    trainer = trainer_of(small_model())
    events = trainer.run()
    while not isinstance(next(events), Evaluated):
        pass
    trainer.stop()
    rest = list(events)
    assert ([Finished], "stopped") == ([type(event) for event in rest], end(rest).reason)


def test_stop_while_the_last_score_is_looked_at() -> None:
    """A training that had come to its end when it was asked to stop is done."""
    trainer = trainer_of(small_model())
    events = trainer.run()
    while not (isinstance(event := next(events), Evaluated) and event.progress == 1):
        pass
    trainer.stop()
    assert "done" == end(list(events)).reason


def test_stop_makes_at_most_one_more_step() -> None:
    """Between being asked to stop and stopping there is one step at most."""
    trainer = trainer_of(small_model(), changed(TRAINING, steps=100_000))
    events = trainer.run()
    next(events)
    trainer.stop()
    assert len([event for event in events if isinstance(event, Stepped)]) <= 1


def test_a_stopped_session_is_a_whole_run(tmp_path: Path) -> None:
    """A run that was stopped early can be opened and scored."""
    training = training_of(tmp_path / "run", steps=100_000)
    events = iter(training)
    while not isinstance(next(events), Stepped):
        pass
    assert training.stop()
    rest = list(events)
    expected = end(rest).best.val_nats_per_char
    assert expected == charlstm.load(tmp_path / "run").evaluate().nats_per_char


def test_nothing_is_stopped_before_it_began(tmp_path: Path) -> None:
    """Asking a session that has not begun to stop says that there was nothing to stop."""
    assert not training_of(tmp_path / "run").stop()


@pytest.fixture
def minutes() -> list[Event]:
    """Return the events of a minute on a clock that goes on whenever it is read."""
    config = changed(TRAINING, steps=None, minutes=1.0, warmup=0)
    return list(trainer_of(small_model(), config, clock=Clock(tick=0.25)).run())


def test_minutes_are_kept(minutes: list[Event]) -> None:
    """A budget of a minute is over after a minute, to within a step."""
    finished, last = end(minutes), steps(minutes)[-1]
    length = last.seconds - steps(minutes)[-2].seconds
    assert ("done", True) == (finished.reason, 60 - length <= finished.seconds <= 60 + 2 * length)


def test_minutes_end_with_a_rate_of_nearly_0(minutes: list[Event]) -> None:
    """By the clock, too, the learning rate begins whole and falls to nearly nothing."""
    rates = [event.learning_rate for event in steps(minutes)]
    assert sorted(rates, reverse=True) == rates
    assert 0.95 * TRAINING.learning_rate < rates[0]
    assert rates[-1] < 0.05 * TRAINING.learning_rate


def test_minutes_are_scored_ten_times(minutes: list[Event]) -> None:
    """By the clock, too, the held-out part is scored about ten times."""
    assert 9 <= len(validations(minutes)) <= 10


def test_minutes_include_the_last_scoring() -> None:
    """A training whose validation takes five seconds ends its minute with it, not after it."""
    clock = Clock(tick=0.01)

    def slow() -> Score:
        clock.now += 5.0
        return worth(1.0)

    config = changed(TRAINING, steps=None, minutes=1.0)
    events = list(trainer_of(small_model(), config, score=slow, clock=clock).run())
    assert 60.0 == pytest.approx(end(events).seconds, abs=1.0)


def test_minutes_include_a_long_scoring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that takes half a minute to score is scored once, at the end of the minute."""
    clock = Clock()
    slow_down(monkeypatch, clock, 1.0)
    trainer = trainer_of(small_model(), changed(TRAINING, steps=None, minutes=1.0), clock=clock)
    trainer.heldout = 60 * trainer.batcher.characters_per_step

    def score_in_half_a_minute() -> Score:
        clock.now += 30.0
        return worth(1.0)

    trainer.score = score_in_half_a_minute
    events = list(trainer.run())
    assert (30, 1, 60.0) == (len(steps(events)), len(validations(events)), end(events).seconds)
    rates = [event.learning_rate / TRAINING.learning_rate for event in steps(events)]
    assert [0.05, 1 / 3] == pytest.approx([rates[0], rates[20]], abs=0.05)
    assert rates[-1] < 0.05


def test_a_part_longer_than_the_minutes_leaves_half_of_them_for_learning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However long the held-out part is, a training of minutes is no single step."""
    clock = Clock()
    slow_down(monkeypatch, clock, 1.0)
    trainer = trainer_of(small_model(), changed(TRAINING, steps=None, minutes=1.0), clock=clock)
    trainer.heldout = 10_000 * trainer.batcher.characters_per_step
    assert 30 == len(steps(list(trainer.run())))


def test_speed_is_that_of_the_steps_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Characters a second are those of reading and learning, whatever listeners take."""
    clock = Clock()
    slow_down(monkeypatch, clock, 2.0)
    for event in trainer_of(small_model(), clock=clock).run():
        assert 4 * 10 / 2.0 == pytest.approx(event.chars_per_second)
        clock.now += 100.0


def test_a_learning_rate_that_ruins_the_model_is_named() -> None:
    """Where the loss becomes infinite the error names the learning rate and what it was."""
    trainer = trainer_of(small_model(), changed(TRAINING, learning_rate=1e30, warmup=0))
    with pytest.raises(OptionError) as caught:
        list(trainer.run())
    assert ("learning_rate", 1e30) == (caught.value.field, caught.value.found)


def test_an_infinite_loss_teaches_nothing() -> None:
    """A loss that is no number changes no weight."""
    model = small_model()
    model.head.bias.detach()[1] = math.inf
    before = weights(model)
    with pytest.raises(OptionError):
        list(trainer_of(model).run())
    torch.testing.assert_close(weights(model), before, rtol=0, atol=0)


@pytest.mark.parametrize("number", [1, 3])
def test_a_ruined_model_is_not_left_behind(tmp_path: Path, number: int) -> None:
    """A model that was ruined before it was ever scored is an error, and leaves no run folder."""
    training = training_of(tmp_path / "run", learning_rate=1e38, steps=number)
    with pytest.raises(OptionError, match="learning_rate"):
        training.wait()
    assert ["run.txt"] == [file.name for file in tmp_path.iterdir()]


def test_metrics_have_a_line_a_scoring(tmp_path: Path) -> None:
    """Each validation is one JSON object in metrics.jsonl, with all that was reported."""
    events = list(training_of(tmp_path / "run"))
    lines = (tmp_path / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert [vars(event) for event in validations(events)] == [json.loads(line) for line in lines]


def test_metrics_grow_as_training_goes(tmp_path: Path) -> None:
    """While a listener looks at a validation its line is already in metrics.jsonl."""
    counts = [
        len((tmp_path / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines())
        for event in training_of(tmp_path / "run")
        if isinstance(event, Evaluated)
    ]
    assert list(range(1, len(counts) + 1)) == counts


def two_cores() -> Threads:
    return Threads(2)


def started_of(training: Training) -> Started:
    """Train, and return the event of its beginning."""
    (started,) = (event for event in training if isinstance(event, Started))
    return started


@pytest.mark.parametrize(
    "asked",
    [
        {"precision": "auto", "workers": None, "threads": None},
        {"precision": "float32", "workers": 2, "threads": None},
        {"precision": "float32", "workers": 3, "threads": 2},
        {"precision": "float32", "workers": 1, "kernel": "unrolled"},
        {"precision": "bf16", "workers": 1, "kernel": "auto"},
    ],
    ids=str,
)
def test_what_was_settled_is_written_down(tmp_path: Path, asked: dict[str, Any]) -> None:
    """A run remembers, as was reported, what was asked for and what was taken for the rest."""
    started = started_of(training_of(tmp_path / "run", steps=1, **asked))
    settled = charlstm.load(tmp_path / "run").config.execution
    assert settled == started.execution
    for name, value in asked.items():
        assert value in {getattr(settled, name), "auto", None}


def test_what_begins_is_what_is_written_down(tmp_path: Path) -> None:
    """The first event of training has the settings of config.json."""
    started = started_of(training_of(tmp_path / "run", steps=1))
    config = charlstm.load(tmp_path / "run").config
    assert (config.model, config.training) == (started.model, started.training)


@pytest.mark.parametrize(
    ("kernel", "other"), [("unrolled", "torch.lstm"), ("fused", "charlstm.models.lstm.read_lstm")]
)
def test_trains_with_the_kernel_of_its_settings(
    kernel: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a settled kernel the other one is never used."""
    monkeypatch.setattr(other, None)
    execution = Execution(1, 1, "float32", kernel)
    events = list(trainer_of(small_model(), changed(TRAINING, steps=2), execution).run())
    assert 2 == end(events).step


def test_a_training_takes_what_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The execution that one training measured is kept, and the next one takes it."""
    memory = tmp_path / "memory"
    monkeypatch.setattr("charlstm.training.session.default_cache", lambda: memory)
    monkeypatch.setattr("charlstm.training.session.settle_threads", two_cores)
    taken = []
    for name in "ab":
        training = training_of(tmp_path / name, batch_size=8, steps=1, workers=None)
        taken.append(started_of(training).execution.workers)
        (file,) = memory.iterdir()
        kept = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps({**kept, "workers": 3 - kept["workers"]}), encoding="utf-8")
    assert [1, 2] == sorted(taken)


def test_learns_in_half_precision() -> None:
    """In bf16 a training goes about as it does in float32, but not exactly so."""
    losses = []
    for precision in ("float32", "bf16"):
        # Not every processor has bf16 for an LSTM.
        trainer = trainer_of(small_model("fnn"), TRAINING, Execution(1, 1, precision))
        losses.append(steps(list(trainer.run()))[-1].train_nats)
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
    assert losses[0] != losses[1]


class TestTraining:
    """`charlstm.train`, from Python."""

    def test_is_waited_for_with_a_callback(self, tmp_path: Path) -> None:
        """Each event is handed to the callback, and the model of the best validation comes back."""
        events: list[Event] = []
        model = training_of(tmp_path / "run").wait(events.append)
        kinds = [type(event) for event in events if not isinstance(event, CoresBusy)]
        assert [TextRead, Started, Stepped] == kinds[:3]
        assert end(events).best.val_nats_per_char == model.evaluate().nats_per_char

    def test_nothing_happens_before_it_is_begun(self, tmp_path: Path) -> None:
        """A training that was only planned has read and written nothing."""
        charlstm.train(tmp_path / "missing.txt", output=tmp_path / "run")
        assert [] == list(tmp_path.iterdir())

    def test_the_model_is_there_while_it_trains(self, tmp_path: Path) -> None:
        """At a validation the model can be used as it is."""
        training = training_of(tmp_path / "run")
        texts = [
            training.model.sample(length=5, seed=1).text
            for event in training
            if isinstance(event, Evaluated)
        ]
        assert {5} == set(map(len, texts))

    def test_refuses_an_impossible_setting_at_once(self, tmp_path: Path) -> None:
        """An impossible setting is refused before anything is read."""
        with pytest.raises(OptionError, match="dropout"):
            charlstm.train(tmp_path / "missing.txt", dropout=2)

    def test_refuses_an_unknown_setting(self) -> None:
        """A setting that there is not is an error of the caller's."""
        with pytest.raises(TypeError, match="learning_speed"):
            charlstm.train(learning_speed=2)

    def test_a_folder_that_was_made_for_nothing_is_gone(self, tmp_path: Path) -> None:
        """A training that is given up before it has weights leaves no folder behind."""
        training = training_of(tmp_path / "run", output=tmp_path / "below" / "run")
        events = iter(training)
        while not isinstance(next(events), Started):
            pass
        training.close()
        assert not (tmp_path / "below").exists()

    def test_settings_come_before_those_of_the_request(self, tmp_path: Path) -> None:
        """A setting given beside a request replaces that of the request, and no other."""
        request = TrainRequest(**SETTINGS | {"steps": 5, "seed": 7})
        file = tmp_path / "tale.txt"
        file.write_text(ENGLISH, encoding="utf-8")
        training = charlstm.train(file, output=tmp_path / "run", request=request, steps=2)
        started = started_of(training)
        assert (2, 7) == (started.training.steps, started.training.seed)

    def test_a_callback_that_fails_ends_it(self, tmp_path: Path) -> None:
        """Where the callback raises, the training is closed, and its folder is gone."""
        training = training_of(tmp_path / "run")
        with pytest.raises(ZeroDivisionError):
            training.wait(lambda _: 1 / 0)
        assert [] == list(training)
        assert not (tmp_path / "run").exists()

    def test_what_is_not_there_yet_is_said(self) -> None:
        """Before a training has begun its folder and its model are asked for in vain."""
        training = charlstm.train("my.txt")
        for name in ("path", "model"):
            with pytest.raises(AttributeError, match="has not begun"):
                getattr(training, name)

    def test_a_folder_is_chosen_when_the_text_was_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two trainings that are planned before either begins have folders of their own."""
        monkeypatch.chdir(tmp_path)
        file = tmp_path / "tale.txt"
        file.write_text(ENGLISH, encoding="utf-8")
        settings = SETTINGS | {"steps": 1}
        planned = [charlstm.train(file, **settings, seed=seed) for seed in (1, 2)]
        for training in planned:
            training.wait()
        assert ["tale", "tale-2"] == [training.path.name for training in planned]

    @pytest.mark.parametrize("source", ["a\0b", "long" * 100])
    def test_a_source_that_can_be_no_path_is_refused(self, source: str) -> None:
        """What can be no path is refused as a text that is not there."""
        with pytest.raises(TextError):
            charlstm.train(source).wait()

    def test_between_events_threads_are_the_callers(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """While an event is handled there are as many threads as before the training."""
        monkeypatch.setattr("charlstm.training.session.settle_threads", lambda: Threads(3))
        before, found = torch.get_num_threads(), []
        training_of(tmp_path / "run").wait(lambda _: found.append(torch.get_num_threads()))
        assert {before} == set(found)
