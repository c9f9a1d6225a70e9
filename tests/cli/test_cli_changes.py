"""--clamp and --ablate in `sample`, `inspect` and `evaluate`: told, counted, or refused."""

import json
from pathlib import Path

import pytest
from conftest import Cli, train_small

from charlstm.library import Model
from charlstm.text.recall import corpus

CLAMPS = {
    "forget": "a gate and its value",
    "forget=": "a gate and its value",
    "forget=much": "a gate and its value",
    "forget=nan": "forget from 0 to 1",
    "forget=2": "forget from 0 to 1",
    "candidate=-2": "candidate from -1 to 1",
    "update=0": "one of input, forget, candidate, output",
    "L3:forget=0": "a layer from L1 to L2",
    "L0:forget=0": "a layer from L1 to L2",
    "": "a gate and its value",
}
ABLATIONS = {
    "88": "a layer and its unit",
    "L1": "a layer and its unit",
    "L1/2=zero": "a layer and its unit",
    "L3/1": "a layer from L1 to L2",
    "L1/12": "a unit from 0 to 11",
    "": "a layer and its unit",
}
WRONG = [("--clamp", *each) for each in CLAMPS.items()] + [
    ("--ablate", *each) for each in ABLATIONS.items()
]


@pytest.mark.parametrize("command", ["sample", "inspect", "evaluate"])
@pytest.mark.parametrize("wrong", WRONG, ids=" ".join)
def test_refuses_an_impossible_change(
    wrong: tuple[str, str, str], command: str, cli: Cli, korean: Model
) -> None:
    """What cannot be changed is refused in one sentence, and nothing is printed."""
    option, value, expected = wrong
    assert (2, "") == (cli(command, korean.run.path, option, value), cli.out)
    (line,) = cli.err.splitlines()
    assert line.startswith(f"charlstm: {option}: expected {expected}")


@pytest.mark.parametrize("command", ["sample", "inspect", "evaluate"])
def test_refuses_to_take_a_unit_away_twice(command: str, cli: Cli, korean: Model) -> None:
    """A unit cannot be heard as nothing and as its mean."""
    code = cli(command, korean.run.path, "--ablate", "L1/3", "--ablate", "L1/3=mean")
    assert (2, "") == (code, cli.out)
    assert "--ablate: expected each unit once" in cli.err


@pytest.mark.parametrize("command", ["sample", "inspect", "evaluate"])
def test_refuses_to_clamp_what_has_no_gates(command: str, cli: Cli, rnn: Model) -> None:
    """A model without gates is told from those that have some."""
    assert (2, "") == (cli(command, rnn.run.path, "--clamp", "forget=0"), cli.out)
    (line,) = cli.err.splitlines()
    assert "--clamp: expected a model with gates" in line
    assert "found rnn" in line


def test_a_changed_model_writes_otherwise(cli: Cli, korean: Model) -> None:
    """The sample is that of the changed model, as text and as JSON, which tells the change."""
    changed = korean.changed(["forget=0"], ["L2/3=mean"])
    expected = changed.sample("돌쇠", length=30, seed=3).text
    options = ["-p", "돌쇠", "-l", 30, "--seed", 3, "--clamp", "forget=0", "--ablate", "L2/3=mean"]
    assert 0 == cli("sample", korean.run.path, *options)
    assert f"돌쇠{expected}\n" == cli.out
    assert 0 == cli("sample", korean.run.path, *options, "--json")
    record = json.loads(cli.out)
    assert (expected, ["forget=0", "L2/3=mean"]) == (record["text"], record["changes"])
    assert expected != korean.sample("돌쇠", length=30, seed=3).text


def test_an_intact_model_tells_no_changes(cli: Cli, korean: Model) -> None:
    """Without changes JSON has no word of them."""
    for command in ("sample", "inspect", "evaluate"):
        assert 0 == cli(command, korean.run.path, "--json")
        assert "change" not in cli.out
        assert "more" not in cli.out


