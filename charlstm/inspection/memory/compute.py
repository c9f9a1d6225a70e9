"""How long a model remembers: the time scales of its units, and the fading of one character.

    C ← f·C + i·g          the memory, times f at every character, plus what is written

What was written at character s is still there at t by the factor R(s→t) = Π f over s < k ≤ t. That
is exact for the direct path through the cell, and leaves out the ways around it. In a GRU,
h ← z·h + (1 − z)·n, the update gate z plays the part of f and 1 − z that of i.

A text is read in chunks, and only sums are kept and f at those characters that medians are taken
of, so that more text costs no more memory.
Shapes: L layers, T characters, H units.
"""

import math

import numpy as np
import torch
from torch import Tensor

from charlstm.errors import OptionError, TextError
from charlstm.inspection.memory.record import (
    DISTANCES,
    Doubles,
    MemorySpan,
    Retention,
    Timescales,
)
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import CHUNK, state_after, trace_in_chunks
from charlstm.models import cell_named
from charlstm.models.base import TracedChunk
from charlstm.models.recurrent import Cell

_READ = 20_000  # characters: half-lives hardly change with more
_FOR_MEDIANS = 20_000
_BEFORE = 40
# One gate of exactly 0 would make a mean of logarithms −∞, whatever the gate did elsewhere. Of what
# was multiplied by this nothing can be seen any more in a float32 cell (its eps is 1.2e-7).
_LEAST_GATE = 1e-12
# Just below 1 float32 has 1 − 2⁻²⁴: a gate of 1 may be anything from there on, and is counted as
# that, or one of them would make a mean of times infinite.
_LEAST_FORGETTING = 2.0**-24
_RIGHT, _LEFT = 0.9, 0.1


def memory_span(  # noqa: PLR0913
    model: LanguageModel,
    text: str,
    *,
    fresh: LanguageModel,
    seq_length: int,
    follow: str | None = None,
    at: int | None = None,
) -> MemorySpan:
    """Measure how long a model remembers what it reads, and how long a new one would.

    Of the text 20,000 characters are read. `fresh` is a new model of the same shape, and
    `seq_length` how many characters training read at a time. `at` is a character of `follow`, or of
    the text, to follow as it fades.

    Raises:
        TextError: a text is too short.
        OptionError: the model has no gate that keeps anything, or there is no character `at`.
    """
    followed = None if at is None else retention(model, text if follow is None else follow, at)
    text = text[:_READ]
    return MemorySpan(
        trained=timescales(model, text),
        fresh=timescales(fresh, text),
        seq_length=seq_length,
        retention=followed,
    )


@torch.inference_mode()
def timescales(
    model: LanguageModel,
    text: str,
    at_once: int = CHUNK,
    *,
    for_medians: int = _FOR_MEDIANS,
) -> Timescales:
    """Read a text from an empty state, `at_once` characters at a time, and measure every unit.

    Means are taken over all T characters. For medians, which need all values at once, f is kept
    as float32 at N = `for_medians` of them, spread evenly: at ⌊n·T / N⌋ for n = 0, 1 … N − 1. Of
    a text that is no longer than that, it is kept at every one.

    Raises:
        TextError: the text is empty.
        OptionError: the model has no gate that keeps anything.
    """
    ids = model.encode(text)
    if not len(ids):
        raise TextError("errors.text.nothing_to_inspect")
    cell, names = _gated_cell(model), model.cell_info.shares
    sums: dict[str, Tensor] = {}
    kept: list[Tensor] = []
    chosen = torch.split(_spread(len(ids), for_medians), at_once)
    chunks = trace_in_chunks(model, ids[:, None], model.initial_state(), at_once)
    for traced, places in zip(chunks, chosen, strict=True):
        gates = _gates(cell, traced)
        kept.append(gates[names[0]][:, places].float())
        for name, part in _sums(cell, gates).items():
            sums[name] = sums[name] + part if name in sums else part
    means: dict[str, Doubles] = {name: (x / len(ids)).numpy() for name, x in sums.items()}
    return Timescales(
        cell_info=model.cell_info,
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
def retention(model: LanguageModel, text: str, at: int) -> Retention:
    """Read a text from an empty state and follow what was written at its character `at`.

    Raises:
        TextError: the text has fewer than two characters.
        OptionError: the model has no gate that keeps anything, or the text no such character with
            another after it.
    """
    text = model.normalize(text)
    if len(text) < 2:
        raise TextError("errors.text.nothing_to_follow", found=len(text))
    if not 0 <= at < len(text) - 1:
        raise OptionError("at", "errors.expected.followed", at, last=len(text) - 2)
    cell = _gated_cell(model)
    ids = model.encode(text[: at + 1 + DISTANCES[-1]])[:, None]
    state = state_after(model, ids[:at], model.initial_state())
    gates = _gates(cell, model.trace(ids[at:], state))
    kept = gates[model.cell_info.shares[0]]
    return Retention(
        at=at,
        character=text[at],
        before=text[max(0, at - _BEFORE) : at],
        after=text[at + 1 : len(ids)],
        written=cell.write(gates)["written"][:, 0].numpy(),
        kept=kept[:, 1:].cumprod(dim=1).numpy(),
    )


def half_life(mean_log: Doubles) -> Doubles:
    """Return the characters after which half is left, from ln f or its mean; inf if that is 0."""
    with np.errstate(divide="ignore"):
        return math.log(2) / np.abs(mean_log)


def time_constant(mean: Doubles) -> Doubles:
    """Return T = −1 / ln f̄ of a mean f, in characters (Mahto 2021); infinite where it is 1."""
    with np.errstate(divide="ignore"):
        return 1 / np.abs(np.log(mean))


def _gated_cell(model: LanguageModel) -> Cell:
    """Return the equations of a model whose gates keep a memory.

    Raises:
        OptionError: it has no gate that keeps anything.
    """
    if model.cell_info.keeps is None:
        raise OptionError("view", "errors.expected.keeping", "memory")
    return cell_named(model.cell_info.family)


def _gates(cell: Cell, traced: TracedChunk) -> dict[str, Tensor]:
    """Return the gates of all layers, for the one text that is read: (L, T, H), in float64."""
    names = [gate.name for gate in cell.info.gates]
    return {
        name: torch.stack([layer[name][:, 0] for layer in traced.layers]).double() for name in names
    }


def _sums(cell: Cell, gates: dict[str, Tensor]) -> dict[str, Tensor]:
    """Sum over a chunk all that means are taken of: (L, H) each."""
    names = cell.info.shares
    keeps = gates[names[0]]
    each = {
        "gate": keeps,
        "log": keeps.clamp_min(_LEAST_GATE).log(),
        "time": 1 / (1 - keeps).clamp_min(_LEAST_FORGETTING),
        "written": cell.write(gates)["written"].abs(),
    }
    for name in names:
        gate = gates[name]
        each |= {f"right {name}": (gate > _RIGHT).double(), f"left {name}": (gate < _LEFT).double()}
    return {name: values.sum(dim=1) for name, values in each.items()}


def _spread(length: int, most: int) -> Tensor:
    """Choose at most so many of the characters of a text, spread evenly: booleans (T)."""
    count = min(length, most)
    chosen = torch.zeros(length, dtype=torch.bool)
    chosen[torch.arange(count) * length // count] = True
    return chosen


def _medians(chunks: list[Tensor]) -> Doubles:
    """Return the medians over all chunks (L, N, H), in float64 but a layer at a time: (L, H)."""
    layers = (torch.cat(parts).double().numpy() for parts in zip(*chunks, strict=True))
    return np.stack([np.median(layer, axis=0, overwrite_input=True) for layer in layers])
