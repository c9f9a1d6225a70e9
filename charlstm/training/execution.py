"""Choose the workers, threads, precision and kernel that train a model fastest on this machine.

That depends on the shape: small products are computed best by workers with a thread each, large
ones by one worker with all; bf16 is up to four times as fast as float32 where a processor has units
for it, and slower elsewhere; an unrolled loop of our own can be faster than torch's kernel. So each
is tried for a moment on the model itself. The answer is remembered per machine and shape, so that
the same training is the same again tomorrow.
"""

import dataclasses
import hashlib
import itertools
import json
import math
import platform
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from platformdirs import user_cache_path
from torch import Tensor

from charlstm.config import Execution, TrainConfig, TrainRequest
from charlstm.errors import OptionError, out_of_memory
from charlstm.limits import AUTO
from charlstm.models.base import Network
from charlstm.training.timing import seconds_per_step

_WORTHWHILE = 1.05
_FEWEST_STREAMS = 4  # per worker


class Measured(NamedTuple):
    """An execution, and how many seconds a training step takes with it."""

    execution: Execution
    seconds: float


def measure(  # noqa: PLR0913
    request: TrainRequest,
    model: Network,
    ids: Tensor,
    training: TrainConfig,
    *,
    cores: int,
    cache: Path | None,
) -> Measured:
    """Choose an execution, and measure its training steps on ids (T+1, B).

    The weights stay as they are. `cache` is a folder in which the choice is looked up and kept.

    Raises:
        OptionError: this machine cannot train in the precision that was asked for.
    """
    candidates = list(_candidates(request, ids.shape[1], cores, model.core.unrolls))
    file = None if cache is None else cache / f"{_key(candidates, model, ids)}.json"
    known = candidates[0] if _is_settled(candidates) else _recall(file)
    if known in candidates:
        execution = candidates[candidates.index(known)]
        return Measured(execution, seconds_per_step(model, ids, execution, training))
    measured = _fastest(candidates, model, ids, training, request)
    if file is not None:
        _remember(file, measured.execution)
    return measured


def default_cache() -> Path:
    """Return the folder in which choices are kept."""
    return user_cache_path("charlstm") / "executions"


def _is_settled(candidates: Sequence[Execution]) -> bool:
    """Whether there is nothing to choose; float32 is computed everywhere."""
    return len(candidates) == 1 and candidates[0].precision == "float32"


def _candidates(
    request: TrainRequest, streams: int, cores: int, unrolls: Collection[str]
) -> Iterator[Execution]:
    """Yield what may be tried; of those as fast as each other the first is taken."""
    precisions = ("float32", "bf16") if request.precision == AUTO else (request.precision,)
    for workers, precision in itertools.product(_counts(request, streams, cores), precisions):
        kernels = ("fused", "unrolled") if precision in unrolls else ("fused",)
        for kernel in kernels if request.kernel == AUTO else (request.kernel,):
            threads = request.threads or max(1, cores // workers)
            yield Execution(workers, threads, precision, kernel)


def _counts(request: TrainRequest, streams: int, cores: int) -> Sequence[int]:
    """Return how many workers there may be: 1, 2, 4 and so on, and as many as there are cores."""
    if request.workers is not None:
        return [min(request.workers, streams)]
    most = max(1, min(streams // _FEWEST_STREAMS, cores // (request.threads or 1)))
    powers = itertools.takewhile(lambda n: n <= most, (2**k for k in itertools.count()))
    return sorted({*powers, *([cores] if cores <= most else [])})


def _fastest(
    candidates: Sequence[Execution],
    model: Network,
    ids: Tensor,
    training: TrainConfig,
    request: TrainRequest,
) -> Measured:
    best = Measured(candidates[0], math.inf)
    lacking: set[str] = set()
    failure: Exception | None = None
    for execution in candidates:
        # The unrolled loop makes its steps in bf16 everywhere, but slowly where torch's kernel
        # makes none.
        if execution.precision in lacking and request.kernel == AUTO:
            continue
        try:
            seconds = seconds_per_step(model, ids, execution, training, best.seconds)
        except (RuntimeError, MemoryError) as error:
            failure = error
            # Some processors have no bf16 for some products.
            if not out_of_memory(error):
                lacking.add(execution.precision)
            continue
        if seconds * _WORTHWHILE < best.seconds:
            best = Measured(execution, seconds)
    if failure is not None and best.seconds == math.inf:
        if request.precision == "bf16" and not out_of_memory(failure):
            raise OptionError("precision", "errors.expected.precision_here", request.precision)
        raise failure
    return best


def _key(candidates: Sequence[Execution], model: Network, ids: Tensor) -> str:
    """Return a name of a machine, a shape and a question."""
    shapes = [tuple(parameter.shape) for parameter in model.parameters()]
    machine = (platform.node(), platform.processor(), torch.backends.cpu.get_cpu_capability())
    asked = (
        machine,
        torch.__version__,
        model.core.info.family,
        shapes,
        tuple(ids.shape),
        candidates,
    )
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:24]


def _recall(file: Path | None) -> Execution | None:
    try:
        return Execution(**json.loads(file.read_bytes())) if file is not None else None
    except (OSError, ValueError, TypeError, RecursionError, OptionError):
        return None


def _remember(file: Path, execution: Execution) -> None:
    """Keep a choice; where nothing can be kept it is measured again next time."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(dataclasses.asdict(execution)), encoding="utf-8")
    except OSError:
        return
