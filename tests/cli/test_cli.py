"""The commands as a user calls them: results on stdout, the rest on stderr."""

import itertools
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import ENGLISH, KOREAN, Cli

from charlstm import __version__
from charlstm.config import Execution
from charlstm.events import Started
from charlstm.library import Model, train
from charlstm.threads import Threads
from charlstm.training.execution import Measured

SMALL = [
    *("--hidden", 8, "--embedding", 8, "--layers", 1),
    *("--precision", "float32", "--workers", 1, "--threads", 1),
]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Return a file with a small Korean text."""
    path = tmp_path / "tales.txt"
    path.write_text(KOREAN, encoding="utf-8")
    return path


def charlstm(*arguments: object) -> list[str]:
    """Return the command line of a charlstm of its own process."""
    return [sys.executable, "-m", "charlstm", *map(str, arguments)]


def test_version(cli: Cli) -> None:
    """--version prints the version."""
    assert 0 == cli("--version")
    assert f"charlstm {__version__}\n" == cli.out


def test_without_a_command_there_is_help(cli: Cli) -> None:
    """`charlstm` alone prints its help and is fine."""
    assert 0 == cli()
    assert all(name in cli.out for name in ("train", "sample", "inspect", "evaluate"))


def test_train_prints_the_run(cli: Cli, text: Path, tmp_path: Path) -> None:
    """Training prints nothing but the new run's folder on stdout."""
    assert 0 == cli("train", text, "-o", tmp_path / "run", "--steps", 3, *SMALL)
    assert f"{tmp_path / 'run'}\n" == cli.out


def test_train_makes_a_whole_run(cli: Cli, text: Path, tmp_path: Path) -> None:
    """A run folder has its six files and nothing else when training is over."""
    cli("train", text, "-o", tmp_path / "run", "--steps", 3, *SMALL)
    expected = {
        "README.md",
        "config.json",
        "heldout.txt",
        "metrics.jsonl",
        "model.safetensors",
        "tokenizer.json",
    }
    assert expected == {path.name for path in (tmp_path / "run").iterdir()}


