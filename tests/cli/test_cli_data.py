"""`inspect --csv` and `--npz` in every view: the record as rows and as arrays."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import KOREAN, Cli, reading_of
from numpy.typing import NDArray

from charlstm.inspection.gates import data as trace
from charlstm.inspection.lookback import data as lookback
from charlstm.inspection.memory import data as memory
from charlstm.inspection.npz import write_parts
from charlstm.inspection.story import data as story
from charlstm.inspection.track import data as track
from charlstm.inspection.units import data as units
from charlstm.library import Model

TEXT = '돌쇠가, "늘"\n'
ALL = ["gates", "story --at 2", "memory --at 2", "units", "units --unit L1/3", "lookback"]


@pytest.fixture
def reading(tmp_path: Path) -> Path:
    """Return a file with enough text to find out what units track."""
    path = tmp_path / "tales.txt"
    path.write_text(KOREAN, encoding="utf-8")
    return path


def arrays_of(model: Model, asked: str, text: str = TEXT) -> dict[str, NDArray[Any]]:
    """Return what the library and the exports make of what was asked."""
    made = {
        "gates": lambda: trace.as_arrays(model.trace(text, 0)),
        "story --at 2": lambda: story.as_arrays(model.story(text, 2)),
        "memory --at 2": lambda: memory.as_arrays(model.memory(KOREAN, follow=text, at=2)),
        "units": lambda: units.as_arrays(model.units(KOREAN)),
        "units --unit L1/3": lambda: track.as_arrays(model.track(text, 0, 3)),
        "lookback": lambda: lookback.as_arrays(model.lookback(text)),
    }
    return made[asked]()


def assert_same_bits(
    expected: dict[str, NDArray[Any]], actual: dict[str, NDArray[Any]], before: str = ""
) -> None:
    """Hold arrays to have the same names, types, shapes and bits."""
    assert [before + name for name in expected] == [n for n in actual if n.startswith(before)]
    for name, array in expected.items():
        read = actual[before + name]
        assert (array.dtype, array.shape) == (read.dtype, read.shape)
        assert array.tobytes() == read.tobytes()


def rows_of(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out, newline=""), strict=True))


def test_csv_of_gates_has_a_row_a_character(cli: Cli, korean: Model) -> None:
    """A row has place, character, bits, and the means of the gates of each layer."""
    assert 0 == cli("inspect", korean.run.path, TEXT, "--csv")
    rows, traced = rows_of(cli.out), korean.trace(TEXT)
    assert list(TEXT) == [row["char"] for row in rows]
    names = ("forget", "input", "candidate", "output", "cell", "hidden")
    means = {f"L{n}_{x}": traced.values[x][n - 1, 3].mean() for n in (1, 2) for x in names}
    row = {name: float(value) for name, value in rows[3].items() if name != "char"}
    assert {"index": 3.0, "bits": float(traced.bits[3])} | means == row
    assert "" == rows[0]["bits"]


def test_csv_of_a_story_is_one_row(cli: Cli, korean: Model) -> None:
    """The row has every number of the unit by its name."""
    cli("inspect", korean.run.path, TEXT, "--view", "story", "--at", 2, "--unit", "L1/5", "--csv")
    (row,) = rows_of(cli.out)
    record = korean.story(TEXT, 2, 0, 5)
    assert ["2", "가", "1", "5"] == [row[name] for name in ("index", "char", "layer", "unit")]
    assert record.values == {name: float(row[name]) for name in record.values}


def test_csv_of_memory_has_a_row_a_unit(cli: Cli, korean: Model, reading: Path) -> None:
    """A row has the half-life of a unit, and that of the same unit of a new model."""
    cli("inspect", korean.run.path, "--view", "memory", "--file", reading, "--csv")
    rows, span = rows_of(cli.out), korean.memory(KOREAN)
    assert 24 == len(rows)
    row = rows[12 + 7]
    assert ("2", "7") == (row["layer"], row["unit"])
    assert span.trained.half_life[1, 7] == float(row["half_life"])
    assert span.fresh.half_life[1, 7] == float(row["fresh_half_life"])


def test_csv_of_units_has_a_row_a_pair(cli: Cli, korean: Model, reading: Path) -> None:
    """A row has the correlation of one unit with one property; what is given away has no p."""
    cli("inspect", korean.run.path, "--view", "units", "--file", reading, "--csv")
    rows, found = rows_of(cli.out), korean.units(KOREAN)
    assert found.r.size + found.given_r.size == len(rows)
    place = found.properties.index("quotes")
    (row,) = (
        row for row in rows if (row["property"], row["layer"], row["unit"]) == ("quotes", "1", "8")
    )
    assert float(found.r[place, 0, 8]) == float(row["r"])
    assert {""} == {row["p"] for row in rows if row["given"] == "True"}


def test_csv_of_one_unit_has_a_row_a_character(cli: Cli, korean: Model) -> None:
    """A row has what the unit holds after the character."""
    cli("inspect", korean.run.path, TEXT, "--view", "units", "--unit", "L1/3", "--csv")
    rows = rows_of(cli.out)
    assert list(TEXT) == [row["char"] for row in rows]
    assert korean.track(TEXT, 0, 3).values.tolist() == [float(row["value"]) for row in rows]


def test_csv_of_a_look_back_has_a_row_a_past_character(cli: Cli, korean: Model) -> None:
    """A row has one past character of one guess, with its gradient and its occlusion."""
    cli("inspect", korean.run.path, TEXT, "--view", "lookback", "--at", 4, "--csv")
    rows, looked = rows_of(cli.out), korean.lookback(TEXT, [4])
    assert list(TEXT[:5]) == [row["past_char"] for row in rows]
    assert {("4", " ", looked.targets[0])} == {(r["index"], r["char"], r["target"]) for r in rows}
    assert looked.gradient[0, -5:].tolist() == [float(row["gradient"]) for row in rows]


def test_csv_of_two_models_has_columns_of_both(cli: Cli, korean: Model, gru: Model) -> None:
    """A leading column names the run; what a model has not is empty in its rows."""
    cli("inspect", korean.run.path, "돌쇠", "--against", gru.run.path, "--csv")
    rows = rows_of(cli.out)
    paths = [str(model.run.path) for model in (korean, gru)]
    assert [paths[0]] * 2 + [paths[1]] * 2 == [row["of"] for row in rows]
    assert "of" == next(iter(rows[0]))
    assert ["", str(gru.trace("돌쇠").update[0, 1].mean())] == [
        rows[at]["L1_update"] and str(np.float32(rows[at]["L1_update"])) for at in (1, 3)
    ]
    assert ("", True) == (rows[3]["L1_forget"], bool(rows[1]["L1_forget"]))


def test_csv_of_two_texts_names_the_text(cli: Cli, korean: Model) -> None:
    """With two texts the leading column tells them apart."""
    cli("inspect", korean.run.path, "돌쇠", "--against-text", "물\n레", "--csv")
    path = korean.run.path
    assert [f"{path}: 돌쇠"] * 2 + [f"{path}: 물\n레"] * 3 == [r["of"] for r in rows_of(cli.out)]


@pytest.mark.parametrize("asked", ALL)
def test_npz_has_the_arrays_of_the_view(
    asked: str, cli: Cli, korean: Model, reading: Path, tmp_path: Path
) -> None:
    """The file has just the arrays of the record, loads without pickle; nothing is printed."""
    file = tmp_path / "a.npz"
    assert 0 == cli("inspect", korean.run.path, *reading_of(asked, TEXT, reading), "--npz", file)
    assert "" == cli.out
    with np.load(file, allow_pickle=False) as arrays:
        assert_same_bits(arrays_of(korean, asked), dict(arrays))


def test_npz_of_two_has_prefixes(cli: Cli, korean: Model, gru: Model, tmp_path: Path) -> None:
    """The arrays of the first of two runs begin with 1_, those of the second with 2_."""
    file = tmp_path / "a.npz"
    assert 0 == cli("inspect", korean.run.path, TEXT, "--against", gru.run.path, "--npz", file)
    with np.load(file, allow_pickle=False) as arrays:
        assert_same_bits(arrays_of(korean, "gates"), dict(arrays), "1_")
        assert_same_bits(arrays_of(gru, "gates"), dict(arrays), "2_")


@pytest.mark.parametrize("fixture", ["korean", "jamo", "gru", "fnn"])
def test_gates_written_part_by_part_are_those_of_a_trace(
    fixture: str, cli: Cli, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Thousands of characters, read side by side in parts, did what one reader finds."""
    model, file, text = request.getfixturevalue(fixture), tmp_path / "a.npz", KOREAN * 3
    assert 0 == cli("inspect", model.run.path, text, "--npz", file)
    with np.load(file, allow_pickle=False) as arrays:
        assert len(text) > 4000
        expected = arrays_of(model, "gates", text)
        assert list(expected) == list(arrays)
        assert_same_bits({"chars": expected.pop("chars")}, {"chars": arrays["chars"]})
        for name, array in expected.items():
            assert array.dtype == arrays[name].dtype
            np.testing.assert_allclose(arrays[name], array, rtol=1e-4, atol=2e-5)


