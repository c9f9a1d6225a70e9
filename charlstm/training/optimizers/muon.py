"""Muon: steps of momentum whose matrices are made orthogonal.

Every direction in which a weight matrix could change gets a step of about the same size, down to
those with a hundredth of the gradient: what is rare in a text is learnt as fast as what is common.
From Jordan et al. 2024 (https://kellerjordan.github.io/posts/muon/), with the scale of Liu et al.
2025 (arXiv:2502.16982), which makes a step as long as one of Adam's at the same learning rate.

The matrices between the units take the steps of Muon. The embedding, the head and the biases, in
which each row or number has a meaning of its own, take those of AdamW.
Shapes: N matrices of R rows and C columns.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from charlstm.config import TrainConfig
from charlstm.models.base import Network
from charlstm.training.optimizers.adamw import adamw

LEARNING_RATES = {"tiny": 2.2e-2, "small": 1.6e-2, "medium": 1.1e-2, "large": 9e-3}
_MOMENTUM = 0.95
# Of polynomials a·x + b·x³ + c·x⁵, one after the other, that bring every singular value from 0.01
# up to 1 as near to 1 as three such can: each has the least largest error on the range that the one
# before it leaves (Amsel et al. 2025, arXiv:2505.16932, who do so for another range).
_ROUNDS = (
    (8.0934, -23.6206, 17.4463),
    (3.6366, -2.7219, 0.5365),
    (2.6613, -1.9772, 0.4526),
)
_TINY = 1e-20
_LIKE_ADAM = 0.2  # the root mean square of Adam's steps, in learning rates


def build(network: Network, config: TrainConfig, precision: str) -> list[torch.optim.Optimizer]:
    """Return Muon for the matrices between units, and AdamW for all else."""
    matrices = list(_matrices(network))
    taken = {id(each.parameter) for each in matrices}
    others = [p for p in network.parameters() if id(p) not in taken]
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    muon = Muon(matrices, config.learning_rate, config.weight_decay, _MOMENTUM, dtype)
    return [muon, adamw(others, config)]


class Matrix(NamedTuple):
    """A parameter, and the number of matrices stacked in it: one for each gate."""

    parameter: Tensor
    blocks: int


class Muon(torch.optim.Optimizer):
    """Take orthogonal steps on matrices; each gate's is a matrix of its own."""

    def __init__(
        self,
        matrices: Iterable[Matrix],
        lr: float,
        weight_decay: float,
        momentum: float,
        dtype: torch.dtype,
    ) -> None:
        defaults = {"lr": lr, "weight_decay": weight_decay, "momentum": momentum}
        groups = [{"params": [each.parameter], "blocks": each.blocks} for each in matrices]
        super().__init__(groups, defaults)
        self.dtype = dtype

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Change every parameter that has a gradient."""
        assert closure is None
        # Matrices of one size are made orthogonal together.
        alike: dict[torch.Size, list[tuple[dict[str, Any], Tensor]]] = defaultdict(list)
        for group in self.param_groups:
            if group["params"][0].grad is None:
                continue
            update = torch.stack(self._update(group).chunk(group["blocks"]))
            alike[update.shape[1:]].append((group, update))
        for pairs in alike.values():
            groups, updates = zip(*pairs, strict=True)
            _take_steps(groups, orthogonal(torch.cat(updates).to(self.dtype)).float())

    def _update(self, group: dict[str, Any]) -> Tensor:
        """Return the gradient with Nesterov's momentum."""
        (parameter,) = group["params"]
        state = self.state[parameter]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(parameter)
        momentum = state["momentum"].lerp_(parameter.grad, 1 - group["momentum"])
        update: Tensor = parameter.grad.lerp(momentum, group["momentum"])
        return update


def _take_steps(groups: Sequence[dict[str, Any]], steps: Tensor) -> None:
    """Change parameters by their share of the steps (N, R, C)."""
    size = _LIKE_ADAM * math.sqrt(max(steps.shape[1:]))
    parts = torch.split(steps, [group["blocks"] for group in groups])
    for group, step in zip(groups, parts, strict=True):
        (parameter,) = group["params"]
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        parameter.add_(step.flatten(0, 1), alpha=-group["lr"] * size)


def orthogonal(matrices: Tensor) -> Tensor:
    """Bring the singular values of matrices (N, R, C) near to 1.

    Those of at least a hundredth of the matrix's norm come between 0.73 and 1.27; smaller ones grow
    up to 78 times.

    An iteration of Newton and Schulz that needs products only: what is far from 0 soon comes near.
    """
    tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + _TINY)
    for a, b, c in _ROUNDS:
        square = x @ x.mT
        polynomial = torch.baddbmm(square, square, square, beta=b, alpha=c)
        x = torch.baddbmm(x, polynomial, x, beta=a)
    return x.mT if tall else x


def _matrices(network: Network) -> Iterator[Matrix]:
    """Yield the matrices between units; in one there is a block of H rows for each gate."""
    for layer in network.core.layers():
        for affine in layer:
            if affine is not None:
                yield Matrix(affine.weight, network.core.info.blocks)
