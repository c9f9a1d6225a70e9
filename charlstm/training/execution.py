"""Which workers, threads, precision and loop this machine trains a model fastest with.

That depends on the shape: small products are worked on best by workers with a thread each, large
ones by one worker with all; bf16 is up to four times as fast as float32 where a processor has units
for it, and slower elsewhere; a loop of our own can be faster than torch's kernel. So each is tried
for a moment on the model itself. The answer is remembered per machine and shape, so that the same
training is the same again tomorrow.
"""

import hashlib
import itertools
import json
import math
import platform
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import torch
from platformdirs import user_cache_path
from torch import Tensor

from charlstm.config import TrainConfig
from charlstm.errors import OptionError, out_of_memory
from charlstm.models.base import Network
from charlstm.training.timing import seconds_of_step
from charlstm.training.workers import Execution

_WORTHWHILE = 1.05
_FEWEST_STREAMS = 4  # of a worker


def choose_execution(
    asked: TrainConfig, model: Network, ids: Tensor, cores: int, cache: Path | None
) -> Execution:
    """Settle what was not asked for by measuring training steps on ids (T+1, B).

    The weights stay as they are. `cache` is a folder in which the answer is looked up and kept.

    Raises:
        OptionError: this machine cannot train in the precision that was asked for.
    """
    executions = list(_candidates(asked, ids.shape[1], cores, model.core.unrolls))
    # float32 is computed with everywhere.
    if len(executions) == 1 and executions[0].precision == "float32":
        return executions[0]
    file = None if cache is None else cache / f"{_key(executions, model, ids)}.json"
    known = _recalled(file)
    if known in executions:
        return executions[executions.index(known)]
    execution = _fastest(executions, model, ids, asked)
    if file is not None:
        _remember(file, execution)
    return execution


def execution_cache() -> Path:
    """Name the folder in which answers are kept."""
    return user_cache_path("charlstm") / "crews"


def _candidates(
    asked: TrainConfig, streams: int, cores: int, unrolls: Collection[str]
) -> Iterator[Execution]:
    """List what may be tried; of crews as fast as each other the first is taken."""
    precisions = ("float32", "bf16") if asked.precision == "auto" else (asked.precision,)
    for workers, precision in itertools.product(_counts(asked, streams, cores), precisions):
        loops = ("fused", "unrolled") if precision in unrolls else ("fused",)
        for loop in loops if asked.loop == "auto" else (asked.loop,):
            yield Execution(workers, asked.threads or max(1, cores // workers), precision, loop)


def _counts(asked: TrainConfig, streams: int, cores: int) -> Sequence[int]:
    """List how many workers there may be: 1, 2, 4 and so on, and as many as there are cores."""
    if asked.workers is not None:
        return [min(asked.workers, streams)]
    most = max(1, min(streams // _FEWEST_STREAMS, cores // (asked.threads or 1)))
    powers = itertools.takewhile(lambda n: n <= most, (2**k for k in itertools.count()))
    return sorted({*powers, *([cores] if cores <= most else [])})


def _fastest(
    executions: list[Execution], model: Network, ids: Tensor, asked: TrainConfig
) -> Execution:
    best, least = executions[0], math.inf
    lacking: set[str] = set()
    failure: Exception | None = None
    for execution in executions:
        # A loop of our own makes its steps in bf16 everywhere, but slowly where torch's kernel
        # makes none.
        if execution.precision in lacking and asked.loop == "auto":
            continue
        try:
            seconds = seconds_of_step(model, ids, execution, asked, least)
        except (RuntimeError, MemoryError) as error:
            failure = error
            # Some processors have no bf16 for some products.
            if not out_of_memory(error):
                lacking.add(execution.precision)
            continue
        if seconds * _WORTHWHILE < least:
            best, least = execution, seconds
    if failure is not None and least == math.inf:
        if asked.precision == "bf16" and not out_of_memory(failure):
            raise OptionError("precision", "errors.expected.precision_here", asked.precision)
        raise failure
    return best


def _key(executions: list[Execution], model: Network, ids: Tensor) -> str:
    """Name a machine, a shape and a question."""
    shapes = [tuple(parameter.shape) for parameter in model.parameters()]
    machine = (platform.node(), platform.processor(), torch.backends.cpu.get_cpu_capability())
    asked = (
        machine,
        torch.__version__,
        model.core.info.family,
        shapes,
        tuple(ids.shape),
        executions,
    )
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:24]


def _recalled(file: Path | None) -> Execution | None:
    try:
        return Execution(**json.loads(file.read_bytes())) if file is not None else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _remember(file: Path, execution: Execution) -> None:
    """Keep an answer; where nothing can be kept it is measured again next time."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(vars(execution)), encoding="utf-8")
    except OSError:
        return
