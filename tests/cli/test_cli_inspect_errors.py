"""What `inspect` cannot show: one sentence that names the option, exit code 2, nothing printed."""

from pathlib import Path

import pytest
from conftest import Cli

from charlstm.library import Model

TEXT = "돌쇠가"
WRONG = {
    "--view gate": "--view: expected one of gates, story, memory, units, lookback, found 'gate'",
    "--layer 0": "--layer: expected a layer from 1 to 2, or all, found 0",
    "--layer 3": "--layer: expected a layer from 1 to 2, or all, found 3",
    "--layer -1": "--layer: expected a layer from 1 to 2, or all, found -1",
    "--layer ²": "--layer: expected a layer from 1 to 2, or all, found ²",
    "--layer every": "--layer: expected a layer from 1 to 2, or all, found every",
    "--unit 12": "--unit: expected a unit from 0 to 11, found 12",
    "--unit -1": "--unit: expected a unit such as 17 or L1/17, found -1",
    "--unit L1/12": "--unit: expected a unit from 0 to 11, found 12",
    "--unit L0/1": "--unit: expected a layer from L1 to L2, found L0/1",
    "--unit L3/1": "--unit: expected a layer from L1 to L2, found L3/1",
    "--unit L1": "--unit: expected a unit such as 17 or L1/17, found L1",
    "--view units --unit L3/1": "--unit: expected a layer from L1 to L2, found L3/1",
    "--view story --unit 12": "--unit: expected a unit from 0 to 11, found 12",
    "--show median": "--show: expected one of mean, percentiles, strip, found 'median'",
    "--gate update": "--gate: expected one of forget, input, output, candidate, cell, found 'upd",
    "--gate x --json": "--gate: expected one of forget, input, output, candidate, cell, found 'x'",
    "--gate x --view story": "--gate: expected a view that takes it (gates), found --view story",
    "--show mean --view units": "--show: expected a view that takes it (gates), found --view units",
    "--from 0 --view memory": "--from: expected a view that takes it (gates)",
    "--to 1 --view lookback": "--to: expected a view that takes it (gates)",
    "--table --view story": "--ribbon: expected a view that takes it (gates)",
    "--at 0": "--at: expected a view that takes it (story, memory, lookback), found --view gates",
    "--target guess": "--target: expected a view that takes it (lookback), found --view gates",
    "--unit 1 --view lookback": "--unit: expected a view that takes it (gates, story, units",
    "--layer 1 --view units": "--layer: expected a view that takes it (gates, story, units --unit)",
    "--view units --unit 1 --file x": "--file: expected a view that takes it (memory, units)",
    "--layer 2 --unit L1/3": "--layer: expected the layer of --unit L1/3, found 2",
    f"--layer {'1' * 5000}": "--layer: expected a layer from 1 to 2, or all, found 111",
    "--view story --at 3": "--at: expected a character from 0 to 2, found 3",
    "--view story --at -1": "--at: expected a character from 0 to 2, found -1",
    "--view lookback --at 3": "--at: expected a character from 0 to 2, found 3",
    "--view lookback --at -1": "--at: expected a character from 0 to 2, found -1",
    "--view lookback --at 2 --target text": "--at: expected a character from 0 to 1, found 2",
    "--view memory --at 2": "--at: expected a character with another after it, from 0 to 1",
    "--view memory --at -1": "--at: expected a character with another after it, from 0 to 1",
    "--at first": "Invalid value for '--at': 'first' is not a valid int",
    "--from -1": "--from: expected 0 or more, found -1",
    "--from 3": "--from: expected a character from 0 to 2, found 3",
    "--from 3 --plain": "--from: expected a character from 0 to 2, found 3",
    "--from 2 --to 1": "--to: expected a character from 2 on, found 1",
    "--to -1": "--to: expected a character from 0 on, found -1",
    "--target x": "--target: expected one of guess, text, found 'x'",
    "--view lookback --target x": "--target: expected one of guess, text, found 'x'",
    "--top -1": "--top: expected a whole number from 0 to 1000, found -1",
    "--top 1001": "--top: expected a whole number from 0 to 1000, found 1001",
    "--view memory --seed -1": "--seed: expected a whole number from 0",
    "--color pink": "--color: expected one of auto, always, never, found 'pink'",
    "--width 19": "--width: expected a whole number from 20 to 10000, found 19",
    "--width 10001": "--width: expected a whole number from 20 to 10000, found 10001",
    "--width wide": "Invalid value for '--width': 'wide' is not a valid int",
    "--json --csv": "--csv: expected one form of output, found --json",
    "--csv --plain": "--csv: expected one form of output, found --plain",
    "--plain --json": "--json: expected one form of output, found --plain",
    "--top 3 --view memory": "--top: expected a view that takes it (gates, story, lookback)",
    "--top 3 --view units": "--top: expected a view that takes it (gates, story, lookback)",
    "--seed 1": "--seed: expected a view that takes it (memory, units), found --view gates",
    "--seed 2 --view units --unit 1": "--seed: expected a view that takes it (memory, units)",
    "--encoding utf-8": "--encoding: expected --file or - with it, to be read in that encoding",
    "--against nowhere": "nowhere: expected a run folder",
    "--view memory --at 0 --file nowhere.txt": "nowhere.txt: expected a text file or a folder",
}
IMPOSSIBLE = {
    ("rnn", "story"): "--view: expected gates or lookback for a model without gates",
    ("fnn", "story"): "--view: expected gates or lookback for a model without gates",
    ("rnn", "memory"): "--view: expected lookback, or evaluate --context, for a model without",
    ("fnn", "memory"): "--view: expected lookback, or evaluate --context, for a model without",
    ("gru", "gates --gate forget"): "--gate: expected one of update, reset, candidate, hidden",
    ("rnn", "gates --gate forget"): "--gate: expected one of hidden, found 'forget'",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_refuses_what_cannot_be(wrong: str, cli: Cli, korean: Model) -> None:
    """An impossible option is refused by its name, with what was expected and what was found."""
    assert (2, "") == (cli("inspect", korean.run.path, TEXT, *wrong.split()), cli.out)
    (line,) = cli.err.splitlines()
    assert line.startswith(f"charlstm: {WRONG[wrong]}")


@pytest.mark.parametrize("form", ["", "--json", "--csv", "--plain"])
@pytest.mark.parametrize(("family", "view"), IMPOSSIBLE)
def test_refuses_a_view_that_a_family_cannot_have(
    family: str, view: str, form: str, cli: Cli, request: pytest.FixtureRequest
) -> None:
    """What there is not in a model is refused in every form of output."""
    run, options = request.getfixturevalue(family).run.path, [*view.split(), *form.split()]
    assert (2, "") == (cli("inspect", run, TEXT, "--view", *options), cli.out)
    (line,) = cli.err.splitlines()
    assert line.startswith(f"charlstm: {IMPOSSIBLE[family, view]}")


@pytest.mark.parametrize("option", ["--html", "--svg", "--npz"])
def test_refuses_before_a_file_is_written(
    option: str, cli: Cli, rnn: Model, tmp_path: Path
) -> None:
    """A view that cannot be leaves no file."""
    assert 2 == cli("inspect", rnn.run.path, TEXT, "--view", "story", option, tmp_path / "file")
    assert [] == list(tmp_path.iterdir())


def test_refuses_an_empty_text_beside(cli: Cli, korean: Model) -> None:
    """An empty second text is not taken for none."""
    code = cli("inspect", korean.run.path, TEXT, "--against-text", "")
    assert (2, "") == (code, cli.out)
    assert "the text to inspect: expected at least one character, found none" in cli.err


def test_refuses_a_second_model_that_cannot(cli: Cli, korean: Model, rnn: Model) -> None:
    """Where the second of two models has no such view nothing of the first is printed."""
    code = cli("inspect", korean.run.path, TEXT, "--view", "story", "--against", rnn.run.path)
    assert (2, "") == (code, cli.out)
    (line,) = cli.err.splitlines()
    assert line.startswith(f"charlstm: {rnn.run.path}: --view: expected gates or lookback")


def test_names_the_run_that_has_no_such_gate(cli: Cli, korean: Model, rnn: Model) -> None:
    """Where the second of two models has no such gate it is named, in any language."""
    options = ["--gate", "forget", "--against", rnn.run.path, "--lang", "ko"]
    assert (2, "") == (cli("inspect", korean.run.path, TEXT, *options), cli.out)
    assert cli.err.startswith(f"charlstm: {rnn.run.path}: --gate: 다음 가운데 하나")


def test_names_the_text_that_has_no_such_character(cli: Cli, korean: Model) -> None:
    """Where one of two texts is too short for --at it is named, a long one by its beginning."""
    short, run = "달이", korean.run.path
    options = ["--view", "story", "--at", 2]
    for texts in ((TEXT, "--against-text", short), (short, "--against-text", TEXT)):
        assert (2, "") == (cli("inspect", run, *texts, *options), cli.out)
        assert (
            f"charlstm: {run}: {short}: --at: expected a character from 0 to 1, found 2\n"
            == cli.err
        )
    assert 2 == cli("inspect", run, TEXT * 99, "--against-text", TEXT * 98, *options[:3], 295)
    assert f": {TEXT}" in cli.err
    assert "…: --at: expected a character from 0 to 293, found 295" in cli.err


@pytest.mark.parametrize("view", ["gates", "story", "lookback", "memory"])
def test_says_it_in_korean(view: str, cli: Cli, korean: Model) -> None:
    """With --lang ko what is wrong is said in Korean."""
    wrong = ["--from", 9] if view == "gates" else ["--at", 9]
    assert 2 == cli("inspect", korean.run.path, TEXT, "--view", view, *wrong, "--lang", "ko")
    (line,) = cli.err.splitlines()
    assert "글자" in line
    assert "expected" not in line


def test_an_empty_text_is_no_run(cli: Cli, korean: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty text alone is not taken for the path of the working folder."""
    monkeypatch.setattr("charlstm.run.newest_run", lambda: korean.run.path)
    assert (2, "") == (cli("inspect", ""), cli.out)
    assert "the text to inspect: expected at least one character, found none" in cli.err


@pytest.mark.parametrize("command", ["inspect", "evaluate"])
def test_refuses_an_encoding_that_nothing_is_read_in(command: str, cli: Cli, korean: Model) -> None:
    """An encoding that there is not is refused even where nothing is read with it."""
    assert (2, "") == (cli(command, korean.run.path, "--encoding", "klingon"), cli.out)
    assert "--encoding: expected an encoding that Python knows" in cli.err


def test_refuses_one_file_for_two_outputs(cli: Cli, korean: Model, tmp_path: Path) -> None:
    """Two outputs cannot go into one file, however its path is written."""
    (tmp_path / "in").mkdir()
    files = ["--npz", tmp_path / "out", "--html", tmp_path / "in" / ".." / "out"]
    assert (2, "") == (cli("inspect", korean.run.path, TEXT, *files), cli.out)
    assert "--html: expected another file than --npz, found" in cli.err
    assert not (tmp_path / "out").exists()
