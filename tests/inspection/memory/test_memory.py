"""Time scales and retention against loops in float64, and against gates set by hand."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from conftest import ENGLISH, KOREAN
from torch import Generator, Tensor

from charlstm.config import ModelConfig
from charlstm.errors import OptionError, TextError
from charlstm.inspection.gates.compute import trace
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.memory.compute import (
    half_life,
    memory_span,
    retention,
    time_constant,
    timescales,
)
from charlstm.inspection.memory.record import Doubles, MemorySpan, Retention, Timescales
from charlstm.language_model import LanguageModel
from charlstm.library import Model
from charlstm.models import new_model
from charlstm.models.base import State, TracedChunk
from charlstm.models.lstm import INFO
from charlstm.text.vocabulary import Vocabulary

LETTERS = "abcdefgh"
VOCABULARY = Vocabulary.of(LETTERS)
TEXT = "".join(LETTERS[(t * t + 3 * t) % 8 if t % 3 else t % 7] for t in range(340))


class Subject(NamedTuple):
    """A model, with the gate that keeps and how it writes."""

    model: LanguageModel
    keeps: str
    gates: tuple[str, ...]

    def trace(self, text: str = TEXT) -> Trace:
        """Read a text and keep everything."""
        return trace(self.model, text)

    def timescales(self, text: str = TEXT, at_once: int = 1000) -> Timescales:
        """Measure what is tested here."""
        return timescales(self.model, text, at_once)

    def retention(self, at: int, text: str = TEXT) -> Retention:
        """Follow a character."""
        return retention(self.model, text, at)


def config_of(family: str, hidden: int = 6) -> ModelConfig:
    return ModelConfig(family, len(VOCABULARY), embedding=5, hidden=hidden, layers=2)


def fresh(family: str, seed: int = 0) -> LanguageModel:
    network = new_model(config_of(family), Generator().manual_seed(seed))
    return LanguageModel(network, VOCABULARY, "nfc")


def made(family: str, seed: int = 0) -> LanguageModel:
    """Draw a model whose gates do something: five times the usual weights."""
    model = fresh(family, seed)
    with torch.no_grad():
        for parameter in model.network.core.module.parameters():
            parameter.mul_(5)
    return model


@pytest.fixture(params=["lstm", "gru"])
def subject(request: pytest.FixtureRequest) -> Subject:
    keeps = {"lstm": "forget", "gru": "update"}[request.param]
    gates = {"lstm": ("forget", "input", "output"), "gru": ("update", "reset")}[request.param]
    return Subject(made(request.param), keeps, gates)


@torch.no_grad()
def set_by_hand(*forgets: float, write: float = 1.0) -> Subject:
    """Make an LSTM whose forget gates are always these, by their biases alone.

    What the first layer writes depends on the character, and by how much is `write`.
    """
    config = config_of("lstm", hidden=len(forgets))
    network = new_model(config, Generator().manual_seed(0))
    lstm: Any = network.core.module
    for w_ih, w_hh, b_ih, b_hh in lstm.all_weights:
        for weights in (w_ih, w_hh, b_ih, b_hh):
            weights.zero_()
        b_ih.view(4, -1)[1] = torch.logit(torch.tensor(forgets, dtype=torch.double))
        w_ih.view(4, len(forgets), -1)[2] = write
    model = LanguageModel(network, VOCABULARY, "nfc")
    return Subject(model, "forget", ("forget", "input", "output"))


def each_unit(values: Doubles) -> Iterator[tuple[int, int, list[float]]]:
    """Go through (L, T, H) unit by unit, as lists of plain floats."""
    for layer in range(values.shape[0]):
        for unit in range(values.shape[2]):
            yield layer, unit, [float(value) for value in values[layer, :, unit]]


def test_half_life_is_that_of_the_mean_logarithm(subject: Subject) -> None:
    """Each unit's half-life is ln ½ over the mean of ln f, computed one character at a time."""
    found = subject.timescales()
    for layer, unit, gates in each_unit(subject.trace().values[subject.keeps].astype(float)):
        mean = sum(math.log(f) for f in gates) / len(gates)
        assert mean == pytest.approx(found.mean_log[layer, unit], rel=1e-5)
        assert math.log(0.5) / mean == pytest.approx(found.half_life[layer, unit], rel=1e-5)


def test_time_constant_is_that_of_the_mean_gate(subject: Subject) -> None:
    """Each unit's T is −1 / ln of its mean f."""
    found = subject.timescales()
    for layer, unit, gates in each_unit(subject.trace().values[subject.keeps].astype(float)):
        expected = -1 / math.log(sum(gates) / len(gates))
        assert expected == pytest.approx(found.time_constant[layer, unit], rel=1e-5)


