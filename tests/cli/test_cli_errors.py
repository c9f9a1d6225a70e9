"""Bad input: one sentence on stderr that names the thing, exit code 2, nothing lost."""

import math
import shutil
import zipfile
from pathlib import Path

import pytest
from conftest import ENGLISH, Cli

from charlstm.library import Model
from charlstm.limits import FAMILIES
from charlstm.run import check_free
from charlstm.training.workers import DataParallelWorkers

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb0043000806060706")
BAD_TEXTS = {
    "empty.txt": b"",
    "short.txt": b"Twenty characters!!!",
    "picture.jpg": JPEG,
    "mixed.txt": "달못골의 이야기".encode() + "달못골의 이야기".encode("cp949"),
}
BAD_OPTIONS = [
    ("train", "--size", "huge"),
    ("train", "--form", "nfx"),
    ("train", "--epochs", "0"),
    ("train", "--epochs", "nan"),
    ("train", "--epochs", "many"),
    ("train", "--minutes", "-1"),
    ("train", "--dropout", "1"),
    ("train", "--weight-dropout", "1"),
    ("train", "--activation-penalty", "-1"),
    ("train", "--confidence-penalty", "1"),
    ("train", "--val-fraction", "0.9"),
    ("train", "--hidden", "0"),
    ("train", "--precision", "int4"),
    ("train", "--kernel", "own"),
    ("train", "--model", "gru", "--kernel", "unrolled"),
    ("train", "--model", "fnn", "--weight-dropout", "0.1"),
    ("train", "--window", "5"),
    ("train", "--model", "fnn", "--window", "0"),
    ("train", "--workers", "0"),
    ("train", "--threads", "1025"),
    ("train", "--seed", "-1"),
    ("train", "--encoding", "klingon"),
    ("sample", "--top-p", "2"),
    ("sample", "--top-k", "-1"),
    ("sample", "--temperature", "-0.1"),
    ("sample", "--length", "0"),
    ("sample", "--count", "0"),
    ("inspect", "--layer", "3"),
    ("inspect", "--unit", "12"),
    ("inspect", "--top", "-1"),
    ("inspect", "--color", "pink"),
    ("evaluate", "--encoding", "klingon"),
    ("evaluate", "--context", "0"),
    ("evaluate", "--context", "1" * 5000),
    ("evaluate", "--seed", "-1"),
]


def one_sentence(err: str) -> str:
    """Return the only line of a message."""
    (line,) = err.splitlines()
    assert line.startswith("charlstm: ")
    return line


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_refuses_a_bad_text(name: str, cli: Cli, tmp_path: Path) -> None:
    """A text that cannot be trained on is refused, and no run folder is left behind."""
    (tmp_path / name).write_bytes(BAD_TEXTS[name])
    code = cli("train", tmp_path / name, "-o", tmp_path / "run")
    assert (2, [name], "") == (code, [p.name for p in tmp_path.iterdir()], cli.out)
    assert "expected" in one_sentence(cli.err)


def test_refuses_a_missing_text(cli: Cli, tmp_path: Path) -> None:
    """A file that is not there is named."""
    assert 2 == cli("train", tmp_path / "nowhere.txt")
    assert "nowhere.txt: expected" in one_sentence(cli.err)


def test_refuses_a_folder_without_texts(cli: Cli, tmp_path: Path) -> None:
    """A folder with nothing to read in it is named."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.jpg").write_bytes(JPEG)
    assert 2 == cli("train", tmp_path / "pictures")
    assert "pictures: expected a folder with text files" in one_sentence(cli.err)


@pytest.mark.parametrize("arguments", BAD_OPTIONS, ids=" ".join)
def test_refuses_an_impossible_option(
    arguments: tuple[str, ...], cli: Cli, english: Model, tmp_path: Path
) -> None:
    """An impossible value is refused in one sentence that names the option."""
    command, *others, option, value = arguments
    text = tmp_path / "text.txt"
    text.write_text(ENGLISH, encoding="utf-8")
    about = {
        "train": [text, "-o", tmp_path / "run"],
        "evaluate": [english.run.path, "--text", text],
    }.get(command, [english.run.path])
    code = cli(command, *about, *others, option, value)
    assert (2, "", ["text.txt"]) == (code, cli.out, [p.name for p in tmp_path.iterdir()])
    assert option in one_sentence(cli.err)


def test_says_where_the_best_weights_of_a_training_that_exploded_are(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the loss explodes after a validation, the run that was kept is named."""
    text, run = tmp_path / "text.txt", tmp_path / "run"
    text.write_text(ENGLISH, encoding="utf-8")
    compute, losses = DataParallelWorkers.forward_backward, iter([1.0] * 15)
    monkeypatch.setattr(
        DataParallelWorkers, "forward_backward", lambda *of: compute(*of) * next(losses, math.inf)
    )
    execution = ["--precision", "float32", "--workers", 1, "--threads", 1]
    assert 2 == cli("train", text, "-o", run, "--steps", 20, "--hidden", 8, *execution)
    *_, kept, fault = cli.err.splitlines()
    assert f"charlstm: training cannot go on; its best weights so far are in {run}" == kept
    assert "--learning-rate" in fault
    assert 0 == cli("evaluate", run)


