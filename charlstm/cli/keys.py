"""Going through a view with keys: one place after the other, drawn anew at each."""

import re
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from charlstm.messages import Catalogue


_NEXT = {" ", "\r", "\n", "n", "j", "l", "\x1b[C", "\x1b[B", "\x1bOC", "\x1bOB", "\xe0M", "\xe0P"}
_BEFORE = {"p", "k", "h", "b", "\x7f", "\x1b[D", "\x1b[A", "\x1bOD", "\x1bOA", "\xe0K", "\xe0H"}
_KEY = re.compile(r"\x1b[\[O].|\xe0.|.", re.DOTALL)
_CLEAR = "\x1b[2J\x1b[H"
_END = {"q", "\x1b", "\x03", "\x04"}


def can_be_pressed() -> bool:
    """Whether somebody is there to press keys and see what comes of it."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def walk_through(
    console: "Console",
    messages: "Catalogue",
    draw: "Callable[[int], RenderableType]",
    count: int,
    start: int = 0,
) -> None:
    """Draw one of `count` places, and go on and back as keys say, until one ends it."""
    place = start
    for step in _steps():
        place = (place + step) % count
        # Rich clears nothing where it writes no colours.
        console.file.write(_CLEAR)
        console.print(draw(place))
        console.print(messages("inspect.keys"), style="reverse")


def _steps() -> Iterator[int]:
    """Yield 0 once, then 1 for each key to go on and -1 for each to go back, until one ends it."""
    yield 0
    while True:
        try:
            keys = _KEY.findall(typer.getchar())
        except (KeyboardInterrupt, EOFError):
            return
        # What is typed fast is read together.
        for key in keys:
            if key in _END:
                return
            if key in _NEXT or key in _BEFORE:
                yield 1 if key in _NEXT else -1
