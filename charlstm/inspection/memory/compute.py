"""How long a model remembers: the time scales of its units, and the course of one character.

    C ← f·C + i·g          what is in the cell, times f at every character, plus what is written

What was written at character s is still there at t by the factor R(s→t) = Π f over s < k ≤ t. That
is exact for the direct path through the cell, and says nothing of the ways around it. In a GRU,
h ← z·h + (1 − z)·n, the update gate z plays the part of f and 1 − z that of i.

A text is read stretch by stretch, and only sums are kept and f at so many characters as medians
are taken of, so that more text costs no more memory.
Shapes: L layers, T characters, H units.
"""

import math

import numpy as np
import torch
from torch import Generator, Tensor

from charlstm.config import ModelConfig
from charlstm.errors import OptionError, TextError
from charlstm.inspection.memory.record import (
    DISTANCES,
    Doubles,
    MemorySpan,
    Retention,
    Timescales,
)
from charlstm.inspection.readers import traced_stretches
from charlstm.models import new_model
from charlstm.models.base import Network, as_ids
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import Vocabulary

# The gates of each family that has one that keeps; that one is the first.
_GATES = (("forget", "input", "output"), ("update", "reset"))
_STRETCH = 1000
_FOR_MEDIANS = 20_000
_BEFORE = 40
# One gate of exactly 0 would make a mean of logarithms −∞, whatever the gate did elsewhere. Of what
# was multiplied by this nothing can be seen any more in a float32 cell (its eps is 1.2e-7).
_LEAST_GATE = 1e-12
# Just below 1 float32 has 1 − 2⁻²⁴: a gate of 1 may be anything from there on, and is counted as
# that, lest one of them make a mean of times infinite.
_LEAST_FORGETTING = 2.0**-24
_RIGHT, _LEFT = 0.9, 0.1

_Layers = list[dict[str, Tensor]]


def memory_span(  # noqa: PLR0913
    model: Network,
    vocabulary: Vocabulary,
    text: str,
    form: str,
    *,
    config: ModelConfig,
    generator: Generator,
    seq_length: int,
) -> MemorySpan:
    """Tell how long a model remembers what it reads, and how long a new one would.

    The new one has the shape that `config` says and is drawn from `generator`. `seq_length` is how
    many characters training looked at at once. No character is followed: see `retention`.

    Raises:
        TextError: the text is empty.
        OptionError: the model has no gate that keeps anything.
    """
    return MemorySpan(
        trained=timescales(model, vocabulary, text, form),
        fresh=timescales(new_model(config, generator), vocabulary, text, form),
        seq_length=seq_length,
    )


@torch.inference_mode()
def timescales(  # noqa: PLR0913
    model: Network,
    vocabulary: Vocabulary,
    text: str,
    form: str,
    at_once: int = _STRETCH,
    *,
    for_medians: int = _FOR_MEDIANS,
) -> Timescales:
    """Read a text from an empty memory, `at_once` characters at a time, and measure every unit.

    Means are taken over all T characters. For medians, which need all values at once, f is kept
    as float32 at N = `for_medians` of them, spread evenly: at ⌊n·T / N⌋ for n = 0, 1 … N − 1. Of
    a text that is no longer than that, it is kept at every one.

    Raises:
        TextError: the text is empty.
        OptionError: the model has no gate that keeps anything.
    """
    ids = _ids(vocabulary, text, form)
    if not len(ids):
        raise TextError("errors.text.nothing_to_inspect")
    names: tuple[str, ...] = ()
    sums: dict[str, Tensor] = {}
    kept: list[Tensor] = []
    chosen = torch.split(_spread(len(ids), for_medians), at_once)
    stretches = traced_stretches(model, ids, model.initial_state(1), at_once)
    for (layers, _, _), places in zip(stretches, chosen, strict=True):
        names = _gates_of(layers)
        kept.append(_stacked(layers, names[0])[:, places].float())
        for name, part in _sums(layers, names).items():
            sums[name] = sums[name] + part if name in sums else part
    means: dict[str, Doubles] = {name: (x / len(ids)).numpy() for name, x in sums.items()}
    return Timescales(
        gate=names[0],
        characters=len(ids),
        mean_log=means["log"],
        half_life=half_life(means["log"]),
        typical_half_life=half_life(np.log(np.maximum(_medians(kept), _LEAST_GATE))),
        time_constant=time_constant(means["gate"]),
        forgetting_time=np.where(means["gate"] == 1, math.inf, means["time"]),
        mean_written=means["written"],
        right={name: means[f"right {name}"] for name in names},
        left={name: means[f"left {name}"] for name in names},
    )


