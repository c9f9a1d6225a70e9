"""The schedule: how far along training is, and the learning rate there."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.config import TrainConfig
from charlstm.training.schedule import Schedule

RATE = 0.01
shares = st.floats(0, 1)


def config_of(*, learning_rate: float = RATE, **values: Any) -> TrainConfig:
    return TrainConfig(8, 10, learning_rate, "muon", **values)


LONG = config_of(warmup=100, steps=100_000)


def falling(progress: float) -> float:
    """Return a straight line from the full rate down to 0."""
    return RATE * (1 - progress)


def rate_at(schedule: Schedule, step: int) -> float:
    return schedule.learning_rate(step, schedule.progress(step, 0.0))


@pytest.mark.parametrize(
    ("step", "share"), [(0, 1 / 101), (9, 10 / 101), (49, 50 / 101), (99, 100 / 101)]
)
def test_warms_up_evenly(step: int, share: float) -> None:
    """Each step of the warm-up has one part more of the full rate than the one before."""
    assert RATE * share == pytest.approx(rate_at(Schedule.of(LONG, 10.0), step), rel=2e-3)


@pytest.mark.parametrize("step", [100, 101, 20_000, 50_000, 99_999])
def test_falls_evenly(step: int) -> None:
    """After the warm-up the rate falls in a straight line over the progress."""
    assert falling(step / 100_000) == pytest.approx(rate_at(Schedule.of(LONG, 10.0), step))


def test_is_halved_half_way() -> None:
    """In the middle of a training the rate is a half of the full one."""
    assert RATE / 2 == pytest.approx(Schedule.of(LONG, 10.0).learning_rate(50_000, 0.5))


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 1000))
def test_ends_at_0(step: int, warmup: int) -> None:
    """At the end the rate is 0, however many steps there were."""
    schedule = Schedule.of(config_of(learning_rate=RATE, warmup=warmup, minutes=1), 10.0)
    assert 0.0 == schedule.learning_rate(step, 1.0)


@settings(deadline=None)
@given(st.integers(0, 10**6), shares, st.integers(0, 1000))
def test_stays_within_its_rate(step: int, progress: float, warmup: int) -> None:
    """The rate is never below 0 and never above what was asked for."""
    schedule = Schedule.of(config_of(learning_rate=RATE, warmup=warmup, minutes=1), 10.0)
    assert 0.0 <= schedule.learning_rate(step, progress) <= RATE


def test_begins_at_its_rate_without_a_warm_up() -> None:
    """With no steps of warm-up the first step has the full rate."""
    schedule = Schedule.of(config_of(learning_rate=RATE, warmup=0, steps=10), 1.0)
    assert RATE == rate_at(schedule, 0)


@pytest.mark.parametrize("step", [2, 3, 10, 19])
def test_a_short_training_is_warm_after_a_tenth(step: int) -> None:
    """A training of fewer steps than its warm-up has its full rate after its first tenth."""
    schedule = Schedule.of(config_of(learning_rate=RATE, warmup=100, steps=20), 1.0)
    assert falling(step / 20) == pytest.approx(rate_at(schedule, step))


def test_a_short_training_begins_low() -> None:
    """Even the shortest training begins with the first part of its warm-up."""
    schedule = Schedule.of(config_of(learning_rate=RATE, warmup=100, steps=20), 1.0)
    assert RATE / 101 == pytest.approx(rate_at(schedule, 0))


@pytest.mark.parametrize(("step", "expected"), [(0, 0.0), (50, 0.25), (200, 1.0), (300, 1.0)])
def test_goes_by_steps(step: int, expected: float) -> None:
    """With a number of steps the share of steps made is the progress, whatever the clock says."""
    schedule = Schedule.of(config_of(steps=200), steps_per_epoch=7.0)
    assert expected == schedule.progress(step, seconds=1e9)


@pytest.mark.parametrize(("step", "expected"), [(0, 0.0), (10, 0.4), (25, 1.0), (26, 1.0)])
def test_goes_by_epochs(step: int, expected: float) -> None:
    """Epochs are turned into steps by how many steps one has."""
    schedule = Schedule.of(config_of(epochs=2.5), steps_per_epoch=10.1)
    assert expected == schedule.progress(step, seconds=1e9)


def test_the_least_epoch_is_a_step() -> None:
    """A share of an epoch too small for one step is one step."""
    assert 1 == Schedule.of(config_of(epochs=1e-6), steps_per_epoch=10.0).steps


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.0, 0.0), (30.0, 0.25), (120.0, 1.0), (500.0, 1.0)]
)
def test_goes_by_minutes(seconds: float, expected: float) -> None:
    """With a budget of minutes the share of seconds gone is the progress, whatever the steps."""
    schedule = Schedule.of(config_of(minutes=2), steps_per_epoch=10.0)
    assert expected == schedule.progress(10**9, seconds)
