"""What units track as data: JSON and CSV for scripts, arrays for research."""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.inspection.units.record import Finding, Units


def as_json(record: Units) -> dict[str, Any]:
    """Return the findings, and what their control came to; layers are counted from 1."""
    layers, hidden = record.r.shape[1:]
    return {
        "layers": layers,
        "hidden": hidden,
        "activation": record.activation,
        "characters": record.characters,
        "shifts": record.shifts,
        "threshold": _number(record.threshold),
        "passing": int(record.significant.sum()),
        "pairs": record.r.size,
        "properties": list(record.properties),
        "given": list(record.given),
        "constant": list(record.constant),
        "findings": [_finding(finding) for finding in record.findings],
        "given_findings": [_finding(finding) for finding in record.given_findings],
    }


def as_rows(record: Units) -> Iterator[Sequence[object]]:
    """Yield a heading, then a row for every pair of property and unit."""
    yield ("property", "given", "layer", "unit", "r", "auc", "p", "significant")
    for at in np.ndindex(record.r.shape):
        numbers = (float(record.r[at]), float(record.auc[at]), float(record.p[at]))
        yield (
            record.properties[at[0]],
            False,
            at[1] + 1,
            at[2],
            *numbers,
            bool(record.significant[at]),
        )
    for at in np.ndindex(record.given_r.shape):
        two = (float(record.given_r[at]), float(record.given_auc[at]))
        yield (record.given[at[0]], True, at[1] + 1, at[2], *two, None, None)


def as_arrays(record: Units) -> dict[str, NDArray[Any]]:
    """Return r, auc and p (P, L, H), given_r and given_auc (Q, L, H), shifted (K, P), and names."""
    return {
        "properties": np.array(record.properties, dtype=np.str_),
        "given": np.array(record.given, dtype=np.str_),
        "r": record.r,
        "auc": record.auc,
        "p": record.p,
        "given_r": record.given_r,
        "given_auc": record.given_auc,
        "shifted": record.shifted,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    numbers = {name: _number(value) for name, value in dataclasses.asdict(finding).items()}
    return {**numbers, "layer": finding.layer + 1}


def _number(value: Any) -> Any:  # noqa: ANN401
    return None if isinstance(value, float) and not math.isfinite(value) else value
