"""charlstm inspect."""

import contextlib
import dataclasses
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.choosing import choice_of
from charlstm.cli.keys import can_be_pressed, walk
from charlstm.cli.language import spoken
from charlstm.cli.looks import Wish, check_view, look
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
from charlstm.cli.output import Outputs, give_out, save_gates, together
from charlstm.cli.terminal import marks, results, say, warn_of_unknown
from charlstm.config import check_seed
from charlstm.errors import OptionError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from charlstm.config import ModelConfig
    from charlstm.library import Model
    from charlstm.views.quantities import Choice
    from charlstm.words import Words

_PATHS = ("runs/", "/", "./", "../")
# How much of the held-out part to show where no text is given.
_EXCERPT = {"lookback": 40, "units": 400, "memory": 240}
_LINE = 16
_MOST_GUESSES = 1000
# Wider than any terminal: a pipe.
_UNBOUNDED = 1000


def inspect(
    context: typer.Context,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help=RUN_HELP, show_default=False)
    ] = None,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="inspect.option.text", show_default=False)
    ] = None,
    *,
    view: Annotated[str, typer.Option(help="inspect.option.view")] = "gates",
    layer: Annotated[str | None, optional("inspect.option.layer")] = None,
    unit: Annotated[str | None, optional("inspect.option.unit")] = None,
    show: Annotated[str, typer.Option(help="inspect.option.show")] = "mean",
    gate: Annotated[str | None, optional("inspect.option.gate")] = None,
    at: Annotated[int | None, optional("inspect.option.at")] = None,
    from_: Annotated[int, typer.Option("--from", help="inspect.option.from")] = 0,
    to: Annotated[int | None, optional("inspect.option.to")] = None,
    ribbon: Annotated[bool | None, optional("inspect.option.ribbon", "--ribbon/--table")] = None,
    top: Annotated[int, typer.Option(help="inspect.option.top")] = 2,
    target: Annotated[str, typer.Option(help="inspect.option.target")] = "guess",
    file: Annotated[str | None, optional("inspect.option.file")] = None,
    clamp: Clamp = None,
    ablate: Ablate = None,
    against: Annotated[Path | None, optional("inspect.option.against")] = None,
    against_text: Annotated[str | None, optional("inspect.option.against_text")] = None,
    seed: Annotated[int, typer.Option(help="inspect.option.seed")] = 1,
    color: Annotated[str, typer.Option(help="inspect.option.color")] = "auto",
    width: Annotated[int | None, optional("inspect.option.width")] = None,
    pager: Annotated[bool, optional("inspect.option.pager", "--pager/--no-pager")] = True,
    encoding: Encoding = None,
    plain: Annotated[bool, typer.Option("--plain", help="inspect.option.plain")] = False,
    json_: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="inspect.option.csv")] = False,
    npz: Annotated[Path | None, optional("inspect.option.npz")] = None,
    html: Annotated[Path | None, optional("inspect.option.html")] = None,
    svg: Annotated[Path | None, optional("inspect.option.svg")] = None,
) -> None:
    """Look inside a model while it reads a text."""
    words = spoken(context)
    check_view(view, target)
    check_seed(seed)
    if not 0 <= top <= _MOST_GUESSES:
        raise OptionError("top", "errors.expected.whole", top, low=0, high=_MOST_GUESSES)
    outputs = Outputs(plain, json_, csv, npz, html, svg, width)
    outputs.check()
    console = results(color, width)
    path, text = _arguments(run, text)
    model = open_run(path, words, clamp, ablate)
    in_rows = ribbon is None and console.width > _UNBOUNDED and not outputs.pictures
    choose = partial(
        choice_of,
        layer=layer,
        unit=unit,
        show=show,
        gate=gate,
        first=from_,
        last=to,
        fold=False if in_rows else ribbon,
    )
    wish = Wish(
        choose(model.config.model),
        text=_text(model, text, view, encoding, words),
        reading=None if file is None else read_text([file], encoding, words),
        at=at,
        top=top,
        target=target,
        seed=seed,
    )
    signs = outputs.marks or marks(console)
    shown = [(model, wish), *_others(model, wish, against, against_text, words, choose=choose)]
    for each, its in shown:
        warn_of_unknown(each.unknown(its.text), "messages.unknown.text", words)
    walked = (
        not (outputs.to_files_only or plain or json_ or csv or len(shown) > 1) and can_be_pressed()
    )
    if walked and view == "story" and at is None:
        _walk_story(model, wish, words, console)
        return
    if walked and view == "units" and wish.choice.unit is not None:
        _walk_units(model, wish, words, console)
        return
    if view == "gates" and outputs.npz is not None and outputs.npz_only and len(shown) == 1:
        save_gates(model, wish.text, outputs.npz, words)
        return
    looks = [look(view, each, its, words, signs) for each, its in shown]
    if against_text is not None:
        looks = [
            dataclasses.replace(each, title=f"{each.title}: {its.text}")
            for each, (_, its) in zip(looks, shown, strict=True)
        ]
    give_out(looks, outputs, console, words, pager=pager)


