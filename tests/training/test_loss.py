"""The chunked cross-entropy against torch's, and its penalties."""

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.distributions import Categorical
from torch.nn import functional as F

from charlstm.training import loss as loss_module
from charlstm.training.loss import chunked_cross_entropy

T, B, H, V = 5, 4, 6, 9


def head_of() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(H, V).double()


def outputs() -> Tensor:
    y = torch.randn(T, B, H, dtype=torch.double, generator=Generator().manual_seed(1))
    return y.requires_grad_()


def targets_of() -> Tensor:
    return torch.randint(V, (T, B), generator=Generator().manual_seed(2))


def by_torch(y: Tensor, head: nn.Linear, targets: Tensor) -> Tensor:
    return F.cross_entropy(head(y).flatten(0, 1), targets.flatten(), reduction="sum")


@pytest.fixture(params=[1, V, 7 * V, 1 << 18], ids=["one logit", "one row", "7 rows", "all"])
def _at_a_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute so many logits at a time."""
    monkeypatch.setattr(loss_module, "_LOGITS", request.param)


@pytest.mark.usefixtures("_at_a_time")
def test_is_cross_entropy() -> None:
    """However many characters are worked on at a time, the loss is torch's."""
    y, head, targets = outputs(), head_of(), targets_of()
    torch.testing.assert_close(chunked_cross_entropy(y, head, targets), by_torch(y, head, targets))


@pytest.mark.usefixtures("_at_a_time")
def test_gradients_are_those_of_cross_entropy() -> None:
    """Inputs, weight and bias have the gradients that they have in torch."""
    y, head, targets = outputs(), head_of(), targets_of()
    wanted = [y, head.weight, head.bias]
    expected = torch.autograd.grad(3 * by_torch(y, head, targets), wanted)
    actual = torch.autograd.grad(3 * chunked_cross_entropy(y, head, targets), wanted)
    torch.testing.assert_close(actual, expected)


@pytest.mark.usefixtures("_at_a_time")
@pytest.mark.parametrize("size", [1, 1e4])
def test_confidence_penalty_subtracts_entropy(size: float) -> None:
    """With a penalty the gradient is that of loss minus entropy; the value is the loss alone."""
    y, head, targets = outputs(), head_of(), targets_of()
    head.weight.detach().mul_(size)
    wanted = [y, head.weight, head.bias]
    loss = chunked_cross_entropy(y, head, targets, 0.3)
    entropy = Categorical(logits=head(y)).entropy().sum()  # type: ignore[no-untyped-call]
    expected = torch.autograd.grad(by_torch(y, head, targets) - 0.3 * entropy, wanted)
    torch.testing.assert_close(torch.autograd.grad(loss, wanted), expected)
    torch.testing.assert_close(loss, by_torch(y, head, targets))


def test_the_confidence_penalty_is_computed_in_full_precision() -> None:
    """In bf16, too, the gradient of a penalty is right to the last place that bf16 has."""
    head, y = nn.Linear(1, 500), torch.zeros(1, 1, 1)
    scores = torch.randn(500, generator=Generator().manual_seed(3)).bfloat16().float()
    head.bias.detach().copy_(scores)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = chunked_cross_entropy(y, head, torch.tensor([[7]]), 0.9)
    (actual,) = torch.autograd.grad(loss, [head.bias])
    scores.requires_grad_()
    entropy = Categorical(logits=scores).entropy()  # type: ignore[no-untyped-call]
    exact = F.cross_entropy(scores[None], torch.tensor([7])) - 0.9 * entropy
    (expected,) = torch.autograd.grad(exact, [scores])
    torch.testing.assert_close(actual, expected, rtol=2**-8, atol=1e-5)


def test_gradients_are_those_of_small_differences() -> None:
    """The gradients equal quotients of differences."""
    y, head, targets = outputs(), head_of(), targets_of()
    parts = [part.detach() for part in (y.flatten(0, 1), head.weight, head.bias)]
    asked = [part.requires_grad_() for part in parts]

    def by_hand(y: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        kernel = loss_module._ChunkedCrossEntropy  # noqa: SLF001
        loss: Tensor = kernel.apply(y, weight, bias, targets.flatten(), 0.0)  # type: ignore[no-untyped-call]
        return loss

    assert torch.autograd.gradcheck(by_hand, asked)


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_large_logits_are_no_trouble(size: float) -> None:
    """Logits whose exponential no number can hold give a finite loss, and the right one."""
    y, head, targets = outputs(), head_of(), targets_of()
    head.weight.detach().mul_(size)
    loss = chunked_cross_entropy(y, head, targets)
    torch.testing.assert_close(loss, by_torch(y, head, targets))
    assert loss.isfinite()


@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_half_precision_is_near(penalty: float) -> None:
    """Under autocast to bf16 loss and gradients are float32, and off by a few in a hundred."""
    y, head, targets = outputs().float(), head_of().float(), targets_of()
    results = []
    for low in (False, True):
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low):
            loss = chunked_cross_entropy(y, head, targets, penalty)
        results.append([loss, *torch.autograd.grad(loss, [y, head.weight, head.bias])])
    for exact, actual in zip(*results, strict=True):
        assert torch.float32 == actual.dtype
        assert 0 < (actual - exact).norm() < 0.03 * exact.norm()
