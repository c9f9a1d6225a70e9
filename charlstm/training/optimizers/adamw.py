"""AdamW (Loshchilov & Hutter 2019), in which only matrices decay."""

from collections.abc import Iterable

import torch
from torch import Tensor

from charlstm.config import TrainConfig
from charlstm.models.base import Network

LEARNING_RATES = {"tiny": 4e-3, "small": 3e-3, "medium": 1.5e-3, "large": 1e-3}
_BETAS = (0.9, 0.99)


def build(
    network: Network,
    config: TrainConfig,
    precision: str,  # noqa: ARG001  another optimiser's steps are computed in it
) -> list[torch.optim.Optimizer]:
    """Return AdamW for all parameters of a network."""
    return [adamw(network.parameters(), config)]


def adamw(parameters: Iterable[Tensor], config: TrainConfig) -> torch.optim.Optimizer:
    """Return AdamW for some parameters."""
    every = list(parameters)
    groups = [
        {"params": [p for p in every if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in every if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, config.learning_rate, betas=_BETAS, fused=True)
