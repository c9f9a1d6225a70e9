"""The LSTM's own loop against torch's module, against small differences, and in half precision."""

import pytest
import torch
from torch import Generator, Tensor

from charlstm.models.base import State
from charlstm.models.lstm import CELL
from charlstm.models.recurrent import Recurrent


def normal(*shape: int, seed: int) -> Tensor:
    draw = Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.double, generator=draw)


def lstm_of(hidden: int = 7, layers: int = 2) -> Recurrent:
    """Return an LSTM with biases that are not 0, so that they can be mistaken."""
    lstm = Recurrent(CELL, 5, hidden, layers)
    lstm.module.double()
    lstm.initialize(Generator().manual_seed(0))
    for number, parameter in enumerate(lstm.module.parameters()):
        if parameter.ndim == 1:
            parameter.detach().add_(normal(len(parameter), seed=number))
    return lstm


def single_of() -> Recurrent:
    """Return the same in float32."""
    lstm = lstm_of()
    lstm.module.float()
    return lstm


def inputs_of(hidden: int = 7, layers: int = 2, length: int = 11) -> tuple[Tensor, State]:
    """Return a sequence (T, B, E) and a state that is not empty, all of which need gradients."""
    states = [normal(layers, 3, hidden, seed=2 + k).requires_grad_() for k in range(2)]
    return normal(length, 3, 5, seed=1).requires_grad_(), tuple(states)


def singly(x: Tensor, state: State) -> tuple[Tensor, State]:
    """Return a sequence and a state in float32."""
    return x.float(), tuple(part.float() for part in state)


def read(lstm: Recurrent, x: Tensor, state: State) -> tuple[Tensor, State]:
    return lstm.forward(x, state, kernel="unrolled")


def weighed(y: Tensor, state: tuple[Tensor, ...]) -> Tensor:
    """Return a loss in which every number of the result has a weight of its own."""
    parts = (y, *state)
    losses = [(part * normal(*part.shape, seed=9 + k)).sum() for k, part in enumerate(parts)]
    return torch.stack(losses).sum()


def test_reads_like_torch() -> None:
    """Outputs and state are those of torch.nn.LSTM."""
    lstm, (x, state) = lstm_of(), inputs_of()
    expected, expected_state = lstm.module(x, state)
    actual, actual_state = read(lstm, x, state)
    torch.testing.assert_close(actual, expected)
    torch.testing.assert_close(tuple(actual_state), expected_state)


def test_learns_like_torch() -> None:
    """Every parameter, the inputs and the state have the gradients that they have in torch."""
    lstm, (x, state) = lstm_of(), inputs_of()
    wanted = [x, *state, *lstm.module.parameters()]
    expected = torch.autograd.grad(weighed(*lstm.module(x, state)), wanted)
    actual = torch.autograd.grad(weighed(*read(lstm, x, state)), wanted)
    torch.testing.assert_close(actual, expected)


def test_gradients_are_those_of_small_differences() -> None:
    """The gradients by inputs, state and each weight equal quotients of differences."""
    lstm, (x, state) = lstm_of(hidden=3, layers=1), inputs_of(hidden=3, layers=1, length=4)

    def of(x: Tensor, h: Tensor, c: Tensor, *_: Tensor) -> tuple[Tensor, ...]:
        # The weights are the module's own, which gradcheck changes in place.
        y, after = read(lstm, x, (h, c))
        return y, *after

    assert torch.autograd.gradcheck(of, [x, *state, *lstm.module.parameters()])


def test_learns_nearly_the_same_in_half_precision() -> None:
    """Under autocast to bf16 gradients are float32, and those of float32 to a few in a hundred."""
    lstm, (x, state) = single_of(), inputs_of()
    gradients = []
    for low in (False, True):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
            y, after = read(lstm, *singly(x, state))
        gradients.append(torch.autograd.grad(weighed(y, after), list(lstm.module.parameters())))
    for exact, actual in zip(*gradients, strict=True):
        assert torch.float32 == actual.dtype
        assert 0 < (actual - exact).norm() < 0.05 * exact.norm()


def test_the_cell_state_keeps_its_precision() -> None:
    """Under autocast C comes back in float32, and not rounded to bf16."""
    lstm, (x, state) = single_of(), inputs_of()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        _, after = read(lstm, *singly(x, state))
    assert torch.float32 == after[1].dtype
    assert not torch.equal(after[1], after[1].bfloat16().float())


def test_a_text_can_be_read_in_two_sequences() -> None:
    """With the state carried over, two sequences give what one gives."""
    lstm, (x, state) = lstm_of(), inputs_of()
    expected, expected_state = read(lstm, x, state)
    first, between = read(lstm, x[:4], state)
    second, after = read(lstm, x[4:], between)
    torch.testing.assert_close(torch.cat((first, second)), expected)
    torch.testing.assert_close(after, expected_state)


def test_no_two_gradients_share_memory() -> None:
    """Each gradient can be changed in place."""
    lstm = lstm_of()
    loss = weighed(*read(lstm, *inputs_of()))
    gradients = torch.autograd.grad(loss, list(lstm.module.parameters()))
    places = {gradient.untyped_storage().data_ptr() for gradient in gradients}
    assert len(places) == len(gradients)


def test_has_no_second_derivative() -> None:
    """Asked for the derivative of a gradient it refuses, where a wrong one would be worse."""
    lstm, (x, state) = lstm_of(), inputs_of()
    loss = read(lstm, x, state)[0].square().sum()
    (gradient,) = torch.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()  # type: ignore[no-untyped-call]
