"""Profiles of units: where each erases and writes, what it is called, and which are shown first."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from planted import plant_quote_unit

from charlstm.config import ModelConfig
from charlstm.errors import OptionError, TextError
from charlstm.inspection.gates.compute import trace
from charlstm.inspection.profiles.choice import choose
from charlstm.inspection.profiles.compute import profiles
from charlstm.inspection.profiles.record import Profile, Profiles
from charlstm.language_model import LanguageModel
from charlstm.limits import FAMILIES
from charlstm.models import info_of, new_model
from charlstm.text.vocabulary import Vocabulary

QUOTED = "he said “come in” to all of us and sat down by the fire\n" * 40
HIDDEN, PLANTED = 8, 3


def model_of(family: str, text: str = QUOTED) -> LanguageModel:
    vocabulary = Vocabulary.of(text)
    config = ModelConfig(family, len(vocabulary), 6, HIDDEN, 2, window=4)
    network = new_model(config, torch.Generator().manual_seed(0)).requires_grad_(False)  # noqa: FBT003
    return LanguageModel(network, vocabulary, "nfc")


def planted() -> LanguageModel:
    """Make an LSTM of which one unit, in the first layer, is inside quotes; others are random."""
    return plant_quote_unit(model_of("lstm"), PLANTED)


@pytest.fixture(scope="module")
def found() -> Profiles:
    return profiles(planted(), QUOTED)


def test_a_planted_quote_unit_is_shown_first(found: Profiles) -> None:
    """A unit that holds while a quotation is open is a holder, has that name, and comes first."""
    first = found.first[0]
    assert (0, PLANTED, "holder", "quotes") == (first.layer, first.unit, first.kind, first.name)


def test_a_planted_unit_erases_and_writes_where_it_was_made_to(found: Profiles) -> None:
    """Its habits are the marks at which its gates were set to open and to close."""
    unit = found.units[PLANTED]
    assert {"“": 1.0, "”": 1.0} == {habit.char: habit.share for habit in unit.erases}
    assert {"“": 1.0} == {habit.char: habit.share for habit in unit.writes}


@pytest.mark.parametrize("family", [name for name in FAMILIES if info_of(name).keeps])
def test_habits_are_those_of_a_naive_count(family: str) -> None:
    """The share at a character is that of its occurrences at which the gate is shut, or open."""
    model = model_of(family)
    with torch.no_grad():
        for layer in model.network.core.layers():
            layer.inputs.weight.mul_(8)
    record, values = profiles(model, QUOTED), trace(model, QUOTED, 0).values
    info, habits = model.cell_info, 0
    for unit in record.units:
        keep = values[info.keeps or ""][unit.layer, :, unit.unit]
        write = values[info.writes][unit.layer, :, unit.unit] if info.writes else 1 - keep
        assert float(np.median(keep)) == pytest.approx(unit.keep, abs=1e-4)
        for does, found_there in ((keep < 0.3, unit.erases), (write > 0.7, unit.writes)):
            for habit in found_there:
                there = [done for done, c in zip(does, QUOTED, strict=True) if c == habit.char]
                assert sum(there) / len(there) == pytest.approx(habit.share, abs=0.02)
                habits += 1
    assert habits > 10


def test_shows_at_most_five_units_that_differ(found: Profiles) -> None:
    """Of two units that hold the same only one is shown."""
    one = replace(found.units[PLANTED], kind="fast", memory=0.5)
    noise = np.random.default_rng(0).normal(size=(8, 500)).astype(np.float32)
    held = np.concatenate([noise, noise[:1] * 2, -noise[1:2]])
    units = [replace(one, unit=place, swing=0.3 - place / 100) for place in range(10)]
    assert (0, 1, 2, 3, 4) == choose(units, held)
    assert 2 == len(choose([*units[:2], *units[8:]], held[[0, 1, 8, 9]]))


def test_holders_and_lively_units_take_turns(found: Profiles) -> None:
    """One unit that holds comes before two that swing, one with a name before one without."""
    held = np.random.default_rng(0).normal(size=(5, 500)).astype(np.float32)
    unit = replace(found.units[PLANTED], memory=0.5, name=None)

    def made(kind: str, name: str | None, swing: float) -> Profile:
        return replace(unit, kind=kind, name=name, swing=swing)

    units = [
        made("holder", None, 0.1),
        made("fast", None, 0.2),
        made("holder", "line", 0.1),
        made("fast", None, 0.3),
        made("idle", None, 0.0),
    ]
    assert (2, 3, 1, 0) == choose(units, held)


@pytest.mark.parametrize("family", ["rnn", "fnn"])
def test_refuses_a_model_without_gates(family: str) -> None:
    """A model in which nothing keeps has no profiles."""
    with pytest.raises(OptionError):
        profiles(model_of(family), QUOTED)


def test_refuses_a_short_text() -> None:
    """Fewer than 200 characters say too little of a unit."""
    with pytest.raises(TextError, match="200"):
        profiles(planted(), QUOTED[:199])
