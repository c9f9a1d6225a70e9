"""Correlation of units with properties, beyond what the current character explains of both.

    ã = a − mean of a within the current character        p̃ likewise
    r = ã·p̃ / ‖ã‖‖p̃‖

As ã·p̃ = ã·p, all numerators are one matrix product. The control is the property shifted around
the text: it stays as slow or as fast as it was, and no longer belongs to what is read. The largest
|r| that a shift reaches over all units and properties corrects for having tried them all (max-T:
Westfall & Young 1993).
Shapes: U units, P properties, T characters, K shifts.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]
Numbers = NDArray[np.floating]

LEVEL = 0.05
_BLOCK = 64
_SHIFTS_AT_ONCE = 8
_STEPS = 1 << 16
_NOTHING = 1e-9
_ROUNDING = 1e-10


class Correlations(NamedTuple):
    """r and AUC, (P, U) each, and the largest |r| of any unit for each shift, (K, P)."""

    r: Floats
    auc: Floats
    shifted: Floats


class Groups:
    """The positions (T) of a text grouped by character, to subtract the mean of each."""

    def __init__(self, characters: NDArray[np.integer]) -> None:
        _, self._numbers, self._counts = np.unique(
            characters, return_inverse=True, return_counts=True
        )
        self._order = np.argsort(self._numbers, kind="stable")
        self._starts = np.cumsum(self._counts) - self._counts

    def residual(self, x: Numbers) -> Numbers:
        """Return x (…, T) less its mean within each character."""
        sums = np.add.reduceat(x[..., self._order], self._starts, axis=-1)
        residual: Numbers = x - (sums / self._counts.astype(x.dtype))[..., self._numbers]
        return residual

    def give_away(self, x: Numbers) -> bool:
        """Whether x (T) follows from the current character alone."""
        apart = x.astype(np.float64) - x.mean(dtype=np.float64)
        left = self.residual(x.astype(np.float64))
        return float(left @ left) <= _NOTHING * float(apart @ apart)


def correlations(
    activations: NDArray[np.number], properties: Floats, groups: Groups, shifts: Whole
) -> Correlations:
    """Correlate activations (U, T) with properties (P, T), and with each shifted K times.

    `shifts` (K) are the numbers of characters to shift by, all properties alike. A unit that never
    moves has r 0 and AUC ½. No property may be constant, or follow from the current character.
    """
    apart = _apart(properties)
    around = np.concatenate((apart, apart), axis=1)
    sizes = _sizes(properties, groups, shifts)
    had = [_has(each) for each in properties]
    r, auc = [], []
    shifted = np.zeros((len(shifts), len(properties)), dtype=np.float32)
    for block in np.split(activations, range(_BLOCK, len(activations), _BLOCK)):
        units = _unit_length(block.astype(np.float32), groups)
        r.append(units @ apart.T / sizes[0])
        auc.append([_auc(unit, had) for unit in units])
        for places, products in _products(units, around, shifts):
            reached = np.abs(products).max(axis=0) / sizes[1:][places]
            shifted[places] = np.maximum(shifted[places], reached)
    return Correlations(
        np.concatenate(r).T.astype(np.float32), np.concatenate(auc).T.astype(np.float32), shifted
    )


def correlation(activations: Floats, properties: Floats, groups: Groups) -> Floats:
    """Return r alone, of activations (U, T) with properties (P, T): (P, U)."""
    sizes = _sizes(properties, groups, np.empty(0, np.int64))[0]
    apart = _apart(properties)
    blocks = np.split(activations, range(_BLOCK, len(activations), _BLOCK))
    r = [_unit_length(block, groups) @ apart.T / sizes for block in blocks]
    return np.concatenate(r).T.astype(np.float32)


def random_shifts(length: int, count: int, source: np.random.Generator) -> Whole:
    """Draw different shifts (K) of a text of so many characters, among them small ones.

    Without those that leave a slow property nearly where it was, chance would look smaller than
    it is: random units would pass too often.
    """
    return source.choice(np.arange(1, length), count, replace=False)


def corrected(r: Floats, shifted: Floats) -> NDArray[np.float64]:
    """Return for each r the share of shifts (K, P), with itself, that reach its size anywhere."""
    highest = np.sort(shifted.max(axis=1, initial=0))
    reached = len(highest) - np.searchsorted(highest, np.abs(r), side="left")
    share: NDArray[np.float64] = (1 + reached) / (1 + len(highest))
    return share


def threshold(shifted: Floats) -> float:
    """Return the |r| above which the corrected p is at most 0.05; infinite for under 19 shifts."""
    highest = np.sort(shifted.max(axis=1, initial=0))
    place = math.ceil((1 - LEVEL) * (len(highest) + 1)) - 1
    return float(highest[place]) if place < len(highest) else math.inf


def _apart(properties: Floats) -> Floats:
    """Return properties (P, T) less their means."""
    means = properties.mean(axis=1, dtype=np.float64)[:, None].astype(np.float32)
    apart: Floats = properties.astype(np.float32) - means
    return apart


def _sizes(properties: Floats, groups: Groups, shifts: Whole) -> NDArray[np.float64]:
    """Return the length of each residual property, as it is and shifted: (1 + K, P)."""
    sizes = np.empty((1 + len(shifts), len(properties)))
    for row, shift in enumerate((0, *shifts.tolist())):
        residual = groups.residual(np.roll(properties, shift, axis=1).astype(np.float64))
        sizes[row] = np.sqrt((residual**2).sum(axis=1))
    # A shifted property that happens to follow from the characters leaves nothing to track.
    sizes[sizes**2 <= _NOTHING * properties.shape[1]] = math.inf
    return sizes


def _products(
    units: Floats, around: Floats, shifts: Whole
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Yield the products of units (U, T) with some of the shifted properties: (U, k, P).

    `around` (P, 2T) goes around the text twice.
    """
    count, length = len(around), units.shape[1]
    for start in range(0, len(shifts), _SHIFTS_AT_ONCE):
        places = slice(start, start + _SHIFTS_AT_ONCE)
        rolled = [around[:, length - shift : 2 * length - shift] for shift in shifts[places]]
        products = units @ np.concatenate(rolled).T
        yield places, products.reshape(len(units), len(rolled), count)


