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

_SHORT = 300_000  # characters
_READ = 8_000_000
_MOST_EPOCHS, _FEWEST_EPOCHS = 8.0, 1.0
_PACE = 30_000  # characters a second, where a number of minutes is asked for
_STEPS = 3


@dataclass(frozen=True)
class Plan:
    """What suits a text: the share of units dropped, streams read side by side, and epochs."""

    dropout: float
    batch: int
    epochs: float


def plan_for(characters: int, minutes: float | None = None) -> Plan:
    """Choose for a text of so many characters, and for the minutes that were asked for, if any."""
    epochs = max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, round(_READ / characters, 1)))
    read = epochs * characters if minutes is None else 60 * minutes * _PACE
    return Plan(_dropout(characters, read / characters), _batch(characters, read), epochs)


def _batch(characters: int, read: float) -> int:
    """Choose B: few streams make many steps of what little is read."""
    if read < 3_000_000:
        return 16 if characters < _SHORT else 32
    return 64


def _dropout(characters: int, times: float) -> float:
    """Choose the share of units to drop: the more, the more often each character is read."""
    if times < 2:
        return 0.05
    if times < 5:
        return 0.1
    more = 0.1 if characters < _SHORT else 0.0
    return more + (0.2 if times < 15 else 0.3 if times < 40 else 0.4)


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
