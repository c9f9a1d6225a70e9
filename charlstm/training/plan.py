"""What suits a text, and how long it takes on this machine, where nothing else is asked for.

A short text is soon known by heart: it is read often, by a model that forgets many of its units on
the way. A long one is read once or a few times, by as many streams as make the steps worth their
while. How the numbers came about is in benchmarks/README.md, "What was tried".
"""

import dataclasses
import time
from dataclasses import dataclass

from torch import Tensor

from charlstm.config import ModelConfig, TrainConfig
from charlstm.models.base import CharacterModel
from charlstm.training.events import Planned
from charlstm.training.optimizer import Optimizer
from charlstm.training.workers import Crew, Workers

# Of a training whose length was not asked for, in seconds.
_LONGEST = 10 * 60.0

_SHORT, _LONG = 300_000, 1_500_000
_READ = 8_000_000
_MOST_EPOCHS, _FEWEST_EPOCHS = 8.0, 1.0
_STEPS = 3


@dataclass(frozen=True)
class Plan:
    """What suits a text: the share of units dropped, streams read side by side, and epochs."""

    dropout: float
    batch: int
    epochs: float


def plan_for(characters: int) -> Plan:
    """Choose for a text of so many characters."""
    epochs = max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, round(_READ / characters, 1)))
    if characters < _SHORT:
        return Plan(dropout=0.3, batch=16, epochs=epochs)
    return Plan(dropout=0.2 if characters < _LONG else 0.1, batch=64, epochs=epochs)


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