@torch.inference_mode()
def retention(model: Network, vocabulary: Vocabulary, text: str, form: str, at: int) -> Retention:
    """Read a text from an empty memory and follow what was written at its character `at`.

    Raises:
        TextError: the text has fewer than two characters.
        OptionError: the model has no gate that keeps anything, or the text no such character with
            another after it.
    """
    text = normalized(text, form)
    if len(text) < 2:
        raise TextError("errors.text.nothing_to_follow", found=len(text))
    if not 0 <= at < len(text) - 1:
        raise OptionError("at", "errors.expected.followed", at, last=len(text) - 2)
    ids = _ids(vocabulary, text[: at + 1 + DISTANCES[-1]], "none")
    state = model.initial_state(1)
    for part in torch.split(ids[:at], _STRETCH) if at else ():
        _, state = model.core.forward(model.embedding(part), state)
    layers = next(traced_stretches(model, ids[at:], state, len(ids))).layers
    kept = _stacked(layers, _gates_of(layers)[0])
    return Retention(
        at=at,
        character=text[at],
        before=text[max(0, at - _BEFORE) : at],
        after=text[at + 1 : len(ids)],
        written=_written(layers)[:, 0].numpy(),
        kept=kept[:, 1:].cumprod(dim=1).numpy(),
    )


def half_life(mean_log: Doubles) -> Doubles:
    """Give the characters after which half is left, from ln f or its mean; never if that is 0."""
    with np.errstate(divide="ignore"):
        return math.log(2) / np.abs(mean_log)


def time_constant(mean: Doubles) -> Doubles:
    """Give T = −1 / ln f̄ of a mean f, in characters (Mahto 2021); infinite where it is 1."""
    with np.errstate(divide="ignore"):
        return 1 / np.abs(np.log(mean))


def _ids(vocabulary: Vocabulary, text: str, form: str) -> Tensor:
    return as_ids(vocabulary.encode(normalized(text, form)).astype(np.int64))[:, None]


def _gates_of(layers: _Layers) -> tuple[str, ...]:
    for names in _GATES:
        if names[0] in layers[0]:
            return names
    raise OptionError("view", "errors.expected.keeping", "memory")


def _sums(layers: _Layers, names: tuple[str, ...]) -> dict[str, Tensor]:
    """Add up over a stretch all that means are taken of: (L, H) each."""
    gates = {name: _stacked(layers, name) for name in names}
    keeps = gates[names[0]]
    each = {
        "gate": keeps,
        "log": keeps.clamp_min(_LEAST_GATE).log(),
        "time": 1 / (1 - keeps).clamp_min(_LEAST_FORGETTING),
        "written": _written(layers).abs(),
    }
    for name, gate in gates.items():
        each |= {f"right {name}": (gate > _RIGHT).double(), f"left {name}": (gate < _LEFT).double()}
    return {name: values.sum(dim=1) for name, values in each.items()}


def _written(layers: _Layers) -> Tensor:
    """Give what was written at each character of a stretch: (L, T, H)."""
    is_gru = "update" in layers[0]
    share = 1 - _stacked(layers, "update") if is_gru else _stacked(layers, "input")
    return share * _stacked(layers, "candidate")


def _spread(length: int, most: int) -> Tensor:
    """Choose at most so many of the characters of a text, spread evenly: booleans (T)."""
    count = min(length, most)
    chosen = torch.zeros(length, dtype=torch.bool)
    chosen[torch.arange(count) * length // count] = True
    return chosen


def _medians(stretches: list[Tensor]) -> Doubles:
    """Give the medians over all stretches (L, N, H), in float64 but a layer at a time: (L, H)."""
    layers = (torch.cat(parts).double().numpy() for parts in zip(*stretches, strict=True))
    return np.stack([np.median(layer, axis=0, overwrite_input=True) for layer in layers])


def _stacked(layers: _Layers, name: str) -> Tensor:
    """Put a gate or state of all layers together, for the one text that is read: (L, T, H)."""
    return torch.stack([layer[name][:, 0] for layer in layers]).double()
