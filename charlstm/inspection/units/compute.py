"""What do single cells track? Units beside properties of a text, with a shifted control."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

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
from charlstm.inspection.units.record import Finding, Units
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import WARM_UP, WarmedUpReader
from charlstm.models.base import surprisal
from charlstm.text.properties import properties
from charlstm.text.unicode_forms import composed_length

FOUND = 10
SHIFTS = 100
_LEAST_SHIFTS = 19
_LEAST = 1000
_MOST = 100_000
_SLICE = 10_000

# Between −1 and 1, in 32,767ths: as whole numbers they take half the memory.
LEVELS = 32_767
Activations = NDArray[np.int16]

# (layer, unit) -> how many bits per NFC character a model loses without it
Cost = Callable[[int, int], float]


def units(  # noqa: PLR0913
    model: LanguageModel,
    text: str,
    source: np.random.Generator,
    *,
    found: int = FOUND,
    shifts: int = SHIFTS,
    cost: Cost | None = None,
) -> Units:
    """Find out what the units of a model track in a text, of which 100,000 characters are read.

    `source` draws the shifts of the control. The `found` units that follow anything best are among
    the findings. `cost` returns how many bits ablating a unit costs; without it that is measured.

    Raises:
        TextError: the text is too short.
        OptionError: with so few shifts nothing could pass, or a text has not so many.
    """
    if not _LEAST_SHIFTS <= shifts < _LEAST:
        raise OptionError(
            "shifts", "errors.expected.whole", shifts, low=_LEAST_SHIFTS, high=_LEAST - 1
        )
    text = model.normalize(text)[: WARM_UP + _MOST]
    if len(text) < WARM_UP + _LEAST:
        least = WARM_UP + _LEAST
        raise TextError("errors.text.short_for_units", least=least, found=len(text))
    subject = _subject(text, model.form)
    held = activations(model, model.encode(text))
    offsets = random_shifts(len(subject.characters), shifts, source)
    return _record(
        model.cell_info.memory, subject, held, offsets, found, cost or cost_of(model, text)
    )


def cost_of(model: LanguageModel, text: str) -> Cost:
    """Return a function that measures, on 10,000 characters of a text, what a unit is worth."""
    text = text[: WARM_UP + _SLICE]
    ids, characters = model.encode(text), composed_length(text[WARM_UP:])

    @cache
    def bits_without(*ablations: Ablation) -> float:
        return bits(changed(model, ablations=ablations), ids) / characters

    return lambda layer, unit: bits_without(Ablation(layer + 1, unit)) - bits_without()


@torch.inference_mode()
def activations(model: LanguageModel, ids: Tensor) -> Activations:
    """Read ids (W + T) and return what every unit held after each of the T: (L, H, T)."""
    reader = WarmedUpReader(ids)
    state, held = model.initial_state(reader.batch), np.empty(0, dtype=np.int16)
    for place, sequence in reader.sequences():
        traced = model.trace(sequence, state)
        state = traced.state
        for number, layer in enumerate(traced.layers):
            values = model.activation(layer)
            if not held.size:
                shape = (len(traced.layers), values.shape[-1], reader.batch, reader.part)
                held = np.empty(shape, dtype=np.int16)
            if place.start >= 0:
                held[number, :, :, place] = _quantized(values).permute(2, 1, 0).numpy()
    return held.reshape(*held.shape[:2], -1)[..., : reader.count]


def _quantized(values: Tensor) -> Tensor:
    # An intervention may give values beyond 1.
    return (values * LEVELS).round().clamp(-LEVELS, LEVELS)


@torch.inference_mode()
def bits(model: LanguageModel, ids: Tensor) -> float:
    """Read ids (W + T) and return the bits of the T in all."""
    reader = WarmedUpReader(ids)
    counted = (torch.arange(reader.part * reader.batch) < reader.count).view(reader.batch, -1).T
    state, total, before = model.initial_state(reader.batch), 0.0, torch.empty(0)
    for place, sequence in reader.sequences():
        logits, state = model.read(sequence, state)
        if place.start >= 0:
            nats = surprisal(torch.cat((before, logits[:-1])), sequence) * counted[place]
            total += float(nats.sum(dtype=torch.float64))
        before = logits[-1:]
    return total / math.log(2)


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


def _record(  # noqa: PLR0913, PLR0917
    activation: str,
    subject: _Subject,
    held: Activations,
    offsets: Whole,
    found: int,
    cost: Cost,
) -> Units:
    """Correlate activations (L, H, T) with properties, and measure the units that stand out."""
    length = len(subject.characters)
    flat, shape = held.reshape(-1, length), (-1, *held.shape[:2])
    groups, one_group = Groups(subject.characters), Groups(np.zeros(length, dtype=np.int64))
    followed = correlations(flat, _rows(subject.followed, length), groups, offsets)
    given = correlations(flat, _rows(subject.given, length), one_group, offsets[:0])
    record = Units(
        activation=activation,
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
