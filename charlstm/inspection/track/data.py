"""What one unit held along a text as data."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.inspection.track.record import Track


def as_json(record: Track) -> dict[str, Any]:
    """Return the value after each character; the layer counts from 1."""
    pairs = zip(record.text, record.values.tolist(), strict=True)
    return {
        "activation": record.activation,
        "layer": record.layer + 1,
        "unit": record.unit,
        "characters": [
            {"index": index, "char": character, "value": value}
            for index, (character, value) in enumerate(pairs)
        ],
    }


def as_rows(record: Track) -> Iterator[Sequence[object]]:
    """Yield names, then a row a character."""
    yield ("index", "char", "value")
    pairs = zip(record.text, record.values.tolist(), strict=True)
    yield from ((index, *pair) for index, pair in enumerate(pairs))


def as_arrays(record: Track) -> dict[str, NDArray[Any]]:
    """Return values (T), float32, and chars (T)."""
    return {"values": record.values, "chars": np.array(list(record.text), dtype=np.str_)}
