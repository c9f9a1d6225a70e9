"""charlstm train."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.localization import messages_of
from charlstm.cli.options import Json, optional, takes_settings
from charlstm.cli.progress_loop import watch
from charlstm.cli.terminal import INTERRUPTED, print_json, say
from charlstm.config import TrainRequest
from charlstm.limits import SIZES

if TYPE_CHECKING:
    from charlstm.events import Finished, Started
    from charlstm.messages import Catalogue

# What the help of --size has in it.
SIZES_LINE = "; ".join(
    f"{name} {size.layers}×{size.hidden}, {size.parameters(1000) / 1e6:.1f} M"
    for name, size in SIZES.items()
)


@takes_settings(TrainRequest, "train")
def train(
    context: typer.Context,
    texts: Annotated[
        list[str] | None,
        typer.Argument(metavar="TEXT...", help="train.option.texts", show_default=False),
    ] = None,
    *,
    output: Annotated[Path | None, optional("train.option.output", "--output", "-o")] = None,
    settings: TrainRequest,
    json_: Json = False,
) -> int:
    """Train a model on text and save it in a run folder."""
    from charlstm.library import train

    messages = messages_of(context)
    training = train(texts or (), output=output, request=settings)
    started, finished = watch(training, messages)
    _say_how_it_ended(training.path, finished, messages)
    _print_result(training.path, started, finished, as_json=json_)
    return INTERRUPTED if finished.reason == "stopped" else 0


def _say_how_it_ended(path: Path, finished: "Finished", messages: "Catalogue") -> None:
    from charlstm.drawing.progress import ended

    say(messages("messages.saved", ended=ended(finished, messages), run=path))
    say(messages("messages.next", run=shlex.quote(str(path))))


def _print_result(path: Path, started: "Started", finished: "Finished", *, as_json: bool) -> None:
    best = finished.best
    result = {
        "run": str(path),
        "model": started.model.family,
        "parameters": started.parameters,
        "steps": finished.step,
        "epochs": round(finished.epoch, 3),
        "seconds": round(finished.seconds, 3),
        "chars_per_second": round(finished.chars_per_second, 1),
        "val_nats_per_char": best.val_nats_per_char,
        "val_bits_per_char": best.val_bits_per_char,
        "val_bits_per_byte": best.val_bits_per_byte,
    }
    if as_json:
        print_json(result)
    else:
        typer.echo(str(path))
