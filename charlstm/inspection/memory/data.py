"""How long a model remembers, as data: JSON for scripts, a row a unit for tables, arrays.

Times are in characters. One without end is null in JSON, inf elsewhere.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.inspection.memory.record import (
    HELD,
    LONG_TERM,
    MemorySpan,
    Retention,
    Timescales,
)

_LONGEST = 10
_TIMES = ("half_life", "typical_half_life", "time_constant", "forgetting_time")


def as_json(span: MemorySpan) -> dict[str, Any]:
    """Return every unit's time scales and saturation, and what became of the character followed."""
    layers, hidden = span.trained.half_life.shape
    return {
        "characters": span.trained.characters,
        "layers": layers,
        "hidden": hidden,
        "gate": span.trained.gate,
        "seq_length": span.seq_length,
        "long_term_from": LONG_TERM,
        "held_from": list(HELD),
        "units": [_unit(span, layer, unit) for layer, unit in _places(span)],
        "holders": [{"layer": n + 1, "unit": unit} for n, unit in span.holders(_LONGEST)],
        "retention": None if span.retention is None else _retention(span.retention),
    }


def as_rows(span: MemorySpan) -> Iterator[Sequence[object]]:
    """Yield a heading and a row for each unit, a fresh model's values beside the trained one's."""
    gates = list(span.trained.right)
    sides = [f"{gate}_{side}" for gate in gates for side in ("right", "left")]
    both = [*_TIMES, "mean_written", *sides]
    flags = ["long_term", "beyond", "holds_beyond"]
    yield ["layer", "unit", *both, *(f"fresh_{name}" for name in both), *flags]
    for layer, unit in _places(span):
        values = (_row(scales, layer, unit) for scales in (span.trained, span.fresh))
        flagged = (bool(flag[layer, unit]) for flag in _flags(span))
        yield [layer + 1, unit, *(value for row in values for value in row), *flagged]


def as_arrays(span: MemorySpan) -> dict[str, NDArray[Any]]:
    """Return everything by name: (L, H), with `fresh_` before the name of a fresh model's values.

    Of the character followed there are `written` (L, H), `kept` (L, N, H) and `at`.
    """
    arrays: dict[str, NDArray[Any]] = {"seq_length": np.array(span.seq_length)}
    for prefix, scales in (("", span.trained), ("fresh_", span.fresh)):
        for name in ("mean_log", *_TIMES, "mean_written"):
            arrays[prefix + name] = getattr(scales, name)
        for gate in scales.right:
            arrays[f"{prefix}{gate}_right"] = scales.right[gate]
            arrays[f"{prefix}{gate}_left"] = scales.left[gate]
    if span.retention is not None:
        followed = span.retention
        arrays |= {"at": np.array(followed.at), "written": followed.written, "kept": followed.kept}
    return arrays


def _places(span: MemorySpan) -> Iterator[tuple[int, int]]:
    yield from np.ndindex(*span.trained.half_life.shape)


def _flags(span: MemorySpan) -> tuple[NDArray[np.bool_], ...]:
    return span.trained.long_term, span.beyond, span.holds_beyond


def _unit(span: MemorySpan, layer: int, unit: int) -> dict[str, Any]:
    return {
        "layer": layer + 1,
        "unit": unit,
        **_times(span.trained, layer, unit),
        "fresh": _times(span.fresh, layer, unit),
        "long_term": bool(span.trained.long_term[layer, unit]),
        "beyond_seq_length": bool(span.beyond[layer, unit]),
        "holds_beyond_seq_length": bool(span.holds_beyond[layer, unit]),
    }


def _times(scales: Timescales, layer: int, unit: int) -> dict[str, Any]:
    return {
        **{name: _finite(getattr(scales, name)[layer, unit]) for name in _TIMES},
        "mean_written": float(scales.mean_written[layer, unit]),
        "saturation": {
            gate: {
                "right": float(right[layer, unit]),
                "left": float(scales.left[gate][layer, unit]),
            }
            for gate, right in scales.right.items()
        },
    }


def _row(scales: Timescales, layer: int, unit: int) -> list[float]:
    sides = [side[gate] for gate in scales.right for side in (scales.right, scales.left)]
    times = [getattr(scales, name) for name in _TIMES]
    return [float(values[layer, unit]) for values in (*times, scales.mean_written, *sides)]


def _retention(followed: Retention) -> dict[str, Any]:
    """Return the share left in each layer by distance, and the units that keep it longest."""
    left = followed.left.tolist()
    return {
        "at": followed.at,
        "char": followed.character,
        "before": followed.before,
        "after": followed.after,
        "layers": [{str(d): row[d - 1] for d in followed.distances} for row in left],
        "longest": [_kept(followed, *place) for place in followed.longest(_LONGEST)],
    }


def _kept(followed: Retention, layer: int, unit: int) -> dict[str, Any]:
    kept = followed.kept[layer, :, unit].tolist()
    return {
        "layer": layer + 1,
        "unit": unit,
        "written": float(followed.written[layer, unit]),
        "kept": {str(d): kept[d - 1] for d in followed.distances},
    }


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
