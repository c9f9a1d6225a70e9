"""Where output goes: results to stdout, messages to stderr, colour as asked for."""

import contextlib
import json
import os
import sys
from typing import TYPE_CHECKING, Literal, TextIO

from charlstm.limits import check_one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from charlstm.drawing.symbols import Symbols
    from charlstm.events import TextRead
    from charlstm.messages import Catalogue


INTERRUPTED = 130
COLORS = ("auto", "always", "never")
_LONGEST = 1000
_MOST_NAMED = 5


class Forgiving:
    """A stream of messages whose reader may go away: work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, unless the reader has gone."""
        with contextlib.suppress(BrokenPipeError):
            return self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, unless the reader has gone."""
        with contextlib.suppress(BrokenPipeError):
            self._stream.flush()

    def __getattr__(self, name: str) -> object:
        """Return any other attribute of the stream."""
        return getattr(self._stream, name)


def say(message: str) -> None:
    """Print a message on stderr, on one line and without terminal control characters."""
    from charlstm.drawing.symbols import line_of, symbols_for

    shown = message if len(message) <= _LONGEST else message[:_LONGEST] + "…"
    shown = line_of(shown, symbols_for(sys.stderr.encoding or "utf-8"))
    print(f"charlstm: {shown}", file=sys.stderr, flush=True)  # noqa: T201


def say_what_was_read(event: "TextRead", messages: "Catalogue") -> None:
    """Print the encodings that were detected, except UTF-8, and what was skipped and why."""
    for source, encoding in event.encodings:
        if encoding != "utf-8":
            say(messages("messages.encoding", source=source, encoding=encoding))
    for path, reason in event.skipped:
        say(messages(f"messages.skipped.{reason}", path=path))


def print_json(record: object) -> None:
    """Print a record as one line of JSON, in ASCII where stdout has no UTF-8."""
    encoding = (sys.stdout.encoding or "ascii").lower().replace("-", "")
    print(json.dumps(record, ensure_ascii=encoding != "utf8"))  # noqa: T201


def warn_of_unknown(
    characters: list[str], key: str, messages: "Catalogue", **values: object
) -> None:
    """Print, in the sentence of a key, which characters a model has never seen."""
    if characters:
        from charlstm.drawing.symbols import glyph

        named = ", ".join(f"{glyph(c)} (U+{ord(c):04X})" for c in characters[:_MOST_NAMED])
        more = len(characters) - _MOST_NAMED
        if more > 0:
            named = messages("messages.unknown.more", characters=named, count=more)
        say(messages(key, characters=named, **values))


def results(color: str = "auto", width: int | None = None) -> "Console":
    """Return the console for results, of a width or as wide as what it goes to.

    Whether there is colour is settled here and not by Rich, which takes FORCE_COLOR=0 for a yes.

    Raises:
        OptionError: color is none of auto, always and never.
    """
    from rich.console import Console

    from charlstm.drawing.layout import UNBOUNDED

    check_one_of("color", color, COLORS)
    terminal = sys.stdout.isatty()
    coloured = color == "always" or (
        color == "auto" and terminal and not os.environ.get("NO_COLOR")
    )
    return Console(
        force_terminal=coloured,
        color_system=_color_system() if coloured else None,
        no_color=not coloured,
        width=width if width is not None else None if terminal else UNBOUNDED,
        markup=False,
        emoji=False,
        highlight=False,
    )


@contextlib.contextmanager
def paged(console: "Console", *, wanted: bool) -> "Iterator[None]":
    """Page what is printed, where it goes to a terminal that has fewer lines."""
    if not (wanted and sys.stdin.isatty() and sys.stdout.isatty()):
        yield
        return
    # As git has it: less ends at once where all fits, passes colours, and leaves the text standing.
    os.environ.setdefault("LESS", "FRX")
    if (sys.stdout.encoding or "").lower().replace("-", "") == "utf8":
        os.environ.setdefault("LESSCHARSET", "utf-8")
    with console.pager(styles=True):
        yield


def stderr_console() -> "Console":
    """Return the console for progress."""
    from rich.console import Console

    return Console(
        stderr=True,
        force_terminal=sys.stderr.isatty(),
        markup=False,
        emoji=False,
        highlight=False,
    )


def symbols(console: "Console") -> "Symbols":
    """Return the symbols that a console can write."""
    from charlstm.drawing.symbols import symbols_for

    return symbols_for(console.encoding)


def _color_system() -> Literal["standard", "256", "truecolor"]:
    """Return how many colours there are.

    Whatever calls itself xterm, screen or tmux today has 256; a console that says otherwise has 16.
    """
    if os.environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"}:
        return "truecolor"
    term = os.environ.get("TERM", "")
    few = term.endswith("16color") or term in {"linux", "ansi", "vt100", "vt220", "cons25"}
    return "standard" if few else "256"
