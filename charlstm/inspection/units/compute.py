"""What do single cells track? Units beside properties of a text, with a shifted control."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from charlstm.errors import OptionError, TextError
from charlstm.inspection.correlation import (
    Groups,
    Whole,
    corrected,
    correlations,
    random_shifts,
    threshold,
)
from charlstm.inspection.gates.record import Floats
from charlstm.inspection.interventions import Ablation, changed
from charlstm.inspection.readers import WARM_UP, Held, activations, bits
from charlstm.inspection.units.record import Finding, Units
from charlstm.models.base import Network
from charlstm.text.properties import properties
from charlstm.text.unicode_forms import composed_length, normalized
from charlstm.text.vocabulary import Vocabulary

FOUND = 10
SHIFTS = 100
_LEAST_SHIFTS = 19
_LEAST = 1000
_MOST = 100_000
_SLICE = 10_000

# (layer, unit) -> how many bits per NFC character a model loses without it
Cost = Callable[[int, int], float]


def units(  # noqa: PLR0913
    model: Network,
    vocabulary: Vocabulary,
    text: str,
    form: str,
    source: np.random.Generator,
    *,
    found: int = FOUND,
    shifts: int = SHIFTS,
    cost: Cost | None = None,
) -> Units:
    """Tell what the units of a model track in a text, of which 100,000 characters are read.

    `source` draws the shifts of the control. The `found` units that follow anything best are
    told one by one. `cost` says what ablating a unit costs; without it that is measured.

    Raises:
        TextError: the text is too short.
        OptionError: with so few shifts nothing could pass, or a text has not so many.
    """
    if not _LEAST_SHIFTS <= shifts < _LEAST:
        raise OptionError(
            "shifts", "errors.expected.whole", shifts, low=_LEAST_SHIFTS, high=_LEAST - 1
        )
    text = normalized(text, form)[: WARM_UP + _MOST]
    if len(text) < WARM_UP + _LEAST:
        least = WARM_UP + _LEAST
        raise TextError("errors.text.short_for_units", least=least, found=len(text))
    subject = _subject(text, form)
    held = activations(model, vocabulary.encode(text))
    offsets = random_shifts(len(subject.characters), shifts, source)
    return _told(subject, held, offsets, found, cost or cost_of(model, vocabulary, text))


def cost_of(model: Network, vocabulary: Vocabulary, text: str) -> Cost:
    """Make what measures, on 10,000 characters of a text, the cost of a unit that nothing hears."""
    text = text[: WARM_UP + _SLICE]
    ids, characters = vocabulary.encode(text), composed_length(text[WARM_UP:])

    @cache
    def bits_without(*ablations: Ablation) -> float:
        return bits(changed(model, ablations=ablations), ids) / characters

    return lambda layer, unit: bits_without(Ablation(layer + 1, unit)) - bits_without()


class _Subject(NamedTuple):
    """A text's characters (T), and its properties: those that need memory, and the others."""

    characters: Whole
    followed: dict[str, Floats]
    given: dict[str, Floats]
    constant: tuple[str, ...]


def _subject(text: str, form: str) -> _Subject:
    characters = np.array([ord(character) for character in text[WARM_UP:]])
    groups = Groups(characters)
    every = {name: numbers[WARM_UP:] for name, numbers in properties(text, form).items()}
    constant = tuple(name for name, numbers in every.items() if np.ptp(numbers) == 0)
    varying = {name: numbers for name, numbers in every.items() if name not in constant}
    given = {name: numbers for name, numbers in varying.items() if groups.give_away(numbers)}
    followed = {name: numbers for name, numbers in varying.items() if name not in given}
    return _Subject(characters, followed, given, constant)


def _told(subject: _Subject, held: Held, offsets: Whole, found: int, cost: Cost) -> Units:
    """Correlate, and tell of the units that stand out."""
    length = len(subject.characters)
    flat, shape = held.values.reshape(-1, length), (-1, *held.values.shape[:2])
    groups, one_group = Groups(subject.characters), Groups(np.zeros(length, dtype=np.int64))
    followed = correlations(flat, _rows(subject.followed, length), groups, offsets)
    given = correlations(flat, _rows(subject.given, length), one_group, offsets[:0])
    record = Units(
        activation=held.name,
        characters=length,
        properties=tuple(subject.followed),
        given=tuple(subject.given),
        constant=subject.constant,
        r=followed.r.reshape(shape),
        auc=followed.auc.reshape(shape),
        p=corrected(followed.r, followed.shifted).reshape(shape),
        given_r=given.r.reshape(shape),
        given_auc=given.auc.reshape(shape),
        shifted=followed.shifted,
        control=np.array([threshold(each[:, None]) for each in followed.shifted.T], np.float32),
        threshold=threshold(followed.shifted),
        findings=(),
        given_findings=(),
    )
    return replace(
        record,
        findings=tuple(_finding(record, *pair, cost) for pair in _standing_out(record.r, found)),
        given_findings=tuple(_given(record, *pair) for pair in _standing_out(record.given_r, 0)),
    )


def _rows(numbers: dict[str, Floats], length: int) -> Floats:
    return np.array(list(numbers.values()), dtype=np.float32).reshape(-1, length)


def _standing_out(r: Floats, found: int) -> list[tuple[int, int, int]]:
    """Choose (property, layer, unit) from r (P, L, H), by falling |r|.

    These are the units that follow any property best, each with that property, and for each
    property the unit that follows it best.
    """
    if not r.size:
        return []
    size = np.abs(r).reshape(len(r), -1)
    best, first = size.argmax(axis=0), np.argsort(-size.max(axis=0), kind="stable")[:found]
    pairs = {(int(best[unit]), int(unit)) for unit in first}
    pairs |= {(place, int(unit)) for place, unit in enumerate(size.argmax(axis=1))}
    ordered = sorted(pairs, key=lambda pair: (-size[pair], pair))
    return [(place, *divmod(unit, r.shape[2])) for place, unit in ordered]


def _finding(record: Units, place: int, layer: int, unit: int, cost: Cost) -> Finding:
    at = (place, layer, unit)
    passes = bool(record.significant[at])
    return Finding(
        property=record.properties[place],
        layer=layer,
        unit=unit,
        r=float(record.r[at]),
        auc=float(record.auc[at]),
        control=float(record.control[place]),
        p=float(record.p[at]),
        significant=passes,
        cost=cost(layer, unit) if passes else None,
    )


def _given(record: Units, place: int, layer: int, unit: int) -> Finding:
    r, auc = float(record.given_r[place, layer, unit]), float(record.given_auc[place, layer, unit])
    return Finding(
        record.given[place], layer, unit, r, auc, math.nan, math.nan, significant=False, cost=None
    )
