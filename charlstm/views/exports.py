"""A trace as data: JSON for scripts, arrays for research."""

import io
from typing import Any

import numpy as np

from charlstm.inspection.records import Floats, Trace

_GATES = ("forget", "input", "candidate", "output", "cell", "hidden")


def as_json(trace: Trace, run: str, family: str, form: str) -> dict[str, Any]:
    """Give the gates' means over units at each character, and the guesses after it."""
    layers, _, hidden = trace.forget.shape
    return {
        "run": run,
        "model": family,
        "form": form,
        "layers": layers,
        "hidden": hidden,
        "characters": [_character(trace, t) for t in range(len(trace.text))],
    }


def as_npz(trace: Trace) -> bytes:
    """Give everything: float32 gates, cell and hidden (L, T, H), bits (T) and chars (T).

    NumPy drops a NUL at the end of a string, so the character NUL is an empty string in `chars`.
    """
    file = io.BytesIO()
    arrays: dict[str, Any] = {name: _array(trace, name) for name in _GATES}
    np.savez_compressed(file, **arrays, bits=trace.bits, chars=np.array(list(trace.text)))
    return file.getvalue()


def _character(trace: Trace, t: int) -> dict[str, Any]:
    bits = float(trace.bits[t])
    return {
        "index": t,
        "char": trace.text[t],
        "bits": None if np.isnan(bits) else bits,
        "next": [{"char": character, "p": p} for character, p in trace.guesses[t]],
        "layers": [_means(trace, layer, t) for layer in range(len(trace.forget))],
    }


def _means(trace: Trace, layer: int, t: int) -> dict[str, float]:
    return {name: float(_array(trace, name)[layer, t].mean()) for name in _GATES}


def _array(trace: Trace, name: str) -> Floats:
    array: Floats = getattr(trace, name)
    return array