def test_npz_beside_json_is_the_same(cli: Cli, korean: Model, tmp_path: Path) -> None:
    """A file written along with JSON has the arrays of one written alone."""
    cli("inspect", korean.run.path, TEXT, "--npz", tmp_path / "alone.npz")
    cli("inspect", korean.run.path, TEXT, "--npz", tmp_path / "beside.npz", "--json")
    assert cli.out.startswith('{"version": 1, "view": "gates"')
    with (
        np.load(tmp_path / "alone.npz", allow_pickle=False) as alone,
        np.load(tmp_path / "beside.npz", allow_pickle=False) as beside,
    ):
        assert_same_bits(dict(alone), dict(beside))


def test_parts_are_not_kept(tmp_path: Path) -> None:
    """Writing 16 MB in parts takes less than 2 MB of memory, and loses no part."""

    def parts() -> Iterator[tuple[int, dict[str, NDArray[Any]]]]:
        for number in reversed(range(64)):
            yield (
                1000 * number,
                {
                    "forget": np.full((2, 1000, 32), number, dtype=np.float32),
                    "chars": np.array(["가"] * 1000),
                },
            )

    with (tmp_path / "a.npz").open("wb") as file:
        tracemalloc.start()
        try:
            write_parts(parts(), 64_000, file)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 2e6
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        forget = arrays["forget"]
        assert ((2, 64_000, 32), (64_000,)) == (forget.shape, arrays["chars"].shape)
        np.testing.assert_array_equal(forget[1, :, 31], np.repeat(np.arange(64), 1000))


def test_an_empty_text_leaves_no_file(cli: Cli, korean: Model, tmp_path: Path) -> None:
    """Where there is nothing to write no file is left behind, whole or half."""
    assert 2 == cli("inspect", korean.run.path, "", "--npz", tmp_path / "a.npz")
    assert [] == list(tmp_path.iterdir())
