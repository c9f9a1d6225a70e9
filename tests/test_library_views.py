"""The library's way to each view: the room's own function, on the run's model."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from conftest import KOREAN

from charlstm.errors import OptionError
from charlstm.inspection import interventions
from charlstm.inspection.gates.compute import trace, traces
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.lookback.compute import lookback
from charlstm.inspection.memory.compute import memory_span, retention
from charlstm.inspection.profiles.compute import profiles
from charlstm.inspection.story.compute import story
from charlstm.inspection.track.compute import track
from charlstm.inspection.units.compute import units
from charlstm.language_model import LanguageModel
from charlstm.library import Model
from charlstm.models import new_model
from charlstm.text.unicode_forms import normalized

TEXT = "돌쇠가 물었다."


@pytest.fixture(params=["korean", "jamo"])
def model(request: pytest.FixtureRequest) -> Model:
    """Return a model of syllables, and one of their letters."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Model)
    return found


def assert_same(expected: Any, actual: Any) -> None:
    """Hold two records to be equal in every field, NaN equal to NaN."""
    assert type(expected) is type(actual)
    if dataclasses.is_dataclass(expected):
        for field in dataclasses.fields(expected):
            assert_same(getattr(expected, field.name), getattr(actual, field.name))
    elif isinstance(expected, dict):
        assert list(expected) == list(actual)
        for name, value in expected.items():
            assert_same(value, actual[name])
    elif isinstance(expected, list | tuple):
        assert len(expected) == len(actual)
        for one, other in zip(expected, actual, strict=True):
            assert_same(one, other)
    else:
        np.testing.assert_array_equal(expected, actual)


def test_tells_a_story(model: Model) -> None:
    """A story is that of the model's trace, with and without a unit."""
    traced = trace(model.language_model, TEXT)
    assert_same(story(traced, 3), model.story(TEXT, 3))
    assert_same(story(traced, 3, 0, 5), model.story(TEXT, 3, 0, 5))


def test_profiles_units(model: Model) -> None:
    """Profiles are those of the model's units on the text."""
    assert profiles(model.language_model, KOREAN) == model.profiles(KOREAN)


def test_measures_memory(model: Model) -> None:
    """Memory is measured beside a new model drawn from the seed, and one character is followed."""
    network = new_model(model.config.model, torch.Generator().manual_seed(7))
    span = memory_span(
        model.language_model,
        KOREAN,
        fresh=dataclasses.replace(model.language_model, network=network),
        seq_length=model.config.training.seq_length,
    )
    assert_same(span, model.memory(KOREAN, seed=7))
    followed = retention(model.language_model, TEXT, 2)
    expected = dataclasses.replace(span, retention=followed)
    assert_same(expected, model.memory(KOREAN, follow=TEXT, at=2, seed=7))


def test_measures_memory_in_what_was_held_out(model: Model) -> None:
    """Without a text the held-out part is read, and a character of it is followed."""
    heldout = (model.run.path / "heldout.txt").read_text(encoding="utf-8")
    assert_same(model.memory(heldout, at=3), model.memory(at=3))


def test_finds_what_units_track(model: Model) -> None:
    """Units are looked at with a control drawn from the seed."""
    expected = units(model.language_model, KOREAN, np.random.default_rng(7))
    assert_same(expected, model.units(KOREAN, seed=7))


def test_tracks_a_unit(model: Model) -> None:
    """A track is of the layer and unit asked for."""
    expected = track(model.language_model, TEXT, layer=0, unit=5)
    assert_same(expected, model.track(TEXT, 0, 5))


def test_looks_back(model: Model) -> None:
    """A look back is of the places, the target and the length asked for, or of all."""
    assert_same(lookback(model.language_model, TEXT), model.lookback(TEXT))
    expected = lookback(model.language_model, TEXT, at=[2, 4], target="text", last=3)
    assert_same(expected, model.lookback(TEXT, [2, 4], target="text", last=3))


def test_traces_part_by_part(model: Model) -> None:
    """Parts of a long text are those of the room, without guesses."""
    text = KOREAN[:1200]
    expected = list(traces(model.language_model, text, 0))
    parts = list(model.traces(text))
    assert len(parts) > 1
    assert_same(expected, parts)
    assert [[]] * len(parts[0].text) == parts[0].guesses


def test_changes_a_model(model: Model) -> None:
    """A changed model is what the room makes of the clamps and ablations, and names them."""
    changed = model.changed(["forget=0.5", "L1:input=0"], ["L2/3"])
    clamps = [interventions.parse_clamp(each) for each in ("forget=0.5", "L1:input=0")]
    ablations = [interventions.parse_ablation("L2/3")]
    expected = trace(interventions.changed(model.language_model, clamps, ablations), TEXT)
    assert_same(expected, changed.trace(TEXT))
    assert ("forget=0.5", "L1:input=0", "L2/3") == changed.changes
    assert f"{model.run.path} forget=0.5 L1:input=0 L2/3" == changed.name


def test_takes_the_mean_over_what_was_held_out(model: Model) -> None:
    """A unit replaced by its mean has its mean over the held-out part."""
    heldout = (model.run.path / "heldout.txt").read_text(encoding="utf-8")
    over = model.language_model.encode(heldout)
    ablations = [interventions.parse_ablation("L1/3=mean")]
    expected = trace(interventions.changed(model.language_model, [], ablations, over), TEXT)
    assert_same(expected, model.changed(ablate=["L1/3=mean"]).trace(TEXT))


def test_changes_add_up(model: Model) -> None:
    """A changed model can be changed again, and the one it was made of stays as it is."""
    before = model.trace(TEXT)
    twice = model.changed(["forget=0"]).changed(["input=0"])
    assert ("forget=0", "input=0") == twice.changes
    assert not twice.trace(TEXT).cell.any()
    assert () == model.changes
    assert_same(before, model.trace(TEXT))


def test_tells_a_story_without_reading_on(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the text up to the character is traced, with as many guesses as asked for."""
    expected = story(trace(model.language_model, TEXT, 5), 3)
    read = []

    def tracing(model: LanguageModel, text: str, guesses: int) -> Trace:
        read.append(text)
        return trace(model, text, guesses)

    monkeypatch.setattr("charlstm.inspection.story.compute.trace", tracing)
    assert_same(expected, model.story(TEXT, 3, guesses=5))
    assert [normalized(TEXT, model.form)[:4]] == read


def test_looks_back_with_as_many_guesses_as_asked_for(model: Model) -> None:
    """Each row of a look back has as many guesses as it is asked for."""
    assert {5} == set(map(len, model.lookback(TEXT, guesses=5).guesses))


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_refuses_an_impossible_seed(seed: int, model: Model) -> None:
    """Views that draw refuse a seed that there is not, by its name."""
    for draw in (model.memory, model.units):
        with pytest.raises(OptionError, match="seed: "):
            draw(KOREAN, seed=seed)
