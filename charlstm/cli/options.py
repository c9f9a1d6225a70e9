"""Arguments that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from charlstm.cli.terminal import say

if TYPE_CHECKING:
    from charlstm.library import Model

RUN_HELP = "Run folder; the newest in runs/ if none."


def optional(text: str, *names: str) -> Any:  # noqa: ANN401  as typer has it
    """Describe an option whose absence means something that its help tells better than None."""
    return typer.Option(*names, help=text, show_default=False)


Json = Annotated[bool, typer.Option("--json", help="Print results as JSON.")]
Encoding = Annotated[str | None, optional("Encoding of the text; found by itself if not given.")]


def open_run(path: Path | None) -> "Model":
    """Open a run; without a path the one trained last, and say so.

    Raises:
        RunError: there is none, or it is damaged.
    """
    from charlstm.library import Model
    from charlstm.run import is_locked, newest_run

    if path is None:
        path = newest_run()
        say(f"taking the newest run, {path}")
    model = Model.load(path)
    if is_locked(path):
        say(f"{path}: it is still being trained, or its training was cut off")
    return model


def read_text(sources: list[str], encoding: str | None) -> str:
    """Read texts, and say what was found out about them.

    Raises:
        TextError: one cannot be read.
        OptionError: there is no such encoding.
    """
    from charlstm.text.files import read

    reading = read(sources, encoding)
    for document in reading.documents:
        if encoding is None and document.encoding != "utf-8":
            say(f"{document.name}: read as {document.encoding}")
    for skipped in reading.skipped:
        say(f"passed over {skipped}")
    return reading.text