@pytest.mark.parametrize("view", ["gates", "story", "lookback", "memory", "units --unit 3"])
def test_inspects_a_changed_model(view: str, cli: Cli, korean: Model) -> None:
    """JSON names the changes in the order of the options: first clamps, then ablations."""
    options = ["--ablate", "L2/4", "--clamp", "L1:input=0.25", "--clamp", "forget=1", "--json"]
    assert 0 == cli("inspect", korean.run.path, "돌쇠", "--view", *view.split(), *options)
    assert ["L1:input=0.25", "forget=1", "L2/4"] == json.loads(cli.out)["changes"]


def test_a_clamped_gate_stands_at_its_value(cli: Cli, korean: Model) -> None:
    """Of the layer that was named the gate is what it was clamped at; the other layer is not."""
    cli("inspect", korean.run.path, "돌쇠", "--clamp", "L1:input=0.25", "--json")
    first, second = json.loads(cli.out)["characters"][1]["layers"]
    assert first["input"] == 0.25 != second["input"]


def test_evaluate_tells_what_a_change_costs(cli: Cli, korean: Model, gru: Model) -> None:
    """After each run comes the changed one, with the bits per character that it loses."""
    paths = [korean.run.path, gru.run.path]
    assert 0 == cli("evaluate", *paths, "--ablate", "L1/3", "--json")
    rows = [json.loads(line) for line in cli.out.splitlines()]
    assert [str(path) for path in paths for _ in range(2)] == [row["run"] for row in rows]
    assert [None, ["L1/3"]] * 2 == [row.get("changes") for row in rows]
    for model, intact, changed in ((korean, *rows[:2]), (gru, *rows[2:])):
        assert "more_bits_per_char" not in intact
        assert changed["bits_per_char"] == model.changed(ablate=["L1/3"]).evaluate().bits_per_char
        more = changed["bits_per_char"] - intact["bits_per_char"]
        assert more == changed["more_bits_per_char"]


def test_evaluate_draws_what_a_change_costs(cli: Cli, korean: Model) -> None:
    """The table has a column +bits, empty for the intact model; without changes it has none."""
    cli("evaluate", korean.run.path, "--clamp", "forget=0")
    heading, intact, changed = cli.out.splitlines()
    more = korean.changed(["forget=0"]).evaluate().bits_per_char - korean.evaluate().bits_per_char
    at = heading.index("+bits")
    assert "+bits" in heading.split()
    assert ("", f"{more:+.4f}") == (
        intact[at - 2 : at + 5].strip(),
        changed[at - 2 : at + 5].strip(),
    )
    assert changed.startswith(f"{korean.run.path} forget=0 ")
    cli("evaluate", korean.run.path)
    assert "+bits" not in cli.out


def test_the_context_of_a_changed_model_is_told_too(cli: Cli, korean: Model) -> None:
    """With --context JSON names the run and its changes apart, and the table both in one."""
    options = ["--clamp", "forget=0", "--context", "1,2"]
    cli("evaluate", korean.run.path, *options, "--json")
    rows = [json.loads(line) for line in cli.out.splitlines()]
    assert [str(korean.run.path)] * 2 == [row["run"] for row in rows]
    assert [None, ["forget=0"]] == [row.get("changes") for row in rows]
    cli("evaluate", korean.run.path, *options)
    assert 2 == sum(f"{korean.run.path} forget=0" in line for line in cli.out.splitlines())


def test_the_recall_of_a_changed_model_is_told_too(cli: Cli, tmp_path: Path) -> None:
    """With --recall JSON names the run and its changes apart, and the table both in one."""
    run = train_small(tmp_path / "run", corpus()[:20_000], steps=1).run.path
    cli("evaluate", run, "--clamp", "forget=0", "--recall", "--json")
    rows = [json.loads(line) for line in cli.out.splitlines()]
    assert [str(run)] * 2 == [row["run"] for row in rows]
    assert [None, ["forget=0"]] == [row.get("changes") for row in rows]
    cli("evaluate", run, "--clamp", "forget=0", "--recall")
    assert f"{run} forget=0" in cli.out
