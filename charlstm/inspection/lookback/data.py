"""A look back as data: JSON for scripts, rows for tables, arrays for research."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.inspection.lookback.record import Lookback

_HEADINGS = (
    *("index", "char", "target", "p", "past_index", "past_char", "gradient", "occlusion"),
    *("agreement", "disagrees"),
)


def as_json(record: Lookback) -> dict[str, Any]:
    """Return an entry for each guess; `gradient` and `occlusion` start at the character `from`."""
    return {
        "asked": record.asked,
        "text": record.text,
        "rows": [_entry(record, row) for row in range(len(record.places))],
    }


def as_rows(record: Lookback) -> Iterator[Sequence[object]]:
    """Yield the headings, then a row for each guess and each past character of it."""
    yield _HEADINGS
    for row, place in enumerate(record.places.tolist()):
        guess = (place, record.text[place], record.targets[row], float(record.chances[row]))
        agree = (_number(record.agreement[row]), record.disagrees(row))
        for past in record.past(row):
            yield (*guess, past.place, past.character, past.gradient, past.occlusion, *agree)


def as_arrays(record: Lookback) -> dict[str, NDArray[Any]]:
    """Return the record's arrays by name.

    They are gradient and occlusion (R, N); largest, agreement, disagrees, places, targets and p
    (R); and chars (T). NumPy drops a NUL at the end of a string, so the character NUL is an empty
    string.
    """
    return {
        "gradient": record.gradient,
        "occlusion": record.occlusion,
        "largest": record.largest,
        "agreement": record.agreement,
        "disagrees": np.array([record.disagrees(row) for row in range(len(record.places))]),
        "places": record.places,
        "targets": np.array(record.targets),
        "p": record.chances,
        "chars": np.array(list(record.text)),
    }


def _entry(record: Lookback, row: int) -> dict[str, Any]:
    past, place = list(record.past(row)), int(record.places[row])
    return {
        "index": place,
        "char": record.text[place],
        "target": {"char": record.targets[row], "p": float(record.chances[row])},
        "next": [{"char": character, "p": p} for character, p in record.guesses[row]],
        "from": past[0].place,
        "gradient": [each.gradient for each in past],
        "largest": float(record.largest[row]),
        "occlusion": [each.occlusion for each in past],
        "agreement": _number(record.agreement[row]),
        "shared": record.shared(row),
        "disagrees": record.disagrees(row),
    }


def _number(value: np.float32) -> float | None:
    return None if np.isnan(value) else float(value)
