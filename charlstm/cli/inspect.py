"""charlstm inspect."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.choosing import check_taken, choice_of
from charlstm.cli.keys import can_be_pressed, walk
from charlstm.cli.localization import messages_of
from charlstm.cli.looks import ViewRequest, check_view, render_view
from charlstm.cli.options import (
    RUN_HELP,
    Ablate,
    Clamp,
    Encoding,
    Json,
    open_run,
    optional,
)
from charlstm.cli.output import Outputs, brief, give_out, save_gates, together
from charlstm.cli.reading import TextRequest, warn_of_all_unknown
from charlstm.cli.terminal import results, symbols
from charlstm.errors import CharlstmError, OptionError, TextError
from charlstm.limits import check_seed

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from charlstm.config import ModelConfig
    from charlstm.inspection.gates.quantities import Choice
    from charlstm.library import Model
    from charlstm.messages import Catalogue

_PATHS = ("runs/", "/", "./", "../")
_MOST_GUESSES = 1000
_BEGINNING = 60


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
    top: Annotated[int | None, optional("inspect.option.top")] = None,
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
    """RenderedView inside a model while it reads a text."""
    from charlstm.drawing.layout import UNBOUNDED
    from charlstm.text.encodings import check_encoding

    messages = messages_of(context)
    check_view(view, target)
    check_taken(context, view, unit)
    check_seed(seed)
    if encoding is not None:
        check_encoding(encoding)
    if top is not None and not 0 <= top <= _MOST_GUESSES:
        raise OptionError("top", "errors.expected.whole", top, low=0, high=_MOST_GUESSES)
    outputs = Outputs(plain, json_, csv, npz, html, svg, width)
    outputs.check()
    console = results(color, width)
    path, text = _arguments(run, text)
    model = open_run(path, messages, clamp, ablate)
    in_rows = ribbon is None and console.width >= UNBOUNDED and not outputs.pictures
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
    choice = choose(model.config.model)
    at_large = (view == "units" and choice.unit is None) or (view == "memory" and at is None)
    read, reading = TextRequest(text, file, encoding, at_large).texts(model, view, messages)
    request = ViewRequest(
        choice,
        text=read,
        reading=reading,
        at=at,
        top=top,
        target=target,
        seed=seed,
    )
    signs = outputs.symbols or symbols(console)
    beside = None if against_text is None else (against_text, reading)
    if at_large and against_text is not None:
        beside = ("", against_text)
    shown = [(model, request), *_others(model, request, against, beside, messages, choose=choose)]
    warn_of_all_unknown(shown, messages)
    walked = (
        not (outputs.to_files_only or plain or json_ or csv or len(shown) > 1) and can_be_pressed()
    )
    if walked and view == "story" and at is None:
        _walk_story(model, request, messages, console)
        return
    if walked and view == "units" and request.choice.unit is not None:
        _walk_units(model, request, messages, console)
        return
    if view == "gates" and outputs.npz is not None and outputs.npz_only and len(shown) == 1:
        save_gates(model, request.text, outputs.npz, messages)
        return
    rendered = []
    for each, its in shown:
        title = each.name if against_text is None else _titled(each.name, its)
        with _named(title) if len(shown) > 1 else contextlib.nullcontext():
            made = render_view(view, each, its, messages, signs)
        rendered.append(dataclasses.replace(made, title=title))
    give_out(rendered, outputs, console, messages, pager=pager)


def _others(
    model: "Model",
    request: ViewRequest,
    run: Path | None,
    texts: tuple[str, str | None] | None,
    messages: "Catalogue",
    *,
    choose: "Callable[[ModelConfig], Choice]",
) -> "list[tuple[Model, ViewRequest]]":
    """Give what is to be shown beside it: another run with the text, or the run with another."""
    if run is None and texts is None:
        return []
    other = model if run is None else open_run(run, messages)
    with _named(other.name):
        choice = choose(other.config.model)
    text, reading = (request.text, request.reading) if texts is None else texts
    return [(other, dataclasses.replace(request, choice=choice, text=text, reading=reading))]


@contextlib.contextmanager
def _named(title: str) -> Iterator[None]:
    """Say of which of two readings it is that something cannot be."""
    try:
        yield
    except (OptionError, TextError) as error:
        raise CharlstmError("errors.of", title=brief(title), error=error.message) from error


def _titled(title: str, request: ViewRequest) -> str:
    """Add to a title what was read, of a long text its beginning."""
    text = request.text or (request.reading or "")[:_BEGINNING]
    return f"{title}: {text}" if text else title


def _walk_story(
    model: "Model", request: ViewRequest, messages: "Catalogue", console: "Console"
) -> None:
    from charlstm.text.unicode_forms import normalized

    def draw(at: int) -> "RenderableType":
        its = dataclasses.replace(request, at=at)
        return together([render_view("story", model, its, messages, symbols(console))])

    walk(console, messages, draw, len(normalized(request.text, model.form)))


def _walk_units(
    model: "Model", request: ViewRequest, messages: "Catalogue", console: "Console"
) -> None:
    config, choice = model.config.model, request.choice
    layer = config.layers - 1 if choice.layer is None else choice.layer

    def draw(place: int) -> "RenderableType":
        at_layer, unit = divmod(place, config.hidden)
        its = dataclasses.replace(
            request, choice=dataclasses.replace(choice, layer=at_layer, unit=unit)
        )
        return together([render_view("units", model, its, messages, symbols(console))])

    start = layer * config.hidden + (choice.unit or 0)
    walk(console, messages, draw, config.layers * config.hidden, start)


def _arguments(first: str | None, second: str | None) -> tuple[Path | None, str | None]:
    """Tell a run from a text where only one of them is given.

    A folder is a run, and so is what begins like the path of one.
    """
    from charlstm.run import is_folder

    if first is None or second is not None:
        return (None if first is None else Path(first)), second
    like_a_path = first.replace("\\", "/").startswith(_PATHS)
    # The path of nothing would be that of the working folder.
    if first and (is_folder(Path(first)) or like_a_path):
        return Path(first), None
    return None, first
