"""The command line: one thin command a verb, and the one place where errors become exit codes.

0 success; 2 an error the user can fix (one sentence on stderr); 130 interrupted; 1 a bug.
"""

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Annotated, TextIO, cast

import typer
from typer.main import get_command

from charlstm.cli.evaluate import evaluate
from charlstm.cli.help import page
from charlstm.cli.inspect import inspect
from charlstm.cli.localization import catalogue_for, messages_of, translate
from charlstm.cli.sample import sample
from charlstm.cli.terminal import Forgiving, say
from charlstm.cli.train import SIZES_LINE, train
from charlstm.cli.usage_errors import usage_error
from charlstm.errors import CharlstmError, out_of_memory
from charlstm.messages import Message
from charlstm.version import __version__

if TYPE_CHECKING:
    from typer.core import TyperGroup

app = typer.Typer(
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    # The rich help, which we do without, takes longer to load than all of the rest together.
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:  # noqa: FBT001
    if asked:
        typer.echo(f"charlstm {__version__}")
        raise typer.Exit


@app.callback(help="help.charlstm")
def charlstm(
    context: typer.Context,
    *,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="help.option.version"),
    ] = False,
) -> None:
    """Train a character model on your own text, write with it, and see how it remembers."""
    if context.invoked_subcommand is None:
        typer.echo(page(context, messages_of(context)))


for command in (train, sample, inspect, evaluate):
    app.command(help=f"{command.__name__}.help")(command)


def main() -> None:
    """Run the command that sys.argv asks for, and exit."""
    sys.stderr = cast("TextIO", Forgiving(sys.stderr))
    code = run(sys.argv[1:])
    # Whoever read our output may have gone; Python must not notice only at its own end.
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.exit(code)
    _forget_stdout()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run a command and give its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    messages = catalogue_for(arguments)
    command = cast("TyperGroup", get_command(app))
    translate(messages, command, sizes=SIZES_LINE)
    try:
        result = command(arguments, prog_name="charlstm", standalone_mode=False, obj=messages)
    except typer.TyperException as error:
        say(messages.translate(usage_error(error)))
        return 2
    except (BrokenPipeError, SystemExit):
        # Whoever read the results has enough of them. Typer makes a SystemExit of it.
        _forget_stdout()
        return 0
    except (CharlstmError, OSError, MemoryError, RuntimeError) as error:
        say(messages.translate(_message(error)))
        return 2
    return result if isinstance(result, int) else 0


def _message(error: Exception) -> Message:
    """Return the message of an error the user can fix; raise any other again."""
    if isinstance(error, CharlstmError):
        return error.message
    if isinstance(error, OSError):
        reason = error.strerror or error
        if error.filename:
            return Message("errors.system.file", file=error.filename, reason=reason)
        return Message("errors.system.some_file", reason=reason)
    if out_of_memory(error):
        return Message("errors.system.memory")
    raise error


def _forget_stdout() -> None:
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
