"""charlstm evaluate."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.options import RUN_HELP, Encoding, Json, open_run, optional, read_text
from charlstm.cli.terminal import results

if TYPE_CHECKING:
    from charlstm.library import Model
    from charlstm.views.scores import ScoreRow


def evaluate(
    runs: Annotated[
        list[Path] | None, typer.Argument(metavar="RUN...", help=RUN_HELP, show_default=False)
    ] = None,
    *,
    text: Annotated[
        str | None,
        optional("File, folder, or - to score; what each run itself held out if not given."),
    ] = None,
    encoding: Encoding = None,
    json_: Json = False,
) -> None:
    """Score runs: how many bits each character of a text costs them."""
    paths: list[Path | None] = [*runs] if runs else [None]
    models = [open_run(path) for path in paths]
    scored = None if text is None else read_text([text], encoding)
    rows = [_row(model, scored) for model in models]
    if json_:
        for row in rows:
            typer.echo(json.dumps(dataclasses.asdict(row), ensure_ascii=False))
    else:
        from charlstm.views.scores import ScoreTable

        results().print(ScoreTable(rows))


def _row(model: "Model", text: str | None) -> "ScoreRow":
    from charlstm.views.scores import ScoreRow

    score = model.evaluate(text)
    return ScoreRow(
        run=str(model.run.path),
        model=model.config.model.family,
        chars=score.chars,
        bytes=score.bytes,
        unknown_chars=score.unknown_chars,
        nats_per_char=score.nats_per_char,
        bits_per_char=score.bits_per_char,
        bits_per_byte=score.bits_per_byte,
        perplexity=score.perplexity,
    )
