"""Traces against the file of weights itself: torch's own LSTM, and the equations in float64."""

import copy
import io
import json
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from conftest import ENGLISH
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from charlstm.config import ModelConfig
from charlstm.errors import TextError
from charlstm.inspection.gates.compute import trace
from charlstm.inspection.gates.data import as_arrays, as_json, as_rows
from charlstm.inspection.gates.record import Trace
from charlstm.language_model import LanguageModel
from charlstm.library import Model
from charlstm.models import new_model
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import Vocabulary

NAMES = ["forget", "input", "candidate", "output", "cell", "hidden"]
SCALAR_VALUES = 0x110000 - 0x800
TEXTS = {
    "korean": "돌쇠가 물었다. “누가?”\n(늘 돈다.)",
    "english": 'asked Tom.\n"Who?" (nobody) The',
    "jamo": "물레는 늘 돈다.",
}

Doubles = NDArray[np.float64]
COMPUTED: dict[tuple[Path, str], dict[str, Doubles]] = {}


class Subject(NamedTuple):
    """A trained model, and a text in its form."""

    model: Model
    text: str


@pytest.fixture(params=TEXTS)
def subject(request: pytest.FixtureRequest) -> Subject:
    model = request.getfixturevalue(request.param)
    assert isinstance(model, Model)
    return Subject(model, normalized(TEXTS[request.param], model.form))


@pytest.fixture
def long_subject(english: Model) -> Subject:
    """Give a text that is read in several stretches."""
    return Subject(english, (ENGLISH + ENGLISH[::-1])[500:3000])


def ids_of(subject: Subject) -> list[int]:
    """Look a text up in tokenizer.json, the unknown being 0."""
    file = subject.model.run.path / "tokenizer.json"
    numbers = json.loads(file.read_text(encoding="utf-8"))["model"]["vocab"]
    return [numbers.get(character, 0) for character in subject.text]


def weights_of(subject: Subject) -> dict[str, Doubles]:
    tensors = load_file(subject.model.run.path / "model.safetensors")
    return {name: tensor.double().numpy() for name, tensor in tensors.items()}


def sigmoid(x: Doubles) -> Doubles:
    return 1 / (1 + np.exp(-x))


def by_the_equations(subject: Subject) -> dict[str, Doubles]:
    """Return gates and states (L, T, H), computed with NumPy; each text is read once."""
    key = subject.model.run.path, subject.text
    if key not in COMPUTED:
        COMPUTED[key] = compute_by_the_equations(subject)
    return COMPUTED[key]


def compute_by_the_equations(subject: Subject) -> dict[str, Doubles]:
    """Read a text one character at a time, with NumPy in float64."""
    weights = weights_of(subject)
    inputs = weights["embedding.weight"][ids_of(subject)]
    found: dict[str, list[Doubles]] = {name: [] for name in NAMES}
    for layer in range(2):
        w_ih, w_hh = weights[f"lstm.weight_ih_l{layer}"], weights[f"lstm.weight_hh_l{layer}"]
        bias = weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"]
        h = c = np.zeros(12)
        rows = []
        for x in inputs:
            i, f, g, o = np.split(w_ih @ x + w_hh @ h + bias, 4)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            rows.append((sigmoid(f), sigmoid(i), np.tanh(g), sigmoid(o), c, h))
        inputs = np.array([row[-1] for row in rows])
        for name, values in zip(NAMES, zip(*rows, strict=True), strict=True):
            found[name].append(np.array(values))
    return {name: np.array(values) for name, values in found.items()}


@torch.no_grad()
def by_torch(subject: Subject) -> tuple[torch.Tensor, torch.Tensor]:
    """Read a text with a plain torch.nn.LSTM: h of the last layer (T, H), and scores (T, V)."""
    tensors = load_file(subject.model.run.path / "model.safetensors")
    lstm = nn.LSTM(8, 12, 2)
    lstm.load_state_dict(
        {name.removeprefix("lstm."): x for name, x in tensors.items() if name.startswith("lstm.")}
    )
    y, _ = lstm(F.embedding(torch.tensor(ids_of(subject)), tensors["embedding.weight"]))
    return y, F.linear(y, tensors["head.weight"], tensors["head.bias"])


