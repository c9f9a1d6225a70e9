"""`inspect --html` and `--svg`: files of their own, written over nothing that is not theirs."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import KOREAN, Cli, reading_of

from charlstm.library import Model

BEGINNINGS = {"html": "<!DOCTYPE html>", "svg": "<svg "}
VIEWS = {
    "gates": "유닛 12개의 평균",
    "story": "0번 글자: 돌 (첫 글자)",
    "memory": "얼마나 오래 기억하는가",
    "units": "유닛은 무엇에 반응하는가",
    "units --unit 3": "유닛 L2/3",
    "lookback": "예측마다 앞의 어느 글자가 중요했나",
}
# Files that somebody may have meant as the text, or wrote by hand.
PRECIOUS = {
    "text.txt": "a text about <svg and <!DOCTYPE html>",
    "empty.txt": "",
    "data.xml": '<?xml version="1.0"?><data/>',
    "page.xhtml": '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
}


class Words(HTMLParser):
    """Keeps the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.text += data


def text_of(file: Path) -> str:
    """Return the words of a page or of a drawing, in which spaces may be mere distance."""
    if file.suffix == ".svg":
        text = "".join(ET.parse(file).getroot().itertext())  # noqa: S314  we wrote it ourselves
        return "".join(text.split())
    words = Words()
    words.feed(file.read_text(encoding="utf-8"))
    return "".join(words.text.split())


@pytest.mark.parametrize("kind", BEGINNINGS)
@pytest.mark.parametrize("view", VIEWS)
def test_a_picture_is_written(
    view: str, kind: str, cli: Cli, korean: Model, tmp_path: Path
) -> None:
    """The file has the view in it, stderr names it, and nothing is printed."""
    (tmp_path / "tales.txt").write_text(KOREAN, encoding="utf-8")
    file = tmp_path / f"picture.{kind}"
    asking = reading_of(view, "돌쇠", tmp_path / "tales.txt")
    assert 0 == cli("inspect", korean.run.path, *asking, f"--{kind}", file, "--lang", "ko")
    assert "" == cli.out
    assert str(file) in cli.err
    assert file.read_text(encoding="utf-8").startswith(BEGINNINGS[kind])
    assert VIEWS[view].replace(" ", "") in text_of(file)


@pytest.mark.parametrize("kind", BEGINNINGS)
def test_two_pictures_at_once(kind: str, cli: Cli, korean: Model, tmp_path: Path) -> None:
    """A picture of two runs has both names above it."""
    file = tmp_path / f"picture.{kind}"
    options = ["--clamp", "forget=0", "--against", korean.run.path, f"--{kind}", file]
    assert 0 == cli("inspect", korean.run.path, "돌쇠", "--width", 400, *options)
    assert f"{korean.run.path}forget=0{korean.run.path}layer" in text_of(file)


@pytest.mark.parametrize("kind", BEGINNINGS)
@pytest.mark.parametrize("name", PRECIOUS)
def test_refuses_to_draw_over_what_is_not_a_picture(
    name: str, kind: str, cli: Cli, korean: Model, tmp_path: Path
) -> None:
    """Whatever is no such picture stays as it is, and nothing is left beside it."""
    file = tmp_path / name
    file.write_text(PRECIOUS[name], encoding="utf-8")
    assert (2, "") == (cli("inspect", korean.run.path, "돌쇠", f"--{kind}", file), cli.out)
    (line,) = cli.err.splitlines()
    assert f"--{kind}: expected a new file, or one of {kind} to replace" in line
    assert [PRECIOUS[name]] == [p.read_text(encoding="utf-8") for p in tmp_path.iterdir()]


@pytest.mark.parametrize("kind", ["html", "svg", "npz"])
def test_draws_again_over_its_own(kind: str, cli: Cli, korean: Model, tmp_path: Path) -> None:
    """A file of the same kind is replaced, without a word of complaint."""
    file = tmp_path / f"picture.{kind}"
    for text in ("돌쇠", "물레"):
        assert 0 == cli("inspect", korean.run.path, text, f"--{kind}", file)
    again = file.read_bytes()
    file.unlink()
    cli("inspect", korean.run.path, "물레", f"--{kind}", file)
    assert kind == "npz" or file.read_bytes() == again


@pytest.mark.parametrize("kind", ["html", "svg", "npz"])
def test_refuses_a_folder_that_is_not_there(
    kind: str, cli: Cli, korean: Model, tmp_path: Path
) -> None:
    """A file in a missing folder, and a folder in place of a file, are refused by the option."""
    for place in (tmp_path / "nowhere" / "a", tmp_path):
        assert 2 == cli("inspect", korean.run.path, "돌쇠", f"--{kind}", place)
        (line,) = cli.err.splitlines()
        assert f"--{kind}: expected" in line
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["--json", "--csv", "--plain"])
def test_a_picture_leaves_the_rest_as_it_is(
    form: str, cli: Cli, korean: Model, tmp_path: Path
) -> None:
    """What was to be printed is printed just the same beside files."""
    cli("inspect", korean.run.path, "돌쇠", form)
    alone = cli.out
    files = [f"--{kind}={tmp_path / kind}" for kind in ("html", "svg", "npz")]
    assert 0 == cli("inspect", korean.run.path, "돌쇠", form, *files)
    assert alone == cli.out
    assert 3 == len(list(tmp_path.iterdir())) == len(cli.err.splitlines())


def test_a_picture_heeds_neither_pipe_nor_encoding(cli: Cli, korean: Model, tmp_path: Path) -> None:
    """A poor pipe, or one without a width, gives the same page as a good terminal."""
    cli("inspect", korean.run.path, KOREAN[:80], "--width", 100, "--html", tmp_path / "wide.html")
    poor = {**os.environ, "PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "charlstm", "inspect", korean.run.path, KOREAN[:80]]
    subprocess.run(
        [*map(str, command), "--html", tmp_path / "poor.html"],
        env=poor,
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert (tmp_path / "wide.html").read_bytes() == (tmp_path / "poor.html").read_bytes()
    assert "background" in (tmp_path / "poor.html").read_text(encoding="utf-8")
