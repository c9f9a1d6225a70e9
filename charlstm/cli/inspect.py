"""charlstm inspect."""

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from charlstm.cli.keys import can_be_pressed, walk_through
from charlstm.cli.localization import messages_of
from charlstm.cli.options import (
    RUN_HELP,
    Ablate,
    Clamp,
    Encoding,
    Json,
    open_run,
    optional,
    read_standard_input,
    read_text,
)
from charlstm.cli.output import Outputs, brief, give_out, save_arrays, together
from charlstm.cli.terminal import results, say, symbols, warn_of_unknown
from charlstm.errors import CharlstmError, OptionError, TextError
from charlstm.inspection.views import VIEWS, ViewOptions, ViewRequest, ViewSpec, spec_of
from charlstm.limits import TARGETS, check_one_of, check_seed

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from charlstm.drawing.pen import Pen
    from charlstm.inspection.views import RenderedView
    from charlstm.library import Model
    from charlstm.messages import Catalogue

_PATHS = ("runs/", "/", "./", "../")
_MOST_GUESSES = 1000
_BEGINNING = 60

# A model, and what to show of it.
Shown = tuple["Model", ViewRequest]


@dataclasses.dataclass(frozen=True)
class _Texts:
    """The texts that were given: TEXT, --file, and the encoding of these."""

    text: str | None
    file: str | None
    encoding: str | None


def inspect(
    context: typer.Context,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help=RUN_HELP, show_default=False)
    ] = None,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="inspect.option.text", show_default=False)
    ] = None,
    *,
    view: Annotated[str, typer.Option(help="inspect.option.view")] = VIEWS[0],
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
    """Draw what happens inside a model while it reads a text."""
    messages = messages_of(context)
    check_one_of("target", target, TARGETS)
    spec = spec_of(view, _given(context))
    _check_values(seed, encoding, top)
    outputs = Outputs(plain, json_, csv, npz, html, svg, width)
    outputs.check()
    console = results(color, width)
    path, text = _arguments(run, text)
    options = ViewOptions(layer, unit, show, gate, at, from_, to, ribbon, top, target, seed)
    model = open_run(path, messages, clamp, ablate)
    spec.check(model, options)
    texts = _read(spec, options, _Texts(text, file, encoding), messages)
    request = spec.request(model, options, *texts)
    shown: list[Shown] = [(model, request)]
    if against is not None or against_text is not None:
        shown.append(_other(spec, shown[0], against, against_text, messages))
    _warn_of_unknown(shown, messages)
    _show(spec, shown, outputs, console, messages, pager=pager, by_text=against_text is not None)


def _given(context: typer.Context) -> list[str]:
    """Return the names of the options that were given on the command line."""
    sources = ((name, context.get_parameter_source(name)) for name in context.params)
    given = [name for name, source in sources if source and source.name == "COMMANDLINE"]
    return [name.removesuffix("_") for name in given]


def _check_values(seed: int, encoding: str | None, top: int | None) -> None:
    """Refuse values that no view could take.

    Raises:
        OptionError: there is one.
    """
    from charlstm.text.encodings import check_encoding

    check_seed(seed)
    if encoding is not None:
        check_encoding(encoding)
    if top is not None and not 0 <= top <= _MOST_GUESSES:
        raise OptionError("top", "errors.expected.whole", top, low=0, high=_MOST_GUESSES)


def _read(
    spec: ViewSpec, options: ViewOptions, texts: _Texts, messages: "Catalogue"
) -> tuple[str | None, str | None]:
    """Read a text to go through, and a long one to measure, as far as they were given.

    Raises:
        OptionError: two texts were given to measure, or an encoding for none.
        TextError: one cannot be read.
    """
    text, file, encoding, measured = texts.text, texts.file, texts.encoding, spec.measures(options)
    if measured and text is not None and file is not None:
        raise OptionError("file", "errors.expected.one_text", file)
    if encoding is not None and file is None and text != "-":
        raise OptionError("encoding", "errors.expected.decoded", encoding)
    reading = None if file is None else read_text([file], encoding, messages)
    if text == "-":
        text = read_standard_input(encoding, messages)
    elif text is not None:
        # What cannot be a name, being too long, say, is none.
        with contextlib.suppress(OSError, ValueError):
            if Path(text).is_file():
                key = "as_text" if measured else "as_text_gone_through"
                say(messages(f"messages.{key}", file=text))
    return text, reading


