"""Options that several commands share, and those that follow from a dataclass of settings."""

import contextlib
import dataclasses
import inspect
import sys
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from charlstm.cli.terminal import say, say_what_was_read

if TYPE_CHECKING:
    from charlstm.library import Model
    from charlstm.messages import Catalogue

RUN_HELP = "help.option.run"


def optional(key: str, *names: str) -> Any:  # noqa: ANN401  as typer has it
    """Describe an option whose absence means something that its help tells better than None."""
    return typer.Option(*names, help=key, show_default=False)


def takes_settings(
    kind: type, command: str, flags: Mapping[str, str] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add to a command an option for each field of a dataclass, and pass it the dataclass.

    The options stand in the place of the command's parameter `settings`. The help of an option is
    the key of its field among the options of `command`; its default is that of the field. `flags`
    are short names, such as -l, by field.
    """
    hints, short = get_type_hints(kind), flags or {}
    fields = dataclasses.fields(kind)

    def option(field: "dataclasses.Field[Any]") -> inspect.Parameter:
        long = "--" + field.name.replace("_", "-")
        names = [long, short[field.name]] if field.name in short else [long]
        described = typer.Option(
            *names, help=f"{command}.option.{field.name}", show_default=field.default is not None
        )
        return inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=Annotated[hints[field.name], described],
        )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_settings(**values: Any) -> Any:  # noqa: ANN401  whatever typer parses
            settings = kind(**{field.name: values.pop(field.name) for field in fields})
            return command(settings=settings, **values)

        parameters: list[inspect.Parameter] = []
        for parameter in inspect.signature(command, eval_str=True).parameters.values():
            is_place = parameter.name == "settings"
            parameters += map(option, fields) if is_place else [parameter]
        with_settings.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        with_settings.__annotations__ = {p.name: p.annotation for p in parameters}
        return with_settings

    return decorate


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
    from charlstm.text.files import read, what_was_read

    reading = read(sources, encoding)
    say_what_was_read(what_was_read(reading, encoding), messages)
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