def test_does_not_take_the_weights_of_another_run_for_its_own(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another training has taken the folder meanwhile, nothing is said to be kept there."""
    text, run = tmp_path / "text.txt", tmp_path / "run"
    text.write_text(ENGLISH, encoding="utf-8")
    options = ["--hidden", 8, "--precision", "float32", "--workers", 1, "--threads", 1]
    assert 0 == cli("train", text, "-o", run, "--steps", 1, *options)
    looked_up: list[Path] = []

    def free_at_first(path: Path) -> None:
        if looked_up:
            check_free(path)
        looked_up.append(path)

    monkeypatch.setattr("charlstm.run.check_free", free_at_first)
    assert 2 == cli("train", text, "-o", run, "--steps", 1, *options)
    assert str(run) in one_sentence(cli.err)


def test_refuses_two_lengths_at_once(cli: Cli) -> None:
    """Steps and minutes together are refused."""
    assert 2 == cli("train", "--steps", 5, "--minutes", 1)
    assert "--steps" in one_sentence(cli.err)


@pytest.mark.parametrize("arguments", [["--bogus"], ["bogus"], ["train", "--bogus"]], ids=" ".join)
def test_refuses_unknown_words(arguments: list[str], cli: Cli) -> None:
    """What is no command and no option is refused with a pointer to the help."""
    assert 2 == cli(*arguments)
    assert "--help" in one_sentence(cli.err)


@pytest.mark.parametrize("command", ["sample", "inspect", "evaluate"])
def test_refuses_a_missing_run(command: str, cli: Cli, tmp_path: Path) -> None:
    """A run folder that is not there is named."""
    assert 2 == cli(command, tmp_path / "nowhere")
    assert "nowhere: expected a run folder" in one_sentence(cli.err)


@pytest.mark.parametrize("command", ["sample", "inspect", "evaluate"])
def test_refuses_where_there_are_no_runs(
    command: str, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a run anywhere the message says how to make one."""
    monkeypatch.chdir(tmp_path)
    assert 2 == cli(command)
    assert "charlstm train" in one_sentence(cli.err)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize("damage", ["removed", "emptied", "cut", "noise"])
def test_refuses_a_damaged_run(  # noqa: PLR0913  pytest gives a fixture a parameter
    *, family: str, name: str, damage: str, cli: Cli, families: dict[str, Model], tmp_path: Path
) -> None:
    """A run whose file is gone, empty, cut short or noise is refused, and the file is named."""
    run = tmp_path / "run"
    shutil.copytree(families[family].run.path, run)
    data = (run / name).read_bytes()
    (run / name).unlink()
    if damage != "removed":
        noise = bytes((137 * i + 11) % 256 for i in range(len(data)))
        (run / name).write_bytes({"emptied": b"", "cut": data[: len(data) // 2]}.get(damage, noise))
    for command in ("sample", "inspect", "evaluate"):
        assert 2 == cli(command, run)
        assert str(run / name) in one_sentence(cli.err)


@pytest.mark.parametrize("damage", [b"", b"cut short", b"\xff\xfe\xff"])
def test_refuses_to_score_a_changed_heldout_part(
    damage: bytes, cli: Cli, english: Model, tmp_path: Path
) -> None:
    """A held-out part that is not what it was is not scored."""
    run = tmp_path / "run"
    shutil.copytree(english.run.path, run)
    (run / "heldout.txt").write_bytes(damage)
    assert 2 == cli("evaluate", run)
    assert "heldout.txt" in one_sentence(cli.err)


def test_refuses_to_train_over_a_run(cli: Cli, english: Model, tmp_path: Path) -> None:
    """An output folder that holds a run stays as it is."""
    run = tmp_path / "run"
    shutil.copytree(english.run.path, run)
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    text = tmp_path / "text.txt"
    text.write_text(ENGLISH, encoding="utf-8")
    assert 2 == cli("train", text, "-o", run, "--steps", 1)
    assert "found a run" in one_sentence(cli.err)
    assert before == {path.name: path.read_bytes() for path in run.iterdir()}


def test_refuses_to_write_arrays_over_a_text(cli: Cli, english: Model, tmp_path: Path) -> None:
    """--npz does not replace a file that is no .npz."""
    text = tmp_path / "precious.txt"
    text.write_text("precious", encoding="utf-8")
    assert 2 == cli("inspect", english.run.path, "Tom", "--npz", text)
    assert "precious" == text.read_text(encoding="utf-8")
    assert "--npz" in one_sentence(cli.err)


def test_refuses_to_write_arrays_over_an_archive(cli: Cli, english: Model, tmp_path: Path) -> None:
    """--npz does not replace an archive of another kind."""
    archive = tmp_path / "report.docx"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("document.xml", "precious")
    before = archive.read_bytes()
    assert 2 == cli("inspect", english.run.path, "Tom", "--npz", archive)
    assert before == archive.read_bytes()


def test_messages_are_harmless(cli: Cli, english: Model, tmp_path: Path) -> None:
    """What a file says about itself does not reach the terminal as a command."""
    run = tmp_path / "run"
    shutil.copytree(english.run.path, run)
    (run / "config.json").write_text('{"\\u001b]0;x\\u0007": 1}', encoding="utf-8")
    assert 2 == cli("sample", run)
    assert "\x1b" not in one_sentence(cli.err)


def test_a_long_text_is_no_path(cli: Cli, english: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text too long for the name of a file is a text."""
    monkeypatch.chdir(english.run.path.parent.parent)
    cli("inspect", "가" * 300)
    assert "too long" not in cli.err


def test_does_not_learn_from_runs(cli: Cli, english: Model, tmp_path: Path) -> None:
    """A run that lies in a folder of texts is passed over, and said so."""
    shutil.copytree(english.run.path, tmp_path / "texts" / "runs" / "old")
    (tmp_path / "texts" / "a.txt").write_text("mill " * 40, encoding="utf-8")
    assert 0 == cli(
        "train", tmp_path / "texts", "-o", tmp_path / "run", "--steps", 1, "--size", "tiny"
    )
    assert "old (a run)" in cli.err
    assert " 5 characters known" in cli.err
