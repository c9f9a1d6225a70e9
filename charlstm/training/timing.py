"""How long a training step takes here."""

import dataclasses
import math
import time

from torch import Tensor

from charlstm.config import TrainConfig
from charlstm.models.base import CharacterModel
from charlstm.training.optimizer import Optimizer
from charlstm.training.workers import Execution, Workers

_STEPS = 3
_MUCH = 3.0


def seconds_of_step(
    model: CharacterModel,
    ids: Tensor,
    execution: Execution,
    config: TrainConfig,
    best: float = math.inf,
) -> float:
    """Measure a crew's step on ids (T+1, B): the best of a few, after one that makes ready.

    The weights stay as they are. A crew far slower than the `best` so far is not tried to its end.

    Raises:
        RuntimeError: it cannot make a step.
        MemoryError: there is too little memory for one.
    """
    optimizer = Optimizer(model, dataclasses.replace(config, precision=execution.precision))
    seconds: list[float] = []
    try:
        with Workers(model, ids.shape[1], execution, config.regularization, None) as workers:
            while len(seconds) <= _STEPS and not _hopeless(seconds[1:], best):
                begin = time.perf_counter()
                workers.learn(ids)
                optimizer.step(0.0)
                seconds.append(time.perf_counter() - begin)
    finally:
        model.zero_grad()
    return min(seconds[1:])


def _hopeless(seconds: list[float], best: float) -> bool:
    """Tell whether a crew is far slower; one step alone may have been held up."""
    return len(seconds) > 1 and min(seconds) > _MUCH * best