def test_hidden_is_that_of_torch(subject: Subject) -> None:
    """A plain torch.nn.LSTM that loads the file of weights has the h of the trace."""
    expected, _ = by_torch(subject)
    actual = subject.model.trace(subject.text).hidden[-1]
    np.testing.assert_allclose(actual, expected.numpy(), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_gates_are_those_of_the_equations(subject: Subject, name: str) -> None:
    """Each gate and state, worked out in float64 from the file of weights, is that of the trace."""
    expected = by_the_equations(subject)[name]
    actual = subject.model.trace(subject.text).values[name]
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_long_text_is_read_as_one(long_subject: Subject, name: str) -> None:
    """Gates and states of a text of 2500 characters are those of a reader that never pauses."""
    expected = by_the_equations(long_subject)[name]
    actual = long_subject.model.trace(long_subject.text).values[name]
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("length", [1, 2, 999, 1000, 1001, 2000, 2001])
def test_every_character_is_there(english: Model, length: int) -> None:
    """A trace has exactly the characters of its text, wherever the stretches end."""
    text = (ENGLISH * 2)[:length]
    traced = english.trace(text)
    assert text == traced.text
    assert {(2, length, 12)} == {values.shape for values in traced.values.values()}
    assert (length, length) == (len(traced.bits), len(traced.guesses))


def test_gates_are_attributes(subject: Subject) -> None:
    """Each gate and state is there by its name."""
    traced = subject.model.trace(subject.text)
    assert list(traced.values) == NAMES
    assert all(getattr(traced, name) is traced.values[name] for name in NAMES)


def test_a_gate_that_is_not_there_is_missing(subject: Subject) -> None:
    """A name that an LSTM has no gate for is an AttributeError, as everywhere."""
    with pytest.raises(AttributeError, match="reset"):
        _ = subject.model.trace(subject.text).reset


def test_a_trace_can_be_copied(subject: Subject) -> None:
    """A copy of a trace has the same gates by their names."""
    traced = subject.model.trace(subject.text)
    np.testing.assert_array_equal(copy.deepcopy(traced).forget, traced.forget)


def test_numbers_are_single(subject: Subject) -> None:
    """Everything in a trace is float32."""
    traced = subject.model.trace(subject.text)
    assert {np.dtype(np.float32)} == {x.dtype for x in (traced.bits, *traced.values.values())}


def test_gates_keep_their_bounds(subject: Subject) -> None:
    """Gates are between 0 and 1, candidate and h between −1 and 1."""
    traced = subject.model.trace(subject.text)
    for name in ("forget", "input", "output"):
        assert 0 <= traced.values[name].min() <= traced.values[name].max() <= 1
    for name in ("candidate", "hidden"):
        assert np.abs(traced.values[name]).max() <= 1


def test_bits_are_those_of_torch(subject: Subject) -> None:
    """Each character but the first costs −log2 of its share of the exponentials of the scores."""
    _, scores = by_torch(subject)
    shares = (scores.double().exp() / scores.double().exp().sum(-1, keepdim=True)).tolist()
    expected = [-math.log2(row[i]) for row, i in zip(shares[:-1], ids_of(subject)[1:], strict=True)]
    np.testing.assert_allclose(subject.model.trace(subject.text).bits[1:], expected, rtol=1e-4)


def test_nothing_precedes_the_first_character(subject: Subject) -> None:
    """The first character, and it alone, has no bits."""
    missing = np.isnan(subject.model.trace(subject.text).bits)
    assert [True] + [False] * (len(subject.text) - 1) == missing.tolist()


def test_bits_sum_to_the_score(long_subject: Subject) -> None:
    """The bits of a text are together those of its score."""
    traced = long_subject.model.trace(long_subject.text)
    expected = long_subject.model.evaluate(long_subject.text).nats / math.log(2)
    assert expected == pytest.approx(float(traced.bits[1:].sum(dtype=np.float64)), rel=1e-5)


@pytest.mark.parametrize("character", ["가", "😀", "\x1b"])
def test_an_unknown_character_costs_what_it_takes_to_name_it(
    english: Model, character: str
) -> None:
    """Unknown characters cost −log2 p(unknown) plus log2 of how many such there are."""
    subject = Subject(english, f"Tom {character}asked")
    _, scores = by_torch(subject)
    outside = SCALAR_VALUES - (len(english.language_model.vocabulary) - 1)
    expected = -float(scores.log_softmax(-1)[3, 0]) / math.log(2) + math.log2(outside)
    assert expected == pytest.approx(float(english.trace(subject.text).bits[4]), rel=1e-4)


def test_guesses_are_the_likeliest(subject: Subject) -> None:
    """After each character the three likeliest ones follow, with their probabilities."""
    _, scores = by_torch(subject)
    shares, ids = scores.softmax(-1).topk(3)
    guesses = subject.model.trace(subject.text).guesses
    characters = subject.model.language_model.vocabulary.characters
    assert [[characters[i] for i in row] for row in ids.tolist()] == [
        [character for character, _ in row] for row in guesses
    ]
    np.testing.assert_allclose([[p for _, p in row] for row in guesses], shares, atol=1e-5)


@pytest.mark.parametrize("count", [1, 3, 10, 10_000])
def test_guesses_are_in_order(subject: Subject, count: int) -> None:
    """There are as many guesses as asked for, the likeliest first, no more likely than sure."""
    characters = len(subject.model.language_model.vocabulary)
    for row in subject.model.trace(subject.text, guesses=count).guesses:
        shares = [p for _, p in row]
        assert min(count, characters) == len({character for character, _ in row})
        assert sorted(shares, reverse=True) == shares
        assert sum(shares) <= 1 + 1e-5


def test_gates_give_h_again(subject: Subject) -> None:
    """The gates of a trace give the h that was read to within rounding."""
    traced = subject.model.trace(subject.text)
    assert traced.discrepancy < 1e-5
    actual = traced.output * np.tanh(traced.cell)
    np.testing.assert_allclose(actual, traced.hidden, rtol=0, atol=1e-5)


def test_the_text_is_in_the_form_of_the_model(jamo: Model) -> None:
    """A model of jamo has a row for each jamo of a syllable."""
    assert "\u1103\u1169\u11af" == jamo.trace("돌").text


def small(family: str, form: str = "nfc") -> LanguageModel:
    """Return a new model of a and b."""
    config = ModelConfig(family, 3, embedding=2, hidden=4, layers=2)
    network = new_model(config, torch.Generator().manual_seed(0))
    return LanguageModel(network, Vocabulary.of("ab"), form)


@pytest.mark.parametrize("form", ["nfc", "nfd", "none"])
def test_an_empty_text_is_refused(form: str) -> None:
    """There is nothing to trace in an empty text, and the error says so."""
    with pytest.raises(TextError, match="expected at least one character"):
        trace(small("lstm", form), "")


@pytest.mark.parametrize(
    ("family", "names"),
    [
        ("lstm", NAMES),
        ("gru", ["reset", "update", "candidate", "hidden"]),
        ("rnn", ["hidden"]),
        ("fnn", ["hidden"]),
    ],
)
def test_each_family_has_gates_of_its_own(family: str, names: list[str]) -> None:
    """A trace has the gates and states of its model's family, each (L, T, H)."""
    traced = trace(small(family), "abba" * 300)
    assert family == traced.cell_info.family
    assert dict.fromkeys(names, (2, 1200, 4)) == {k: v.shape for k, v in traced.values.items()}


def npz(traced: Trace) -> dict[str, NDArray[Any]]:
    file, arrays = io.BytesIO(), as_arrays(traced)
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    with np.load(io.BytesIO(file.getvalue()), allow_pickle=False) as written:
        return dict(written)


def test_npz_has_all_of_it(subject: Subject) -> None:
    """The arrays of the npz are the gates, states and bits of the trace, and nothing else."""
    traced = subject.model.trace(subject.text)
    arrays = npz(traced)
    assert {*NAMES, "bits", "chars"} == set(arrays)
    for name in NAMES:
        np.testing.assert_array_equal(arrays[name], traced.values[name])
    np.testing.assert_array_equal(arrays["bits"], traced.bits)


def test_npz_has_shapes_of_layers_characters_and_units(subject: Subject) -> None:
    """Gates and states in the npz are float32 of shape (L, T, H), bits (T) and chars (T)."""
    length = len(subject.text)
    arrays = npz(subject.model.trace(subject.text))
    assert {(2, length, 12)} == {arrays[name].shape for name in NAMES}
    assert ((length,), (length,)) == (arrays["bits"].shape, arrays["chars"].shape)
    assert {np.dtype(np.float32)} == {arrays[name].dtype for name in (*NAMES, "bits")}


@pytest.mark.parametrize("text", ["돌쇠\n", " \t\x1b😀e\u0301", "\ud7a3\u1100"])
def test_npz_gives_the_characters_back(korean: Model, text: str) -> None:
    """The characters of the npz are those of the text, spaces and controls too."""
    traced = korean.trace(text)
    assert list(traced.text) == npz(traced)["chars"].tolist()


def test_rows_have_names(subject: Subject) -> None:
    """The first row names the place, the character, its bits, and the gates of each layer."""
    names, *_ = as_rows(subject.model.trace(subject.text))
    assert ["index", "char", "bits"] == names[:3]
    assert [f"L{layer}_{name}" for layer in (1, 2) for name in NAMES] == names[3:]


def test_rows_have_means_over_units(subject: Subject) -> None:
    """Each character has its row of means over all units, and the first has no bits."""
    traced = subject.model.trace(subject.text)
    _, *rows = as_rows(traced)
    assert list(enumerate(traced.text)) == [(row[0], row[1]) for row in rows]
    assert [None, *traced.bits[1:].tolist()] == [row[2] for row in rows]
    actual = np.array([row[3:] for row in rows], dtype=np.float64)
    expected = [traced.values[name][layer].mean(-1) for layer in (0, 1) for name in NAMES]
    np.testing.assert_allclose(actual.T, expected, rtol=0, atol=1e-6)


def as_object(subject: Subject) -> dict[str, Any]:
    """Write the JSON of a trace, strictly, and read it again."""
    written = as_json(subject.model.trace(subject.text))
    parsed: dict[str, Any] = json.loads(json.dumps(written, allow_nan=False))
    return parsed


def test_json_has_the_agreed_keys(subject: Subject) -> None:
    """The object has the key of the contract, and one entry a character."""
    written = as_object(subject)
    assert ["characters"] == list(written)
    assert len(subject.text) == len(written["characters"])


def test_json_has_the_agreed_keys_for_each_character(subject: Subject) -> None:
    """Each character has the keys of the contract, and each of its layers the six means."""
    for index, character in enumerate(as_object(subject)["characters"]):
        assert ["index", "char", "bits", "next", "layers"] == list(character)
        assert (index, subject.text[index]) == (character["index"], character["char"])
        assert [["char", "p"]] * 3 == [list(guess) for guess in character["next"]]
        assert [NAMES] * 2 == [list(layer) for layer in character["layers"]]


def test_json_has_means_over_units(subject: Subject) -> None:
    """The numbers of a character are the means of the trace over all units."""
    traced = subject.model.trace(subject.text)
    characters = as_object(subject)["characters"]
    for name in NAMES:
        actual = [[layer[name] for layer in character["layers"]] for character in characters]
        expected = traced.values[name].astype(np.float64).mean(-1).T
        np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-6)


def test_json_has_the_bits(subject: Subject) -> None:
    """Bits are those of the trace, and null for the first character."""
    first, *rest = [character["bits"] for character in as_object(subject)["characters"]]
    assert first is None
    assert subject.model.trace(subject.text).bits[1:].tolist() == rest


def test_json_has_the_guesses(subject: Subject) -> None:
    """The guesses after each character are those of the trace."""
    actual = [
        [(guess["char"], guess["p"]) for guess in character["next"]]
        for character in as_object(subject)["characters"]
    ]
    assert subject.model.trace(subject.text).guesses == actual


def test_tracing_leaves_the_model_alone(subject: Subject) -> None:
    """A second trace of a text is the first one again, bit for bit."""
    first, second = (subject.model.trace(subject.text) for _ in range(2))
    for name in NAMES:
        np.testing.assert_array_equal(first.values[name], second.values[name])