def _unit_length(x: Floats, groups: Groups) -> Floats:
    """Scale residual units (U, T) to length 1; one that is nothing but rounding becomes 0."""
    residual = groups.residual(x)
    left = (residual**2).sum(axis=1, dtype=np.float64)
    moves = left > _ROUNDING * (x**2).sum(axis=1, dtype=np.float64)
    scale = np.where(moves, 1 / np.sqrt(np.maximum(left, np.finfo(float).tiny)), 0)
    scaled: Floats = (residual * scale[:, None].astype(np.float32)).astype(np.float32)
    return scaled


def _has(numbers: Floats) -> NDArray[np.bool_]:
    """Return where a property is above its median; if nowhere, where it is at it."""
    median = np.median(numbers)
    above: NDArray[np.bool_] = numbers > median
    return above if above.any() else numbers >= median


def _auc(unit: Floats, had: list[NDArray[np.bool_]]) -> list[float]:
    """Return the AUC of one unit (T) for each property.

    Mann & Whitney 1947: ranks say how many pairs are in order, ties being half so. A unit's range
    is cut into 65,536 steps, so that ranks are counted and not sorted.
    """
    low = unit.min()
    height = unit.max() - low
    steps = np.rint((unit - low) * ((_STEPS - 1) / height if height > 0 else 0)).astype(np.int64)
    counts = np.bincount(steps, minlength=_STEPS)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[steps]
    return [_share_in_order(ranks, has) for has in had]


def _share_in_order(ranks: NDArray[np.float64], has: NDArray[np.bool_]) -> float:
    with_it = int(has.sum())
    pairs = with_it * (len(has) - with_it)
    return (float(ranks[has].sum()) - with_it * (with_it + 1) / 2) / pairs
