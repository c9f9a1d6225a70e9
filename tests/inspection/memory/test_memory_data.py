"""How long a model remembers, as data."""

import json
from typing import Any

import numpy as np
import pytest

from charlstm.inspection.memory.data import as_arrays, as_json, as_rows
from charlstm.inspection.memory.record import Doubles, MemorySpan, Retention, Timescales
from charlstm.models.lstm import INFO

TIMES = ("half_life", "time_constant", "forgetting_time", "typical_half_life")


def scales(factor: float) -> Timescales:
    """Return different numbers for each of two layers of three units."""
    times: Doubles = np.arange(1.0, 7.0).reshape(2, 3) * factor
    endless = np.where(times == 6 * factor, np.inf, times)
    shares = {"forget": times / 100, "input": times / 200}
    return Timescales(
        INFO,
        500,
        -times,
        endless,
        endless + 1,
        times + 2,
        endless + 3,
        times / 10,
        shares,
        {k: v / 2 for k, v in shares.items()},
    )


def span(*, follows: bool = True) -> MemorySpan:
    kept: Doubles = np.linspace(1, 0, 2 * 12 * 3).reshape(2, 12, 3)
    written = np.array([[0.5, -1.0, 0.0], [1.0, 1.0, -0.25]])
    retention = Retention(7, "돌", "abc\n", "d" * 12, written, kept)
    return MemorySpan(scales(4), scales(1), 18, retention if follows else None)


def test_json_has_every_unit() -> None:
    """Each unit is there by layer, from 1, and unit, from 0, with its times and a fresh one's."""
    data = as_json(span())
    assert [(n, u) for n in (1, 2) for u in (0, 1, 2)] == [
        (x["layer"], x["unit"]) for x in data["units"]
    ]
    fourth: Any = data["units"][3]
    assert [16, 17, 18, 19] == [fourth[name] for name in TIMES]
    assert [4, 5, 6, 7] == [fourth["fresh"][name] for name in TIMES]
    assert (1.6, 0.4) == (fourth["mean_written"], fourth["fresh"]["mean_written"])
    assert {
        "forget": {"right": 0.16, "left": 0.08},
        "input": {"right": 0.08, "left": 0.04},
    } == fourth["saturation"]
    flags = ("long_term", "beyond_seq_length", "holds_beyond_seq_length")
    assert [True, False, True] == [fourth[flag] for flag in flags]


def test_json_says_what_was_measured() -> None:
    """The number of characters, the shape, the gate and the limits are there."""
    data = as_json(span())
    expected = {"characters": 500, "layers": 2, "hidden": 3, "gate": "forget", "seq_length": 18}
    assert {**expected, "long_term_from": 10} == {k: data[k] for k in (*expected, "long_term_from")}
    assert [10, 50] == data["held_from"]


def test_json_names_the_holders() -> None:
    """The units that hold longest are named, the longest first."""
    first, second, *_ = as_json(span())["holders"]
    assert ({"layer": 2, "unit": 2}, {"layer": 2, "unit": 1}) == (first, second)


def test_json_has_no_infinity() -> None:
    """A half-life without end is null, so that any reader of JSON can read it."""
    data = json.loads(json.dumps(as_json(span()), allow_nan=False))
    last = data["units"][-1]
    assert (None, None, 26, None, True) == (*(last[k] for k in TIMES), last["beyond_seq_length"])


def test_json_follows_the_character() -> None:
    """What is left is there by distance, of each layer and of the units that keep it longest."""
    record = span()
    assert record.retention is not None
    data = as_json(record)["retention"]
    left = record.retention.left
    assert [{"1": row[0], "2": row[1], "5": row[4], "10": row[9]} for row in left] == data["layers"]
    assert (7, "돌", "abc\n", "d" * 12) == tuple(data[k] for k in ("at", "char", "before", "after"))
    best = data["longest"][0]
    assert (1, 1, -1.0) == (best["layer"], best["unit"], best["written"])
    assert record.retention.kept[0, 9, 1] == best["kept"]["10"]


def test_json_follows_no_character_unasked() -> None:
    """Where no character was followed, retention is null."""
    assert as_json(span(follows=False))["retention"] is None


def test_rows_are_one_a_unit() -> None:
    """After the headings there is a row for each unit, as long as they are."""
    headings, *rows = as_rows(span())
    assert {len(headings)} == {len(row) for row in rows}
    first, last = (dict(zip(map(str, headings), row, strict=True)) for row in (rows[0], rows[-1]))
    assert (6, 1, 0, 2, 2) == (
        len(rows),
        first["layer"],
        first["unit"],
        last["layer"],
        last["unit"],
    )
    assert (4, 1, 0.04, 0.02) == (
        first["half_life"],
        first["fresh_half_life"],
        first["forget_right"],
        first["forget_left"],
    )
    assert (False, True, np.inf) == (first["long_term"], last["long_term"], last["half_life"])
    assert (7, 4, 0.4, False) == (
        first["typical_half_life"],
        first["fresh_typical_half_life"],
        first["mean_written"],
        first["holds_beyond"],
    )


@pytest.mark.parametrize("name", ["mean_log", *TIMES, "mean_written"])
def test_arrays_are_those_of_the_record(name: str) -> None:
    """Every time scale is there as an array, a fresh model's too."""
    arrays, record = as_arrays(span()), span()
    np.testing.assert_array_equal(arrays[name], getattr(record.trained, name))
    np.testing.assert_array_equal(arrays[f"fresh_{name}"], getattr(record.fresh, name))


def test_arrays_have_saturation_and_the_character() -> None:
    """Saturation is there by gate and side, and what was written and kept of the character."""
    arrays, record = as_arrays(span()), span()
    assert record.retention is not None
    np.testing.assert_array_equal(arrays["input_left"], record.trained.left["input"])
    np.testing.assert_array_equal(arrays["fresh_forget_right"], record.fresh.right["forget"])
    np.testing.assert_array_equal(arrays["kept"], record.retention.kept)
    np.testing.assert_array_equal(arrays["written"], record.retention.written)
    assert [7, 18] == [arrays["at"].item(), arrays["seq_length"].item()]


def test_arrays_hold_no_objects() -> None:
    """All arrays can be read back without pickle."""
    assert all(array.dtype != object for array in as_arrays(span()).values())
