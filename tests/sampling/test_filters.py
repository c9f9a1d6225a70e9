"""The filters, by numbers computed by hand and by what must hold for any logits."""

import math

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import Tensor

from charlstm.config import SampleConfig
from charlstm.sampling.filters import probabilities, top_k, top_p

small = st.floats(-20, 20, width=32, allow_subnormal=False)
great = st.floats(-(2.0**100), 2.0**100, width=32, allow_subnormal=False)
scores = st.lists(small | great, min_size=1, max_size=30).map(torch.tensor)
# Far beyond, different scores become the same.
temperatures = st.just(0.0) | st.floats(1e-300, 1e6)
configs = st.builds(
    SampleConfig,
    temperature=temperatures,
    top_k=st.integers(0, 40),
    top_p=st.floats(0, 1, exclude_min=True),
)


def scores_for(*shares: float) -> Tensor:
    """Return logits whose softmax is these shares, shifted."""
    return torch.tensor(shares, dtype=torch.double).log() + 3


def shares_after(
    scores: Tensor, *, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0
) -> list[float]:
    config = SampleConfig(temperature=temperature, top_k=top_k, top_p=top_p)
    shares: list[float] = probabilities(scores, config).tolist()
    return shares


def test_unfiltered_is_the_softmax() -> None:
    """At temperature 1 and without filters the probabilities are those of the model."""
    assert [0.5, 0.3, 0.2] == pytest.approx(shares_after(scores_for(0.5, 0.3, 0.2)))


def test_half_the_temperature_squares() -> None:
    """At temperature 0.5 probabilities are squared and shared out again."""
    expected = [0.25 / 0.38, 0.09 / 0.38, 0.04 / 0.38]
    assert expected == pytest.approx(shares_after(scores_for(0.5, 0.3, 0.2), temperature=0.5))


def test_twice_the_temperature_takes_roots() -> None:
    """At temperature 2 the square roots of probabilities are shared out again."""
    expected = [0.8 / 1.4, 0.6 / 1.4]
    assert expected == pytest.approx(shares_after(scores_for(0.64, 0.36), temperature=2.0))


def test_temperature_0_takes_the_likeliest() -> None:
    """At temperature 0 the likeliest character has all the probability."""
    assert [0.0, 1.0, 0.0] == shares_after(scores_for(0.2, 0.5, 0.3), temperature=0.0)


def test_temperature_0_takes_one_of_equals() -> None:
    """At temperature 0 exactly one of two equally likely characters is taken."""
    assert [0.0, 0.0, 1.0] == sorted(shares_after(scores_for(0.4, 0.4, 0.2), temperature=0.0))


@pytest.mark.parametrize("temperature", [1e-3, 1e-30, 1e-300, 5e-324])
def test_a_very_low_temperature_takes_the_likeliest(temperature: float) -> None:
    """At the lowest temperatures there are no NaN, only the likeliest character."""
    shares = shares_after(torch.tensor([-1e30, 80.0, 1e30, -torch.inf]), temperature=temperature)
    assert [0.0, 0.0, 1.0, 0.0] == shares


def test_a_very_high_temperature_takes_all_alike() -> None:
    """At the highest temperature every character that may be drawn is as likely."""
    shares = shares_after(torch.tensor([-30.0, 80.0, -torch.inf]), temperature=1e308)
    assert [0.5, 0.5, 0.0] == pytest.approx(shares)


def test_top_k_keeps_the_likeliest() -> None:
    """With k of 2 the two likeliest share all the probability as they did before."""
    expected = [0.0, 0.4 / 0.7, 0.0, 0.3 / 0.7]
    assert expected == pytest.approx(shares_after(scores_for(0.1, 0.4, 0.2, 0.3), top_k=2))


@pytest.mark.parametrize("k", [0, 4, 5, 1000])
def test_top_k_of_none_or_of_all_changes_nothing(k: int) -> None:
    """A k of 0, and one as great as the vocabulary, leave everything in."""
    assert [-1.0, 5.0, 2.0, 3.0] == top_k(torch.tensor([-1.0, 5.0, 2.0, 3.0]), k).tolist()


