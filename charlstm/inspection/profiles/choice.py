"""Which units to show first: those that hold or swing most, and that differ from each other."""

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

import numpy as np

from charlstm.inspection.gates.record import Floats
from charlstm.inspection.profiles.record import Profile

MOST = 5
_ALIKE = 0.35  # |r| of what two units hold
_VISIBLE = 0.2


def choose(units: Sequence[Profile], held: Floats) -> tuple[int, ...]:
    """Choose at most five of the units, which held (U, T), holders and lively ones in turn."""
    chosen: list[int] = []
    apart = held - held.mean(axis=1, keepdims=True)
    lengths = np.maximum(np.linalg.norm(apart, axis=1), 1e-12)
    for unit in _in_turn(units):
        if len(chosen) == MOST:
            break
        r = np.abs(apart[chosen] @ apart[unit]) / (lengths[chosen] * lengths[unit])
        if not chosen or float(r.max()) < _ALIKE:
            chosen.append(unit)
    return tuple(chosen)


def _in_turn(units: Sequence[Profile]) -> Iterator[int]:
    """Yield one that holds for two that swing: those with a name and a clear memory first."""

    def holding(place: int) -> tuple[bool, float]:
        return units[place].name is not None, units[place].memory

    def swinging(place: int) -> float:
        return units[place].swing * units[place].memory

    places = range(len(units))
    visible = (n for n in places if units[n].kind == "holder" and units[n].memory >= _VISIBLE)
    holders = iter(sorted(visible, key=holding, reverse=True))
    fast = (n for n in places if units[n].kind == "fast")
    lively = iter(sorted(fast, key=swinging, reverse=True))
    rounds = zip_longest(holders, lively, lively)
    return (place for place in chain.from_iterable(rounds) if place is not None)
