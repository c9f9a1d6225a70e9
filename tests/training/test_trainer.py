"""Training: that it learns, that it can be repeated, when it ends, and what it leaves behind."""

import dataclasses
import json
import math
import random
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from conftest import ENGLISH
from torch import Generator, Tensor

import charlstm
from charlstm.config import ModelConfig, Regularization, TextConfig, TrainConfig
from charlstm.errors import OptionError
from charlstm.evaluation import Score, score
from charlstm.evaluation.score import costs
from charlstm.events import Evaluated, Event, Finished, Started, Stepped
from charlstm.models import new_model
from charlstm.models.base import CharacterModel, State
from charlstm.models.dropout import Dropout
from charlstm.text.batching import StreamBatcher
from charlstm.text.corpus import build_corpus
from charlstm.training.session import Session
from charlstm.training.trainer import Trainer

CORPUS = build_corpus(ENGLISH[:1000])
SHAPE = ModelConfig("lstm", len(CORPUS.vocabulary), embedding=6, hidden=8, layers=2)
TRAINING = TrainConfig(
    batch=4,
    seq_length=10,
    learning_rate=0.02,
    patience=99,
    steps=20,
    precision="float32",
    workers=1,
    threads=1,
    regularization=Regularization(dropout=0.2),
)
NOISE_TEXT = "".join(random.Random(0).choices("abcdefgh", k=600))  # noqa: S311  no secret


class Clock:
    """A clock that goes on only when it is told to, or a little whenever it is read."""

    def __init__(self, tick: float = 0.0) -> None:
        self.now, self.tick = 1000.0, tick

    def __call__(self) -> float:
        """Tell the time."""
        self.now += self.tick
        return self.now


def changed(config: TrainConfig, **values: object) -> TrainConfig:
    """Change some settings."""
    return TrainConfig(**{**vars(config), **values})


def worth(nats: float) -> Score:
    return Score(chars=1, bytes=1, unknown_chars=0, nats=nats)


def getting(*values: float) -> Callable[[], Score]:
    """Score each time with the next of some values."""
    left = iter(values)
    return lambda: worth(next(left))


def small_model(family: str = "lstm") -> CharacterModel:
    config = dataclasses.replace(SHAPE, family=family)
    return new_model(config, Generator().manual_seed(0))


def trainer_of(
    model: CharacterModel,
    config: TrainConfig = TRAINING,
    *,
    score: Callable[[], Score] = lambda: worth(1.0),
    clock: Callable[[], float] = Clock(),  # noqa: B008  it stands still
) -> Trainer:
    streams = StreamBatcher.fitting(CORPUS.train, config.batch, config.seq_length)
    rng = Generator().manual_seed(1)
    return Trainer(model, streams, config, score=score, rng=rng, clock=clock)


def session_of(path: Path, config: TrainConfig, text: str = ENGLISH) -> Session:
    return Session(path, text, sources=("small",), model=SHAPE, form=TextConfig(), training=config)


def slowed(model: CharacterModel, clock: Clock, seconds: float) -> CharacterModel:
    """Let each stretch take so many seconds to learn from."""
    features = model.features

    def slow(
        ids: Tensor, state: State, dropout: Dropout | None, kernel: str
    ) -> tuple[Tensor, State]:
        clock.now += seconds
        return features(ids, state, dropout, kernel)

    model.features = slow  # type: ignore[method-assign, assignment]
    return model


def scorings(events: Sequence[Event]) -> list[Evaluated]:
    return [event for event in events if isinstance(event, Evaluated)]


def steps(events: Sequence[Event]) -> list[Stepped]:
    return [event for event in events if isinstance(event, Stepped)]


def end(events: Sequence[Event]) -> Finished:
    (finished,) = [event for event in events if isinstance(event, Finished)]
    return finished


def weights(model: CharacterModel) -> list[Tensor]:
    return [parameter.detach().clone() for parameter in model.parameters()]


