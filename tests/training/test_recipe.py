"""What is chosen for a text, and how long it should take."""

from typing import Self

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator, Tensor

from charlstm.config import ModelConfig, Regularization, TextConfig, TrainConfig
from charlstm.models import new_model
from charlstm.models.base import CharacterModel
from charlstm.presets import SIZES, plan_for
from charlstm.text.corpus import split
from charlstm.training.pace import no_longer, plan_of, readable
from charlstm.training.timing import seconds_of_step
from charlstm.training.workers import Execution

sizes = st.integers(1, 10**9)
SHAPE = ModelConfig("lstm", 20, 5, 7, 2)
REGULARIZATION = Regularization(0.3, 0.2, 0.7, 0.1)
IDS = torch.zeros(11, 8, dtype=torch.long)


@settings(deadline=None)
@given(sizes, sizes)
def test_a_longer_text_is_not_read_more_often(one: int, other: int) -> None:
    """The number of epochs is at least 1 and never rises with the length of the text."""
    assert plan_for(min(one, other)).epochs >= plan_for(max(one, other)).epochs >= 1


@pytest.mark.parametrize("times", [None, 60.0])
@settings(deadline=None)
@given(sizes, sizes)
def test_a_longer_text_is_not_dropped_more(times: float | None, one: int, other: int) -> None:
    """A longer text drops no more, in so many readings or in the plan's own number."""
    short, long = (
        plan_for(length, times and times * length, SIZES["small"]).regularization
        for length in (min(one, other), max(one, other))
    )
    assert 1 > short.dropout >= long.dropout >= 0
    assert 1 > short.weight_dropout >= long.weight_dropout >= 0
    assert short.activation_penalty >= long.activation_penalty >= 0
    assert short.confidence_penalty >= long.confidence_penalty >= 0


@settings(deadline=None)
@given(sizes, st.floats(1, 1e12), st.floats(1, 1e12))
def test_a_text_read_more_often_is_not_dropped_less(size: int, one: float, other: float) -> None:
    """With more time a model of one size drops no less, and no text gets a smaller model."""
    few, many = (plan_for(size, f(one, other)) for f in (min, max))
    assert (few.size, many.size) != ("medium", "small")
    if few.size == many.size:
        for name, value in vars(few.regularization).items():
            assert value <= vars(many.regularization)[name]
        assert few.batch <= many.batch


@pytest.mark.parametrize(
    ("characters", "read", "size"),
    [
        (1_000_000, None, "small"),
        (1_000_000, 10_000_000, "small"),
        (1_000_000, 80_000_000, "small"),
        (1_000_000, 100_000_000, "medium"),
        (400_000, 14_000_000, "small"),
        (700_000, 48_000_000, "medium"),
        (100_000, 100_000_000, "small"),
        (100_000_000, 100_000_000, "small"),
    ],
)
def test_much_time_makes_a_larger_model(characters: int, read: float | None, size: str) -> None:
    """A medium model is chosen where a small one would know a text that is not short by heart."""
    assert size == plan_for(characters, read).size


@settings(deadline=None)
@given(sizes, sizes)
def test_a_longer_text_has_no_fewer_streams(one: int, other: int) -> None:
    """There is at least one stream, and never fewer for a longer text."""
    assert 1 <= plan_for(min(one, other)).batch <= plan_for(max(one, other)).batch


def test_a_very_short_text_has_fewer_streams_than_a_short_one() -> None:
    """What has few stretches is read in few streams, so that it makes steps enough."""
    assert plan_for(50_000).batch < plan_for(100_000).batch < plan_for(400_000).batch


@settings(deadline=None)
@given(sizes, st.floats(1, 1e12))
def test_a_medium_model_is_planned_only_with_all_that_hinders_it(size: int, read: float) -> None:
    """It is never chosen where it would soon know the text by heart."""
    plan = plan_for(size, read)
    if plan.size == "medium":
        assert plan.regularization.dropout == 0.5
        assert all(value > 0 for value in vars(plan.regularization).values())


def test_a_size_that_was_chosen_is_dropped_as_one_that_was_given() -> None:
    """A medium model that reads a text so often drops the same whoever chose it."""
    chosen = plan_for(700_000, 70_000_000)
    given = plan_for(700_000, 70_000_000 / 3.5, SIZES["medium"])
    assert ("medium", chosen.regularization) == (chosen.size, given.regularization)
    assert all(value > 0 for value in vars(chosen.regularization).values())


def test_a_smaller_model_drops_less() -> None:
    """The fewer weights there are to a character, the less is dropped."""
    tiny, large = (
        plan_for(1_000_000, size=SIZES[name]).regularization for name in ("tiny", "large")
    )
    assert tiny.dropout < large.dropout


def test_weights_are_dropped_where_a_short_text_is_read_very_often() -> None:
    """Weights are dropped only where there are many to a character and much time to learn them."""
    often, seldom, long = (
        plan_for(characters, times * characters).regularization.weight_dropout
        for characters, times in ((150_000, 20), (150_000, 8), (3_000_000, 20))
    )
    assert (0, 0) == (seldom, long)
    assert often > 0