def _other(
    spec: ViewSpec, first: Shown, run: Path | None, text: str | None, messages: "Catalogue"
) -> Shown:
    """Return what to show beside it: another run with the text, or the run with another text."""
    model, request = first
    other = model if run is None else open_run(run, messages)
    with _named(other.name):
        spec.check(other, request.options)
    if text is None:
        return other, request
    return other, spec.request(other, request.options, text, request.reading)


def _warn_of_unknown(shown: Sequence[Shown], messages: "Catalogue") -> None:
    """Name what is read and a model has never seen; of two models, each by its name."""
    unknown: dict[str, dict[str, None]] = {}
    for model, request in shown:
        for text in (request.text, request.reading or ""):
            unknown.setdefault(model.name, {}).update(dict.fromkeys(model.unknown(text)))
    key = "messages.unknown.text" if len(unknown) == 1 else "messages.unknown.text_of"
    for name, characters in unknown.items():
        warn_of_unknown(list(characters), key, messages, run=name)


def _show(
    spec: ViewSpec,
    shown: Sequence[Shown],
    outputs: Outputs,
    console: "Console",
    messages: "Catalogue",
    *,
    pager: bool,
    by_text: bool,
) -> None:
    """Walk through the view with keys, or write it where it was wanted."""
    from charlstm.drawing.pen import Pen

    (model, request), alone = shown[0], len(shown) == 1
    if alone and outputs.drawn_only and can_be_pressed():
        pen = Pen(messages, symbols(console))
        if _walk(spec, model, request, console, pen):
            return
    if alone and outputs.npz is not None and outputs.npz_only and spec.save_arrays is not None:
        save_arrays(partial(spec.save_arrays, model, request.text), outputs.npz, messages)
        return
    pen = Pen(messages, outputs.symbols or symbols(console))
    rendered = [_render(spec, each, pen, by_text=by_text, alone=alone) for each in shown]
    give_out(rendered, outputs, console, messages, pager=pager)


def _render(
    spec: ViewSpec, shown: Shown, pen: "Pen", *, by_text: bool, alone: bool
) -> "RenderedView[Any]":
    model, request = shown
    title = _titled(model.name, request) if by_text else model.name
    with contextlib.nullcontext() if alone else _named(title):
        return dataclasses.replace(spec.render(model, request, pen), title=title)


def _walk(
    spec: ViewSpec, model: "Model", request: ViewRequest, console: "Console", pen: "Pen"
) -> bool:
    """Walk through the view with keys, and return whether there was anything to walk through."""
    walk = None if spec.walk is None else spec.walk(model, request)
    if walk is None:
        return False
    request_at = walk.request_at

    def draw(place: int) -> "RenderableType":
        return together([spec.render(model, request_at(place), pen)], pen.symbols)

    walk_through(console, pen.messages, draw, walk.count, walk.start)
    return True


@contextlib.contextmanager
def _named(title: str) -> Iterator[None]:
    """Say of which of two views it is that something cannot be."""
    try:
        yield
    except (OptionError, TextError) as error:
        raise CharlstmError("errors.of", title=brief(title), error=error.message) from error


def _titled(title: str, request: ViewRequest) -> str:
    """Add to a title what was read, of a long text its beginning."""
    text = request.text or (request.reading or "")[:_BEGINNING]
    return f"{title}: {text}" if text else title


def _arguments(first: str | None, second: str | None) -> tuple[Path | None, str | None]:
    """Return the run and the text, also where only one of them is given.

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