def _others(
    model: "Model",
    wish: Wish,
    run: Path | None,
    text: str | None,
    words: "Words",
    *,
    choose: "Callable[[ModelConfig], Choice]",
) -> "list[tuple[Model, Wish]]":
    """Give what is to be shown beside it: another run with the text, or the run with another."""
    if run is None and text is None:
        return []
    other = model if run is None else open_run(run, words)
    choice = choose(other.config.model)
    return [
        (other, dataclasses.replace(wish, choice=choice, text=wish.text if text is None else text))
    ]


def _walk_story(model: "Model", wish: Wish, words: "Words", console: "Console") -> None:
    from charlstm.text.forms import normalized

    def draw(at: int) -> "RenderableType":
        its = dataclasses.replace(wish, at=at)
        return together([look("story", model, its, words, marks(console))])

    walk(console, words, draw, len(normalized(wish.text, model.form)))


def _walk_units(model: "Model", wish: Wish, words: "Words", console: "Console") -> None:
    config, choice = model.config.model, wish.choice
    layer = config.layers - 1 if choice.layer is None else choice.layer

    def draw(place: int) -> "RenderableType":
        at_layer, unit = divmod(place, config.hidden)
        its = dataclasses.replace(
            wish, choice=dataclasses.replace(choice, layer=at_layer, unit=unit)
        )
        return together([look("units", model, its, words, marks(console))])

    start = layer * config.hidden + (choice.unit or 0)
    walk(console, words, draw, config.layers * config.hidden, start)


def _arguments(first: str | None, second: str | None) -> tuple[Path | None, str | None]:
    """Tell a run from a text where only one of them is given.

    A folder is a run, and so is what begins like the path of one.
    """
    from charlstm.run import is_folder

    if first is None or second is not None:
        return (None if first is None else Path(first)), second
    like_a_path = first.replace("\\", "/").startswith(_PATHS)
    if is_folder(Path(first)) or like_a_path:
        return Path(first), None
    return None, first


def _text(model: "Model", text: str | None, view: str, encoding: str | None, words: "Words") -> str:
    """Take the text asked for, or a part of what was held out."""
    from charlstm.run import read_heldout
    from charlstm.text.forms import normalized

    if text == "-":
        return _standard_input(encoding, words).removesuffix("\n")
    if text is not None:
        return text
    # The first line may have begun before the part that was held out.
    heldout = normalized(read_heldout(model.run), "none" if model.form == "none" else "nfc")
    lines = [line for line in heldout.splitlines(keepends=True)[1:] if len(line) > _LINE]
    excerpt = _EXCERPT.get(view, _LINE)
    if not lines:
        return heldout[:excerpt]
    start = heldout.index(lines[0])
    return heldout[start : start + excerpt] if view in _EXCERPT else lines[0][:excerpt]


def _standard_input(encoding: str | None, words: "Words") -> str:
    """Read a text to look at, in which NUL may be a character like any other."""
    from charlstm.text.encodings import check_encoding
    from charlstm.text.files import STDIN, read_document

    data = sys.stdin.buffer.read()
    if encoding is not None:
        check_encoding(encoding)
    else:
        with contextlib.suppress(UnicodeDecodeError):
            data.decode("utf-8")
            encoding = "utf-8"
    document = read_document(STDIN, data, encoding)
    if document.encoding not in {"utf-8", encoding}:
        say(words("messages.encoding", source=document.name, encoding=document.encoding))
    return document.text
