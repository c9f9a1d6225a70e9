"""Loops of our own against torch's modules, against small differences, and in half precision."""

from typing import cast

import pytest
import torch
from torch import Generator, Tensor, nn

from charlstm.models.base import Memory, State
from charlstm.models.gru import GRU
from charlstm.models.lstm import LSTM

FAMILIES = pytest.mark.parametrize("family", ["gru", "lstm"])
STATES = {"gru": 1, "lstm": 2}


def normal(*shape: int, seed: int) -> Tensor:
    draw = Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.double, generator=draw)


def memory_of(family: str, hidden: int = 7, layers: int = 2) -> nn.Module:
    """Make a memory with biases that are not 0, so that they can be mistaken."""
    memory = (GRU if family == "gru" else LSTM)(5, hidden, layers).double()
    memory.initialize(Generator().manual_seed(0))
    for number, parameter in enumerate(memory.parameters()):
        if parameter.ndim == 1:
            parameter.detach().add_(normal(len(parameter), seed=number))
    return memory


def inputs_of(family: str, *, hidden: int = 7, layers: int = 2, length: int = 11) -> list[Tensor]:
    states = [normal(layers, 3, hidden, seed=2 + k) for k in range(STATES[family])]
    return [part.requires_grad_() for part in (normal(length, 3, 5, seed=1), *states)]


def read(memory: nn.Module, x: Tensor, state: State) -> tuple[Tensor, State]:
    return cast("Memory", memory).forward(x, state, None, unrolled=True)


def by_torch(family: str, memory: nn.Module, x: Tensor, state: State) -> tuple[Tensor, State]:
    """Read with torch's own module, which has the very same parameters."""
    ours = getattr(memory, family)
    if family == "gru":
        y, h = ours(x, *state)
        return y, (h,)
    y, state = ours(x, state)
    return y, state


def weighed(y: Tensor, state: State) -> Tensor:
    """Let every number that comes out count in a way of its own."""
    parts = (y, *state)
    return sum(
        ((part * normal(*part.shape, seed=9 + k)).sum() for k, part in enumerate(parts)),
        start=torch.zeros(()),
    )


@FAMILIES
def test_reads_like_torch(family: str) -> None:
    """A loop of our own says and remembers what torch's module does."""
    memory, (x, *state) = memory_of(family), inputs_of(family)
    expected, expected_state = by_torch(family, memory, x, tuple(state))
    actual, actual_state = read(memory, x, tuple(state))
    torch.testing.assert_close(actual, expected)
    torch.testing.assert_close(tuple(actual_state), tuple(expected_state))


@FAMILIES
def test_learns_like_torch(family: str) -> None:
    """Every parameter, every input and every state has the gradient that it has in torch."""
    memory, inputs = memory_of(family), inputs_of(family)
    wanted = [*inputs, *memory.parameters()]
    x, *state = inputs
    expected = torch.autograd.grad(weighed(*by_torch(family, memory, x, tuple(state))), wanted)
    actual = torch.autograd.grad(weighed(*read(memory, x, tuple(state))), wanted)
    torch.testing.assert_close(actual, expected)


@FAMILIES
def test_gradients_are_those_of_small_differences(family: str) -> None:
    """The gradients by input, by state and by each weight equal quotients of differences."""
    memory = memory_of(family, hidden=3, layers=1)
    names = [name for name, _ in memory.named_parameters()]
    inputs = inputs_of(family, hidden=3, layers=1, length=4)

    def of(*parts: Tensor) -> tuple[Tensor, ...]:
        x, *state = parts[: len(inputs)]
        parameters = dict(zip(names, parts[len(inputs) :], strict=True))
        loop = {"unrolled": True}
        y, after = torch.func.functional_call(memory, parameters, (x, tuple(state)), loop)
        return y, *after

    weights = [parameter.detach().clone().requires_grad_() for parameter in memory.parameters()]
    assert torch.autograd.gradcheck(of, [*inputs, *weights])


@FAMILIES
def test_learns_nearly_the_same_in_half_precision(family: str) -> None:
    """Under autocast to bf16 gradients are float32, and those of float32 to a few in a hundred."""
    memory, (x, *state) = memory_of(family).float(), inputs_of(family)
    gradients = []
    for low in (False, True):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
            y, after = read(memory, x.float(), tuple(part.float() for part in state))
        gradients.append(torch.autograd.grad(weighed(y, after), list(memory.parameters())))
    for exact, actual in zip(*gradients, strict=True):
        assert torch.float32 == actual.dtype
        assert 0 < (actual - exact).norm() < 0.05 * exact.norm()


@FAMILIES
def test_what_is_carried_keeps_its_precision(family: str) -> None:
    """Under autocast the state that a memory rests on comes back in float32, and not rounded."""
    memory, (x, *state) = memory_of(family).float(), inputs_of(family)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        _, after = read(memory, x.float(), tuple(part.float() for part in state))
    assert torch.float32 == after[-1].dtype
    assert not torch.equal(after[-1], after[-1].bfloat16().float())


@FAMILIES
def test_learns_what_one_reader_learns_in_two_parts(family: str) -> None:
    """Read in two stretches with the state handed on, a text gives the same in the end."""
    memory, (x, *state) = memory_of(family), inputs_of(family)
    expected, expected_state = read(memory, x, tuple(state))
    first, between = read(memory, x[:4], tuple(state))
    second, after = read(memory, x[4:], between)
    torch.testing.assert_close(torch.cat((first, second)), expected)
    torch.testing.assert_close(tuple(after), tuple(expected_state))


@FAMILIES
def test_no_two_gradients_share_memory(family: str) -> None:
    """Each gradient can be changed in place."""
    memory, (x, *state) = memory_of(family), inputs_of(family)
    gradients = torch.autograd.grad(
        weighed(*read(memory, x, tuple(state))), list(memory.parameters())
    )
    places = {gradient.untyped_storage().data_ptr() for gradient in gradients}
    assert len(places) == len(gradients)


@FAMILIES
def test_has_no_second_derivative(family: str) -> None:
    """Asked for the derivative of a gradient it refuses, where a wrong one would be worse."""
    memory, (x, *state) = memory_of(family), inputs_of(family)
    loss = read(memory, x, tuple(state))[0].square().sum()
    (gradient,) = torch.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()  # type: ignore[no-untyped-call]
