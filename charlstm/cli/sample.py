"""charlstm sample."""

import dataclasses
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.localization import messages_of
from charlstm.cli.options import (
    RUN_HELP,
    Ablate,
    Clamp,
    Json,
    open_run,
    optional,
    takes_settings,
)
from charlstm.cli.terminal import print_json, warn_of_unknown
from charlstm.config import SampleConfig
from charlstm.errors import OptionError
from charlstm.limits import check_seed

if TYPE_CHECKING:
    from charlstm.library import Model


@takes_settings(SampleConfig, "sample", {"length": "-l", "temperature": "-t"})
def sample(
    context: typer.Context,
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help=RUN_HELP, show_default=False)
    ] = None,
    *,
    prompt: Annotated[str, typer.Option("--prompt", "-p", help="sample.option.prompt")] = "",
    settings: SampleConfig,
    count: Annotated[int, typer.Option("--count", "-n", help="sample.option.count")] = 1,
    seed: Annotated[int | None, optional("sample.option.seed")] = None,
    clamp: Clamp = None,
    ablate: Ablate = None,
    json_: Json = False,
) -> None:
    """Write new text, character by character."""
    if count < 1:
        raise OptionError("count", "errors.expected.one_or_more", count)
    first = secrets.randbits(32) if seed is None else seed
    check_seed(first)
    check_seed(first + count - 1)
    messages = messages_of(context)
    model = open_run(run, messages, clamp, ablate)
    warn_of_unknown(model.unknown(prompt), "messages.unknown.prompt", messages)
    for number in range(first, first + count):
        if json_:
            drawn = model.sample(prompt, **dataclasses.asdict(settings), seed=number)
            changes = {"changes": list(model.changes)} if model.changes else {}
            print_json(dataclasses.asdict(drawn) | changes)
        else:
            _write(model, prompt, settings, number)


def _write(model: "Model", prompt: str, config: SampleConfig, seed: int) -> None:
    """Write each character as it is drawn."""
    harmless = _harmless if sys.stdout.isatty() else str
    sys.stdout.write(harmless(prompt))
    for drawn in model.stream(prompt, config, seed):
        sys.stdout.write(harmless(drawn.text))
        sys.stdout.flush()
    sys.stdout.write("\n")


def _harmless(text: str) -> str:
    """Show what would be a command to the terminal; a text keeps its lines and tabs."""
    from charlstm.drawing.symbols import glyph

    return "".join(c if c.isprintable() or c in "\n\t" else glyph(c) for c in text)