def test_train_names_a_run_by_its_text(
    cli: Cli, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without -o runs are called after their text and never clash."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        cli("train", text, "--steps", 1, *SMALL)
    assert {"tales", "tales-2"} == {path.name for path in (tmp_path / "runs").iterdir()}


def test_train_takes_the_bundled_tales(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a text the bundled Korean corpus is trained on."""
    monkeypatch.chdir(tmp_path)
    assert 0 == cli("train", "--steps", 1, *SMALL)
    assert "runs/korean\n" == cli.out.replace(os.sep, "/")


def test_train_takes_workers_and_threads(cli: Cli, text: Path, tmp_path: Path) -> None:
    """So many workers and threads as were asked for, and that kernel, train the run."""
    options = [*SMALL, "--workers", 2, "--threads", 1, "--kernel", "unrolled"]
    assert 0 == cli("train", text, "-o", tmp_path / "run", "--steps", 1, *options)
    execution = json.loads((tmp_path / "run" / "config.json").read_text("utf-8"))["execution"]
    assert [2, 1, "unrolled"] == [execution[name] for name in ("workers", "threads", "kernel")]


def test_train_regularizes_as_asked(cli: Cli, text: Path, tmp_path: Path) -> None:
    """What was asked for against overfitting is in the settings of the run, and in the plan."""
    options = [*SMALL, "--dropout", 0.5, "--weight-dropout", 0.25, "--confidence-penalty", 0.5]
    assert 0 == cli("train", text, "-o", tmp_path / "run", "--steps", 1, *options)
    training = json.loads((tmp_path / "run" / "config.json").read_text("utf-8"))["training"]
    asked = {"dropout": 0.5, "weight_dropout": 0.25, "confidence_penalty": 0.5}
    assert asked == {name: x for name, x in training["regularization"].items() if x}
    assert "dropout 50%, weight dropout 25%, confidence penalty 0.5 against" in cli.err


def test_minutes_that_leave_time_for_a_medium_model_train_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a small model would memorise the text in some minutes, they train a medium one."""
    path, fast = tmp_path / "long.txt", 1e-3
    path.write_text(KOREAN * (300_000 // len(KOREAN) + 1), encoding="utf-8")
    execution = Execution(1, 1, "float32")
    measured = Measured(execution, 64 * 64 / (100 * 300_000 / (60 * fast)))
    monkeypatch.setattr("charlstm.training.session.measure", lambda *_, **__: measured)
    training = train(path, output=tmp_path / "run", minutes=fast)
    (started,) = itertools.islice((e for e in training if isinstance(e, Started)), 1)
    training.close()
    assert (512, 0.5) == (started.model.hidden, started.training.regularization.dropout)


def test_minutes_end_in_a_run(cli: Cli, text: Path, tmp_path: Path) -> None:
    """Some minutes are measured, planned, trained for and scored."""
    assert 0 == cli("train", text, "-o", tmp_path / "run", "--minutes", 0.01, *SMALL)
    assert "about 0:01" in cli.err
    assert 0 == cli("evaluate", tmp_path / "run")


def test_the_settings_of_a_run_are_those_that_were_taken(
    cli: Cli, text: Path, tmp_path: Path
) -> None:
    """A short text's streams are as many, and its sequences as long, as there is text for."""
    long = ["--batch-size", 10_000, "--seq-length", 500, "--steps", 1]
    assert 0 == cli("train", text, "-o", tmp_path / "run", *long, *SMALL)
    training = json.loads((tmp_path / "run" / "config.json").read_text("utf-8"))["training"]
    heldout = len((tmp_path / "run" / "heldout.txt").read_text("utf-8"))
    assert 0 < training["batch_size"] * training["seq_length"] <= len(KOREAN) - heldout


@pytest.mark.parametrize("busy", [False, True])
def test_what_is_measured_beside_other_work_is_not_remembered(
    busy: bool,  # noqa: FBT001
    cli: Cli,
    text: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What trains fastest is kept in the user's cache, unless other work was in the way."""
    threads = Threads(1, busy=busy)
    monkeypatch.setattr("charlstm.training.session.settle_threads", lambda: threads)
    monkeypatch.setattr("charlstm.training.execution.user_cache_path", lambda _: tmp_path / "cache")
    options = [*SMALL, "--precision", "auto"]
    assert 0 == cli("train", text, "-o", tmp_path / "run", "--steps", 1, *options)
    assert (busy, busy) == (not (tmp_path / "cache").exists(), "keeps the cores busy" in cli.err)


def test_train_json_is_the_last_line(cli: Cli, text: Path, tmp_path: Path) -> None:
    """--json ends with one object of the agreed fields."""
    cli("train", text, "-o", tmp_path / "run", "--steps", 3, "--json", *SMALL)
    fields = [
        "run",
        "model",
        "parameters",
        "steps",
        "epochs",
        "seconds",
        "chars_per_second",
        "val_nats_per_char",
        "val_bits_per_char",
        "val_bits_per_byte",
    ]
    assert fields == list(json.loads(cli.out.splitlines()[-1]))


def test_train_and_evaluate_agree(cli: Cli, text: Path, tmp_path: Path) -> None:
    """Scoring a run on what it held out gives the number that training reported."""
    cli("train", text, "-o", tmp_path / "run", "--steps", 12, "--json", *SMALL)
    trained = json.loads(cli.out.splitlines()[-1])["val_nats_per_char"]
    cli("evaluate", tmp_path / "run", "--json")
    assert trained == pytest.approx(json.loads(cli.out)["nats_per_char"], abs=1e-6)


def test_train_reports_an_encoding_that_it_found(cli: Cli, tmp_path: Path) -> None:
    """CP949 is recognised, and said so on stderr."""
    (tmp_path / "old.txt").write_bytes(KOREAN.replace("“", '"').replace("”", '"').encode("cp949"))
    cli("train", tmp_path / "old.txt", "-o", tmp_path / "run", "--steps", 1, *SMALL)
    assert "old.txt: read as cp949" in cli.err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_interrupted_training_saves(text: Path, tmp_path: Path) -> None:
    """Ctrl-C ends with exit code 130, a whole run, and a word on how to sample from it."""
    run = tmp_path / "run"
    process = subprocess.Popen(
        charlstm("train", text, "-o", run, "--steps", 100_000, "--patience", 1000, *SMALL),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    next(line for line in process.stderr if "parameters" in line)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert 130 == process.returncode
    assert f"charlstm sample {run}" in err
    assert Model.load(run).sample(length=5).text


def test_sample_streams_the_prompt_and_the_text(cli: Cli, korean: Model) -> None:
    """The prompt stands first, then as many characters as asked for, on stdout alone."""
    assert 0 == cli("sample", korean.run.path, "-p", "돌쇠", "-l", 20, "--seed", 3)
    expected = korean.sample("돌쇠", length=20, seed=3).text
    assert (f"돌쇠{expected}\n", "") == (cli.out, cli.err)


def test_sample_json_has_a_line_a_sample(cli: Cli, korean: Model) -> None:
    """--json gives the agreed fields, each sample with a seed that repeats it."""
    cli("sample", korean.run.path, "-n", 2, "-l", 9, "--seed", 5, "--json")
    samples = [json.loads(line) for line in cli.out.splitlines()]
    assert [["prompt", "text", "seed", "finish", "nats"]] * 2 == [list(row) for row in samples]
    assert [5, 6] == [row["seed"] for row in samples]
    assert samples[1]["text"] == korean.sample(length=9, seed=6).text


def test_sample_names_an_unknown_character_and_goes_on(cli: Cli, korean: Model) -> None:
    """A character that the model has never seen is named on stderr, and text is written."""
    assert 0 == cli("sample", korean.run.path, "-p", "Ω", "-l", 3)
    assert "Ω (U+03A9)" in cli.err


def test_the_newest_run_is_taken_and_said(
    cli: Cli, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a run the last one trained is read, which stderr says."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        cli("train", text, "--steps", 1, *SMALL)
    os.utime("runs/tales/model.safetensors", (0, 0))
    cli("sample", "-l", 1)
    assert "runs/tales-2" in cli.err.replace(os.sep, "/")


@pytest.mark.skipif(os.name == "nt", reason="needs a shell with pipes")
@pytest.mark.parametrize("command", ["sample {} -l 100000", "inspect {} --plain"])
def test_a_closed_pipe_ends_quietly(command: str, english: Model) -> None:
    """When the reader goes away nothing is complained of, and all is fine."""
    arguments = charlstm(*command.format(english.run.path).split())
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert 10 == len(process.stdout.read(10))
    process.stdout.close()
    assert (0, b"") == (process.wait(timeout=120), process.stderr.read())
    process.stderr.close()


def test_inspect_takes_a_text_alone(
    cli: Cli, text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lone argument that is no folder is the text, read by the newest run."""
    monkeypatch.chdir(tmp_path)
    cli("train", text, "--steps", 1, *SMALL)
    assert 0 == cli("inspect", "돌쇠", "--plain")
    assert cli.out.splitlines()[1].startswith("0: 돌, first character;")


def test_inspect_shows_a_line_of_the_heldout_part(cli: Cli, english: Model) -> None:
    """Without a text a line that the run held out is read."""
    cli("inspect", english.run.path, "--json")
    read = "".join(row["char"] for row in json.loads(cli.out)["characters"])
    assert read in ENGLISH


def test_inspect_reads_standard_input(
    cli: Cli, english: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """- is standard input, less the line end that the shell adds."""
    (tmp_path / "in").write_text("Tom\n", encoding="utf-8")
    with (tmp_path / "in").open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)
        cli("inspect", english.run.path, "-", "--json")
    assert "Tom" == "".join(row["char"] for row in json.loads(cli.out)["characters"])


def test_inspect_shows_nul(
    cli: Cli, english: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """NUL, which only standard input can bring, is shown like any other character."""
    (tmp_path / "in").write_bytes(b"a\0b")
    with (tmp_path / "in").open(encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert 0 == cli("inspect", english.run.path, "-")
    assert "U+0000" in cli.out
    assert "\0" not in cli.out


def test_inspect_piped_is_plain_and_whole(cli: Cli, english: Model) -> None:
    """What does not go to a terminal has no colour and no row cut or folded."""
    cli("inspect", english.run.path, "Tom", "--top", 20)
    header, *rows = cli.out.splitlines()[1:5]
    assert "\x1b" not in cli.out
    assert header.rstrip().endswith("next")
    assert [20, 20, 20] == [row.count("%") for row in rows]


def test_inspect_colours_when_told(cli: Cli, english: Model) -> None:
    """--color always colours a pipe too."""
    cli("inspect", english.run.path, "Tom", "--color", "always")
    assert "\x1b[" in cli.out


@pytest.mark.parametrize("color", ["auto", "always", "never"])
def test_inspect_lets_nothing_through_raw(color: str, cli: Cli, english: Model) -> None:
    """Whatever stands in a text, no control character but our own colours is printed."""
    cli("inspect", english.run.path, "\x1b]0;x\x07\0\t[bold]\r\u202e", "--color", color)
    shown = cli.out.replace("\x1b[", "") if color == "always" else cli.out
    assert set() == set(shown) & set("\x1b\x07\0\t\r\u202e")


def test_inspect_writes_arrays(cli: Cli, english: Model, tmp_path: Path) -> None:
    """--npz holds every gate of every unit, and the characters."""
    assert 0 == cli("inspect", english.run.path, "Tom", "--npz", tmp_path / "gates.npz")
    arrays = np.load(tmp_path / "gates.npz", allow_pickle=False)
    assert (2, 3, 12) == arrays["forget"].shape
    assert ["T", "o", "m"] == arrays["chars"].tolist()


def test_inspect_json_has_the_agreed_fields(cli: Cli, english: Model) -> None:
    """--json gives each character its surprise, its guesses and the means of its gates."""
    cli("inspect", english.run.path, "Tom", "--json")
    record = json.loads(cli.out)
    assert ["version", "view", "run", "model", "form", "layers", "hidden", "characters"] == list(
        record
    )
    first = record["characters"][0]
    assert ["index", "char", "bits", "next", "layers"] == list(first)
    assert [0, "T", None] == [first["index"], first["char"], first["bits"]]
    assert ["forget", "input", "candidate", "output", "cell", "hidden"] == list(first["layers"][0])


def test_evaluate_shows_a_row_a_run(cli: Cli, english: Model, korean: Model) -> None:
    """Each run has its row, in the order asked for."""
    cli("evaluate", korean.run.path, english.run.path)
    assert [str(korean.run.path), str(english.run.path)] == [
        line.split()[0] for line in cli.out.splitlines()[1:]
    ]


def test_evaluate_json_has_the_agreed_fields(cli: Cli, english: Model, text: Path) -> None:
    """--json gives one object a run, unknown characters counted."""
    cli("evaluate", english.run.path, "--text", text, "--json")
    record = json.loads(cli.out)
    fields = [
        "run",
        "model",
        "parameters",
        "chars",
        "bytes",
        "unknown_chars",
        "nats_per_char",
        "bits_per_char",
        "bits_per_byte",
        "perplexity",
    ]
    assert fields == list(record)
    assert len(KOREAN) - 1 == record["chars"]
    assert record["unknown_chars"] > 1000


@pytest.mark.parametrize("encoding", ["cp949", "ascii"])
def test_poor_pipes_are_still_legible(encoding: str, english: Model) -> None:
    """Where stdout cannot encode a sign or a character, plain ones are written instead."""
    finished = subprocess.run(
        charlstm("inspect", english.run.path, "a \n😀"),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=False,
        timeout=120,
    )
    out = finished.stdout.decode(encoding)
    assert 0 == finished.returncode
    assert ["a", "' '", "\\n", "\\U0001f600"] == [
        line[3:].split("  ")[0].strip() for line in out.splitlines()[2:6]
    ]


@pytest.mark.parametrize("encoding", ["cp949", "ascii"])
def test_poor_pipes_have_legible_headings(encoding: str, english: Model) -> None:
    """A line break in a heading or a message is written with signs that stdout can encode."""
    finished = subprocess.run(
        charlstm("inspect", english.run.path, "ab", "--against-text", "a\n\u2603", "--plain"),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=False,
        timeout=120,
    )
    assert 0 == finished.returncode
    assert b"u21b5" not in finished.stdout + finished.stderr


def test_evaluate_takes_a_file_as_inspect_does(cli: Cli, english: Model, text: Path) -> None:
    """What inspect calls --file, evaluate takes by that name too."""
    assert 0 == cli("evaluate", english.run.path, "--text", text, "--json")
    scored = cli.out
    assert 0 == cli("evaluate", english.run.path, "--file", text, "--json")
    assert scored == cli.out


def test_evaluate_context_is_in_the_json(cli: Cli, english: Model, text: Path) -> None:
    """--context adds bits by length of context, and --shuffle those with the rest shuffled."""
    path = english.run.path
    assert 0 == cli("evaluate", path, "--text", text, "--context", "4,1,all", "--shuffle", "--json")
    record = json.loads(cli.out)
    assert ["1", "4", "all"] == list(record["context"])
    assert ["1", "4"] == list(record["shuffled"])


def test_evaluate_context_has_a_table(cli: Cli, english: Model, text: Path) -> None:
    """Without --json the lengths are columns of a second table."""
    assert 0 == cli("evaluate", english.run.path, "--text", text, "--context", "1,2")
    assert ["run", "model", "1", "2", "all", "1", "%"] in [
        line.split() for line in cli.out.splitlines()
    ]


@pytest.mark.parametrize("family", ["fnn", "rnn", "gru", "lstm"])
def test_every_family_goes_all_the_way(family: str, cli: Cli, text: Path, tmp_path: Path) -> None:
    """A model of each family is trained, writes, is inspected and scored."""
    run, window = tmp_path / "run", ["--window", 5] if family == "fnn" else []
    assert 0 == cli("train", text, "-o", run, "--model", family, "--steps", 2, *window, *SMALL)
    for command in ("sample", "inspect", "evaluate"):
        assert 0 == cli(command, run)
    assert family in cli.out


@pytest.mark.parametrize("command", ["sample -l 9 --json", "inspect é😀 --json"])
def test_json_is_json_on_poor_pipes(command: str, english: Model) -> None:
    """JSON can be read whatever the encoding of stdout."""
    verb, *rest = command.split()
    finished = subprocess.run(
        charlstm(verb, english.run.path, *rest),
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "cp949"},
        check=False,
        timeout=120,
    )
    assert isinstance(json.loads(finished.stdout.decode("cp949")), dict)


@pytest.mark.parametrize("value", ["0", "1"])
def test_force_color_does_not_colour_pipes(value: str, english: Model) -> None:
    """FORCE_COLOR, which some set to 0 and mean no, changes nothing."""
    finished = subprocess.run(
        charlstm("inspect", english.run.path, "Tom"),
        capture_output=True,
        env={**os.environ, "FORCE_COLOR": value},
        check=False,
        timeout=120,
    )
    assert b"\x1b" not in finished.stdout + finished.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a shell with pipes")
def test_training_goes_on_unheard(text: Path, tmp_path: Path) -> None:
    """When nobody listens to its messages any more, training still goes to its end."""
    arguments = charlstm("train", text, "-o", tmp_path / "run", "--steps", 40, *SMALL)
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stderr is not None
    process.stderr.close()
    assert 0 == process.wait(timeout=120)
    last = (tmp_path / "run" / "metrics.jsonl").read_text(encoding="utf-8").splitlines()[-1]
    assert 40 == json.loads(last)["step"]