def test_learns(tmp_path: Path) -> None:
    """After some steps a small text costs much less than before, the held-out part of it too."""
    config = changed(TRAINING, batch=8, seq_length=20, learning_rate=0.1, steps=200)
    events = list(session_of(tmp_path / "run", config).events())
    assert steps(events)[-1].train_nats < 0.7 * steps(events)[0].train_nats
    assert end(events).best.val_nats_per_char < 0.5 * math.log(len(CORPUS.vocabulary))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_same_seed_makes_the_same_run(tmp_path: Path, workers: int) -> None:
    """Two trainings with one seed leave the same weights and the same scores, bit for bit."""
    config = changed(TRAINING, workers=workers)
    first, second = (list(session_of(tmp_path / name, config).events()) for name in "ab")
    files = [(tmp_path / name / "model.safetensors").read_bytes() for name in "ab"]
    assert files[0] == files[1]
    assert [event.val_nats_per_char for event in scorings(first)] == [
        event.val_nats_per_char for event in scorings(second)
    ]


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_teach_what_one_teaches(workers: int) -> None:
    """A training of several workers pays, step by step, what one of a single worker pays."""
    alone, shared = (
        steps(list(trainer_of(small_model(), changed(TRAINING, workers=count)).run()))
        for count in (1, workers)
    )
    expected = [event.train_nats for event in alone]
    assert expected == pytest.approx([event.train_nats for event in shared], rel=1e-3)


def test_no_thread_outlives_a_training() -> None:
    """When a training is over, or is given up, its workers have ended."""
    before = threading.enumerate()
    trainer = trainer_of(small_model(), changed(TRAINING, workers=2))
    list(trainer.run())
    assert before == threading.enumerate()
    events = trainer.run()
    next(events)
    events.close()  # type: ignore[attr-defined]
    assert before == threading.enumerate()


def test_another_seed_makes_another_run(tmp_path: Path) -> None:
    """A training with another seed leaves other weights."""
    for name, seed in (("a", 1), ("b", 2)):
        list(session_of(tmp_path / name, changed(TRAINING, seed=seed)).events())
    files = [(tmp_path / name / "model.safetensors").read_bytes() for name in "ab"]
    assert files[0] != files[1]


def test_another_generator_makes_another_model() -> None:
    """What is dropped follows from the generator."""
    models = [small_model(), small_model()]
    for model, seed in zip(models, (1, 2), strict=True):
        trainer = trainer_of(model)
        trainer.rng.manual_seed(seed)
        list(trainer.run())
    assert not any(
        torch.equal(a, b) for a, b in zip(weights(models[0]), weights(models[1]), strict=True)
    )


def test_draws_nothing_from_the_common_source_of_chance(tmp_path: Path) -> None:
    """A whole training leaves torch's own generator as it was."""
    before = torch.random.get_rng_state()
    list(session_of(tmp_path / "run", TRAINING).events())
    assert torch.equal(before, torch.random.get_rng_state())


def test_scoring_does_not_disturb_training() -> None:
    """A training whose model is truly scored makes the steps of one that is not."""
    scored, unscored = small_model(), small_model()
    list(trainer_of(scored, score=lambda: score(scored, CORPUS.vocabulary, ENGLISH, "nfc")).run())
    list(trainer_of(unscored).run())
    torch.testing.assert_close(weights(scored), weights(unscored), rtol=0, atol=0)


