"""Going through a view with keys: one place after the other, drawn anew at each."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from charlstm.words import Words

_NEXT = {" ", "\r", "\n", "n", "j", "l", "\x1b[C", "\x1b[B", "\x1bOC", "\x1bOB", "\xe0M", "\xe0P"}
_BEFORE = {"p", "k", "h", "b", "\x7f", "\x1b[D", "\x1b[A", "\x1bOD", "\x1bOA", "\xe0K", "\xe0H"}
_END = {"q", "\x1b", "\x03", "\x04"}


def can_be_pressed() -> bool:
    """Tell whether somebody is there to press keys and see what comes of it."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def walk(
    console: "Console",
    words: "Words",
    draw: "Callable[[int], RenderableType]",
    count: int,
    start: int = 0,
) -> None:
    """Draw one of `count` places, and go on and back as keys say, until told to end."""
    place = start
    while True:
        console.clear()
        console.print(draw(place))
        console.print(words("inspect.keys", place=place, last=count - 1), style="reverse")
        step = _step()
        if step is None:
            return
        place = (place + step) % count


def _step() -> int | None:
    """Wait for a key that means something: 1 on, -1 back, None to end."""
    while True:
        try:
            key = typer.getchar()
        except (KeyboardInterrupt, EOFError):
            return None
        if key in _END:
            return None
        if key in _NEXT:
            return 1
        if key in _BEFORE:
            return -1
