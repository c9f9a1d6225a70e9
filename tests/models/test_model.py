"""A network as a whole: three ways to read a text that must agree, and what it costs."""

import math

import pytest
import torch
from torch import Generator, Tensor

from charlstm.config import ModelConfig
from charlstm.models import build_model, new_model
from charlstm.models.base import Network, detached, surprisal

V, T, B = 13, 20, 3
FAMILIES = ["lstm", "gru", "rnn", "fnn"]


@pytest.fixture(params=FAMILIES)
def model(request: pytest.FixtureRequest) -> Network:
    """Return a model of each family, in float64 and with biases."""
    config = ModelConfig(request.param, V, embedding=5, hidden=7, layers=2, window=4)
    made = new_model(config, Generator().manual_seed(0)).double()
    generator = Generator().manual_seed(1)
    for parameter in made.parameters():
        change = torch.randn(parameter.shape, dtype=torch.double, generator=generator)
        parameter.detach().add_(change, alpha=0.3)
    return made


@pytest.fixture
def ids() -> Tensor:
    return torch.randint(V, (T, B), generator=Generator().manual_seed(2))


def test_stepping_is_reading(model: Network, ids: Tensor) -> None:
    """Stepping through a text gives the logits that reading it at once gives."""
    expected, _ = model(ids, model.initial_state(B))
    state, actual = model.initial_state(B), []
    for character in ids:
        logits, state = model.step(character, state)
        actual.append(logits)
    torch.testing.assert_close(torch.stack(actual), expected)


@pytest.mark.parametrize("changed", [1, 7, T - 1])
def test_nothing_looks_ahead(model: Network, ids: Tensor, changed: int) -> None:
    """Changing one character changes no logit before it, not by a bit."""
    before, _ = model(ids, model.initial_state(B))
    other = ids.clone()
    other[changed] = (other[changed] + 1) % V
    after, _ = model(other, model.initial_state(B))
    assert torch.equal(before[:changed], after[:changed])


def test_the_present_counts(model: Network, ids: Tensor) -> None:
    """Changing one character changes the logits right after it."""
    before, _ = model(ids, model.initial_state(B))
    other = ids.clone()
    other[7] = (other[7] + 1) % V
    after, _ = model(other, model.initial_state(B))
    assert not torch.equal(before[7], after[7])


@pytest.mark.parametrize("cut", [1, 2, 11, T - 1])
def test_a_carried_state_bridges_a_cut(model: Network, ids: Tensor, cut: int) -> None:
    """Reading in two pieces, the state carried over, gives what reading at once gives."""
    expected, expected_state = model(ids, model.initial_state(B))
    first, state = model(ids[:cut], model.initial_state(B))
    second, state = model(ids[cut:], state)
    torch.testing.assert_close(torch.cat((first, second)), expected)
    torch.testing.assert_close(tuple(state), tuple(expected_state))


def test_streams_are_independent(model: Network, ids: Tensor) -> None:
    """Each of several streams has the logits that it has alone."""
    together, _ = model(ids, model.initial_state(B))
    alone = [model(ids[:, b : b + 1], model.initial_state(1))[0] for b in range(B)]
    torch.testing.assert_close(torch.cat(alone, dim=1), together)


def test_a_trace_ends_where_reading_ends(model: Network, ids: Tensor) -> None:
    """A trace has in its last layer the output of reading, and ends in the same state."""
    embedded, start = model.embedding(ids), model.initial_state(B)
    expected, expected_state = model.core.forward(embedded, start)
    traced = model.core.trace(embedded, start)
    torch.testing.assert_close(traced.layers[-1]["hidden"], expected)
    torch.testing.assert_close(tuple(traced.state), tuple(expected_state))
    assert traced.discrepancy < 1e-12


@pytest.mark.parametrize("family", FAMILIES)
def test_a_new_model_gives_all_characters_one_probability(family: str) -> None:
    """Before any training every character costs about ln V."""
    config = ModelConfig(family, V, embedding=5, hidden=7, layers=2)
    made = new_model(config, Generator().manual_seed(0))
    logits, _ = made(torch.arange(V)[:, None], made.initial_state(1))
    costs = -logits.log_softmax(-1)
    torch.testing.assert_close(costs, torch.full_like(costs, math.log(V)), rtol=0, atol=0.3)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_to_be_filled_takes_no_room(family: str) -> None:
    """A model that is only built has shapes and no numbers."""
    made = build_model(ModelConfig(family, V, embedding=5, hidden=7, layers=2))
    assert {"meta"} == {parameter.device.type for parameter in made.parameters()}


def test_counts_its_parameters() -> None:
    """The count of an LSTM's parameters is that of its matrices and biases."""
    made = build_model(ModelConfig("lstm", V, embedding=5, hidden=7, layers=2))
    layers = 28 * (5 + 7) + 28 * (7 + 7) + 2 * (28 + 28)
    assert V * 5 + layers + 7 * V + V == made.parameter_count()


def test_surprisal_by_hand() -> None:
    """A character to which logits give the probability p costs −ln p."""
    shares = [[[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]], [[0.9, 0.05, 0.05], [0.3, 0.3, 0.4]]]
    costs = surprisal(torch.tensor(shares).log() + 5, torch.tensor([[0, 2], [1, 0]]))
    expected = [[-math.log(0.5), -math.log(0.7)], [-math.log(0.05), -math.log(0.3)]]
    torch.testing.assert_close(costs, torch.tensor(expected))


def test_surprisal_of_large_logits() -> None:
    """Logits too large for their exponentials still cost what they should."""
    costs = surprisal(torch.tensor([[1000.0, 0.0], [-1000.0, 0.0]]), torch.tensor([1, 1]))
    assert [1000.0, 0.0] == costs.tolist()


def test_surprisal_of_half_precision_is_float32() -> None:
    """Logits in bf16 give costs in float32."""
    assert torch.float32 == surprisal(torch.zeros(2, 3).bfloat16(), torch.tensor([0, 1])).dtype


def test_a_detached_state_is_the_same_without_a_past(model: Network, ids: Tensor) -> None:
    """Cutting a state off keeps its numbers, and nothing flows back through it."""
    _, state = model.float()(ids, model.initial_state(B))
    assert all(part.requires_grad for part in state)
    cut = detached(state)
    assert not any(part.requires_grad for part in cut)
    torch.testing.assert_close(cut, tuple(part.detach() for part in state))
