"""Going through a view with keys, in scripted and in true terminals."""

import importlib
import io
import os
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Cli
from rich.console import Console
from rich.text import Text

from charlstm.cli.keys import walk_through
from charlstm.library import Model
from charlstm.messages import catalogue

if sys.platform != "win32":
    import fcntl
    import pty
    import termios

Press = Callable[..., list[int]]
# charlstm.cli has a function of the same name.
INSPECT = importlib.import_module("charlstm.cli.inspect")


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> Press:
    """Return a walk through three places, which returns where it was."""

    def walked(*keys: str | type[BaseException], start: int = 0) -> list[int]:
        pressed, places = iter(keys), []

        def getchar() -> str:
            key = next(pressed)
            if isinstance(key, str):
                return key
            raise key

        def draw(place: int) -> Text:
            places.append(place)
            return Text(f"at {place}")

        monkeypatch.setattr("typer.getchar", getchar)
        walk_through(Console(file=io.StringIO()), catalogue("en"), draw, 3, start)
        assert [] == list(pressed)
        return places

    return walked


@pytest.mark.parametrize("key", [" ", "\r", "\n", "n", "j", "l", "\x1b[C", "\x1b[B", "\x1bOC"])
def test_goes_on(key: str, walked: Press) -> None:
    """Space, enter, and the arrows to the right and down go to the next place."""
    assert [0, 1] == walked(key, "q")


@pytest.mark.parametrize("key", ["b", "p", "k", "h", "\x7f", "\x1b[D", "\x1b[A", "\x1bOD"])
def test_goes_back(key: str, walked: Press) -> None:
    """B, backspace, and the arrows to the left and up go to the place before."""
    assert [2, 1] == walked(key, "q", start=2)


def test_goes_round(walked: Press) -> None:
    """After the last place comes the first, and before the first the last."""
    assert [2, 0, 2] == walked(" ", "b", "q", start=2)


@pytest.mark.parametrize("key", ["q", "\x1b", "\x03", "\x04", KeyboardInterrupt, EOFError])
def test_ends(key: str | type[BaseException], walked: Press) -> None:
    """Q, Escape, Ctrl-C and Ctrl-D end, in whatever way the terminal passes them on."""
    assert [0] == walked(key)


def test_other_keys_do_nothing(walked: Press) -> None:
    """A key without a meaning draws nothing anew."""
    assert [0, 1] == walked("x", "가", "\x1b[5~", "", "1", " ", "q")


def test_keys_read_together_count_each(walked: Press) -> None:
    """Keys that were pressed while it drew are not lost, and the end is not missed."""
    assert [0, 1, 2, 1] == walked("  \x1b[D", "xq ")


def test_clears_and_tells_which_keys_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each drawing has the screen to itself, also without colour, and the keys below it."""
    monkeypatch.setattr("typer.getchar", lambda: "q")
    console = Console(file=io.StringIO(), width=80)
    walk_through(console, catalogue("en"), lambda place: Text(f"at {place}"), 7, 4)
    assert isinstance(console.file, io.StringIO)
    expected = "\x1b[2J\x1b[Hat 4\nnext: space or →   back: b or ←   end: q\n"
    assert expected == console.file.getvalue()


@pytest.mark.parametrize(
    "more",
    ["--json", "--csv", "--plain", "--at 0", "--against {}", "--against-text 물레", "--view gates"],
)
def test_waits_for_no_key_where_none_is_needed(
    more: str, cli: Cli, korean: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data, sentences, a chosen character and two runs are given out at once."""

    def pressed() -> str:
        raise AssertionError("nobody is asked")

    monkeypatch.setattr("typer.getchar", pressed)
    monkeypatch.setattr(INSPECT, "can_be_pressed", lambda: True)
    options = more.format(korean.run.path).split()
    assert 0 == cli("inspect", korean.run.path, "돌쇠", "--view", "story", *options)


def test_walks_through_units_across_layers(
    cli: Cli, korean: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last unit of a layer comes the first of the next, each under the run's name."""
    keys = iter("  q")
    monkeypatch.setattr("typer.getchar", lambda: next(keys))
    monkeypatch.setattr(INSPECT, "can_be_pressed", lambda: True)
    options = ["--view", "units", "--unit", "L1/11", "--clamp", "forget=0"]
    assert 0 == cli("inspect", korean.run.path, "돌쇠", *options)
    assert ["L1/11", "L2/0", "L2/1"] == re.findall(r"unit (L\d+/\d+)", cli.out)
    assert 3 == cli.out.count(f"{korean.run.path} forget=0")


class Terminal:
    """A charlstm in a terminal of its own."""

    def __init__(self, *arguments: object) -> None:
        self.here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self.before = termios.tcgetattr(there)
        self.there, self.shown = there, ""
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "", "LINES": ""}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "charlstm", *map(str, arguments)],
            stdin=there,
            stdout=there,
            stderr=there,
            env={name: value for name, value in environment.items() if value},
            start_new_session=True,
        )

    def until(self, done: Callable[[], bool]) -> None:
        """Read what is shown until something is so."""
        deadline = time.monotonic() + 120
        while not done():
            assert time.monotonic() < deadline, self.shown
            if select.select([self.here], [], [], 0.05)[0]:
                self.shown += os.read(self.here, 65536).decode(errors="replace")

    def waits_for_a_key(self) -> bool:
        """Return whether keys go to the program as they are pressed."""
        return not termios.tcgetattr(self.there)[3] & termios.ICANON

    def press(self, key: str) -> None:
        """Press a key, once it is waited for."""
        self.until(self.waits_for_a_key)
        os.write(self.here, key.encode())

    def settings(self) -> list[Any]:
        """Return how the terminal is set."""
        return termios.tcgetattr(self.there)

    def close(self) -> None:
        """Let it go."""
        self.process.kill()
        self.process.wait()
        os.close(self.here)
        os.close(self.there)


@pytest.fixture
def terminal(korean: Model) -> Iterator[Terminal]:
    """Return a terminal in which a story is drawn."""
    terminal = Terminal("inspect", korean.run.path, "돌쇠", "--view", "story")
    yield terminal
    terminal.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
@pytest.mark.parametrize("end", ["q", "\x1b", "\x03"])
def test_a_story_is_walked_through_in_a_terminal(end: str, terminal: Terminal) -> None:
    """Character 0 is drawn, then 1; the end is no error, and the terminal is as it was."""
    terminal.until(lambda: "end: q" in terminal.shown)
    assert "character 0: " in terminal.shown
    assert "character 1: " not in terminal.shown
    terminal.press(" ")
    terminal.until(lambda: terminal.shown.count("end: q") == 2)
    assert "character 1: " in terminal.shown
    terminal.press(end)
    terminal.until(lambda: terminal.process.poll() is not None)
    assert 0 == terminal.process.returncode
    assert terminal.before == terminal.settings()
    assert "\x1b[2J" in terminal.shown
    assert "Traceback" not in terminal.shown
