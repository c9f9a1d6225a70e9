"""Every family against an oracle: torch's own modules, or a loop that a child could follow."""

from collections.abc import Callable

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from charlstm.config import ModelConfig
from charlstm.limits import FAMILIES
from charlstm.models import as_large_as_lstm, build_model, new_model
from charlstm.models.base import Core, Network
from charlstm.models.fnn import FNN

WINDOW = 4


def core_of(family: str) -> Core:
    return model_of(family).core


def model_of(family: str) -> Network:
    config = ModelConfig(family, 20, 5, 7, 2, WINDOW)
    return new_model(config, Generator().manual_seed(0)).double()


def sequence(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.double, generator=Generator().manual_seed(1))


def ids_of(length: int, batch: int) -> Tensor:
    return torch.randint(20, (length, batch), generator=Generator().manual_seed(2))


@pytest.mark.parametrize(
    ("family", "oracle"), [("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)]
)
def test_is_that_of_torch_in_value_and_gradient(
    family: str, oracle: Callable[[int, int, int], nn.Module]
) -> None:
    """A recurrent family has the outputs and the gradients of torch's module."""
    core, x, weight = core_of(family), sequence(11, 3, 5), sequence(11, 3, 7)
    theirs = oracle(5, 7, 2).double()
    theirs.load_state_dict(core.module.state_dict())
    y, _ = core.forward(x, core.initial_state(3))
    expected, _ = theirs(x)
    torch.testing.assert_close(y, expected)
    (y * weight).sum().backward()  # type: ignore[no-untyped-call]
    (expected * weight).sum().backward()
    for mine, other in zip(core.module.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, other.grad)


def naive_fnn(fnn: FNN, x: Tensor) -> Tensor:
    """Look through the window at each character alone."""
    rows = []
    for t in range(len(x)):
        seen = [x[i] if i >= 0 else torch.zeros_like(x[0]) for i in range(t - WINDOW + 1, t + 1)]
        y = torch.cat(seen, dim=-1)
        for layer in fnn.module:
            y = F.linear(y, layer.weight, layer.bias).tanh()  # type: ignore[arg-type]
        rows.append(y)
    return torch.stack(rows)


def test_fnn_is_a_window_in_value_and_gradient() -> None:
    """The feed-forward net has the outputs and gradients of a loop over windows."""
    fnn, x, weight = core_of("fnn"), sequence(11, 3, 5), sequence(11, 3, 7)
    assert isinstance(fnn, FNN)
    y, _ = fnn.forward(x, fnn.initial_state(3))
    expected = naive_fnn(fnn, x)
    torch.testing.assert_close(y, expected)
    ours = torch.autograd.grad((y * weight).sum(), list(fnn.module.parameters()))
    theirs = torch.autograd.grad((expected * weight).sum(), list(fnn.module.parameters()))
    torch.testing.assert_close(ours, theirs)


def test_fnn_does_not_see_beyond_its_window() -> None:
    """What lies before the window changes no logit at all."""
    model = model_of("fnn")
    ids = ids_of(12, 1)
    other = ids.clone()
    other[: 12 - WINDOW] = (ids[: 12 - WINDOW] + 1) % 20
    scores = [model.forward(some, model.initial_state(1))[0][-1] for some in (ids, other)]
    assert torch.equal(*scores)


def test_fnn_sees_all_of_its_window() -> None:
    """The first character in the window does change the logits."""
    model = model_of("fnn")
    ids = ids_of(12, 1)
    other = ids.clone()
    other[12 - WINDOW] = (ids[12 - WINDOW] + 1) % 20
    scores = [model.forward(some, model.initial_state(1))[0][-1] for some in (ids, other)]
    assert not torch.equal(*scores)


@pytest.mark.parametrize("family", FAMILIES)
def test_step_is_forward(family: str) -> None:
    """Stepping through a text gives the logits and the state of reading it at once."""
    model, ids = model_of(family), ids_of(9, 3)
    expected, end = model.forward(ids, model.initial_state(3))
    state, rows = model.initial_state(3), []
    for character in ids:
        scores, state = model.step(character, state)
        rows.append(scores)
    torch.testing.assert_close(torch.stack(rows), expected)
    torch.testing.assert_close(tuple(state), tuple(end))


@pytest.mark.parametrize("family", FAMILIES)
def test_state_carries_a_text_over_a_cut(family: str) -> None:
    """Reading in two sequences gives what reading at once gives."""
    model, ids = model_of(family), ids_of(9, 3)
    expected, _ = model.forward(ids, model.initial_state(3))
    first, state = model.forward(ids[:2], model.initial_state(3))
    second, _ = model.forward(ids[2:], state)
    torch.testing.assert_close(torch.cat((first, second)), expected)


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_looks_ahead(family: str) -> None:
    """Changing a character never changes an earlier logit."""
    model, ids = model_of(family), ids_of(9, 1)
    expected, _ = model.forward(ids, model.initial_state(1))
    ids[5] = (ids[5] + 1) % 20
    changed, _ = model.forward(ids, model.initial_state(1))
    assert torch.equal(expected[:5], changed[:5])
    assert not torch.equal(expected[5], changed[5])


@pytest.mark.parametrize("family", FAMILIES)
def test_trace_reads_like_forward(family: str) -> None:
    """A trace ends in the same h and the same state, and its gates give h again."""
    core, x = core_of(family), sequence(9, 3, 5)
    expected, end = core.forward(x, core.initial_state(3))
    traced = core.trace(x, core.initial_state(3))
    torch.testing.assert_close(traced.layers[-1]["hidden"], expected)
    torch.testing.assert_close(tuple(traced.state), tuple(end))
    assert traced.discrepancy < 1e-12


def test_gru_gates_are_those_of_the_equations() -> None:
    """Each gate of a GRU equals its equation, computed one character at a time."""
    core, x = core_of("gru"), sequence(9, 3, 5)
    layer = core.trace(x, core.initial_state(3)).layers[0]
    (w_ih, b_ih), recurrent = core.layers()[0]
    assert recurrent is not None
    w_hh, b_hh = recurrent
    h = torch.zeros(3, 7, dtype=torch.double)
    for t, character in enumerate(x):
        x_r, x_z, x_n = (character @ w_ih.T + b_ih).chunk(3, dim=-1)
        h_r, h_z, h_n = (h @ w_hh.T + b_hh).chunk(3, dim=-1)
        r, z = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
        n = (x_n + r * h_n).tanh()
        h = (1 - z) * n + z * h
        for name, value in {"reset": r, "update": z, "candidate": n, "hidden": h}.items():
            torch.testing.assert_close(layer[name][t], value)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("vocabulary", [30, 1000])
def test_sizes_are_equal_in_parameters(family: str, vocabulary: int) -> None:
    """A family made as large as an LSTM has its parameters to within two in a hundred."""
    lstm = ModelConfig("lstm", vocabulary, 64, 128, 2)
    other = as_large_as_lstm(ModelConfig(family, vocabulary, 64, 128, 2))
    expected = build_model(lstm).parameter_count()
    assert expected == pytest.approx(build_model(other).parameter_count(), rel=0.02)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_seed_draws_the_same_model(family: str) -> None:
    """Parameters follow from the seed alone, and differ from those of another."""
    config = ModelConfig(family, 20, 5, 7, 2, WINDOW)
    one, two, three = (new_model(config, Generator().manual_seed(s)) for s in (1, 1, 2))
    assert torch.equal(one.embedding.weight, two.embedding.weight)
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name])
    assert not torch.equal(one.embedding.weight, three.embedding.weight)


@pytest.mark.parametrize(
    ("family", "module"), [("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)]
)
def test_parameters_are_called_as_in_torch(
    family: str, module: Callable[[int, int, int], nn.Module]
) -> None:
    """A network's names are those of torch's module with the family's name before them."""
    names = {f"{family}.{name}" for name in module(5, 7, 2).state_dict()}
    rest = {"embedding.weight", "head.weight", "head.bias"}
    assert names | rest == set(model_of(family).state_dict())


@pytest.mark.parametrize("family", ["gru", "lstm"])
def test_a_new_model_keeps_its_memory(family: str) -> None:
    """The biases of a new model sum to 1 at the gate that keeps, and to 0 at the others."""
    core = new_model(ModelConfig(family, 20, 5, 7, 2), Generator().manual_seed(0)).core
    kept = core.info.rows(core.info.keeps or "", 7)
    for inputs, recurrent in core.layers():
        assert recurrent is not None
        expected = torch.zeros_like(inputs.bias)
        expected[kept] = 1.0
        assert torch.equal(expected, inputs.bias + recurrent.bias)
