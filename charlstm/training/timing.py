"""How long a training step takes on this machine."""

import math
import time

from torch import Tensor

from charlstm.config import Execution, TrainConfig
from charlstm.models.base import Network
from charlstm.training.optimizer import Optimizer
from charlstm.training.workers import DataParallelWorkers

_STEPS = 3
_MUCH = 3.0


def seconds_per_step(
    model: Network,
    ids: Tensor,
    execution: Execution,
    training: TrainConfig,
    best: float = math.inf,
) -> float:
    """Measure training steps on ids (T+1, B): the fastest of a few, after one to warm up.

    The weights stay as they are. One far slower than the `best` so far is not tried to its end.

    Raises:
        RuntimeError: no step can be made.
        MemoryError: there is too little memory for one.
    """
    optimizer = Optimizer(model, training, execution.precision)
    seconds: list[float] = []
    try:
        with DataParallelWorkers(
            model, ids.shape[1], execution, training.regularization, None
        ) as workers:
            while len(seconds) <= _STEPS and not _hopeless(seconds[1:], best):
                begin = time.perf_counter()
                workers.forward_backward(ids)
                optimizer.step(0.0)
                seconds.append(time.perf_counter() - begin)
    finally:
        model.zero_grad()
    return min(seconds[1:])


def _hopeless(seconds: list[float], best: float) -> bool:
    """Whether steps are far slower than the best; one alone may have been held up."""
    return len(seconds) > 1 and min(seconds) > _MUCH * best
