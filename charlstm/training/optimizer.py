"""The optimisers of a training, all at one learning rate that follows the schedule."""

from importlib import import_module
from typing import TYPE_CHECKING

from charlstm.config import TrainConfig
from charlstm.models.base import Network

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch


class Optimizer:
    """Change all parameters of a network, as the optimiser named in the settings does.

    Attributes:
        parts: the optimisers of torch that share the parameters.
    """

    def __init__(self, network: Network, config: TrainConfig, precision: str) -> None:
        module = import_module(f"charlstm.training.optimizers.{config.optimizer}")
        self.parts: list[torch.optim.Optimizer] = module.build(network, config, precision)

    def step(self, rate: float) -> None:
        """Change every parameter at a learning rate."""
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = rate
            part.step()


def learning_rate_for(optimizer: str, size: str) -> float:
    """Return the highest learning rate that suits a size (benchmarks/TRIED.md)."""
    module = import_module(f"charlstm.training.optimizers.{optimizer}")
    rates: Mapping[str, float] = module.LEARNING_RATES
    return rates[size]
