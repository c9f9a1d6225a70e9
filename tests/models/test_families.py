"""Every family against an oracle: torch's own modules, or a loop that a child could follow."""

from collections.abc import Callable
from typing import cast

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from charlstm.config import ModelConfig
from charlstm.limits import FAMILIES
from charlstm.models import as_large_as_lstm, build_model, new_model
from charlstm.models.base import CharacterModel, Memory
from charlstm.models.fnn import FNN
from charlstm.models.gru import GRU
from charlstm.models.lstm import LSTM
from charlstm.models.rnn import RNN

WINDOW = 4


def memory_of(family: str) -> Memory:
    memories = {
        "fnn": FNN(5, 7, 2, WINDOW).double(),
        "rnn": RNN(5, 7, 2).double(),
        "gru": GRU(5, 7, 2).double(),
        "lstm": LSTM(5, 7, 2).double(),
    }
    memory = cast("Memory", memories[family])
    memory.initialize(Generator().manual_seed(0))
    return memory


def model_of(family: str) -> CharacterModel:
    config = ModelConfig(family, 20, 5, 7, 2, WINDOW)
    return new_model(config, Generator().manual_seed(0)).double()


def seq_length(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.double, generator=Generator().manual_seed(1))


def ids_of(length: int, batch: int) -> Tensor:
    return torch.randint(20, (length, batch), generator=Generator().manual_seed(2))


@pytest.mark.parametrize(
    ("family", "oracle"), [("rnn", nn.RNN), ("gru", nn.GRU), ("lstm", nn.LSTM)]
)
def test_is_that_of_torch_in_value_and_gradient(
    family: str, oracle: Callable[[int, int, int], nn.Module]
) -> None:
    """A recurrent family says what torch's module says, and learns what it learns."""
    memory, x, weight = memory_of(family), seq_length(11, 3, 5), seq_length(11, 3, 7)
    theirs = oracle(5, 7, 2).double()
    ours = getattr(memory, family)
    theirs.load_state_dict(ours.state_dict())
    y, _ = memory.forward(x, memory.initial_state(3), None)
    expected, _ = theirs(x)
    torch.testing.assert_close(y, expected)
    (y * weight).sum().backward()  # type: ignore[no-untyped-call]
    (expected * weight).sum().backward()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, other.grad)


def naive_fnn(fnn: FNN, x: Tensor) -> Tensor:
    """Look through the window at each character alone."""
    rows = []
    for t in range(len(x)):
        seen = [x[i] if i >= 0 else torch.zeros_like(x[0]) for i in range(t - WINDOW + 1, t + 1)]
        y = torch.cat(seen, dim=-1)
        for layer in fnn.fnn:
            y = F.linear(y, layer.weight, layer.bias).tanh()  # type: ignore[arg-type]
        rows.append(y)
    return torch.stack(rows)


def test_fnn_is_a_window_in_value_and_gradient() -> None:
    """The feed-forward net says and learns what a loop over windows does."""
    fnn, x, weight = memory_of("fnn"), seq_length(11, 3, 5), seq_length(11, 3, 7)
    assert isinstance(fnn, FNN)
    y, _ = fnn.forward(x, fnn.initial_state(3))
    expected = naive_fnn(fnn, x)
    torch.testing.assert_close(y, expected)
    ours = torch.autograd.grad((y * weight).sum(), list(fnn.parameters()))
    theirs = torch.autograd.grad((expected * weight).sum(), list(fnn.parameters()))
    torch.testing.assert_close(ours, theirs)


def test_fnn_does_not_see_beyond_its_window() -> None:
    """What lies before the window changes no score at all."""
    model = model_of("fnn")
    ids = ids_of(12, 1)
    other = ids.clone()
    other[: 12 - WINDOW] = (ids[: 12 - WINDOW] + 1) % 20
    scores = [model.forward(some, model.initial_state(1))[0][-1] for some in (ids, other)]
    assert torch.equal(*scores)


def test_fnn_sees_all_of_its_window() -> None:
    """The first character in the window does change the score."""
    model = model_of("fnn")
    ids = ids_of(12, 1)
    other = ids.clone()
    other[12 - WINDOW] = (ids[12 - WINDOW] + 1) % 20
    scores = [model.forward(some, model.initial_state(1))[0][-1] for some in (ids, other)]
    assert not torch.equal(*scores)


@pytest.mark.parametrize("family", FAMILIES)
def test_step_is_forward(family: str) -> None:
    """Stepping through a text gives the scores and the state of reading it at once."""
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
    """Reading in two stretches gives what reading at once gives."""
    model, ids = model_of(family), ids_of(9, 3)
    expected, _ = model.forward(ids, model.initial_state(3))
    first, state = model.forward(ids[:2], model.initial_state(3))
    second, _ = model.forward(ids[2:], state)
    torch.testing.assert_close(torch.cat((first, second)), expected)


@pytest.mark.parametrize("family", FAMILIES)
def test_nothing_looks_ahead(family: str) -> None:
    """Changing a character never changes an earlier score."""
    model, ids = model_of(family), ids_of(9, 1)
    expected, _ = model.forward(ids, model.initial_state(1))
    ids[5] = (ids[5] + 1) % 20
    changed, _ = model.forward(ids, model.initial_state(1))
    assert torch.equal(expected[:5], changed[:5])
    assert not torch.equal(expected[5], changed[5])


@pytest.mark.parametrize("family", FAMILIES)
def test_traced_reads_like_forward(family: str) -> None:
    """Tracing ends in the same h and the same state, and finds h again from what it traced."""
    memory, x = memory_of(family), seq_length(9, 3, 5)
    expected, end = memory.forward(x, memory.initial_state(3), None)
    traced = memory.traced(x, memory.initial_state(3))
    torch.testing.assert_close(traced.layers[-1]["hidden"], expected)
    torch.testing.assert_close(tuple(traced.state), tuple(end))
    assert traced.discrepancy < 1e-12


def test_gru_gates_are_those_of_the_equations() -> None:
    """Each gate of a GRU equals its equation, worked out one character at a time."""
    memory, x = memory_of("gru"), seq_length(9, 3, 5)
    layer = memory.traced(x, memory.initial_state(3)).layers[0]
    (w_ih, b_ih), recurrent = memory.layers()[0]
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
    for name, value in one.memory.state_dict().items():  # type: ignore[attr-defined]
        assert torch.equal(value, two.memory.state_dict()[name])  # type: ignore[attr-defined]
    assert not torch.equal(one.embedding.weight, three.embedding.weight)