def test_memory_is_carried_from_stretch_to_stretch() -> None:
    """What training pays for its stretches is what the whole text costs, read at once."""
    model = small_model()
    expected = costs(model, CORPUS.train[:201], CORPUS.vocabulary).mean()
    still = changed(
        TRAINING,
        batch=1,
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
    assert [2, 4, 6, 8, 10, 12, 14, 16, 18, 20] == [event.step for event in scorings(events)]


def test_scores_a_long_part_less_often() -> None:
    """Between two scorings at least four times as much is read as is held out."""
    trainer = trainer_of(small_model())
    trainer.heldout = trainer.streams.characters_per_step * 5 // 4
    assert [2, 7, 12, 17, 20] == [event.step for event in scorings(list(trainer.run()))]


def test_a_single_step_is_scored() -> None:
    """The shortest training is scored once and done."""
    events = list(trainer_of(small_model(), changed(TRAINING, steps=1)).run())
    assert [Stepped, Evaluated, Finished] == [type(event) for event in events]
    assert ("done", 1) == (end(events).reason, end(events).step)


def test_the_best_has_the_lowest_value() -> None:
    """A scoring is best if none before it was as low, and the last of those is reported."""
    config = changed(TRAINING, steps=5)
    events = list(trainer_of(small_model(), config, score=getting(3, 2, 2.5, 1, 1)).run())
    assert [True, True, False, True, False] == [event.best for event in scorings(events)]
    assert (1.0, 4) == (end(events).best.val_nats_per_char, end(events).best.step)


def test_the_best_weights_are_kept(tmp_path: Path) -> None:
    """The saved weights are those of the best scoring, not the last, and score exactly as much."""
    config = changed(TRAINING, learning_rate=0.05, steps=80)
    events = list(session_of(tmp_path / "run", config, NOISE_TEXT).events())
    lowest = min(event.val_nats_per_char for event in scorings(events))
    assert lowest < scorings(events)[-1].val_nats_per_char
    assert lowest == charlstm.load(tmp_path / "run").evaluate().nats_per_char


def test_the_best_event_reports_the_lowest_value(tmp_path: Path) -> None:
    """The event of the end names the lowest of all held-out scores."""
    events = list(session_of(tmp_path / "run", TRAINING).events())
    lowest = min(event.val_nats_per_char for event in scorings(events))
    assert lowest == end(events).best.val_nats_per_char


def test_patience_ends_a_training_early() -> None:
    """After as many scorings without a better one as it has patience for, training ends."""
    config = changed(TRAINING, patience=2)
    events = list(trainer_of(small_model(), config, score=getting(1, 2, 3, 4, 5)).run())
    assert [1.0, 2.0, 3.0] == [event.val_nats_per_char for event in scorings(events)]
    assert ("early", 6, 1.0) == (
        end(events).reason,
        end(events).step,
        end(events).best.val_nats_per_char,
    )


def test_a_better_score_renews_patience() -> None:
    """Only scorings in a row without a better one count."""
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
    """Asked to stop at a scoring, a training is over."""
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
    session = session_of(tmp_path / "run", changed(TRAINING, steps=100_000))
    events = session.events()
    while not isinstance(next(events), Stepped):
        pass
    assert session.stop()
    rest = list(events)
    expected = end(rest).best.val_nats_per_char
    assert expected == charlstm.load(tmp_path / "run").evaluate().nats_per_char


def test_nothing_is_stopped_before_it_began(tmp_path: Path) -> None:
    """Asking a session that has not begun to stop says that there was nothing to stop."""
    assert not session_of(tmp_path / "run", TRAINING).stop()


@pytest.fixture
def minutes() -> list[Event]:
    """Give the events of a minute on a clock that goes on whenever it is read."""
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
    assert 9 <= len(scorings(minutes)) <= 10


def test_minutes_include_the_last_scoring() -> None:
    """A training whose scoring takes five seconds ends its minute with it, not after it."""
    clock = Clock(tick=0.01)

    def slow() -> Score:
        clock.now += 5.0
        return worth(1.0)

    config = changed(TRAINING, steps=None, minutes=1.0)
    events = list(trainer_of(small_model(), config, score=slow, clock=clock).run())
    assert 60.0 == pytest.approx(end(events).seconds, abs=1.0)


def test_minutes_include_a_long_scoring() -> None:
    """A part that takes half a minute to score is scored once, at the end of the minute."""
    clock = Clock()
    model = slowed(small_model(), clock, 1.0)
    trainer = trainer_of(model, changed(TRAINING, steps=None, minutes=1.0), clock=clock)
    trainer.heldout = 60 * trainer.streams.characters_per_step

    def score_in_half_a_minute() -> Score:
        clock.now += 30.0
        return worth(1.0)

    trainer.score = score_in_half_a_minute
    events = list(trainer.run())
    assert (30, 1, 60.0) == (len(steps(events)), len(scorings(events)), end(events).seconds)
    rates = [event.learning_rate / TRAINING.learning_rate for event in steps(events)]
    assert [0.05, 1 / 3] == pytest.approx([rates[0], rates[20]], abs=0.05)
    assert rates[-1] < 0.05


def test_a_part_longer_than_the_minutes_leaves_half_of_them_for_learning() -> None:
    """However long the held-out part is, a training of minutes is no single step."""
    clock = Clock()
    model = slowed(small_model(), clock, 1.0)
    trainer = trainer_of(model, changed(TRAINING, steps=None, minutes=1.0), clock=clock)
    trainer.heldout = 10_000 * trainer.streams.characters_per_step
    assert 30 == len(steps(list(trainer.run())))


def test_speed_is_that_of_the_steps_alone() -> None:
    """Characters a second are those of reading and learning, whatever listeners take."""
    clock = Clock()
    model = slowed(small_model(), clock, 2.0)
    for event in trainer_of(model, clock=clock).run():
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
    config = changed(TRAINING, learning_rate=1e38, warmup=0, steps=number)
    with pytest.raises(OptionError, match="learning-rate"):
        list(session_of(tmp_path / "run", config).events())
    assert [] == list(tmp_path.iterdir())


def test_metrics_have_a_line_a_scoring(tmp_path: Path) -> None:
    """Each scoring is one JSON object in metrics.jsonl, with all that was reported."""
    events = list(session_of(tmp_path / "run", TRAINING).events())
    lines = (tmp_path / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    assert [vars(event) for event in scorings(events)] == [json.loads(line) for line in lines]


def test_metrics_grow_as_training_goes(tmp_path: Path) -> None:
    """While a listener looks at a scoring its line is already in metrics.jsonl."""
    counts = [
        len((tmp_path / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines())
        for event in session_of(tmp_path / "run", TRAINING).events()
        if isinstance(event, Evaluated)
    ]
    assert list(range(1, len(counts) + 1)) == counts


@pytest.mark.parametrize("asked", ["auto", "float32"])
def test_precision_is_settled_when_training_starts(tmp_path: Path, asked: str) -> None:
    """The first event and config.json name the precision that was taken, which is never auto."""
    config = changed(TRAINING, precision=asked, steps=1)
    started = next(event for event in session_of(tmp_path / "run", config).events())
    assert isinstance(started, Started)
    assert started.precision in ({"bf16", "float32"} if asked == "auto" else {asked})


@pytest.mark.parametrize(
    "asked",
    [
        {"precision": "auto", "workers": None, "threads": None},
        {"precision": "float32", "workers": 2, "threads": None},
        {"precision": "float32", "workers": 3, "threads": 2},
        {"precision": "float32", "workers": 1, "loop": "unrolled"},
        {"precision": "bf16", "workers": 1, "loop": "auto"},
    ],
    ids=str,
)
def test_what_was_settled_is_written_down(tmp_path: Path, asked: dict[str, object]) -> None:
    """A run remembers, as was reported, what was asked for and what was taken for the rest."""
    started, *_ = session_of(tmp_path / "run", changed(TRAINING, steps=1, **asked)).events()
    training = vars(charlstm.load(tmp_path / "run").config.training)
    settled = {name: training[name] for name in asked}
    assert settled == {name: vars(started)[name] for name in asked}
    assert "auto" not in settled.values()
    assert None not in settled.values()
    for name, value in asked.items():
        assert value in {settled[name], "auto", None}


@pytest.mark.parametrize(
    ("loop", "other"), [("unrolled", "torch.lstm"), ("fused", "charlstm.models.lstm.read_lstm")]
)
def test_trains_with_the_loop_of_its_settings(
    loop: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a settled loop the other one is never used."""
    monkeypatch.setattr(other, None)
    events = list(trainer_of(small_model(), changed(TRAINING, steps=2, loop=loop)).run())
    assert 2 == end(events).step


def test_a_session_takes_what_it_remembers(tmp_path: Path) -> None:
    """The crew that a session measured is kept, and what is kept there the next one takes."""
    config = changed(TRAINING, batch=8, steps=1, workers=None)
    memory, taken = tmp_path / "memory", []
    for name in "ab":
        session = session_of(tmp_path / name, config)
        session.cores, session.cache = 2, memory
        started = next(session.events())
        assert isinstance(started, Started)
        taken.append(started.workers)
        (file,) = memory.iterdir()
        kept = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps({**kept, "workers": 3 - kept["workers"]}), encoding="utf-8")
    assert [1, 2] == sorted(taken)


def test_learns_in_half_precision() -> None:
    """In bf16 a training goes about as it does in float32."""
    losses = []
    for precision in ("float32", "bf16"):
        # Not every processor has bf16 for an LSTM.
        model = small_model(family="fnn")
        events = list(trainer_of(model, changed(TRAINING, precision=precision)).run())
        losses.append(steps(events)[-1].train_nats)
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
