"""A language model: text, ids and distributions, and states that go from one text to another."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from charlstm.config import ModelConfig
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import CHUNK, logits_of, state_of, trace_in_chunks
from charlstm.library import Model
from charlstm.limits import FAMILIES
from charlstm.models import new_model
from charlstm.models.base import State, TracedChunk
from charlstm.text.vocabulary import UNKNOWN_ID, Vocabulary

TEXT = "각하 a bc"
SCALAR_VALUES = 0x110000 - 0x800


def model_of(family: str = "lstm", form: str = "nfc", text: str = TEXT) -> LanguageModel:
    vocabulary = Vocabulary.of(text)
    config = ModelConfig(family, len(vocabulary), 4, 6, 2, window=4)
    network = new_model(config, torch.Generator().manual_seed(0)).requires_grad_(False)  # noqa: FBT003
    network.head.weight.normal_(0, 1, generator=torch.Generator().manual_seed(1))
    return LanguageModel(network, vocabulary, form)


@pytest.mark.parametrize("written", ["각하", "\u1100\u1161\u11a8\u1112\u1161"])
def test_encodes_a_text_in_its_own_form(written: str) -> None:
    """However a text is written, its ids are those of the model's form, the unknown 0."""
    model = model_of()
    expected = [model.vocabulary.characters.index(c) for c in "각하"] + [UNKNOWN_ID]
    ids = model.encode(written + "z")
    assert (expected, torch.int64) == (ids.tolist(), ids.dtype)


@pytest.mark.parametrize("family", FAMILIES)
def test_reading_has_the_logits_of_features_and_of_steps(family: str) -> None:
    """Logits are those of the features, of the embeddings, and of reading step by step."""
    model = model_of(family)
    ids = model.encode(TEXT * 2)[:, None]
    logits, end = model.read(ids, model.initial_state())
    features, _ = model.features(ids, model.initial_state())
    embedded, _ = model.features_of_embedded(model.embed(ids), model.initial_state())
    torch.testing.assert_close(model.logits(features), logits)
    torch.testing.assert_close(embedded, features)
    state, rows = model.initial_state(), []
    for row in ids:
        found, state = model.step(row, state)
        rows.append(found)
    torch.testing.assert_close(torch.stack(rows), logits)
    torch.testing.assert_close(state, end)


def test_an_unknown_character_costs_its_choice_too() -> None:
    """Each unknown costs ln of how many characters are outside, a known one only −ln p."""
    model = model_of(text="ab")
    logits = torch.tensor([[0.2, 0.3, 0.5], [0.2, 0.3, 0.5]]).log()
    costs = model.surprisal(logits, torch.tensor([UNKNOWN_ID, 2]))
    expected = [-math.log(0.2) + math.log(SCALAR_VALUES - 2), -math.log(0.5)]
    torch.testing.assert_close(costs, torch.tensor(expected))
    assert torch.float32 == costs.dtype


def test_the_likeliest_come_first_with_their_probabilities() -> None:
    """As many characters as asked for, or as there are, in order."""
    model = model_of(text="ab")
    logits = torch.tensor([[0.2, 0.3, 0.5]]).log()
    ((first, second),) = model.likeliest(logits, 2)
    assert ("b", "a") == (first[0], second[0])
    assert [0.5, 0.3] == pytest.approx([first[1], second[1]])
    assert [3, 0] == [len(model.likeliest(logits, count)[0]) for count in (9, 0)]


@pytest.mark.parametrize("family", ["lstm", "gru"])
def test_a_trace_that_does_not_give_h_is_an_error(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gates that belong to another h than the kernel computed are never returned."""
    model = model_of(family)
    trace = model.network.core.trace

    def off(x: Tensor, state: State) -> TracedChunk:
        return trace(x, state)._replace(discrepancy=0.01)

    ids = model.encode(TEXT)[:, None]
    assert model.trace(ids, model.initial_state()).discrepancy < 1e-5
    monkeypatch.setattr(model.network.core, "trace", off)
    with pytest.raises(ArithmeticError, match=r"off by 0\.01"):
        model.trace(ids, model.initial_state())


@pytest.mark.parametrize("family", FAMILIES)
def test_activations_are_between_minus_one_and_one(family: str) -> None:
    """An activation is tanh(C) of an LSTM, and h of the other families."""
    model = model_of(family)
    (layer, _) = model.trace(model.encode(TEXT)[:, None], model.initial_state()).layers
    expected = layer["cell"].tanh() if family == "lstm" else layer["hidden"]
    assert torch.equal(expected, model.activation(layer))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("cut", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 50])
def test_a_text_goes_on_from_the_state_before_it(family: str, cut: int) -> None:
    """Read in two parts, however long, a text has the logits of the whole, and the same end."""
    model, text = model_of(family), TEXT * 300
    whole = logits_of(model, text)
    assert (len(text), len(model.vocabulary)) == whole.shape
    between = state_of(model, text[:cut])
    np.testing.assert_allclose(logits_of(model, text[cut:], between), whole[cut:], atol=1e-5)
    torch.testing.assert_close(state_of(model, text[cut:], between), state_of(model, text))


def test_a_state_can_be_changed_and_has_gradients() -> None:
    """A state may be written to, and what is read from it has gradients."""
    model = model_of()
    (h, c) = state_of(model, TEXT)
    c[1, 0, 3] = 0.0
    embedded = model.embed(model.encode(TEXT)[:, None]).requires_grad_()
    features, _ = model.features_of_embedded(embedded, (h, c))
    features.sum().backward()  # type: ignore[no-untyped-call]
    assert embedded.grad is not None
    assert bool(embedded.grad.any())


def test_chunks_of_a_trace_are_the_whole(korean: Model) -> None:
    """Traced in chunks of any length, a text has the states of one chunk."""
    model = korean.language_model
    ids = model.encode("돌쇠가 물었다. 누가 왔니?")[:, None]
    (whole,) = trace_in_chunks(model, ids, model.initial_state())
    parts = list(trace_in_chunks(model, ids, model.initial_state(), 4))
    for name, values in whole.layers[1].items():
        torch.testing.assert_close(torch.cat([part.layers[1][name] for part in parts]), values)


def test_states_are_not_changed_by_reading() -> None:
    """The state that a call was given stays as it was."""
    model = model_of()
    state = state_of(model, "각")
    before = [part.clone() for part in state]
    state_of(model, TEXT, state)
    assert all(map(torch.equal, before, state))


def test_a_model_can_be_replaced_in_part(korean: Model) -> None:
    """Another network with the same vocabulary is another model."""
    model = korean.language_model
    network = new_model(korean.config.model, torch.Generator().manual_seed(5))
    other = replace(model, network=network)
    assert not np.allclose(logits_of(other, "돌쇠"), logits_of(model, "돌쇠"))
