"""What units track: a planted one is found, and is read as a plain reading reads it."""

import copy
import random

import numpy as np
import pytest
import torch
from planted import plant_quote_unit

from charlstm.config import ModelConfig
from charlstm.errors import OptionError, TextError
from charlstm.inspection.correlation import Groups, correlations
from charlstm.inspection.gates.compute import trace
from charlstm.inspection.interventions import Ablation, changed
from charlstm.inspection.track.compute import track
from charlstm.inspection.units import compute as searching
from charlstm.inspection.units.compute import LEVELS, activations, bits, cost_of, units
from charlstm.inspection.units.record import Units
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import WARM_UP, WarmedUpReader
from charlstm.library import Model
from charlstm.models import new_model
from charlstm.models.base import surprisal
from charlstm.text.properties import properties
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import Vocabulary

FAMILIES = ["fnn", "rnn", "gru", "lstm"]
HIDDEN, PLANTED = 12, 5


def quoting(seed: int, length: int = 4000) -> str:
    """Write words of a few letters, of which some stand between double quotation marks."""
    source = random.Random(seed)  # noqa: S311  no secret
    text, inside = "", False
    while len(text) < length:
        word = "".join(source.choice("가나각abc") for _ in range(source.randint(1, 6)))
        turns = source.random() < 0.15
        mark = ("”" if inside else "“") if turns else ""
        inside ^= turns
        text += (word + mark if mark == "”" else mark + word) + source.choice("   \n")
    return text


def seeded(family: str) -> LanguageModel:
    config = ModelConfig(family, len(VOCABULARY), 8, HIDDEN, 2, window=4)
    network = new_model(config, torch.Generator().manual_seed(7))
    return LanguageModel(network, VOCABULARY, "nfc")


def planted() -> LanguageModel:
    """Make an LSTM of which one unit, in the first layer, is inside quotes; others are random."""
    return plant_quote_unit(seeded("lstm"), PLANTED)


TEXT = quoting(0)
VOCABULARY = Vocabulary.of(TEXT)


def free(_layer: int, _unit: int) -> float:
    return 0.0


@pytest.fixture(scope="module")
def found() -> Units:
    """Search the planted model."""
    return units(planted(), TEXT, np.random.default_rng(0))


def test_the_planted_unit_holds_what_it_should() -> None:
    """The unit that was built to is tanh(1) inside quotes and 0 outside."""
    values = track(planted(), TEXT, layer=0, unit=PLANTED).values
    expected = properties(TEXT, "nfc")["quotes"] * np.tanh(1)
    np.testing.assert_allclose(values, expected, rtol=0, atol=1e-4)


def test_the_planted_unit_ranks_first(found: Units) -> None:
    """Of all units and properties the planted unit and quotes go together best, and pass."""
    first = found.findings[0]
    assert ("quotes", 0, PLANTED) == (first.property, first.layer, first.unit)
    assert [1, 1] == pytest.approx([first.r, first.auc], abs=1e-3)
    assert first.significant
    assert first.p == pytest.approx(1 / 101)