def test_top_k_leaves_scores_as_they_are() -> None:
    """What is kept keeps its score, what is not has none."""
    kept = top_k(torch.tensor([-1.0, 5.0, 2.0, 3.0]), 2)
    assert [-math.inf, 5.0, -math.inf, 3.0] == kept.tolist()


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        (0.1, [0.0, 1.0, 0.0, 0.0]),
        (0.49, [0.0, 1.0, 0.0, 0.0]),
        (0.51, [0.0, 0.5 / 0.8, 0.0, 0.3 / 0.8]),
        (0.79, [0.0, 0.5 / 0.8, 0.0, 0.3 / 0.8]),
        (0.81, [0.0, 0.5 / 0.95, 0.15 / 0.95, 0.3 / 0.95]),
        (0.96, [0.05, 0.5, 0.15, 0.3]),
        (1.0, [0.05, 0.5, 0.15, 0.3]),
    ],
)
def test_top_p_keeps_the_fewest(p: float, expected: list[float]) -> None:
    """As many of the likeliest are kept as it takes to have the probability p, and no more."""
    shares = shares_after(scores_for(0.05, 0.5, 0.15, 0.3), top_p=p)
    assert expected == pytest.approx(shares)


def test_top_p_takes_a_sum_that_is_enough() -> None:
    """Where the likeliest have exactly the probability p, no further one is kept."""
    shares = shares_after(torch.tensor([2.0, 2.0, 2.0, 2.0]), top_p=0.5)
    assert [0.5, 0.5, 0.0, 0.0] == shares


def test_top_p_comes_after_top_k() -> None:
    """The probability p is of what top k has left."""
    # Of 0.5, 0.3 and 0.15 the first has 0.526, and with the second it has 0.842.
    shares = shares_after(scores_for(0.05, 0.5, 0.15, 0.3), top_k=3, top_p=0.52)
    assert [0.0, 1.0, 0.0, 0.0] == pytest.approx(shares)


def test_filters_come_after_temperature() -> None:
    """The probability p is of the probabilities at the asked temperature."""
    # Squared and shared out: 0.66, 0.24 and 0.11.
    shares = shares_after(scores_for(0.5, 0.3, 0.2), temperature=0.5, top_p=0.6)
    assert [1.0, 0.0, 0.0] == pytest.approx(shares)


@settings(deadline=None)
@given(scores, configs)
@example(torch.tensor([1e30, -1e30]), SampleConfig(temperature=1e-300))
def test_probabilities_are_probabilities(scores: Tensor, config: SampleConfig) -> None:
    """Whatever the scores and settings, what comes out is between 0 and 1 and sums to 1."""
    chances = probabilities(scores, config)
    assert bool(((chances >= 0) & (chances <= 1)).all())
    assert 1.0 == pytest.approx(float(chances.sum()))


@settings(deadline=None)
@given(scores, configs)
def test_the_likeliest_is_always_kept(scores: Tensor, config: SampleConfig) -> None:
    """One of the highest scores always stays, and no other is likelier."""
    chances = probabilities(scores, config)
    assert chances.max() == chances[scores == scores.max()].max()


@settings(deadline=None)
@given(scores, st.integers(1, 40))
def test_top_k_keeps_k(scores: Tensor, k: int) -> None:
    """Exactly k characters stay, or all where there are not as many."""
    assert min(k, len(scores)) == int(top_k(scores, k).isfinite().sum())


@settings(deadline=None)
@given(scores, st.integers(1, 40))
def test_top_k_keeps_none_lower_than_one_left_out(scores: Tensor, k: int) -> None:
    """No score that is left out is higher than one that stays."""
    kept = top_k(scores, k).isfinite()
    left_out = [-math.inf, *scores[~kept].tolist()]
    assert float(scores[kept].min()) >= max(left_out)


@settings(deadline=None)
@given(scores, st.floats(0.001, 0.999))
def test_top_p_keeps_a_smallest_set(scores: Tensor, p: float) -> None:
    """What stays has the probability p together, and without its least likely it has not."""
    shares = scores.double().softmax(-1)
    kept = shares[top_p(scores.double(), p).isfinite()].sort().values
    assert kept.sum() >= p - 1e-9
    assert kept[1:].sum() < p + 1e-9


@settings(deadline=None)
@given(scores, st.floats(0.001, 0.999))
def test_top_p_keeps_none_lower_than_one_left_out(scores: Tensor, p: float) -> None:
    """No score that is left out is higher than one that stays."""
    kept = top_p(scores.double(), p).isfinite()
    left_out = [-math.inf, *scores[~kept].tolist()]
    assert float(scores[kept].min()) >= max(left_out)


@settings(deadline=None)
@given(scores, configs)
def test_scores_stay_as_they_are(scores: Tensor, config: SampleConfig) -> None:
    """The scores that were handed in are not changed in place."""
    before = scores.clone()
    probabilities(scores, config)
    assert torch.equal(before, scores)


@settings(deadline=None)
@given(scores, configs)
def test_what_may_not_be_drawn_never_is(scores: Tensor, config: SampleConfig) -> None:
    """A score of −∞ has no probability, whatever the settings."""
    forbidden = torch.cat((torch.tensor([-torch.inf]), scores))
    assert 0.0 == float(probabilities(forbidden, config)[0])
