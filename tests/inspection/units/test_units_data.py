"""What units track, and tracks, as data."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
from records.units import found, nothing

from charlstm.inspection.track import data as track_data
from charlstm.inspection.track.record import Track
from charlstm.inspection.units import data as units_data

TRACK = Track("돌\0", "hidden", 1, 3, np.array([0.5, -0.25], dtype=np.float32))


def parsed(written: dict[str, Any]) -> dict[str, Any]:
    again: dict[str, Any] = json.loads(json.dumps(written, allow_nan=False))
    return again


def test_json_has_the_findings() -> None:
    """Each finding has its numbers at full precision, and its layer counted from 1."""
    first, *_, failing = parsed(units_data.as_json(found()))["findings"]
    assert {
        "property": "quotes",
        "layer": 1,
        "unit": 0,
        "r": 0.83,
        "auc": 0.97,
        "control": 0.2,
        "p": 0.0099,
        "significant": True,
        "cost": 0.0123,
    } == first
    assert failing["cost"] is None


def test_json_has_nothing_that_is_not_a_number() -> None:
    """What has no p says null, and so does a threshold out of reach."""
    written = parsed(units_data.as_json(found()))
    assert [None, None] == [written["given_findings"][0][name] for name in ("p", "control")]
    endless = units_data.as_json(replace(nothing(), threshold=float("inf")))
    assert parsed(endless)["threshold"] is None


def test_json_tells_what_was_tried() -> None:
    """The object says how much was read and tried, and how much of it passed."""
    written = parsed(units_data.as_json(found()))
    expected = {
        "layers": 2,
        "hidden": 2,
        "activation": "cell",
        "characters": 11020,
        "shifts": 100,
        "threshold": 0.2,
        "passing": 2,
        "pairs": 8,
        "properties": ["quotes", "after_batchim"],
        "given": ["digit"],
        "constant": ["latin", "after_latin"],
    }
    assert expected == {name: written[name] for name in expected}


def test_rows_have_every_pair() -> None:
    """There is a row for each property, layer and unit; what is given away has no p."""
    header, *rows = units_data.as_rows(found())
    assert ("property", "given", "layer", "unit", "r", "auc", "p", "significant") == header
    assert len(rows) == 8 + 4
    quotes = ["quotes", False, 2, 0, float(np.float32(-0.4)), float(np.float32(0.3)), 0.01, True]
    assert quotes == list(rows[2])
    assert ["digit", True, 1, 0] == list(rows[8][:4])
    assert [None, None] == list(rows[8][6:])


def test_arrays_have_names_and_no_objects() -> None:
    """The matrices are there with the names of their rows, readable without pickle."""
    arrays = units_data.as_arrays(found())
    assert ["quotes", "after_batchim"] == arrays["properties"].tolist()
    np.testing.assert_array_equal(arrays["r"], found().r)
    assert not any(array.dtype.hasobject for array in arrays.values())


def test_a_track_is_written_whole() -> None:
    """JSON, rows and arrays of a track have the value at each character."""
    written = parsed(track_data.as_json(TRACK))
    assert ["hidden", 2, 3] == [written[name] for name in ("activation", "layer", "unit")]
    assert {"index": 1, "char": "\0", "value": -0.25} == written["characters"][1]
    assert [("index", "char", "value"), (0, "돌", 0.5), (1, "\0", -0.25)] == list(
        track_data.as_rows(TRACK)
    )
    assert [0.5, -0.25] == track_data.as_arrays(TRACK)["values"].tolist()
