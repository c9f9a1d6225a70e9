"""charlstm inspect."""

import contextlib
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from charlstm.cli.language import spoken
from charlstm.cli.options import RUN_HELP, Encoding, Json, open_run, optional
from charlstm.cli.terminal import marks, print_json, results, say, warn_of_unknown
from charlstm.errors import OptionError

if TYPE_CHECKING:
    from charlstm.inspection.records import Trace
    from charlstm.library import Model
    from charlstm.views.quantities import Choice
    from charlstm.words import Words

_PATHS = ("runs/", "/", "./", "../")
_EXCERPT = 16
_MOST_GUESSES = 1000


def inspect(
    context: typer.Context,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help=RUN_HELP, show_default=False)
    ] = None,
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="inspect.option.text", show_default=False)
    ] = None,
    *,
    layer: Annotated[int | None, optional("inspect.option.layer")] = None,
    unit: Annotated[int | None, optional("inspect.option.unit")] = None,
    top: Annotated[int, typer.Option(help="inspect.option.top")] = 2,
    color: Annotated[str, typer.Option(help="inspect.option.color")] = "auto",
    encoding: Encoding = None,
    plain: Annotated[bool, typer.Option("--plain", help="inspect.option.plain")] = False,
    json_: Json = False,
    npz: Annotated[Path | None, optional("inspect.option.npz")] = None,
) -> None:
    """Show what the gates did at each character of a text."""
    words = spoken(context)
    if not 0 <= top <= _MOST_GUESSES:
        raise OptionError("top", "errors.expected.whole", top, low=0, high=_MOST_GUESSES)
    console = results(color)
    if npz is not None:
        _check_writable(npz)
    path, text = _arguments(run, text)
    model = open_run(path, words)
    text = _text(model, text, encoding, words)
    choice = _choice(model, layer, unit)
    warn_of_unknown(model.unknown(text), "messages.unknown.text", words)
    trace = model.trace(text, top)
    if npz is not None:
        _save(trace, npz)
        say(words("messages.npz", file=npz))
    if json_:
        from charlstm.exports.trace import as_json

        config = model.config
        record = as_json(trace, str(model.run.path), config.model.family, config.text.form)
        print_json(record)
    elif plain:
        from charlstm.views.sentences import sentences

        for line in sentences(trace, choice, words, marks(console)):
            typer.echo(line)
    elif npz is None:
        from charlstm.views.gates import GateTable

        console.print(GateTable(trace, choice, words, marks(console)))


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


def _text(model: "Model", text: str | None, encoding: str | None, words: "Words") -> str:
    """Take the text asked for, or the beginning of a line that was held out."""
    from charlstm.run import read_heldout
    from charlstm.text.forms import normalized

    if text == "-":
        return _standard_input(encoding, words).removesuffix("\n")
    if text is not None:
        return text
    # The first line may have begun before the part that was held out.
    heldout = normalized(read_heldout(model.run), "nfc")
    lines = [line for line in heldout.splitlines()[1:] if len(line) >= _EXCERPT]
    return (lines or [heldout])[0][:_EXCERPT]


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


def _choice(model: "Model", layer: int | None, unit: int | None) -> "Choice":
    from charlstm.views.quantities import Choice

    layers, hidden = model.config.model.layers, model.config.model.hidden
    if layer is not None and not 1 <= layer <= layers:
        raise OptionError("layer", "errors.expected.layer", layer, layers=layers)
    if unit is not None and not 0 <= unit < hidden:
        raise OptionError("unit", "errors.expected.unit", unit, last=hidden - 1)
    return Choice((layer or layers) - 1, unit)


def _check_writable(file: Path) -> None:
    """Refuse to write over what is not such a file: it may have been meant as the text."""
    if file.exists() and not _is_npz(file):
        raise OptionError("npz", "errors.expected.npz", file)
    if not file.parent.is_dir():
        raise OptionError("npz", "errors.expected.npz_folder", file)


def _is_npz(file: Path) -> bool:
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        return all(name.endswith(".npy") for name in archive.namelist())


def _save(trace: "Trace", file: Path) -> None:
    from charlstm.exports.trace import as_npz
    from charlstm.run import write_whole

    write_whole(file, as_npz(trace))