def test_forgetting_time_is_a_mean_of_times(subject: Subject) -> None:
    """Each unit's local forgetting time is the mean of 1 / (1 − f) over the characters."""
    found = subject.timescales()
    for layer, unit, gates in each_unit(subject.trace().values[subject.keeps].astype(float)):
        expected = sum(1 / (1 - f) for f in gates) / len(gates)
        # 1 − f has few digits where float32 has f near 1.
        assert expected == pytest.approx(found.forgetting_time[layer, unit], rel=1e-2)


def test_typical_half_life_is_that_of_the_median(subject: Subject) -> None:
    """Each unit's typical half-life is ln ½ / ln of its median f, found by sorting in float64."""
    found = subject.timescales()
    for layer, unit, gates in each_unit(subject.trace().values[subject.keeps].astype(float)):
        ordered = sorted(gates)
        median = (ordered[169] + ordered[170]) / 2
        expected = math.log(0.5) / math.log(median)
        # ln f has few digits where float32 has f near 1.
        assert expected == pytest.approx(found.typical_half_life[layer, unit], rel=1e-3)


@pytest.mark.parametrize("most", [1, 2, 99, 170, 339, 340, 341])
def test_medians_are_over_characters_spread_evenly(subject: Subject, most: int) -> None:
    """Of more than N characters f is taken at ⌊n·T / N⌋ only, in whatever chunks they come."""
    values = subject.trace().values[subject.keeps].astype(float)
    count = min(most, 340)
    medians = np.median(values[:, [n * 340 // count for n in range(count)]], axis=1)
    found = timescales(subject.model, TEXT, 70, for_medians=most)
    expected = math.log(0.5) / np.log(medians)
    np.testing.assert_allclose(found.typical_half_life, expected, rtol=1e-3)


def test_what_is_written_is_averaged_by_size(subject: Subject) -> None:
    """Each unit's mean written is that of |i·g|, or |(1 − z)·n|, over the characters."""
    found, traced = subject.timescales(), subject.trace()
    expected = sum(np.abs(naive_written(traced, at)) for at in range(340)) / 340
    np.testing.assert_allclose(found.mean_written, expected, rtol=1e-4)


@torch.no_grad()
def test_what_is_held_between_erasures_is_typical() -> None:
    """Of f = 0.99, but 0 at each 40th character, 68.97 is typical, though the mean is short."""
    subject = set_by_hand(0.99)
    lstm: Any = subject.model.network.core.module
    subject.model.network.embedding.weight.zero_()[1, 0] = 1.0  # the letter a
    lstm.weight_ih_l0.view(4, 1, -1)[1, 0, 0] = -200.0
    found = subject.timescales(("b" * 39 + "a") * 10)
    assert found.typical_half_life[0, 0] == pytest.approx(68.97, abs=5e-3)
    assert found.half_life[0, 0] < 1
    assert found.erases[0, 0] == pytest.approx(1 / 40)


def test_a_median_of_nothing_or_all_has_a_typical_half_life() -> None:
    """A gate that is always open holds for ever, one that is always shut next to no time."""
    found = set_by_hand(1.0, 0.0).timescales().typical_half_life[0]
    assert math.inf == found[0]
    assert 0 < found[1] < 0.03


def test_saturation_is_a_share_of_the_time(subject: Subject) -> None:
    """Each gate and unit is saturated to the right where over 0.9, to the left where below 0.1."""
    found, traced = subject.timescales(), subject.trace()
    assert (subject.gates, subject.gates) == (tuple(found.right), tuple(found.left))
    for name in subject.gates:
        for layer, unit, gates in each_unit(traced.values[name].astype(float)):
            right = sum(gate > 0.9 for gate in gates) / len(gates)
            left = sum(gate < 0.1 for gate in gates) / len(gates)
            assert right == pytest.approx(found.right[name][layer, unit], abs=1e-9)
            assert left == pytest.approx(found.left[name][layer, unit], abs=1e-9)


def test_gates_of_the_oracle_are_saturated_somewhere(subject: Subject) -> None:
    """The models that saturation is tested with have some of either kind."""
    found = subject.timescales()
    for name in subject.gates:
        assert found.right[name].max() > 0
        assert found.left[name].max() > 0


@pytest.mark.parametrize("at_once", [1, 7, 100, 339, 340, 341])
def test_chunks_leave_no_trace(subject: Subject, at_once: int) -> None:
    """In whatever chunks a text is read, all numbers are the same to within rounding."""
    whole, parts = subject.timescales(), subject.timescales(at_once=at_once)
    assert (whole.gate, whole.characters) == (parts.gate, parts.characters) == (subject.keeps, 340)
    for name in ("mean_log", "half_life", "typical_half_life", "time_constant", "mean_written"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-4)
    for name in subject.gates:
        np.testing.assert_allclose(parts.right[name], whole.right[name], atol=1e-2)


def test_a_long_text_is_never_held_whole(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the text, no more than a thousand characters are traced at once."""
    lengths: list[int] = []
    trace = subject.model.network.core.trace

    def watched(x: Tensor, state: State) -> TracedChunk:
        lengths.append(len(x))
        return trace(x, state)

    monkeypatch.setattr(subject.model.network.core, "trace", watched)
    assert 7 * 340 == subject.timescales(TEXT * 7).characters
    assert [1000, 1000, 380] == lengths


def test_a_forget_gate_of_nine_tenths_has_its_known_times() -> None:
    """At f = 0.9 the half-life is 6.58 characters, T 9.49, and the local forgetting time 10."""
    found = set_by_hand(0.9).timescales()
    np.testing.assert_allclose(found.half_life, math.log(0.5) / math.log(0.9), rtol=1e-5)
    np.testing.assert_allclose(found.half_life, 6.58, atol=5e-3)
    np.testing.assert_allclose(found.time_constant, 9.49, atol=5e-3)
    np.testing.assert_allclose(found.forgetting_time, 10, rtol=1e-5)


def test_logarithms_are_averaged_not_gates() -> None:
    """Of gates 0.9 and 0.1 in turn the half-life is 0.58 characters, though 0.5 has one of 1."""
    assert half_life(np.array((math.log(0.9) + math.log(0.1)) / 2)) == pytest.approx(0.5757, 1e-3)
    assert half_life(np.array(math.log(0.5))) == pytest.approx(1)


def test_a_gate_that_is_always_open_never_forgets() -> None:
    """At f = 1 half-life, T and the local forgetting time are infinite, and it is long-term."""
    found = set_by_hand(1.0, 0.5).timescales()
    for values in (found.half_life, found.time_constant, found.forgetting_time):
        assert [math.inf, math.inf] == values[:, 0].tolist()
    assert [[True, False], [True, False]] == found.long_term.tolist()


@torch.no_grad()
def test_a_gate_of_one_now_and_then_leaves_the_local_time_finite() -> None:
    """A gate that is 1 at some characters counts there as the next smaller float32."""
    subject = set_by_hand(0.5)
    lstm: Any = subject.model.network.core.module
    subject.model.network.embedding.weight.zero_()[1, 0] = 1.0  # the letter a
    lstm.weight_ih_l0.view(4, 1, -1)[1, 0, 0] = 200.0
    found = subject.timescales("abbb" * 5)
    assert (2**24 + 3 * 2) / 4 == pytest.approx(found.forgetting_time[0, 0])
    assert math.log(0.5) * 3 / 4 == pytest.approx(found.mean_log[0, 0])


def test_a_gate_that_is_always_shut_keeps_nothing() -> None:
    """At f = 0, whose logarithm is −∞, the half-life is next to none but a number."""
    found = set_by_hand(0.0).timescales()
    assert math.log(1e-12) == pytest.approx(found.mean_log[0, 0])
    assert 0 < found.half_life[0, 0] < 0.03
    assert (0, 1) == (found.time_constant[0, 0], found.forgetting_time[0, 0])


@pytest.mark.parametrize(("mean", "expected"), [(0.9, 9.4912), (0.0, 0.0), (1.0, math.inf)])
def test_time_constant_of_a_mean(mean: float, expected: float) -> None:
    """T is −1 / ln f̄, from 0 to infinity."""
    assert expected == pytest.approx(float(time_constant(np.array(mean))), rel=1e-4)


def test_ten_characters_are_long_term() -> None:
    """Just below ten characters a unit is short-term memory, from ten on long-term memory."""
    found = set_by_hand(0.5 ** (1 / 9.99), 0.5 ** (1 / 10.01)).timescales()
    assert [False, True] == found.long_term[0].tolist()


def naive_written(traced: Trace, at: int) -> Doubles:
    """Return i·g, or (1 − z)·n, at a character: (L, H)."""
    values = {name: value.astype(float) for name, value in traced.values.items()}
    share = values["input"] if "input" in values else 1 - values["update"]
    product: Doubles = (share * values["candidate"])[:, at]
    return product


@pytest.mark.parametrize("at", [0, 5, 100, 330])
def test_retention_is_a_product(subject: Subject, at: int) -> None:
    """What a unit keeps of a character is the product of its f at all the characters after it."""
    found = subject.retention(at)
    for layer, unit, gates in each_unit(subject.trace().values[subject.keeps].astype(float)):
        for distance in range(1, len(found.after) + 1):
            expected = math.prod(gates[at + 1 : at + 1 + distance])
            kept = found.kept[layer, distance - 1, unit]
            assert expected == pytest.approx(kept, rel=1e-3, abs=1e-12)


@pytest.mark.parametrize("at", [0, 5, 330])
def test_what_is_left_is_weighted_by_what_was_written(subject: Subject, at: int) -> None:
    """A layer's share is what each unit wrote and keeps, over what all wrote, signs aside."""
    found, written = subject.retention(at), np.abs(naive_written(subject.trace(), at))
    np.testing.assert_allclose(np.abs(found.written), written, atol=1e-5)
    for layer in range(2):
        for distance in range(len(found.after)):
            kept = sum(
                w * k for w, k in zip(written[layer], found.kept[layer, distance], strict=True)
            )
            assert kept / sum(written[layer]) == pytest.approx(
                found.left[layer, distance], rel=1e-4, abs=1e-9
            )


def test_what_was_written_is_in_the_cell(subject: Subject) -> None:
    """The cell is the sum of all that was written before, each as far as it is kept."""
    state = subject.trace(TEXT[:30]).values["cell" if subject.keeps == "forget" else "hidden"]
    total = naive_written(subject.trace(TEXT[:30]), 29)
    for at in range(29):
        found = subject.retention(at, TEXT[:30])
        total = total + found.written * found.kept[:, -1]
    np.testing.assert_allclose(total, state[:, -1], atol=1e-5)


def test_retention_of_a_known_gate() -> None:
    """With f = 0.9 there is 0.9 to the power of the distance left, whatever was written."""
    found = set_by_hand(0.9, 0.9).retention(3)
    np.testing.assert_allclose(found.left[0], 0.9 ** np.arange(1, 201), rtol=1e-4)


def test_a_layer_that_wrote_nothing_counts_its_units_alike() -> None:
    """Where nothing was written, what would be left of it is the mean over units."""
    found = set_by_hand(0.9, 0.5, write=0.0).retention(3)
    np.testing.assert_allclose(found.left[0, 0], 0.7, rtol=1e-5)


@pytest.mark.parametrize(
    ("after", "distances"),
    [(1, (1,)), (4, (1, 2)), (60, (1, 2, 5, 10, 20, 50)), (300, (1, 2, 5, 10, 20, 50, 100, 200))],
)
def test_distances_are_those_the_text_reaches(
    subject: Subject, after: int, distances: tuple[int, ...]
) -> None:
    """There are only as many distances as characters after the one followed."""
    found = subject.retention(10, TEXT[: 11 + after])
    assert distances == found.distances
    assert min(after, 200) == len(found.after) == found.kept.shape[1]


def test_surroundings_are_those_of_the_character(subject: Subject) -> None:
    """The character comes with up to 40 before it and 200 after it."""
    found = subject.retention(50)
    assert (50, TEXT[50]) == (found.at, found.character)
    assert (TEXT[10:50], TEXT[51:251]) == (found.before, found.after)


def test_longest_keep_most_of_something() -> None:
    """The units that keep a character longest are in order, without those that hardly wrote."""
    kept = np.array([[[0.5, 0.9, 1.0]], [[0.7, 0.2, 0.3]]])
    written = np.array([[0.9, -0.8, 0.01], [0.7, 0.1, -0.9]])
    found = Retention(0, "a", "", "b", written, kept)
    assert [(0, 1), (1, 0), (0, 0)] == found.longest(3)
    assert [(0, 1), (1, 0), (0, 0), (1, 2)] == found.longest(10)


def span_of(subject: Subject, family: str, seed: int = 1) -> MemorySpan:
    return memory_span(
        subject.model,
        TEXT,
        fresh=fresh(family, seed),
        seq_length=20,
    )


def test_span_has_a_fresh_model_beside_it() -> None:
    """The fresh time scales are those of a new model drawn from the generator, on the same text."""
    expected = timescales(fresh("lstm", 1), TEXT)
    subject = Subject(made("lstm"), "forget", ())
    found = span_of(subject, "lstm")
    np.testing.assert_array_equal(found.fresh.half_life, expected.half_life)
    np.testing.assert_array_equal(found.trained.half_life, subject.timescales().half_life)
    assert found.retention is None


def test_half_lives_beyond_the_sequence_length_are_flagged() -> None:
    """A half-life longer than the sequence length of training is flagged, one as long is not."""
    subject = set_by_hand(1.0, 0.9, 0.99)
    found = MemorySpan(subject.timescales(), subject.timescales(), seq_length=20)
    assert [[True, False, True]] * 2 == found.beyond.tolist()


def test_no_half_life_is_beyond_a_sequence_length_that_was_not_read() -> None:
    """Where fewer characters were read than the sequence length, none is known to be longer."""
    scales = set_by_hand(1.0, 0.9, 0.99).timescales()
    for characters, beyond in ((20, [True, False, True]), (19, [False] * 3)):
        found = MemorySpan(replace(scales, characters=characters), scales, seq_length=20)
        assert [beyond] * 2 == found.beyond.tolist()
        assert found.are_beyond(np.array([20.5, 30.0])).tolist() == [characters == 20] * 2


def test_longest_lived_are_in_order() -> None:
    """The longest-lived units are named by layer and unit, those that never forget first."""
    subject = set_by_hand(0.9, 1.0, 0.99)
    found = MemorySpan(subject.timescales(), subject.timescales(), seq_length=20)
    assert [(0, 1), (1, 1), (0, 2), (1, 2), (0, 0)] == found.longest(5)


def holding(typical: list[list[float]], written: list[list[float]]) -> MemorySpan:
    """Return a model whose units hold so long, and write so much."""
    held, like = np.array(typical), np.ones((len(typical), len(typical[0])))
    scales = Timescales(
        INFO, 90, -like, like, like, like, held, np.array(written), {}, {"forget": like / 9}
    )
    return MemorySpan(scales, scales, seq_length=20)


def test_holders_are_in_order_of_what_is_typical() -> None:
    """The units that hold longest come first, and of equals the one that writes more."""
    found = holding([[5, math.inf, 30], [math.inf, 7, 30]], [[0.5, 0.1, 0.2], [0.3, 0.9, 0.4]])
    assert [(1, 0), (0, 1), (1, 2), (0, 2)] == found.holders(4)
    assert [[False, True, True], [True, False, True]] == found.holds_beyond.tolist()


def test_what_never_writes_holds_nothing() -> None:
    """A unit that writes less than 1% of its layer's mean is no holder, one that seldom does is."""
    found = holding([[math.inf, 90, 3]], [[0.001, 0.01, 0.5]])
    assert [(0, 1), (0, 2)] == found.holders(3)
    assert not holding([[math.inf, 90]], [[0.0, 0.0]]).holders(3)


@pytest.mark.parametrize("family", ["rnn", "fnn"])
def test_refuses_a_model_without_such_a_gate(family: str) -> None:
    """An rnn or fnn has no gate that keeps; the error names what to look at instead."""
    model = fresh(family)
    for compute in (lambda: timescales(model, TEXT), lambda: retention(model, TEXT, 3)):
        with pytest.raises(OptionError, match="for a model without a gate that keeps anything"):
            compute()


def test_an_empty_text_is_refused(subject: Subject) -> None:
    """There is nothing to measure in an empty text, which the error states."""
    with pytest.raises(TextError, match="expected at least one character, found none"):
        subject.timescales("")


@pytest.mark.parametrize("at", [-1, 9, 10, 500])
def test_refuses_a_character_that_nothing_follows(subject: Subject, at: int) -> None:
    """A character that is not there, or has none after it, cannot be followed."""
    with pytest.raises(OptionError, match=f"at: expected .*, from 0 to 8, found {at}"):
        subject.retention(at, TEXT[:10])


def test_refuses_to_follow_in_a_text_of_one(subject: Subject) -> None:
    """A text of one character is too short for anything to be followed."""
    with pytest.raises(TextError, match=r"at least two characters, .*, found 1"):
        subject.retention(0, "a")


def test_reads_a_text_in_the_form_of_the_model(jamo: Model) -> None:
    """A model of jamo counts jamo, also when it follows one."""
    found = timescales(jamo.language_model, "돌쇠")
    followed = retention(jamo.language_model, "돌쇠", 1)
    assert 5 == found.characters
    assert ("\u1103", "\u1169", "\u11af\u1109\u116c") == (
        followed.before,
        followed.character,
        followed.after,
    )


@pytest.mark.parametrize(("fixture", "text"), [("korean", KOREAN), ("english", ENGLISH)])
def test_measures_a_trained_model(fixture: str, text: str, request: pytest.FixtureRequest) -> None:
    """Of a trained model every unit has finite and positive times."""
    model: Model = request.getfixturevalue(fixture)
    found = timescales(model.language_model, text)
    times = (found.half_life, found.time_constant, found.forgetting_time, found.typical_half_life)
    for values in times:
        assert (2, 12) == values.shape
        assert np.isfinite(values).all()
        assert (values > 0).all()
