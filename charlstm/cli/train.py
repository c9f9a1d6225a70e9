"""charlstm train."""

import dataclasses
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from charlstm.cli.options import Encoding, Json, optional, read_text
from charlstm.cli.terminal import INTERRUPTED, print_json, say
from charlstm.cli.watching import watch
from charlstm.config import SIZES, ModelConfig, TextConfig, TrainConfig, size_named

if TYPE_CHECKING:
    from charlstm.training.events import Finished, Started

# What only the text can tell, in settings that are checked before it is read.
_SET_LATER = 2

_FAMILIES = (
    "fnn sees a window only, rnn remembers for a short time, gru and lstm for a long one; "
    "in one size all have as many parameters."
)
_SIZES = "Layers×units and, for 1,000 characters, parameters: " + "; ".join(
    f"{name} {size.layers}×{size.hidden}, {size.parameters(1000) / 1e6:.1f} M"
    for name, size in SIZES.items()
)
_FORMS = "nfc learns Hangul syllables, nfd their letters, none takes the text as it is."

_Value = TypeVar("_Value")


def train(
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXT...",
            help="Files, folders, or - for standard input; the bundled Korean tales if none.",
            show_default=False,
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None, optional("Folder of the new run; runs/NAME if not given.", "--output", "-o")
    ] = None,
    model: Annotated[str, typer.Option(help=_FAMILIES)] = "lstm",
    size: Annotated[str, typer.Option(help=_SIZES)] = "small",
    epochs: Annotated[
        float | None, optional("How often to read the text; by its length if not given.")
    ] = None,
    steps: Annotated[int | None, optional("Train for so many steps instead.")] = None,
    minutes: Annotated[float | None, optional("Train for so long on the clock instead.")] = None,
    form: Annotated[str, typer.Option(help=_FORMS)] = "nfc",
    val_fraction: Annotated[
        float, typer.Option(help="Share of the text, at its end, to score on.")
    ] = TextConfig.val_fraction,
    encoding: Encoding = None,
    embedding: Annotated[
        int | None, optional("Size of a character's embedding, not the size's own.")
    ] = None,
    hidden: Annotated[
        int | None, optional("Units a layer; as many as make a model of the size if not given.")
    ] = None,
    window: Annotated[
        int, typer.Option(help="Characters that an fnn sees at once.")
    ] = ModelConfig.window,
    layers: Annotated[int | None, optional("Layers, not the size's.")] = None,
    dropout: Annotated[
        float | None, optional("Share of units dropped; the smaller the text, the more.")
    ] = None,
    batch: Annotated[
        int | None, optional("Streams read side by side; by the text's length.")
    ] = None,
    stretch: Annotated[
        int, typer.Option(help="Characters of each stream a step.")
    ] = TrainConfig.stretch,
    learning_rate: Annotated[
        float | None, optional("Highest learning rate, not the size's.")
    ] = None,
    patience: Annotated[
        int, typer.Option(help="Stop after so many scorings, of ten, without a better one.")
    ] = TrainConfig.patience,
    precision: Annotated[
        str, typer.Option(help="bf16, float32, or auto: the faster on this machine.")
    ] = TrainConfig.precision,
    seed: Annotated[
        int, typer.Option(help="The same seed and --precision train the same in the same steps.")
    ] = TrainConfig.seed,
    json_: Json = False,
) -> int:
    """Train a model on text and save it in a run folder.

    Ctrl-C ends early and keeps the best weights so far.
    """
    preset = size_named(size)
    form_config = TextConfig(form, val_fraction)
    training = TrainConfig(
        batch=_given(batch, TrainConfig.batch),
        stretch=stretch,
        learning_rate=_given(learning_rate, preset.learning_rate),
        patience=patience,
        seed=seed,
        precision=precision,
        epochs=_SET_LATER if epochs is steps is minutes is None else epochs,
        steps=steps,
        minutes=minutes,
    )
    shape = ModelConfig(
        family=model,
        vocabulary=_SET_LATER,
        embedding=_given(embedding, preset.embedding),
        hidden=_given(hidden, preset.hidden),
        layers=_given(layers, preset.layers),
        dropout=_given(dropout, 0.0),
        window=window,
    )
    from charlstm.run import check_free, free_name
    from charlstm.text.bundled import bundled
    from charlstm.text.forms import composed_length
    from charlstm.training.schedule import default_batch, default_dropout, default_epochs
    from charlstm.training.session import Session
    from charlstm.training.threads import settle_threads

    if output is not None:
        check_free(output)
    sources = texts or [str(bundled("korean"))]
    text = read_text(sources, encoding)
    characters = composed_length(text)
    if epochs is steps is minutes is None:
        training = dataclasses.replace(training, epochs=default_epochs(characters))
    if batch is None:
        training = dataclasses.replace(training, batch=default_batch(characters))
    if dropout is None:
        shape = dataclasses.replace(shape, dropout=default_dropout(characters))
    session = Session(
        output or free_name(Path("runs"), _name(sources[0])),
        text,
        sources=tuple(_name(source) for source in sources),
        model=shape,
        form=form_config,
        training=training,
        as_lstm=hidden is None,
    )
    settle_threads()
    started, finished = watch(session)
    _report(session.path, started, finished, as_json=json_)
    return INTERRUPTED if finished.reason == "stopped" else 0


def _report(path: Path, started: "Started", finished: "Finished", *, as_json: bool) -> None:
    from charlstm.views.progress import ended

    best = finished.best
    say(f"{ended(finished)}; saved in {path}")
    name = shlex.quote(str(path))
    say(f"write with it: charlstm sample {name}    see its gates: charlstm inspect {name}")
    result = {
        "run": str(path),
        "model": started.family,
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


def _given(value: _Value | None, default: _Value) -> _Value:
    return default if value is None else value


def _name(source: str) -> str:
    """Name a text without telling where on this machine it lies."""
    return "stdin" if source == "-" else Path(source).resolve().stem
