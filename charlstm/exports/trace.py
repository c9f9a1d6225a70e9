"""A trace as data: JSON for scripts, arrays for research."""

import io
from typing import Any

import numpy as np

from charlstm.inspection.records import Trace


def as_json(trace: Trace, run: str, family: str, form: str) -> dict[str, Any]:
    """Give the gates' means over units at each character, and the guesses after it."""
    layers, _, hidden = trace.hidden.shape
    return {
        "run": run,
        "model": family,
        "form": form,
        "layers": layers,
        "hidden": hidden,
        "characters": [_character(trace, t) for t in range(len(trace.text))],
    }


def as_npz(trace: Trace) -> bytes:
    """Give everything: float32 gates and states by name (L, T, H), bits (T) and chars (T).

    NumPy drops a NUL at the end of a string, so the character NUL is an empty string in `chars`.
    """
    file = io.BytesIO()
    arrays: dict[str, Any] = {**trace.values, "bits": trace.bits, "chars": list(trace.text)}
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _character(trace: Trace, t: int) -> dict[str, Any]:
    bits = float(trace.bits[t])
    return {
        "index": t,
        "char": trace.text[t],
        "bits": None if np.isnan(bits) else bits,
        "next": [{"char": character, "p": p} for character, p in trace.guesses[t]],
        "layers": [_means(trace, layer, t) for layer in range(len(trace.hidden))],
    }


def _means(trace: Trace, layer: int, t: int) -> dict[str, float]:
    return {name: float(values[layer, t].mean()) for name, values in trace.values.items()}
