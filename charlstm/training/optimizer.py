"""AdamW (Loshchilov & Hutter 2019), with decay on matrices only."""

import torch

from charlstm.config import TrainConfig
from charlstm.models.base import CharacterModel


def build_optimizer(model: CharacterModel, config: TrainConfig) -> torch.optim.AdamW:
    """Make the optimiser of a model; biases are not decayed."""
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, config.learning_rate, betas=(0.9, 0.99), fused=True)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of the next step."""
    for group in optimizer.param_groups:
        group["lr"] = rate
