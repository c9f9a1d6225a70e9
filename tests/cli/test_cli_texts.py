"""Which text `inspect` reads, and as what."""

import io
import json
import shutil
import unicodedata
from pathlib import Path

import pytest
from conftest import KOREAN, Cli, train_small

from charlstm.library import Model


@pytest.fixture(scope="module")
def as_written(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a model of a text in NFD that was left as it is; its folder must not be changed."""
    decomposed = unicodedata.normalize("NFD", KOREAN)
    return train_small(tmp_path_factory.mktemp("runs") / "none", decomposed, form="none", steps=2)


def heldout(model: Model) -> str:
    """Return what a run held out."""
    return (model.run.path / "heldout.txt").read_text(encoding="utf-8")


def texts_of(cli: Cli) -> list[str]:
    """Return the texts in the JSON of gates that was printed."""
    records = map(json.loads, cli.out.splitlines())
    return ["".join(each["char"] for each in record["characters"]) for record in records]


def test_shows_what_was_held_out_as_it_is(cli: Cli, as_written: Model) -> None:
    """A run of --form none is shown a part of its text that no form was brought into."""
    assert 0 == cli("inspect", as_written.run.path, "--json")
    (text,) = texts_of(cli)
    assert text in heldout(as_written)
    assert not unicodedata.is_normalized("NFC", text)
    assert "" == cli.err


@pytest.fixture
def bare(korean: Model, tmp_path: Path) -> Path:
    """Return a run folder that has lost what was held out."""
    run = Path(shutil.copytree(korean.run.path, tmp_path / "bare"))
    (run / "heldout.txt").unlink()
    return run


@pytest.mark.parametrize("view", ["units", "memory"])
def test_finds_things_out_from_the_text(view: str, cli: Cli, bare: Path) -> None:
    """Where nothing is gone through TEXT is read at large, and nothing else is."""
    assert 0 == cli("inspect", bare, KOREAN, "--view", view, "--json")
    given = cli.out
    (bare / "tales.txt").write_text(KOREAN, encoding="utf-8")
    assert 0 == cli("inspect", bare, "--view", view, "--file", bare / "tales.txt", "--json")
    assert given == cli.out


@pytest.fixture
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working folder with nothing in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("options", "reads"),
    [
        ("", "- < tales.txt"),
        ("--view memory --at 0", "- < tales.txt"),
        ("--view units --unit 1", "- < tales.txt"),
        ("--view memory", "--file tales.txt"),
    ],
)
def test_says_that_a_name_is_taken_for_the_text(
    options: str, reads: str, cli: Cli, korean: Model, in_a_folder: Path
) -> None:
    """The name of a file is read as it stands, and it is said how the file would be."""
    (in_a_folder / "tales.txt").write_text(KOREAN, encoding="utf-8")
    arguments = ["inspect", korean.run.path, "tales.txt", *options.split(), "--json"]
    assert 0 == cli(*arguments)
    (warning,) = [line for line in cli.err.splitlines() if "TEXT" in line]
    as_it_stands = "charlstm: TEXT is read as it stands, though tales.txt is a file; "
    assert f"{as_it_stands}{reads} reads that" == warning
    assert 0 == cli(*arguments, "--lang", "ko")
    assert f"charlstm: TEXT를 글자 그대로 읽습니다. 같은 이름의 파일을 읽으려면: {reads}" in cli.err


@pytest.mark.parametrize("text", ["tales", "a" * 5000, "a\0b", "folder", ""])
def test_says_nothing_of_a_text_that_is_no_file(
    text: str, cli: Cli, korean: Model, in_a_folder: Path
) -> None:
    """Whatever names no file is a text like any other."""
    (in_a_folder / "folder").mkdir()
    cli("inspect", korean.run.path, text, "--json")
    assert "TEXT" not in cli.err


@pytest.mark.parametrize("view", ["units", "memory"])
def test_finds_things_out_from_standard_input(
    view: str, cli: Cli, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A - in place of TEXT is standard input there too."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(KOREAN.encode())))
    assert 0 == cli("inspect", bare, "-", "--view", view, "--json")
    piped = cli.out
    assert 0 == cli("inspect", bare, KOREAN.removesuffix("\n"), "--view", view, "--json")
    assert piped == cli.out


@pytest.mark.parametrize("view", ["units", "memory"])
def test_finds_things_out_from_two_texts(view: str, cli: Cli, bare: Path) -> None:
    """Beside TEXT what --against-text has is read at large as well."""
    options = ["--view", view, "--json"]
    for text in (KOREAN, KOREAN[:1200]):
        assert 0 == cli("inspect", bare, text, *options)
    shorter = cli.out
    assert 0 == cli("inspect", bare, KOREAN, "--against-text", KOREAN[:1200], *options)
    assert shorter == cli.out.splitlines(keepends=True)[1]
    assert cli.out.splitlines(keepends=True)[0] != shorter


@pytest.mark.parametrize("view", ["units", "memory"])
def test_refuses_two_texts_to_find_out_from(view: str, cli: Cli, bare: Path) -> None:
    """TEXT and --file cannot both be what things are found out from."""
    assert 2 == cli("inspect", bare, KOREAN, "--view", view, "--file", "tales.txt")
    expected = "--file: expected either TEXT or --file to measure on, found tales.txt"
    assert f"charlstm: {expected}\n" == cli.err


def test_follows_the_text_while_it_measures_the_file(cli: Cli, bare: Path) -> None:
    """With --at memory follows a character of TEXT; it measures in --file."""
    (bare / "tales.txt").write_text(KOREAN, encoding="utf-8")
    options = ["--at", 1, "--file", bare / "tales.txt", "--json"]
    assert 0 == cli("inspect", bare, "돌쇠가", "--view", "memory", *options)
    record = json.loads(cli.out)
    assert "쇠" == record["retention"]["char"]
    assert len(KOREAN) == record["characters"]


@pytest.mark.parametrize("view", ["gates", "story", "lookback", "units --unit 3"])
def test_needs_nothing_held_out_where_there_is_a_text(view: str, cli: Cli, bare: Path) -> None:
    """What was held out is not read where nothing of it is shown."""
    assert 0 == cli("inspect", bare, "돌쇠", "--view", *view.split())
    assert 2 == cli("inspect", bare, "--view", *view.split())
    assert "heldout.txt: expected" in cli.err


@pytest.mark.parametrize(
    ("command", "advice"), [("evaluate", "--text in evaluate"), ("inspect", "TEXT in inspect")]
)
def test_tells_how_to_give_another_text(command: str, advice: str, cli: Cli, bare: Path) -> None:
    """Where what was held out is no longer what it was both commands say what to do."""
    (bare / "heldout.txt").write_text("물레", encoding="utf-8")
    assert 2 == cli(command, bare)
    assert advice in cli.err


def test_names_what_is_unknown_in_what_is_read(cli: Cli, korean: Model, tmp_path: Path) -> None:
    """Characters of --file that the model does not know are named, in one sentence."""
    (tmp_path / "tales.txt").write_text(KOREAN + "Z", encoding="utf-8")
    options = ["--view", "memory", "--at", 0, "--file", tmp_path / "tales.txt"]
    assert 0 == cli("inspect", korean.run.path, "돌쇠Y", *options)
    expected = "the text: the model does not know Y (U+0059), Z (U+005A); read as <unk>"
    assert f"charlstm: {expected}\n" == cli.err


def test_names_the_run_that_does_not_know(cli: Cli, korean: Model, english: Model) -> None:
    """Of two runs the one is named that does not know a character."""
    paths = [korean.run.path, english.run.path]
    assert 0 == cli("inspect", paths[0], "돌쇠 Z", "--against", paths[1])
    first, second = cli.err.splitlines()
    assert first.startswith(f"charlstm: {paths[0]}, the text: the model does not know Z (U+005A);")
    assert second.startswith(f"charlstm: {paths[1]}, the text: the model does not know 돌")


def test_names_what_is_unknown_once(cli: Cli, korean: Model) -> None:
    """One run that reads two texts is warned of once."""
    assert 0 == cli("inspect", korean.run.path, "돌쇠Z", "--against-text", "돌쇠Y")
    (line,) = cli.err.splitlines()
    assert "know Z (U+005A), Y (U+0059)" in line


@pytest.mark.parametrize("view", ["story --at 1", "lookback --at 1"])
def test_shows_as_many_guesses_as_asked_for(view: str, cli: Cli, korean: Model) -> None:
    """--top counts the guesses of a story and a look back too."""
    asking = [korean.run.path, "돌쇠", "--view", *view.split(), "--json"]
    for top in (0, 1, 7):
        assert 0 == cli("inspect", *asking, "--top", top)
        record = json.loads(cli.out)
        (row,) = record.get("rows", [record])
        assert top == len(row["next"])
