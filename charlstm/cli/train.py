"""charlstm train."""

import dataclasses
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from charlstm.cli.localization import messages_of
from charlstm.cli.options import Encoding, Json, optional, read_text
from charlstm.cli.progress_loop import watch
from charlstm.cli.terminal import INTERRUPTED, print_json, say
from charlstm.config import (
    ModelConfig,
    Regularization,
    TextConfig,
    TrainConfig,
    check_family,
    check_regularization,
)
from charlstm.presets import SIZES, Plan, Size, optimizer_for, plan_for, size_named

if TYPE_CHECKING:
    from charlstm.events import Finished, Started
    from charlstm.messages import Catalogue

# What only the text can tell, in settings that are checked before it is read.
_SET_LATER, _ANY_LENGTH = 2, 1_000_000

# What the help of --size has in it.
SIZES_LINE = "; ".join(
    f"{name} {size.layers}×{size.hidden}, {size.parameters(1000) / 1e6:.1f} M"
    for name, size in SIZES.items()
)

_Value = TypeVar("_Value")


def train(
    context: typer.Context,
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TEXT...",
            help="train.option.texts",
            show_default=False,
        ),
    ] = None,
    *,
    output: Annotated[Path | None, optional("train.option.output", "--output", "-o")] = None,
    model: Annotated[str, typer.Option(help="train.option.model")] = "lstm",
    size: Annotated[str | None, optional("train.option.size")] = None,
    epochs: Annotated[float | None, optional("train.option.epochs")] = None,
    steps: Annotated[int | None, optional("train.option.steps")] = None,
    minutes: Annotated[float | None, optional("train.option.minutes")] = None,
    form: Annotated[str, typer.Option(help="train.option.form")] = "nfc",
    val_fraction: Annotated[
        float, typer.Option(help="train.option.val_fraction")
    ] = TextConfig.val_fraction,
    encoding: Encoding = None,
    embedding: Annotated[int | None, optional("train.option.embedding")] = None,
    hidden: Annotated[int | None, optional("train.option.hidden")] = None,
    window: Annotated[int | None, optional("train.option.window")] = None,
    layers: Annotated[int | None, optional("train.option.layers")] = None,
    dropout: Annotated[float | None, optional("train.option.dropout")] = None,
    weight_dropout: Annotated[float | None, optional("train.option.weight_dropout")] = None,
    activation_penalty: Annotated[float | None, optional("train.option.activation_penalty")] = None,
    confidence_penalty: Annotated[float | None, optional("train.option.confidence_penalty")] = None,
    batch: Annotated[int | None, optional("train.option.batch")] = None,
    seq_length: Annotated[int, typer.Option(help="train.option.stretch")] = TrainConfig.seq_length,
    learning_rate: Annotated[float | None, optional("train.option.learning_rate")] = None,
    patience: Annotated[int, typer.Option(help="train.option.patience")] = TrainConfig.patience,
    precision: Annotated[str, typer.Option(help="train.option.precision")] = TrainConfig.precision,
    loop: Annotated[str, typer.Option(help="train.option.loop")] = TrainConfig.loop,
    optimizer: Annotated[str | None, optional("train.option.optimizer")] = None,
    workers: Annotated[int | None, optional("train.option.workers")] = None,
    threads: Annotated[int | None, optional("train.option.threads")] = None,
    seed: Annotated[int, typer.Option(help="train.option.seed")] = TrainConfig.seed,
    json_: Json = False,
) -> int:
    """Train a model on text and save it in a run folder."""
    messages = messages_of(context)
    method, unasked = _given(optimizer, optimizer_for(model)), epochs is steps is minutes is None
    check_family(model, loop, window)
    form_config = TextConfig(form, val_fraction)
    # Who says how many units are dropped wants nothing else to be done. An fnn has no weights
    # between the units of a layer; what hinders the others was not tried on it.
    hinders = dropout is None and model != "fnn"

    def sized(name: str) -> Size:
        preset = size_named(_given(size, name))
        return dataclasses.replace(
            preset,
            embedding=_given(embedding, preset.embedding),
            hidden=_given(hidden, preset.hidden),
            layers=_given(layers, preset.layers),
        )

    def settings(plan: Plan) -> tuple[ModelConfig, TrainConfig]:
        plan = plan if hinders else plan.dropout_only()
        # An rnn, which AdamW teaches, became worse with it: benchmarks/README.md.
        sure = plan.regularization.confidence_penalty if method == "muon" else 0.0
        preset = sized(plan.size)
        regularization = Regularization(
            dropout=_given(dropout, plan.regularization.dropout),
            weight_dropout=_given(weight_dropout, plan.regularization.weight_dropout),
            activation_penalty=_given(activation_penalty, plan.regularization.activation_penalty),
            confidence_penalty=_given(confidence_penalty, sure),
        )
        check_regularization(model, regularization)
        shape = ModelConfig(
            family=model,
            vocabulary=_SET_LATER,
            embedding=preset.embedding,
            hidden=preset.hidden,
            layers=preset.layers,
            window=_given(window, ModelConfig.window),
        )
        training = TrainConfig(
            batch=_given(batch, plan.batch),
            seq_length=seq_length,
            learning_rate=_given(learning_rate, preset.rate_of(method)),
            patience=patience,
            seed=seed,
            precision=precision,
            loop=loop,
            optimizer=method,
            workers=workers,
            threads=threads,
            epochs=plan.epochs if unasked else epochs,
            steps=steps,
            minutes=minutes,
            regularization=regularization,
        )
        return shape, training

    # What cannot be is refused before anything is read.
    settings(plan_for(_ANY_LENGTH))
    from charlstm.run import check_free, free_name
    from charlstm.text.bundled import bundled
    from charlstm.text.corpus import split
    from charlstm.text.unicode_forms import composed_length
    from charlstm.training.execution import execution_cache
    from charlstm.training.pace import readable
    from charlstm.training.session import Session
    from charlstm.training.threads import detect_busy_cores

    if output is not None:
        check_free(output)
    sources = texts or [str(bundled("korean"))]
    text = read_text(sources, encoding, messages)
    parts = split(text, form_config)
    cores, busy = detect_busy_cores()
    if busy:
        say(messages("messages.busy"))
        # Threads that share a product all wait for the one that is held up; workers do not.
        threads = _given(threads, 1)
    # What is measured while other work goes on is not worth remembering.
    cache = None if busy else execution_cache()
    characters, as_lstm = composed_length(text), hidden is None
    read = None if epochs is None else epochs * parts.train_chars
    if steps is not None:
        # How much is read in some steps depends on the streams, so these cannot depend on that.
        batch = _given(batch, plan_for(characters).batch)
    if steps is not None or minutes is not None:
        shape, training = settings(plan_for(_ANY_LENGTH))
        read = readable(
            parts, form_config, shape, training, as_lstm=as_lstm, cores=cores, cache=cache
        )
    # Without a number of minutes a small model is what was said to be the default, and a medium one
    # needs what the plan does against learning by heart.
    unsized = hinders and minutes is not None and (size, hidden, layers) == (None, None, None)
    plan = plan_for(characters, read, None if unsized else sized("small"))
    shape, training = settings(plan)
    session = Session(
        output or free_name(Path("runs"), _name(sources[0])),
        text,
        sources=tuple(_name(source) for source in sources),
        model=shape,
        form=form_config,
        training=training,
        as_lstm=as_lstm,
        capped=unasked,
        cores=cores,
        cache=cache,
    )
    started, finished = watch(session, messages)
    _say_how_it_ended(session.path, finished, messages)
    _print_result(session.path, started, finished, as_json=json_)
    return INTERRUPTED if finished.reason == "stopped" else 0


def _say_how_it_ended(path: Path, finished: "Finished", messages: "Catalogue") -> None:
    from charlstm.drawing.progress import ended

    say(messages("messages.saved", ended=ended(finished, messages), run=path))
    say(messages("messages.next", run=shlex.quote(str(path))))


def _print_result(path: Path, started: "Started", finished: "Finished", *, as_json: bool) -> None:
    best = finished.best
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
