"""The command line: one thin command a verb, and the one place where errors become exit codes.

0 fine; 2 the user can mend it (one sentence on stderr); 130 interrupted; 1 a defect of ours.
"""

import contextlib
import os
import sys
from typing import Annotated, TextIO, cast

import typer

from charlstm import __version__
from charlstm.cli.evaluate import evaluate
from charlstm.cli.inspect import inspect
from charlstm.cli.sample import sample
from charlstm.cli.terminal import Forgiving, say
from charlstm.cli.train import train
from charlstm.errors import CharlstmError

app = typer.Typer(
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    # Plain help: the rich one takes longer to load than all of the rest together.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:  # noqa: FBT001
    if asked:
        typer.echo(f"charlstm {__version__}")
        raise typer.Exit


@app.callback()
def charlstm(
    context: typer.Context,
    *,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Train a character model on your own text, write with it, and see how it remembers."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


for command in (train, sample, inspect, evaluate):
    app.command()(command)


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
    try:
        result = app(arguments, prog_name="charlstm", standalone_mode=False)
    except typer.TyperException as error:
        return _complain(error)
    except (BrokenPipeError, SystemExit):
        # Whoever read the results has enough of them. Typer makes a SystemExit of it.
        _forget_stdout()
        return 0
    except (CharlstmError, OSError, MemoryError, RuntimeError) as error:
        say(_sentence(error))
        return 2
    return result if isinstance(result, int) else 0


def _sentence(error: Exception) -> str:
    """Say what the user can mend; a defect of ours is raised again."""
    if isinstance(error, CharlstmError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: expected to use it, found: {error.strerror or error}"
    if isinstance(error, MemoryError) or "allocate memory" in str(error):
        return (
            "memory: expected enough for this model and text, found too little; try a smaller one"
        )
    raise error


def _complain(error: typer.TyperException) -> int:
    """Say in one sentence what typer found wrong with the options."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "charlstm"
    say(f"{error.format_message().strip().rstrip('.')}; see {path} --help")
    return 2


def _forget_stdout() -> None:
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
