"""`inspect --json` in every view keeps to the schema of the view."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import KOREAN, Cli, reading_of
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from charlstm.inspection.memory.record import DISTANCES
from charlstm.library import Model

SCHEMAS = Path(__file__).parent.parent / "schemas"
VIEWS = ("gates", "story", "memory", "units", "lookback")
TEXT = "돌쇠가 물었다.\nΩ “늘”"
ASKED = [
    "gates",
    "gates --top 0",
    "story",
    "story --at 3 --unit L1/5",
    "memory",
    "memory --at 2",
    "units",
    "units --unit L1/3",
    "lookback",
    "lookback --at 4",
    "lookback --target text",
]
# What each family can be asked.
FAMILIES = {
    "korean": ASKED,
    "jamo": ASKED,
    "gru": ASKED,
    "rnn": [asked for asked in ASKED if asked.split()[0] not in {"story", "memory"}],
    "fnn": [asked for asked in ASKED if asked.split()[0] not in {"story", "memory"}],
}


@pytest.fixture
def reading(tmp_path: Path) -> Path:
    """Return a file with enough text to find out what units track."""
    path = tmp_path / "tales.txt"
    path.write_text(KOREAN, encoding="utf-8")
    return path


def schema_of(view: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{view}.json").read_text(encoding="utf-8"))
    return schema


def faults(record: object, view: str) -> list[str]:
    """Return what in a record is against the schema of a view."""
    return [error.message for error in Draft202012Validator(schema_of(view)).iter_errors(record)]


def strictly(text: str) -> Any:
    """Read JSON, in which NaN and Infinity, which Python would write, are none."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def within(schema: Any) -> Iterator[dict[str, Any]]:
    """Go through a schema and all that is in it."""
    if isinstance(schema, dict):
        yield schema
    parts = schema.values() if isinstance(schema, dict) else schema
    for part in parts if isinstance(schema, dict | list) else ():
        yield from within(part)


@pytest.mark.parametrize("view", VIEWS)
def test_a_schema_is_strict(view: str) -> None:
    """A schema is one, and each of its objects has only fields it names; those must be there."""
    schema = schema_of(view)
    Draft202012Validator.check_schema(schema)
    objects = [
        part for part in within(schema) if part.get("type") == "object" and "required" in part
    ]
    assert {False} == {part["additionalProperties"] for part in objects}
    left_out = {n for part in objects for n in set(part["properties"]) - set(part["required"])}
    assert left_out <= {"changes"} | {str(distance) for distance in DISTANCES}


@pytest.mark.parametrize(
    ("fixture", "asked"),
    [(fixture, asked) for fixture, all_asked in FAMILIES.items() for asked in all_asked],
)
def test_json_keeps_to_the_schema(
    fixture: str, asked: str, cli: Cli, reading: Path, request: pytest.FixtureRequest
) -> None:
    """One line is printed, which is JSON and keeps to the schema of its view."""
    run = request.getfixturevalue(fixture).run.path
    assert 0 == cli("inspect", run, *reading_of(asked, TEXT, reading), "--json")
    (line,) = cli.out.splitlines()
    assert [] == faults(strictly(line), asked.split(maxsplit=1)[0])


@pytest.mark.parametrize("clamp", ["forget=0", "forget=1", "input=0", "output=0", "candidate=-1"])
@pytest.mark.parametrize("asked", ASKED)
def test_json_of_a_changed_model_keeps_to_the_schema(
    clamp: str, asked: str, cli: Cli, korean: Model, reading: Path
) -> None:
    """However a gate is clamped, no number leaves its range, and the change is named."""
    options = ["--clamp", clamp, "--ablate", "L1/5", "--json"]
    assert 0 == cli("inspect", korean.run.path, *reading_of(asked, TEXT, reading), *options)
    record = strictly(cli.out)
    assert [clamp, "L1/5"] == record["changes"]
    assert [] == faults(record, asked.split(maxsplit=1)[0])


@pytest.mark.parametrize("view", VIEWS)
def test_a_schema_can_refuse(view: str, cli: Cli, korean: Model, reading: Path) -> None:
    """A record of another version, with a field more or a field less is refused."""
    cli("inspect", korean.run.path, *reading_of(view, TEXT, reading), "--json")
    record = strictly(cli.out)
    more, less = record | {"more": 1}, copy.copy(record)
    del less["run"]
    for spoiled in (more, less, record | {"version": 2}, record | {"model": "markov"}):
        assert [] != faults(spoiled, view)


def test_a_schema_can_refuse_a_gate(cli: Cli, korean: Model) -> None:
    """A gate above 1, and a gate of another family, are refused."""
    cli("inspect", korean.run.path, TEXT, "--json")
    record = strictly(cli.out)
    gates = record["characters"][1]["layers"][0]
    gates["forget"] = 1.1
    assert [] != faults(record, "gates")
    gates["update"] = gates.pop("forget") - 1
    assert [] != faults(record, "gates")


def test_json_of_two_is_two_lines(cli: Cli, korean: Model, gru: Model) -> None:
    """Beside each other two runs have a line each, in the order asked for."""
    cli("inspect", korean.run.path, TEXT, "--against", gru.run.path, "--json")
    records = [strictly(line) for line in cli.out.splitlines()]
    assert [[], []] == [faults(record, "gates") for record in records]
    assert ["lstm", "gru"] == [record["model"] for record in records]
    assert [str(model.run.path) for model in (korean, gru)] == [row["run"] for row in records]
