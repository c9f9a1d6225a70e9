"""Which workers, threads and precision this machine trains a model fastest with.

That depends on the shape: small products are worked on best by workers with a thread each, large
ones by one worker with all; bf16 is up to four times as fast as float32 where a processor has units
for it, and slower elsewhere. So each is tried for a moment on the model itself. The answer is
remembered per machine and shape, so that the same training is the same again tomorrow.
"""

import hashlib
import itertools
import json
import platform
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from platformdirs import user_cache_path
from torch import Tensor

from charlstm.config import TrainConfig
from charlstm.models.base import CharacterModel
from charlstm.training.workers import Crew, Workers

_TRIES = 3
_WORTHWHILE = 1.05
_FEWEST_STREAMS = 4  # of a worker


def choose_crew(
    asked: TrainConfig, model: CharacterModel, ids: Tensor, cores: int, memory: Path | None
) -> Crew:
    """Settle what was not asked for by measuring training steps on ids (T+1, B).

    The weights stay as they are. `memory` is a folder in which the answer is looked up and kept.
    """
    crews = list(_crews(asked, ids.shape[1], cores))
    file = None if memory is None else memory / f"{_key(crews, model, ids)}.json"
    known = _recalled(file)
    if known in crews:
        return known
    crew = crews[0] if len(crews) == 1 else _fastest(crews, model, ids)
    if file is not None and len(crews) > 1:
        _remember(file, crew)
    return crew


def memory_of_crews() -> Path:
    """Name the folder in which answers are kept."""
    return user_cache_path("charlstm") / "crews"


def _crews(asked: TrainConfig, streams: int, cores: int) -> Iterator[Crew]:
    """List what may be tried; of crews as fast as each other the first is taken."""
    precisions = ("float32", "bf16") if asked.precision == "auto" else (asked.precision,)
    halves = itertools.takewhile(lambda n: n <= cores, (2**k for k in itertools.count()))
    counts = {1, *halves, cores} if asked.workers is None else {asked.workers}
    for workers, precision in itertools.product(sorted(counts), precisions):
        if asked.workers is None and workers > max(1, streams // _FEWEST_STREAMS):
            continue
        yield Crew(workers, asked.threads or max(1, cores // workers), precision)


def _fastest(crews: list[Crew], model: CharacterModel, ids: Tensor) -> Crew:
    best, least = crews[0], _seconds(crews[0], model, ids)
    for crew in crews[1:]:
        seconds = _seconds(crew, model, ids)
        if seconds * _WORTHWHILE < least:
            best, least = crew, seconds
    return best


def _seconds(crew: Crew, model: CharacterModel, ids: Tensor) -> float:
    """Measure the best of a few steps, after one that makes ready."""
    seconds = []
    with Workers(model, ids.shape[1], crew, None) as workers:
        for _ in range(1 + _TRIES):
            begin = time.perf_counter()
            workers.learn(ids)
            seconds.append(time.perf_counter() - begin)
    model.zero_grad()
    return min(seconds[1:])


def _key(crews: list[Crew], model: CharacterModel, ids: Tensor) -> str:
    """Name a machine, a shape and a question."""
    shapes = [tuple(parameter.shape) for parameter in model.parameters()]
    machine = (platform.node(), platform.processor(), torch.backends.cpu.get_cpu_capability())
    asked = (
        machine,
        torch.__version__,
        type(model.memory).__name__,
        shapes,
        tuple(ids.shape),
        crews,
    )
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:24]


def _recalled(file: Path | None) -> Crew | None:
    try:
        return Crew(**json.loads(file.read_bytes())) if file is not None else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _remember(file: Path, crew: Crew) -> None:
    """Keep an answer; where nothing can be kept it is measured again next time."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(vars(crew)), encoding="utf-8")
    except OSError:
        return
