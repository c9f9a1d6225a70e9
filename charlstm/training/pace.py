"""How fast this machine trains a model, and what that means for a training without a length."""

import dataclasses
import time
from pathlib import Path

import torch
from torch import Generator, Tensor

from charlstm.config import ModelConfig, TrainConfig
from charlstm.models import new_model
from charlstm.models.base import CharacterModel
from charlstm.training.crew import choose_crew
from charlstm.training.events import Planned
from charlstm.training.optimizer import Optimizer
from charlstm.training.workers import Crew, Workers

# Of a training whose length was not asked for, in seconds.
_LONGEST = 20 * 60.0

_STEPS = 3


def seconds_of_step(model: CharacterModel, ids: Tensor, crew: Crew, config: TrainConfig) -> float:
    """Measure how long a training step on ids (T+1, B) takes; the weights stay as they are."""
    optimizer, seconds = Optimizer(model, config), []
    with Workers(model, ids.shape[1], crew, None) as workers:
        for _ in range(1 + _STEPS):
            begin = time.perf_counter()
            workers.learn(ids)
            optimizer.step(0.0)
            seconds.append(time.perf_counter() - begin)
    model.zero_grad()
    return min(seconds[1:])


def settle(
    config: TrainConfig, model: CharacterModel, shape: ModelConfig, ids: Tensor, steps: float
) -> tuple[TrainConfig, Planned]:
    """Tell how long the epochs take that were planned, and plan fewer where that is too long.

    `ids` (T+1, B) are what one of the `steps` of an epoch reads.
    """
    assert config.epochs is not None
    crew = Crew(config.workers or 1, config.threads or 1, config.precision)
    epoch = steps * seconds_of_step(model, ids, crew, config)
    epochs = min(config.epochs, _LONGEST / epoch)
    plan = Planned(shape.layers, shape.hidden, shape.dropout, epochs, epochs * epoch)
    return dataclasses.replace(config, epochs=epochs), plan


def characters_per_second(
    shape: ModelConfig, config: TrainConfig, cores: int, memory: Path | None
) -> float:
    """Measure how much text a new model of a shape learns from; `memory` is `choose_crew`'s."""
    model = new_model(shape, Generator().manual_seed(config.seed))
    ids = torch.zeros(config.stretch + 1, config.batch, dtype=torch.long)
    crew = choose_crew(config, model, ids, cores, memory)
    config = dataclasses.replace(config, **vars(crew))
    return config.stretch * config.batch / seconds_of_step(model, ids, crew, config)
