"""float32 or bf16: whichever this machine trains faster with.

Processors with units for bf16 products train up to four times as fast with it; others are slower
than with float32. So both are tried for a moment on the model itself.
"""

import time
from contextlib import AbstractContextManager

import torch
from torch import Tensor

from charlstm.models.base import CharacterModel, nats

_TRIES = 2
_WORTHWHILE = 1.1


def autocast(precision: str) -> AbstractContextManager[object]:
    """Compute in a precision what is computed in this context."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16")


def choose_precision(asked: str, model: CharacterModel, ids: Tensor) -> str:
    """Settle "auto" by measuring training steps on ids (T+1, B); the weights stay as they are."""
    if asked != "auto":
        return asked
    plain, bf16 = (_seconds(model, ids, precision) for precision in ("float32", "bf16"))
    return "bf16" if bf16 * _WORTHWHILE < plain else "float32"


def _seconds(model: CharacterModel, ids: Tensor, precision: str) -> float:
    """Measure the best of a few steps, after one that makes ready."""
    return min([_seconds_of_step(model, ids, precision) for _ in range(1 + _TRIES)][1:])


def _seconds_of_step(model: CharacterModel, ids: Tensor, precision: str) -> float:
    begin = time.perf_counter()
    with autocast(precision):
        logits, _ = model.forward(ids[:-1], model.initial_state(ids.shape[1]))
        loss = nats(logits, ids[1:]).mean()
    loss.backward()  # type: ignore[no-untyped-call]
    model.zero_grad()
    return time.perf_counter() - begin
