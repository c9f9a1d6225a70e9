"""Two optimisers for two kinds of parameters.

The matrices of the memory, which turn vectors into vectors, take the steps of Muon. The embedding,
the head and the biases, of which each row or number has a meaning of its own, take those of AdamW
(Loshchilov & Hutter 2019); only matrices decay. Where a model learns better so, AdamW has them all.
"""

from collections.abc import Iterator

import torch

from charlstm.config import TrainConfig
from charlstm.models.base import Network
from charlstm.training.muon import Matrix, Muon

_MOMENTUM = 0.95


class Optimizer:
    """Takes the steps of both at one learning rate.

    Attributes:
        parts: the optimisers.
    """

    def __init__(self, model: Network, config: TrainConfig) -> None:
        """Sort a model's parameters."""
        matrices = list(_matrices(model)) if config.optimizer == "muon" else []
        taken = {id(each.parameter) for each in matrices}
        others = [p for p in model.parameters() if id(p) not in taken]
        groups = [
            {"params": [p for p in others if p.ndim > 1], "weight_decay": config.weight_decay},
            {"params": [p for p in others if p.ndim <= 1], "weight_decay": 0.0},
        ]
        dtype = torch.bfloat16 if config.precision == "bf16" else torch.float32
        self.parts: list[torch.optim.Optimizer] = []
        if matrices:
            muon = Muon(matrices, config.learning_rate, config.weight_decay, _MOMENTUM, dtype)
            self.parts.append(muon)
        adamw = torch.optim.AdamW(groups, config.learning_rate, betas=(0.9, 0.99), fused=True)
        self.parts.append(adamw)

    def step(self, rate: float) -> None:
        """Change every parameter at a learning rate."""
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate
            part.step()


def _matrices(model: Network) -> Iterator[Matrix]:
    """Give the memory's matrices; in one there is a block of H rows for each gate."""
    blocks = model.core.info.blocks
    for layer in model.core.layers():
        for affine in layer:
            if affine is not None:
                yield Matrix(affine.weight, blocks)
