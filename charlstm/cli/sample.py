"""charlstm sample."""

import dataclasses
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.options import RUN_HELP, Json, open_run, optional
from charlstm.cli.terminal import print_json, warn_of_unknown
from charlstm.config import SampleConfig, check_seed
from charlstm.errors import OptionError

if TYPE_CHECKING:
    from charlstm.library import Model

_TEMPERATURE_HELP = "Below 1 keeps to its habits, above 1 is wilder; 0 always takes the likeliest."


def sample(
    run: Annotated[
        Path | None, typer.Argument(metavar="RUN", help=RUN_HELP, show_default=False)
    ] = None,
    *,
    prompt: Annotated[str, typer.Option("--prompt", "-p", help="Text to go on from.")] = "",
    length: Annotated[
        int, typer.Option("--length", "-l", help="Characters to write.")
    ] = SampleConfig.length,
    count: Annotated[int, typer.Option("--count", "-n", help="How many texts to write.")] = 1,
    temperature: Annotated[
        float, typer.Option("--temperature", "-t", help=_TEMPERATURE_HELP)
    ] = SampleConfig.temperature,
    top_k: Annotated[
        int, typer.Option(help="Draw from the k likeliest only; 0 from all.")
    ] = SampleConfig.top_k,
    top_p: Annotated[
        float, typer.Option(help="Draw from the fewest that together have probability p.")
    ] = SampleConfig.top_p,
    seed: Annotated[
        int | None, optional("The same seed writes the same text; each time another if not given.")
    ] = None,
    json_: Json = False,
) -> None:
    """Write new text, character by character."""
    config = SampleConfig(length, temperature, top_k, top_p)
    if count < 1:
        raise OptionError("count", "1 or more", count)
    first = secrets.randbits(32) if seed is None else seed
    check_seed(first)
    check_seed(first + count - 1)
    model = open_run(run)
    warn_of_unknown(model.unknown(prompt), "the prompt")
    for number in range(first, first + count):
        if json_:
            drawn = model.sample(prompt, **dataclasses.asdict(config), seed=number)
            print_json(dataclasses.asdict(drawn))
        else:
            _write(model, prompt, config, number)


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
    from charlstm.views.glyphs import glyph

    return "".join(c if c.isprintable() or c in "\n\t" else glyph(c) for c in text)
