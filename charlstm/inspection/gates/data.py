"""A trace as data: JSON for scripts, arrays for research."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.inspection.gates.record import Trace


def as_json(trace: Trace) -> dict[str, Any]:
    """Return the gates' means over units at each character, and the guesses after it."""
    return {"characters": [_character(trace, t) for t in range(len(trace.text))]}


def as_rows(trace: Trace) -> Iterator[Sequence[object]]:
    """Yield names, then a row a character: its place, itself, its bits, the means of each layer.

    The mean of a gate of the first layer is called L1_forget, and so on.
    """
    layers = range(len(trace.hidden))
    names = [f"L{layer + 1}_{name}" for layer in layers for name in trace.values]
    yield ["index", "char", "bits", *names]
    means = {name: values.mean(axis=-1) for name, values in trace.values.items()}
    for t, character in enumerate(trace.text):
        row = [float(means[name][layer, t]) for layer in layers for name in trace.values]
        yield [t, character, _bits(trace, t), *row]


def as_arrays(trace: Trace) -> dict[str, NDArray[Any]]:
    """Return everything: float32 gates and states by name (L, T, H), bits (T) and chars (T).

    NumPy drops a NUL at the end of a string, so the character NUL is an empty string in `chars`.
    """
    return {**trace.values, "bits": trace.bits, "chars": np.array(list(trace.text))}


def _character(trace: Trace, t: int) -> dict[str, Any]:
    return {
        "index": t,
        "char": trace.text[t],
        "bits": _bits(trace, t),
        "next": [{"char": character, "p": p} for character, p in trace.guesses[t]],
        "layers": [_means(trace, layer, t) for layer in range(len(trace.hidden))],
    }


def _bits(trace: Trace, t: int) -> float | None:
    bits = float(trace.bits[t])
    return None if np.isnan(bits) else bits


def _means(trace: Trace, layer: int, t: int) -> dict[str, float]:
    return {name: float(values[layer, t].mean()) for name, values in trace.values.items()}
