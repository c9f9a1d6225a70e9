"""The head and its loss in one, to learn with.

Over a large vocabulary it is not the head's matrix products that take the time but the scores: they
are read and written again and again, and are too many for the processor's cache. Here they are
worked on a few characters at a time, forwards and backwards at once, and only their slope is kept:

    loss = Σ ln Σ exp z − z_target        δz = p − (1 at the target)        p = softmax(z)

A model that has read a short text often is surer of what comes than it is right to be. So being
sure may have a price, β times what is lacking in entropy (Pereyra et al. 2017, arXiv:1701.06548):

    − β · entropy(p) = β · Σ p ln p        δz = β · p (z − Σ p z)

Shapes: T time, B batch, N = T·B characters, H hidden, V vocabulary.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from charlstm.models.autocast import lowered

_SCORES = 1 << 18  # worked on at a time; with a quarter of that, products are too small


def nats_to_learn_from(
    y: Tensor, head: nn.Linear, targets: Tensor, confidence_penalty: float = 0.0
) -> Tensor:
    """Add up −ln p of all targets (T, B) under the head's scores for y (T, B, H).

    The slope is that of the sum less β, the penalty, times the entropy of each p; the value is the
    sum alone.
    """
    loss: Tensor = _Foretelling.apply(  # type: ignore[no-untyped-call]
        y.flatten(0, 1), head.weight, head.bias, targets.flatten(), confidence_penalty
    )
    return loss


class _Foretelling(torch.autograd.Function):
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
        slopes = y.new_empty(len(y), len(weight))
        # Losses are summed in no less than float32.
        loss = y.new_zeros((), dtype=torch.promote_types(y.dtype, torch.float32))
        few = max(1, _SCORES // len(weight))
        parts = (torch.split(whole, few) for whole in (y, slopes, targets[:, None]))
        for heard, slope, wanted in zip(*parts, strict=True):
            scores = F.linear(heard, weight, bias).to(loss.dtype)
            most = scores.amax(dim=1, keepdim=True)
            # Before the scores are overwritten.
            loss += (most - scores.gather(1, wanted)).sum()
            scores.sub_(most)
            p = scores.exp() if penalty > 0 else scores.exp_()
            sums = p.sum(dim=1, keepdim=True)
            loss += sums.log().sum()
            p.div_(sums)
            if penalty > 0:
                # By hand, as autocast would have vecdot in bf16.
                mean = (p * scores).sum(dim=1, keepdim=True)
                p.mul_(torch.add(1 - penalty * mean, scores, alpha=penalty))
            p.scatter_add_(1, wanted, -torch.ones_like(sums))
            slope.copy_(p)
        ctx.save_for_backward(y, weight, slopes)
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *deltas: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401
        (by,) = deltas
        y, weight, slopes = ctx.saved_tensors
        dy, dw = slopes @ weight, slopes.t() @ y
        db = slopes.t() @ slopes.new_ones(len(slopes))
        return dy.mul_(by), dw.mul_(by), db.mul_(by), None, None