@pytest.mark.parametrize("name", ["activation_penalty", "confidence_penalty"])
def test_penalties_are_for_short_texts(name: str) -> None:
    """With no more asked for, there is a penalty on a short text and none on a long one."""
    short, long = (
        getattr(plan_for(length).regularization, name) for length in (100_000, 5_000_000)
    )
    assert short > long == 0


def test_a_small_text_is_dropped_more_than_a_large_one() -> None:
    """Where a text can be learnt by heart more units are dropped than where it cannot."""
    short, long = (plan_for(length).regularization for length in (10_000, 10_000_000))
    assert short.dropout > long.dropout


class SlowWorkers:
    """Learns nothing, and takes as long as the clock of a test says."""

    clock = 0.0
    seconds = (100.0, 3.0, 2.0, 5.0)

    def __init__(
        self,
        model: CharacterModel,
        batch: int,
        execution: Execution,
        regularization: Regularization,
        generator: None,
    ) -> None:
        assert (8, Execution(2, 1, "float32")) == (batch, execution)
        assert (Regularization(), None) == (regularization, generator)
        self.left = iter(self.seconds)
        self.model = model

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def learn(self, ids: Tensor) -> float:
        """Let time go by."""
        assert ids is IDS
        for parameter in self.model.parameters():
            parameter.grad = torch.ones_like(parameter)
        SlowWorkers.clock += next(self.left)
        return 1.0


@pytest.fixture
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charlstm.training.timing.Workers", SlowWorkers)
    monkeypatch.setattr("charlstm.training.timing.time.perf_counter", lambda: SlowWorkers.clock)


def small_model() -> CharacterModel:
    return new_model(SHAPE, Generator().manual_seed(0))


@pytest.mark.usefixtures("_slow")
@pytest.mark.parametrize(
    ("steps", "epochs", "seconds"),
    [(10.0, 5.0, 100.0), (200.0, 3.0, 1200.0), (2400.0, 0.25, 1200.0)],
)
def test_a_slow_machine_makes_fewer_epochs(steps: float, epochs: float, seconds: float) -> None:
    """With steps of two seconds no more epochs are made than fit in twenty minutes."""
    asked = TrainConfig(epochs=5, workers=2, threads=1, precision="float32")
    step = seconds_of_step(small_model(), IDS, Execution(2, 1, "float32"), asked)
    settled = no_longer(asked, step, steps)
    plan = plan_of(settled, SHAPE, step, steps)
    assert (epochs, epochs, seconds) == (settled.epochs, plan.epochs, plan.seconds)


@pytest.mark.parametrize(
    ("length", "epochs", "seconds"),
    [({"epochs": 5}, 5.0, 100.0), ({"steps": 30}, 3.0, 60.0), ({"minutes": 2}, 6.0, 120.0)],
    ids=str,
)
def test_says_how_long_a_training_is(
    length: dict[str, float], epochs: float, seconds: float
) -> None:
    """With ten steps of two seconds in an epoch, a length in any unit is told in both others."""
    plan = plan_of(TrainConfig(**length), SHAPE, 2.0, 10.0)  # type: ignore[arg-type]
    assert (epochs, seconds) == (plan.epochs, plan.seconds)


def test_the_plan_has_the_regularization() -> None:
    """The plan has the settings that a learner may want to know."""
    config = TrainConfig(steps=1, regularization=REGULARIZATION)
    plan = plan_of(config, SHAPE, 1.0, 1.0)
    assert (2, 7, REGULARIZATION) == (plan.layers, plan.hidden, plan.regularization)


def test_measuring_leaves_the_model_as_it_was() -> None:
    """Steps that only measure change no weight and leave no gradient."""
    model, before = small_model(), list(small_model().parameters())
    seconds = seconds_of_step(model, IDS, Execution(2, 1, "bf16"), TrainConfig(epochs=1))
    assert seconds > 0
    torch.testing.assert_close(list(model.parameters()), before, rtol=0, atol=0)
    assert all(parameter.grad is None for parameter in model.parameters())


@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_tells_how_much_text_can_be_read(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With steps of half a second, in NFC characters, of which each is three letters in NFD."""
    monkeypatch.setattr("charlstm.training.pace.seconds_of_step", lambda *_: 0.5)
    config = TrainConfig(
        minutes=2, batch=4, seq_length=15, workers=1, threads=1, precision="float32"
    )
    text = TextConfig(form)
    parts = split("각" * 1000, text)
    read = readable(parts, text, SHAPE, config, as_lstm=True, cores=1, cache=None)
    assert 240 * 60 / (3 if form == "nfd" else 1) == pytest.approx(read)


@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_tells_how_much_text_is_read_in_some_steps(form: str) -> None:
    """Steps of 60 characters, in NFC characters, of which each is three letters in NFD."""
    config, text = TrainConfig(steps=50, batch=4, seq_length=15), TextConfig(form)
    parts = split("각" * 1000, text)
    read = readable(parts, text, SHAPE, config, as_lstm=True, cores=1, cache=None)
    assert 50 * 60 / (3 if form == "nfd" else 1) == pytest.approx(read)
