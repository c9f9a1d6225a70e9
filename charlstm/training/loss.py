"""The training loss: cross-entropy of the head's logits, and two penalties.

With a large vocabulary the time goes into the logits and not into the head's matrix products: they
are read and written again and again, and do not fit into the processor's cache. So loss and
gradient are computed together, for a few characters at a time, and only the gradient δ is kept:

    loss = Σ ln Σ exp z − z_target        δz = p − (1 at the target)        p = softmax(z)

The confidence penalty β subtracts the entropy of the prediction (Pereyra et al. 2017,
arXiv:1701.06548), since a model that reads a short text often becomes too sure:

    − β · entropy(p) = β · Σ p ln p        δz = β · p (z − Σ p z)

The activation penalty α adds α times the mean square of the outputs y, with units dropped (Merity,
McCann & Socher 2017, arXiv:1708.01009, who write the norm of y but compute that mean).

Both penalties change gradients only: the value of the loss is the cross-entropy alone.
Shapes: T time, B batch, N = T·B characters, H hidden, V vocabulary.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from charlstm.config import Regularization
from charlstm.models.autocast import lowered
from charlstm.models.base import Network, State
from charlstm.models.dropout import Dropout, DropoutRng

_LOGITS = 1 << 18  # computed at a time; with a quarter of that, products are too small


def training_loss(  # noqa: PLR0913, PLR0917
    network: Network,
    ids: Tensor,
    state: State,
    regularization: Regularization = Regularization(),  # noqa: B008  it is frozen
    rng: DropoutRng | None = None,
    kernel: str = "fused",
) -> tuple[Tensor, State]:
    """Read ids (T+1, B) and return the sum of −ln p over all but the first, and the new state.

    Its gradient is that of the regularized loss. Without `rng` nothing is dropped.
    """
    dropout = None
    if rng is not None:
        dropout = Dropout(regularization.dropout, regularization.weight_dropout, rng)
    y, state = network.features(ids[:-1], state, dropout, kernel)
    loss = chunked_cross_entropy(y, network.head, ids[1:], regularization.confidence_penalty)
    if regularization.activation_penalty > 0:
        mean_factor = regularization.activation_penalty / y.shape[-1]
        penalty = mean_factor * y.to(loss.dtype).square().sum()
        loss = loss + (penalty - penalty.detach())
    return loss, state


def chunked_cross_entropy(
    y: Tensor, head: nn.Linear, targets: Tensor, confidence_penalty: float = 0.0
) -> Tensor:
    """Return the sum of −ln p of targets (T, B) under the head's logits for y (T, B, H).

    Its gradient is that of the sum minus the penalty times the entropy of each prediction.
    """
    loss: Tensor = _ChunkedCrossEntropy.apply(  # type: ignore[no-untyped-call]
        y.flatten(0, 1), head.weight, head.bias, targets.flatten(), confidence_penalty
    )
    return loss


class _ChunkedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(  # noqa: PLR0913, PLR0917
        ctx: Any,  # noqa: ANN401
        y: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        penalty: float,
    ) -> Tensor:
        y, weight, bias = lowered(y, weight, bias)
        gradients = y.new_empty(len(y), len(weight))
        # Losses are summed in no less than float32.
        loss = y.new_zeros((), dtype=torch.promote_types(y.dtype, torch.float32))
        few = max(1, _LOGITS // len(weight))
        chunks = (torch.split(whole, few) for whole in (y, gradients, targets[:, None]))
        for inputs, gradient, wanted in zip(*chunks, strict=True):
            logits = F.linear(inputs, weight, bias).to(loss.dtype)
            largest = logits.amax(dim=1, keepdim=True)
            # Before the logits are overwritten.
            loss += (largest - logits.gather(1, wanted)).sum()
            logits.sub_(largest)
            p = logits.exp() if penalty > 0 else logits.exp_()
            sums = p.sum(dim=1, keepdim=True)
            loss += sums.log().sum()
            p.div_(sums)
            if penalty > 0:
                # By hand, as autocast would run vecdot in bf16.
                mean = (p * logits).sum(dim=1, keepdim=True)
                p.mul_(torch.add(1 - penalty * mean, logits, alpha=penalty))
            p.scatter_add_(1, wanted, -torch.ones_like(sums))
            gradient.copy_(p)
        ctx.save_for_backward(y, weight, gradients)
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *deltas: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        (scale,) = deltas
        y, weight, gradients = ctx.saved_tensors
        dy, dw = gradients @ weight, gradients.t() @ y
        db = gradients.t() @ gradients.new_ones(len(gradients))
        return dy.mul_(scale), dw.mul_(scale), db.mul_(scale), None, None
