"""charlstm train."""

import dataclasses
import json
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from charlstm.cli.options import Encoding, Json, read_text
from charlstm.cli.terminal import INTERRUPTED, marks, messages, say
from charlstm.config import SIZES, ModelConfig, SampleConfig, TextConfig, TrainConfig, size_named

if TYPE_CHECKING:
    from charlstm.training.events import Finished, Started
    from charlstm.training.session import Session
    from charlstm.views.progress import Display

_TYPICAL_V = 1000
_SHOWN = SampleConfig(length=100)
# What only the text can tell, in settings that are checked before it is read.
_SET_LATER = 2

_Value = TypeVar("_Value")

_SIZES = "; ".join(
    f"{name}: {size.layers}×{size.hidden}, {size.parameters(_TYPICAL_V) / 1e6:.1f} M parameters"
    for name, size in SIZES.items()
)


def train(
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXT",
            help="Files, folders, or - for standard input; the bundled Korean tales if none.",
            show_default=False,
        ),
    ] = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder of the new run; runs/NAME if not given.",
            show_default=False,
        ),
    ] = None,
    size: Annotated[
        str,
        typer.Option(help=f"Preset shape, layers×units: {_SIZES} (for {_TYPICAL_V:,} characters)."),
    ] = "small",
    epochs: Annotated[
        float | None,
        typer.Option(
            help="How often to read the text; by its length if not given.", show_default=False
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(help="Train for so many steps instead.", show_default=False)
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(help="Train for so long on the clock instead.", show_default=False),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            help="nfc learns Hangul syllables, nfd their letters, none takes the text as it is."
        ),
    ] = "nfc",
    val_fraction: Annotated[
        float, typer.Option(help="Share of the text, at its end, to score on.")
    ] = 0.1,
    encoding: Encoding = None,
    embedding: Annotated[
        int | None,
        typer.Option(help="Numbers a character, instead of the size's.", show_default=False),
    ] = None,
    hidden: Annotated[
        int | None, typer.Option(help="Units a layer, instead of the size's.", show_default=False)
    ] = None,
    layers: Annotated[
        int | None, typer.Option(help="Layers, instead of the size's.", show_default=False)
    ] = None,
    dropout: Annotated[
        float | None,
        typer.Option(
            help="Share of units dropped; the more epochs, the more if not given.",
            show_default=False,
        ),
    ] = None,
    batch: Annotated[int, typer.Option(help="Streams read side by side.")] = 32,
    stretch: Annotated[int, typer.Option(help="Characters of each stream a step.")] = 100,
    learning_rate: Annotated[
        float | None,
        typer.Option(help="Highest learning rate, instead of the size's.", show_default=False),
    ] = None,
    patience: Annotated[
        int, typer.Option(help="Stop after so many scorings (of ten) without a better one.")
    ] = 4,
    precision: Annotated[
        str, typer.Option(help="bf16, float32, or auto: the faster on this machine.")
    ] = "auto",
    seed: Annotated[int, typer.Option(help="The same seed trains the same model.")] = 1,
    json_: Json = False,
) -> int:
    """Train a model on text and save it in a run folder.

    Ctrl-C ends early and keeps the best weights so far.
    """
    preset = size_named(size)
    form_config = TextConfig(form, val_fraction)
    training = TrainConfig(
        batch=batch,
        stretch=stretch,
        learning_rate=_given(learning_rate, preset.learning_rate),
        patience=patience,
        seed=seed,
        precision=precision,
        epochs=_SET_LATER if epochs is steps is minutes is None else epochs,
        steps=steps,
        minutes=minutes,
    )
    model = ModelConfig(
        family="lstm",
        vocabulary=_SET_LATER,
        embedding=_given(embedding, preset.embedding),
        hidden=_given(hidden, preset.hidden),
        layers=_given(layers, preset.layers),
        dropout=_given(dropout, 0.0),
    )
    from charlstm.run import check_free, free_name
    from charlstm.text.bundled import bundled
    from charlstm.training.schedule import default_dropout, default_epochs
    from charlstm.training.session import Session

    if output is not None:
        check_free(output)
    sources = texts or [str(bundled("korean"))]
    text = read_text(sources, encoding)
    if epochs is steps is minutes is None:
        training = dataclasses.replace(training, epochs=default_epochs(len(text)))
    if dropout is None:
        model = dataclasses.replace(model, dropout=default_dropout(len(text)))
    session = Session(
        output or free_name(Path("runs"), _name(sources[0])),
        text,
        sources=tuple(_name(source) for source in sources),
        model=model,
        form=form_config,
        training=training,
    )
    started, finished = _watch(session)
    _report(session.path, started, finished, as_json=json_)
    return INTERRUPTED if finished.reason == "stopped" else 0


def _watch(session: "Session") -> "tuple[Started, Finished]":
    """Train, show how it goes, and let Ctrl-C end it in order."""
    from charlstm.training.events import Finished, Scored, Started

    display = _display()
    with closing(session.events()) as events, closing(display), _interruptible(session):
        for event in events:
            display.show(event)
            if isinstance(event, Started):
                started = event
            elif isinstance(event, Scored):
                display.show_sample(_sample(session))
            elif isinstance(event, Finished):
                finished = event
    return started, finished


def _display() -> "Display":
    from charlstm.views.progress import LiveDisplay, PlainDisplay

    console = messages()
    kind = LiveDisplay if console.is_terminal else PlainDisplay
    return kind(console, marks(console))


def _sample(session: "Session") -> str:
    from charlstm.sampling.sampler import Sampler

    run = session.run
    sampler = Sampler(run.model, run.vocabulary, run.config.text.form)
    return sampler.sample("", _SHOWN, run.config.training.seed).text


@contextmanager
def _interruptible(session: "Session") -> Iterator[None]:
    """Take the first Ctrl-C as a wish to end well; the second ends at once."""

    def end(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        if not session.stop():
            raise KeyboardInterrupt
        say("stopping: scores once more and saves; Ctrl-C again ends at once")

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _report(path: Path, started: "Started", finished: "Finished", *, as_json: bool) -> None:
    from charlstm.views.progress import ended

    best = finished.best
    say(f"{ended(finished)}; saved in {path}")
    say(f"write with it: charlstm sample {path}    see its gates: charlstm inspect {path}")
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
    typer.echo(json.dumps(result, ensure_ascii=False) if as_json else str(path))


def _given(value: _Value | None, default: _Value) -> _Value:
    return default if value is None else value


def _name(source: str) -> str:
    """Name a text without telling where on this machine it lies."""
    return "stdin" if source == "-" else Path(source).resolve().stem
