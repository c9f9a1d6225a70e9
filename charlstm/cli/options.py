"""Arguments that several commands share."""

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from charlstm.cli.terminal import say

if TYPE_CHECKING:
    from charlstm.library import Model
    from charlstm.messages import Catalogue

RUN_HELP = "help.option.run"


def optional(key: str, *names: str) -> Any:  # noqa: ANN401  as typer has it
    """Describe an option whose absence means something that its help tells better than None."""
    return typer.Option(*names, help=key, show_default=False)


Json = Annotated[bool, typer.Option("--json", help="help.option.json")]
Encoding = Annotated[str | None, optional("help.option.encoding")]


Clamp = Annotated[list[str] | None, optional("help.option.clamp", "--clamp")]
Ablate = Annotated[list[str] | None, optional("help.option.ablate", "--ablate")]


def open_run(
    path: Path | None,
    messages: "Catalogue",
    clamp: list[str] | None = None,
    ablate: list[str] | None = None,
) -> "Model":
    """Open a run, with changes; without a path the one trained last, and say so.

    Raises:
        RunError: there is none, or it is damaged.
        OptionError: a change cannot be made.
    """
    from charlstm.library import Model
    from charlstm.run import is_locked, newest_run

    if path is None:
        path = newest_run()
        say(messages("messages.newest", run=path))
    model = Model.load(path)
    if is_locked(path):
        say(messages("messages.in_training", run=path))
    return model.changed(clamp or (), ablate or ()) if clamp or ablate else model


def read_text(sources: list[str], encoding: str | None, messages: "Catalogue") -> str:
    """Read texts, and say what was found out about them.

    Raises:
        TextError: one cannot be read.
        OptionError: there is no such encoding.
    """
    from charlstm.text.files import read

    reading = read(sources, encoding)
    for document in reading.documents:
        if encoding is None and document.encoding != "utf-8":
            say(messages("messages.encoding", source=document.name, encoding=document.encoding))
    for skipped in reading.skipped:
        say(messages(f"messages.skipped.{skipped.reason}", path=skipped.path))
    return reading.text


def read_standard_input(encoding: str | None, messages: "Catalogue") -> str:
    """Read a text to go through, in which NUL may be a character like any other.

    Raises:
        TextError: it cannot be read.
        OptionError: there is no such encoding.
    """
    from charlstm.text.encodings import check_encoding
    from charlstm.text.files import STDIN, read_document

    data = sys.stdin.buffer.read()
    if encoding is not None:
        check_encoding(encoding)
    else:
        with contextlib.suppress(UnicodeDecodeError):
            data.decode("utf-8")
            encoding = "utf-8"
    document = read_document(STDIN, data, encoding)
    if document.encoding not in {"utf-8", encoding}:
        say(messages("messages.encoding", source=document.name, encoding=document.encoding))
    return document.text.removesuffix("\n")
