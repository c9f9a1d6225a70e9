"""A story as data: one character in one unit."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.inspection.story.record import Story


def as_json(story: Story) -> dict[str, Any]:
    """Return the character, its guesses and the numbers of the unit; layers count from 1."""
    return {
        "index": story.index,
        "char": story.text[story.index],
        "bits": None if np.isnan(story.bits) else story.bits,
        "expected": [{"char": character, "p": p} for character, p in story.expected],
        "next": [{"char": character, "p": p} for character, p in story.guesses],
        "layer": story.layer + 1,
        "unit": story.unit,
        "changed_most": story.changed_most,
        "values": dict(story.values),
    }


def as_rows(story: Story) -> Iterator[Sequence[object]]:
    """Yield names, and below them the numbers of the unit."""
    bits = None if np.isnan(story.bits) else story.bits
    yield ["index", "char", "bits", "layer", "unit", *story.values]
    character = story.text[story.index]
    yield [story.index, character, bits, story.layer + 1, story.unit, *story.values.values()]


def as_arrays(story: Story) -> dict[str, NDArray[Any]]:
    """Return the numbers of the unit by name, float64 without a dimension."""
    values = {name: np.float64(value) for name, value in story.values.items()}
    places = {"index": story.index, "layer": story.layer + 1, "unit": story.unit}
    return {
        name: np.asarray(value) for name, value in {**values, **places, "bits": story.bits}.items()
    }
