"""Correlations and their control, against loops in float64 and pairs counted one by one."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from charlstm.inspection.correlation import (
    Groups,
    corrected,
    correlations,
    random_shifts,
    threshold,
)

LENGTH, UNITS, SHIFTS = 300, 5, 19
Doubles = NDArray[np.float64]
NONE = np.array([], dtype=np.int64)


def slow_numbers(source: np.random.Generator, length: int, keep: float = 0.9) -> Doubles:
    """Draw random numbers that change slowly."""
    values, value = np.empty(length), 0.0
    for t, new in enumerate(source.normal(size=length)):
        value = keep * value + new
        values[t] = value
    return values


def drawn(seed: int, length: int = LENGTH) -> tuple[Doubles, Doubles, NDArray[np.int64]]:
    """Draw activations (U, T), a yes or no and a number (2, T), and characters (T)."""
    source = np.random.default_rng(seed)
    units = np.array([slow_numbers(source, length) for _ in range(UNITS)])
    yes = slow_numbers(source, length) > 0.5
    return (
        np.tanh(units / 3),
        np.array([yes, slow_numbers(source, length)]),
        source.integers(0, 6, length),
    )


def without_means(x: Doubles, characters: NDArray[np.int64]) -> Doubles:
    """Subtract the mean within each character, one character after the other."""
    left = x.copy()
    for character in set(characters.tolist()):
        left[characters == character] -= x[characters == character].mean()
    return left


def naive_r(unit: Doubles, numbers: Doubles, characters: NDArray[np.int64]) -> float:
    a, p = without_means(unit, characters), without_means(numbers, characters)
    products: float = sum(x * y for x, y in zip(a.tolist(), p.tolist(), strict=True))
    return products / math.sqrt(sum(x * x for x in a.tolist()) * sum(y * y for y in p.tolist()))


def naive_auc(unit: Doubles, numbers: Doubles, characters: NDArray[np.int64]) -> float:
    """Count the pairs of a character above the median and one not in which the first is higher."""
    a = without_means(unit, characters)
    has = numbers > np.median(numbers)
    pairs: list[float] = [(x > y) + (x == y) / 2 for x in a[has].tolist() for y in a[~has].tolist()]
    return sum(pairs) / len(pairs)


def as_floats(x: Doubles) -> NDArray[np.float32]:
    return x.astype(np.float32)


def test_r_is_that_of_a_loop() -> None:
    """The r of every pair is what a loop in float64 finds of residuals."""
    units, numbers, characters = drawn(0)
    actual = correlations(units, as_floats(numbers), Groups(characters), NONE).r
    expected = [[naive_r(unit, each, characters) for unit in units] for each in numbers]
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-5)


def test_auc_counts_pairs() -> None:
    """AUC of every pair is the share of pairs of characters that are in order."""
    units, numbers, characters = drawn(1)
    actual = correlations(units, as_floats(numbers), Groups(characters), NONE).auc
    expected = [[naive_auc(unit, each, characters) for unit in units] for each in numbers]
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-4)


def test_equal_activations_are_half_in_order() -> None:
    """Pairs that are equal count half: of a unit with two values AUC is exact."""
    unit, yes = np.array([[0.0, 1, 1, 0, 1, 0]]), np.array([[1.0, 1, 0, 0, 0, 1]])
    alike = np.zeros(6, dtype=np.int64)
    auc = correlations(unit, as_floats(yes), Groups(alike), NONE).auc
    assert naive_auc(unit[0], yes[0], alike) == pytest.approx(float(auc[0, 0]), abs=1e-6)


def test_shifts_are_those_of_a_roll() -> None:
    """The largest |r| at each shift is that of a loop over properties rolled so far."""
    units, numbers, characters = drawn(2)
    shifts = np.array([31, 150, 200, 7, 9, 11, 90, 91, 92, 93])
    actual = correlations(units, as_floats(numbers), Groups(characters), shifts).shifted
    for shift, reached in zip(shifts.tolist(), actual, strict=True):
        rolled = np.roll(numbers, shift, axis=1)
        every = [[abs(naive_r(unit, each, characters)) for unit in units] for each in rolled]
        np.testing.assert_allclose(reached, np.max(every, axis=1), rtol=0, atol=1e-5)


def test_many_units_are_those_of_few() -> None:
    """Units that are computed block by block get what they would get alone."""
    units, numbers, characters = drawn(3)
    many = np.tile(units, (40, 1))
    shifts = np.array([50, 100])
    few = correlations(units, as_floats(numbers), Groups(characters), shifts)
    actual = correlations(many, as_floats(numbers), Groups(characters), shifts)
    for expected, found in zip(few[:2], actual[:2], strict=True):
        np.testing.assert_allclose(np.tile(expected, 40), found, rtol=0, atol=1e-6)
    np.testing.assert_allclose(few.shifted, actual.shifted, rtol=0, atol=1e-6)


def test_the_current_character_is_taken_out() -> None:
    """A unit that holds the current character and nothing else goes with nothing."""
    _, numbers, characters = drawn(4)
    tied = numbers + 5 * characters
    units = np.tanh(characters / 3 - 1)[None]
    found = correlations(units, as_floats(tied), Groups(characters), NONE)
    assert [[0, 0], [0.5, 0.5]] == [found.r[:, 0].tolist(), found.auc[:, 0].tolist()]


def test_what_never_moves_goes_with_nothing() -> None:
    """A unit that is always the same has an r of 0 and an AUC of a half."""
    _, numbers, characters = drawn(5)
    found = correlations(np.ones((1, LENGTH)), as_floats(numbers), Groups(characters), NONE)
    assert [[0, 0], [0.5, 0.5]] == [found.r[:, 0].tolist(), found.auc[:, 0].tolist()]


def test_tells_what_the_character_gives_away() -> None:
    """A function of the current character is given away by it, and nothing else is."""
    _, numbers, characters = drawn(6)
    groups = Groups(characters)
    given = [
        groups.give_away(x) for x in (as_floats(1.0 * (characters % 2 == 0)), as_floats(numbers[0]))
    ]
    assert [True, False] == given


def test_shifts_differ() -> None:
    """Every shift but none at all can be drawn, and none is drawn twice."""
    shifts = random_shifts(200, 199, np.random.default_rng(0))
    assert list(range(1, 200)) == sorted(shifts.tolist())


def test_corrected_p_counts_shifts() -> None:
    """The p is the share of shifts in which any pair reaches |r|, the text as it is among them."""
    shifted = as_floats(np.array([[0.1, 0.2], [0.5, 0.1], [0.3, 0.3]]))
    r = as_floats(np.array([[0.6, -0.4], [0.3, 0.0]]))
    np.testing.assert_allclose(corrected(r, shifted), [[1 / 4, 2 / 4], [3 / 4, 1]], atol=1e-6)


@pytest.mark.parametrize("count", [19, 100, 137])
def test_threshold_is_where_p_is_five_percent(count: int) -> None:
    """Just above the threshold p is at most 0.05, and at it more."""
    shifted = as_floats(np.random.default_rng(count).random((count, 3)))
    limit = threshold(shifted)
    p_at, p_above = corrected(as_floats(np.array([limit, limit + 1e-6])), shifted).tolist()
    assert p_above <= 0.05 < p_at


def test_too_few_shifts_let_nothing_pass() -> None:
    """With 18 shifts no p can be 0.05, so that the threshold is out of reach."""
    assert math.isinf(threshold(np.zeros((18, 2), dtype=np.float32)))


def test_random_units_pass_in_one_text_of_twenty() -> None:
    """Of slow random units beside slow properties about 5 % of whole searches find anything."""
    passed = 0
    for seed in range(400):
        units, numbers, characters = drawn(1000 + seed, 200)
        shifts = random_shifts(200, SHIFTS, np.random.default_rng(seed))
        found = correlations(units, as_floats(numbers), Groups(characters), shifts)
        passed += bool((np.abs(found.r) > threshold(found.shifted)).any())
    assert 0.02 < passed / 400 < 0.09
