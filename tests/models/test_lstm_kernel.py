"""The LSTM's own loop against torch's module, against small differences, and in half precision."""

import pytest
import torch
from torch import Generator, Tensor

from charlstm.models.lstm import LSTM, LSTMState


def normal(*shape: int, seed: int) -> Tensor:
    draw = Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.double, generator=draw)


def memory_of(hidden: int = 7, layers: int = 2) -> LSTM:
    """Make a memory with biases that are not 0, so that they can be mistaken."""
    memory = LSTM(5, hidden, layers).double()
    memory.initialize(Generator().manual_seed(0))
    for number, parameter in enumerate(memory.parameters()):
        if parameter.ndim == 1:
            parameter.detach().add_(normal(len(parameter), seed=number))
    return memory


def inputs_of(hidden: int = 7, layers: int = 2, length: int = 11) -> tuple[Tensor, LSTMState]:
    """Give a stretch (T, B, E), and a memory that is not empty, all of which want gradients."""
    states = [normal(layers, 3, hidden, seed=2 + k).requires_grad_() for k in range(2)]
    return normal(length, 3, 5, seed=1).requires_grad_(), LSTMState(*states)


def singly(x: Tensor, state: LSTMState) -> tuple[Tensor, LSTMState]:
    """Bring a stretch and a state to float32."""
    return x.float(), LSTMState(state.h.float(), state.c.float())


def read(memory: LSTM, x: Tensor, state: LSTMState) -> tuple[Tensor, LSTMState]:
    return memory.forward(x, state, kernel="unrolled")


def weighed(y: Tensor, state: tuple[Tensor, ...]) -> Tensor:
    """Let every number that comes out count in a way of its own."""
    parts = (y, *state)
    losses = [(part * normal(*part.shape, seed=9 + k)).sum() for k, part in enumerate(parts)]
    return torch.stack(losses).sum()


def test_reads_like_torch() -> None:
    """It says and remembers what torch.nn.LSTM does."""
    memory, (x, state) = memory_of(), inputs_of()
    expected, expected_state = memory.lstm(x, state)
    actual, actual_state = read(memory, x, state)
    torch.testing.assert_close(actual, expected)
    torch.testing.assert_close(tuple(actual_state), expected_state)


def test_learns_like_torch() -> None:
    """Every parameter, the stretch and the memory have the gradients that they have in torch."""
    memory, (x, state) = memory_of(), inputs_of()
    wanted = [x, *state, *memory.parameters()]
    expected = torch.autograd.grad(weighed(*memory.lstm(x, state)), wanted)
    actual = torch.autograd.grad(weighed(*read(memory, x, state)), wanted)
    torch.testing.assert_close(actual, expected)


def test_gradients_are_those_of_small_differences() -> None:
    """The gradients by input, by memory and by each weight equal quotients of differences."""
    memory, (x, state) = memory_of(hidden=3, layers=1), inputs_of(hidden=3, layers=1, length=4)
    names = [name for name, _ in memory.named_parameters()]

    def of(x: Tensor, h: Tensor, c: Tensor, *weights: Tensor) -> tuple[Tensor, ...]:
        parameters, inputs = dict(zip(names, weights, strict=True)), (x, LSTMState(h, c))
        y, after = torch.func.functional_call(memory, parameters, inputs, {"kernel": "unrolled"})
        return y, *after

    weights = [parameter.detach().clone().requires_grad_() for parameter in memory.parameters()]
    assert torch.autograd.gradcheck(of, [x, *state, *weights])


def test_learns_nearly_the_same_in_half_precision() -> None:
    """Under autocast to bf16 gradients are float32, and those of float32 to a few in a hundred."""
    memory, (x, state) = memory_of().float(), inputs_of()
    gradients = []
    for low in (False, True):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
            y, after = read(memory, *singly(x, state))
        gradients.append(torch.autograd.grad(weighed(y, after), list(memory.parameters())))
    for exact, actual in zip(*gradients, strict=True):
        assert torch.float32 == actual.dtype
        assert 0 < (actual - exact).norm() < 0.05 * exact.norm()


def test_the_cell_state_keeps_its_precision() -> None:
    """Under autocast the memory comes back in float32, and not rounded to bf16."""
    memory, (x, state) = memory_of().float(), inputs_of()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        _, after = read(memory, *singly(x, state))
    assert torch.float32 == after.c.dtype
    assert not torch.equal(after.c, after.c.bfloat16().float())


def test_a_text_can_be_read_in_two_stretches() -> None:
    """With the memory handed on, two stretches give what one gives."""
    memory, (x, state) = memory_of(), inputs_of()
    expected, expected_state = read(memory, x, state)
    first, between = read(memory, x[:4], state)
    second, after = read(memory, x[4:], between)
    torch.testing.assert_close(torch.cat((first, second)), expected)
    torch.testing.assert_close(after, expected_state)


def test_no_two_gradients_share_memory() -> None:
    """Each gradient can be changed in place."""
    memory = memory_of()
    loss = weighed(*read(memory, *inputs_of()))
    gradients = torch.autograd.grad(loss, list(memory.parameters()))
    places = {gradient.untyped_storage().data_ptr() for gradient in gradients}
    assert len(places) == len(gradients)


def test_has_no_second_derivative() -> None:
    """Asked for the derivative of a gradient it refuses, where a wrong one would be worse."""
    memory, (x, state) = memory_of(), inputs_of()
    loss = read(memory, x, state)[0].square().sum()
    (gradient,) = torch.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()  # type: ignore[no-untyped-call]