def test_its_shuffled_control_does_not(found: Units) -> None:
    """Quotes that are shifted along the text are followed by no unit as closely, by far."""
    quotes = found.properties.index("quotes")
    assert found.control[quotes] < 0.5
    model = planted()
    held = activations(model, model.encode(TEXT)).reshape(-1, len(TEXT) - WARM_UP)
    rolled = np.roll(properties(TEXT, "nfc")["quotes"][WARM_UP:], len(TEXT) // 2)[None]
    groups = Groups(np.array([ord(c) for c in TEXT[WARM_UP:]]))
    r = correlations(held, rolled, groups, np.array([], dtype=np.int64)).r
    assert np.abs(r).max() < found.threshold


def test_what_the_character_gives_away_is_apart(found: Units) -> None:
    """Properties of the current character alone are no part of the family, and have no p."""
    assert ("latin", "hangul", "batchim") == found.given
    assert set(found.given).isdisjoint(found.properties)
    assert {False} == {finding.significant for finding in found.given_findings}
    assert np.isnan([finding.p for finding in found.given_findings]).all()


def test_what_never_varies_is_listed(found: Units) -> None:
    """A text without brackets and digits has nothing to follow in them."""
    assert ("brackets", "after_digit", "digit") == found.constant


def test_each_property_has_its_best_unit(found: Units) -> None:
    """The findings have for every property the unit with the largest |r|."""
    for place, name in enumerate(found.properties):
        best = np.unravel_index(np.abs(found.r[place]).argmax(), found.r.shape[1:])
        assert tuple(best) in {(f.layer, f.unit) for f in found.findings if f.property == name}


def test_the_best_units_are_found_with_what_they_follow_best() -> None:
    """The first findings are the units of the largest |r|, each with that property."""
    record = units(planted(), TEXT, np.random.default_rng(0), found=4, cost=free)
    size = np.abs(record.r).reshape(len(record.properties), -1)
    best = set(np.argsort(-size.max(axis=0))[:4].tolist())
    found = {f.layer * HIDDEN + f.unit: f for f in reversed(record.findings)}
    assert best <= found.keys()
    for unit in best:
        assert size[:, unit].max() == abs(found[unit].r)


def test_findings_have_the_numbers_of_the_matrices(found: Units) -> None:
    """Each finding has r, AUC and p of its pair, and falling |r|."""
    for finding in found.findings:
        at = (found.properties.index(finding.property), finding.layer, finding.unit)
        assert (found.r[at], found.auc[at], found.p[at]) == (finding.r, finding.auc, finding.p)
        assert finding.significant == (finding.p <= 0.05)
    sizes = [abs(finding.r) for finding in found.findings]
    assert sorted(sizes, reverse=True) == sizes


def test_the_search_depends_on_the_seed_alone(found: Units) -> None:
    """The same generator gives the same control again, another one another."""
    again, other = (
        units(planted(), TEXT, np.random.default_rng(seed), cost=free).shifted for seed in (0, 1)
    )
    np.testing.assert_array_equal(found.shifted, again)
    assert not np.array_equal(found.shifted, other)


def test_cost_is_asked_for_what_passes() -> None:
    """A cost that is given is that of the findings that passed; others have none."""
    record = units(
        seeded("lstm"),
        TEXT,
        np.random.default_rng(0),
        cost=lambda layer, unit: 100.0 * layer + unit,
    )
    expected = [100.0 * f.layer + f.unit if f.significant else None for f in record.findings]
    assert expected == [finding.cost for finding in record.findings]


def test_every_unit_is_read_as_a_trace_reads_it(english: Model) -> None:
    """Each part of a text, after its warm-up, holds what a trace of just that holds."""
    model, text = english.language_model, quoting(1, 1500)
    ids = model.encode(text)
    values, reader = activations(model, ids), WarmedUpReader(ids)
    assert (reader.batch, (2, 12, len(text) - WARM_UP)) == (6, values.shape)
    for start in range(0, reader.count, reader.part):
        traced = trace(model, text[start:][: WARM_UP + reader.part])
        expected = np.tanh(traced.cell[:, WARM_UP:]).swapaxes(1, 2)
        actual = values[..., start : start + reader.part] / LEVELS
        np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("family", ["fnn", "rnn", "gru"])
def test_other_families_are_read_for_their_h(family: str) -> None:
    """Where there is no cell it is h that is measured."""
    model = seeded(family)
    values = activations(model, model.encode(TEXT[:400]))
    expected = trace(model, TEXT[:400]).hidden[:, WARM_UP:].swapaxes(1, 2)
    np.testing.assert_allclose(values / LEVELS, expected, rtol=0, atol=1e-4)


def test_bits_are_those_of_the_parts(english: Model) -> None:
    """What a text costs is the sum of what its parts cost, each read after its warm-up."""
    model = english.language_model
    ids = model.encode(quoting(2, 1500))
    reader, total = WarmedUpReader(ids), 0.0
    for start in range(0, reader.count, reader.part):
        part = ids[start:][: WARM_UP + reader.part, None]
        with torch.no_grad():
            logits, _ = model.read(part, model.initial_state())
            total += float(surprisal(logits[:-1], part[1:])[WARM_UP - 1 :].double().sum())
    assert total / np.log(2) == pytest.approx(bits(model, ids), rel=1e-5)


def test_cost_is_per_character_of_nfc(jamo: Model) -> None:
    """What ablating costs is counted for each NFC character after the warm-up."""
    model, text = jamo.language_model, normalized(quoting(3, 500), "nfd")
    ids = model.encode(text)
    more = bits(changed(model, ablations=[Ablation(2, 2)]), ids) - bits(model, ids)
    expected = more / len(normalized(text[WARM_UP:], "nfc"))
    assert expected == pytest.approx(cost_of(model, text)(1, 2))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_model_is_left_alone(family: str) -> None:
    """A search changes no weight of the model."""
    model = seeded(family)
    before = copy.deepcopy(model.network.state_dict())
    units(model, TEXT[:1300], np.random.default_rng(0), shifts=19)
    after = model.network.state_dict()
    assert all(torch.equal(before[name], value) for name, value in after.items())


def test_a_model_of_jamo_has_slots(jamo: Model) -> None:
    """Where jamo are read their slots are looked at, and given away by the jamo."""
    text, source = quoting(3, 1200), np.random.default_rng(0)
    record = units(jamo.language_model, text, source, shifts=19, cost=free)
    assert {"leading", "vowel", "trailing"} <= set(record.given)
    assert len(normalized(text, "nfd")) - WARM_UP == record.characters


def test_no_more_than_so_many_characters_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long text the beginning is read."""
    monkeypatch.setattr(searching, "_MOST", 1100)
    source = np.random.default_rng(0)
    record = units(seeded("rnn"), TEXT, source, shifts=19, cost=free)
    assert record.characters == 1100


def test_a_text_of_newlines_has_nothing_to_track() -> None:
    """Where no property varies there are no findings, and nothing breaks."""
    source = np.random.default_rng(0)
    record = units(seeded("gru"), "\n" * 1300, source, cost=free)
    assert ((), ()) == (record.findings, record.given_findings)


def test_refuses_a_short_text() -> None:
    """A text too short to find anything in is refused with the numbers."""
    source = np.random.default_rng(0)
    with pytest.raises(TextError, match="expected at least 1200 characters, found 900"):
        units(seeded("rnn"), TEXT[:900], source)


@pytest.mark.parametrize("shifts", [18, 1000])
def test_refuses_too_few_shifts_and_too_many(shifts: int) -> None:
    """With fewer than 19 shifts nothing can pass, and a short text has not more than 999."""
    source = np.random.default_rng(0)
    with pytest.raises(OptionError, match=f"shifts: .* from 19 to 999, found {shifts}"):
        units(seeded("rnn"), TEXT, source, shifts=shifts)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_track_is_a_row_of_the_trace(family: str) -> None:
    """The values of a unit along a text are those of its trace, however long the text."""
    model, text = seeded(family), TEXT[:1500]
    traced = trace(model, text)
    expected = np.tanh(traced.cell) if family == "lstm" else traced.hidden
    actual = track(model, text, layer=1, unit=2)
    np.testing.assert_allclose(actual.values, expected[1, :, 2], rtol=0, atol=1e-6)
    assert (text, 1, 2) == (actual.text, actual.layer, actual.unit)


@pytest.mark.parametrize(
    ("layer", "unit", "message"),
    [
        (2, 0, "layer: expected a layer from 0 to 1, found 2"),
        (0, 12, "unit: expected a unit from 0 to 11, found 12"),
    ],
)
def test_refuses_a_unit_that_is_not_there(layer: int, unit: int, message: str) -> None:
    """A layer or unit that the model does not have is refused."""
    with pytest.raises(OptionError, match=message):
        track(seeded("lstm"), "가", layer=layer, unit=unit)


def test_refuses_to_track_nothing() -> None:
    """A track of no characters is refused."""
    with pytest.raises(TextError, match="expected at least one character"):
        track(seeded("lstm"), "", layer=0, unit=0)
