"""charlstm evaluate."""

import dataclasses
import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.localization import messages_of
from charlstm.cli.options import (
    RUN_HELP,
    Ablate,
    Clamp,
    Encoding,
    Json,
    open_run,
    optional,
    read_text,
)
from charlstm.cli.terminal import print_json, results, symbols
from charlstm.errors import NONE, OptionError
from charlstm.limits import check_seed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from charlstm.drawing.scores import ContextRow, RecallRow, ScoreRow
    from charlstm.library import Model
    from charlstm.messages import Catalogue


def evaluate(
    context: typer.Context,
    runs: Annotated[
        list[Path] | None, typer.Argument(metavar="RUN...", help=RUN_HELP, show_default=False)
    ] = None,
    *,
    text: Annotated[
        str | None,
        optional("evaluate.option.text", "--text", "--file"),
    ] = None,
    context_: Annotated[str | None, optional("evaluate.option.context", "--context")] = None,
    shuffle: Annotated[bool, typer.Option("--shuffle", help="evaluate.option.shuffle")] = False,
    recall: Annotated[bool, typer.Option("--recall", help="evaluate.option.recall")] = False,
    seed: Annotated[int, typer.Option(help="evaluate.option.seed")] = 1,
    clamp: Clamp = None,
    ablate: Ablate = None,
    encoding: Encoding = None,
    json_: Json = False,
) -> None:
    """Score runs: how many bits each character of a text costs them."""
    from charlstm.text.encodings import check_encoding

    lengths = None if context_ is None else _lengths(context_)
    if shuffle and lengths is None:
        raise OptionError("shuffle", "errors.expected.with_context", NONE)
    if recall and (text or lengths):
        other = "--text" if text else "--context"
        raise OptionError("recall", "errors.expected.recall_alone", other)
    check_seed(seed)
    if encoding is not None:
        check_encoding(encoding)
    paths: list[Path | None] = [*runs] if runs else [None]
    messages = messages_of(context)
    models = [model for path in paths for model in _with_changes(path, messages, clamp, ablate)]
    scored = None if text is None else read_text([text], encoding, messages)
    if recall:
        _print_recall(models, messages, as_json=json_)
        return
    rows = list(_score_rows(models, scored))
    contexts = [_context_row(m, scored, lengths, seed if shuffle else None) for m in models]
    _print_scores(rows, [row for row in contexts if row], messages, as_json=json_)


def _print_recall(models: "list[Model]", messages: "Catalogue", *, as_json: bool) -> None:
    from charlstm.drawing.pen import Pen
    from charlstm.drawing.scores import RecallTable

    rows = [_recall_row(model) for model in models]
    if as_json:
        for model, row in zip(models, rows, strict=True):
            changes = {"changes": list(model.changes)} if model.changes else {}
            print_json(dataclasses.asdict(row) | {"run": str(model.run.path)} | changes)
    else:
        console = results()
        console.print(RecallTable(rows, Pen(messages, symbols(console))))


def _print_scores(
    rows: "list[ScoreRow]", contexts: "list[ContextRow]", messages: "Catalogue", *, as_json: bool
) -> None:
    from charlstm.drawing.pen import Pen
    from charlstm.drawing.scores import ContextTable, ScoreTable

    if as_json:
        more = [dataclasses.asdict(row) for row in contexts] or [{}] * len(rows)
        for row, context in zip(rows, more, strict=True):
            unchanged = {} if row.changes else {"changes": None, "more_bits_per_char": None}
            record = dataclasses.asdict(row) | context | {"run": row.run}
            print_json({name: value for name, value in record.items() if name not in unchanged})
        return
    console = results()
    pen = Pen(messages, symbols(console))
    console.print(ScoreTable(rows, pen))
    if contexts:
        console.print()
        console.print(ContextTable(contexts, pen))


def _lengths(context: str) -> list[int]:
    """Read a list of lengths; all of the text is always scored, so that "all" only may be there."""
    numbers = [number.strip() for number in context.split(",") if number.strip() != "all"]
    if not numbers or not all(re.fullmatch(r"[1-9][0-9]{0,3}", number) for number in numbers):
        raise OptionError("context", "errors.expected.list_of_lengths", repr(context))
    return [int(number) for number in numbers]


def _with_changes(
    path: Path | None, messages: "Catalogue", clamp: list[str] | None, ablate: list[str] | None
) -> "list[Model]":
    """Open a run and, where there are changes, give it with them too."""
    model = open_run(path, messages)
    return [model, model.changed(clamp or (), ablate or ())] if clamp or ablate else [model]


def _score_rows(models: "list[Model]", text: str | None) -> "Iterator[ScoreRow]":
    """Score models; a changed one comes after what it was made of, and is compared with it."""
    before = math.nan
    for model in models:
        row = _score_row(model, text)
        if model.changes:
            row = dataclasses.replace(row, more_bits_per_char=row.bits_per_char - before)
        else:
            before = row.bits_per_char
        yield row


def _score_row(model: "Model", text: str | None) -> "ScoreRow":
    from charlstm.drawing.scores import ScoreRow

    score = model.evaluate(text)
    return ScoreRow(
        run=str(model.run.path),
        changes=model.changes,
        model=model.config.model.family,
        parameters=model.parameter_count(),
        chars=score.chars,
        bytes=score.bytes,
        unknown_chars=score.unknown_chars,
        nats_per_char=score.nats_per_char,
        bits_per_char=score.bits_per_char,
        bits_per_byte=score.bits_per_byte,
        perplexity=score.perplexity,
    )


def _context_row(
    model: "Model", text: str | None, lengths: list[int] | None, shuffle: int | None
) -> "ContextRow | None":
    from charlstm.drawing.scores import ContextRow

    if lengths is None:
        return None
    curve = model.context(lengths, text, shuffle=shuffle)
    names = [str(length) for length in curve.lengths]
    bits = dict(zip(names, curve.bits, strict=True)) | {"all": curve.full}
    return ContextRow(
        run=model.name,
        model=model.config.model.family,
        targets=curve.targets,
        context=bits,
        effective=curve.effective,
        shuffled=dict(zip(names, curve.shuffled, strict=True)) if curve.shuffled else None,
    )


def _recall_row(model: "Model") -> "RecallRow":
    from charlstm.drawing.scores import RecallRow

    curve = model.recall()
    names = [str(distance) for distance in curve.distances]
    return RecallRow(
        run=model.name,
        model=model.config.model.family,
        parameters=model.parameter_count(),
        questions=curve.questions,
        chance=curve.chance,
        recall=dict(zip(names, curve.accuracy, strict=True)),
    )
