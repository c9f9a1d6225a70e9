"""charlstm inspect."""

import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.options import RUN_HELP, Json, open_run, optional
from charlstm.cli.terminal import marks, results, say, warn_of_unknown
from charlstm.errors import OptionError, TextError

if TYPE_CHECKING:
    from charlstm.inspection.records import Trace
    from charlstm.library import Model
    from charlstm.views.quantities import Choice

_TEXT_HELP = "Text to read, or - for standard input; a line that the run held out if none."
_EXCERPT = 16
_MOST_GUESSES = 1000


def inspect(
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help=RUN_HELP, show_default=False)
    ] = None,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help=_TEXT_HELP, show_default=False)
    ] = None,
    *,
    layer: Annotated[
        int | None, optional("Layer to show, counted from 1; the last if not given.")
    ] = None,
    unit: Annotated[
        int | None, optional("Unit to show, counted from 0; the mean of all if not given.")
    ] = None,
    top: Annotated[int, typer.Option(help="How many guesses of the next character to show.")] = 2,
    color: Annotated[
        str, typer.Option(help="auto, always or never; auto colours a terminal only.")
    ] = "auto",
    plain: Annotated[
        bool, typer.Option("--plain", help="Print sentences instead of a table.")
    ] = False,
    json_: Json = False,
    npz: Annotated[
        Path | None, optional("Write every gate of every unit to this NumPy file.")
    ] = None,
) -> None:
    """Show what the gates did at each character of a text.

    Forget gate ①: 1 keeps all of the old memory, 0 erases it.
    Input gate ②: 1 writes all of the new, 0 nothing.
    """
    if not 0 <= top <= _MOST_GUESSES:
        raise OptionError("top", f"a whole number from 0 to {_MOST_GUESSES}", top)
    console = results(color)
    if npz is not None:
        _check_writable(npz)
    path, text = _arguments(run, text)
    model = open_run(path)
    text = _text(model, text)
    choice = _choice(model, layer, unit)
    warn_of_unknown(model.unknown(text), "the text")
    trace = model.trace(text, top)
    if npz is not None:
        _save(trace, npz)
    if json_:
        from charlstm.views.exports import as_json

        config = model.config
        record = as_json(trace, str(model.run.path), config.model.family, config.text.form)
        typer.echo(json.dumps(record, ensure_ascii=False))
    elif plain:
        from charlstm.views.sentences import sentences

        for line in sentences(trace, choice, marks(console)):
            typer.echo(line)
    elif npz is None:
        from charlstm.views.gates import GateTable

        console.print(GateTable(trace, choice, marks(console)))


def _arguments(first: str | None, second: str | None) -> tuple[Path | None, str | None]:
    """Tell a run from a text where only one of them is given.

    A folder is a run, and so is what could only be a missing one.
    """
    if first is None or second is not None:
        return (None if first is None else Path(first)), second
    like_a_path = "/" in first and not any(character.isspace() for character in first)
    if Path(first).is_dir() or like_a_path:
        return Path(first), None
    return None, first


def _text(model: "Model", text: str | None) -> str:
    """Take the text asked for, or the first whole line that was held out."""
    from charlstm.run import read_heldout
    from charlstm.text.files import read_document

    if text == "-":
        return read_document("-", sys.stdin.buffer.read()).text.removesuffix("\n")
    if text is not None:
        return text
    lines = [line for line in read_heldout(model.run).splitlines()[1:] if len(line) >= _EXCERPT]
    if not lines:
        raise TextError("TEXT: expected a text to read, found none; give one")
    return lines[0][:_EXCERPT]


def _choice(model: "Model", layer: int | None, unit: int | None) -> "Choice":
    from charlstm.views.quantities import Choice

    layers, hidden = model.config.model.layers, model.config.model.hidden
    if layer is not None and not 1 <= layer <= layers:
        raise OptionError("layer", f"a layer from 1 to {layers}", layer)
    if unit is not None and not 0 <= unit < hidden:
        raise OptionError("unit", f"a unit from 0 to {hidden - 1}", unit)
    return Choice((layer or layers) - 1, unit)


def _check_writable(file: Path) -> None:
    """Refuse to write over what is not such a file: it may have been meant as the text."""
    if file.exists() and not zipfile.is_zipfile(file):
        raise OptionError("npz", "a new file or an .npz file to replace", file)
    if not file.parent.is_dir():
        raise OptionError("npz", "a file in a folder that exists", file)


def _save(trace: "Trace", file: Path) -> None:
    from charlstm.run import write_whole
    from charlstm.views.exports import as_npz

    write_whole(file, as_npz(trace))
    say(f"every gate written to {file}")
