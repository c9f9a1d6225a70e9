"""Where a view goes: a terminal, sentences, JSON, CSV, arrays, pictures."""

import csv
import itertools
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import typer

from charlstm.cli.terminal import paged, print_json, say, symbols
from charlstm.errors import OptionError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from charlstm.drawing.symbols import Symbols
    from charlstm.inspection.views import RenderedView
    from charlstm.messages import Catalogue

    Views = Sequence[RenderedView[Any]]

_PICTURE = 100
_FIRST_BYTES = 64
_LONGEST_TITLE = 100


@dataclass(frozen=True)
class Outputs:
    """What was asked for: forms of standard output, and files."""

    plain: bool = False
    json: bool = False
    csv: bool = False
    npz: Path | None = None
    html: Path | None = None
    svg: Path | None = None
    width: int | None = None

    def check(self) -> None:
        """Check that there is one form at most, and that each file is another and may be written.

        Raises:
            OptionError: it is not so.
        """
        forms = [name for name in ("plain", "json", "csv") if getattr(self, name)]
        if len(forms) > 1:
            raise OptionError(forms[1], "errors.expected.one_form", f"--{forms[0]}")
        if self.width is not None and not 20 <= self.width <= 10_000:
            raise OptionError("width", "errors.expected.whole", self.width, low=20, high=10_000)
        taken: dict[Path, str] = {}
        for option, is_ours in _IS_OURS.items():
            file = getattr(self, option)
            if file is not None:
                _check_writable(option, file, is_ours)
                other = taken.setdefault(file.resolve(), option)
                if other != option:
                    key = "errors.expected.another_file"
                    raise OptionError(option, key, file, other=f"--{other}")

    @property
    def to_files_only(self) -> bool:
        """Whether nothing is to be drawn here."""
        return any((self.npz, self.html, self.svg)) and not (self.json or self.csv or self.plain)

    @property
    def drawn_only(self) -> bool:
        """Whether the view is drawn here, and nothing else is wanted."""
        return not (self.to_files_only or self.plain or self.json or self.csv)

    @property
    def pictures(self) -> bool:
        """Whether pictures are wanted."""
        return self.html is not None or self.svg is not None

    @property
    def symbols(self) -> "Symbols | None":
        """The signs that a picture is drawn with, whatever standard output can write."""
        from charlstm.drawing.symbols import UNICODE

        return UNICODE if self.pictures and not self.plain else None

    @property
    def npz_only(self) -> bool:
        """Whether the arrays are all that is wanted."""
        return self.to_files_only and not self.pictures


def save_arrays(write: Callable[[IO[bytes]], None], file: Path, messages: "Catalogue") -> None:
    """Write a file of arrays, however long, with what writes them as they are computed."""
    from charlstm.run import whole

    with whole(file) as opened:
        write(opened)
    say(messages("messages.written.npz", file=file))


def give_out(
    rendered: "Views",
    outputs: Outputs,
    console: "Console",
    messages: "Catalogue",
    *,
    pager: bool,
) -> None:
    """Write views, one or two beside each other, where they were wanted."""
    for option, write in (("npz", _write_npz), ("html", _write_html), ("svg", _write_svg)):
        file = getattr(outputs, option)
        if file is not None:
            write(rendered, file, outputs, messages)
            say(messages(f"messages.written.{option}", file=file))
    if outputs.json:
        for view in rendered:
            print_json(view.as_json())
    elif outputs.csv:
        _print_csv(rendered)
    elif outputs.plain:
        for view in rendered:
            heading = [f"{_heading(view, symbols(console))}:"] if _titled(rendered) else []
            for sentence in itertools.chain(heading, view.drawing.sentences()):
                typer.echo(sentence)
    elif not outputs.to_files_only:
        with paged(console, wanted=pager):
            console.print(together(rendered, symbols(console)))


def together(rendered: "Views", signs: "Symbols") -> "RenderableType":
    """Return views to draw; two, or one of a changed model, have their names above them."""
    from charlstm.drawing.beside import Beside

    if not _titled(rendered):
        return rendered[0].drawing
    return Beside([(_heading(view, signs), view.drawing) for view in rendered])


def _titled(rendered: "Views") -> bool:
    return len(rendered) > 1 or "changes" in rendered[0].about


def _heading(view: "RenderedView[Any]", signs: "Symbols") -> str:
    from charlstm.drawing.symbols import line_of

    return brief(line_of(view.title, signs))


def brief(title: str) -> str:
    """Return a title, of a long one its beginning."""
    return title if len(title) <= _LONGEST_TITLE else title[:_LONGEST_TITLE] + "…"


def _print_csv(rendered: "Views") -> None:
    """Print rows below one heading; of two models each may have columns of its own."""
    tables = [list(view.rows()) for view in rendered]
    names = dict.fromkeys(str(name) for table in tables for name in table[0])
    which_of = ["of"] if len(rendered) > 1 else []
    writer = csv.DictWriter(sys.stdout, [*which_of, *names], lineterminator="\n")
    writer.writeheader()
    for view, (own, *rows) in zip(rendered, tables, strict=True):
        which = dict.fromkeys(which_of, view.title)
        writer.writerows(which | dict(zip(map(str, own), row, strict=True)) for row in rows)


def _write_npz(rendered: "Views", file: Path, _outputs: Outputs, _messages: "Catalogue") -> None:
    from charlstm.inspection.npz import write
    from charlstm.run import whole

    arrays: dict[str, Any] = {}
    for place, view in enumerate(rendered):
        before = f"{place + 1}_" if len(rendered) > 1 else ""
        arrays |= {f"{before}{name}": array for name, array in view.arrays().items()}
    with whole(file) as opened:
        write(arrays, opened)


def _write_html(rendered: "Views", file: Path, outputs: Outputs, messages: "Catalogue") -> None:
    from charlstm.drawing.html import as_html
    from charlstm.drawing.symbols import UNICODE
    from charlstm.run import write_whole

    title = f"charlstm: {_heading(rendered[0], UNICODE)}"
    drawn, width = together(rendered, UNICODE), outputs.width or _PICTURE
    write_whole(file, as_html(drawn, width, title, messages.language).encode())


def _write_svg(rendered: "Views", file: Path, outputs: Outputs, messages: "Catalogue") -> None:
    from charlstm.drawing.svg import as_svg
    from charlstm.drawing.symbols import UNICODE
    from charlstm.run import write_whole

    title = f"charlstm: {_heading(rendered[0], UNICODE)}"
    drawn, width = together(rendered, UNICODE), outputs.width or _PICTURE
    write_whole(file, as_svg(drawn, width, title, messages.language).encode())


def _check_writable(option: str, file: Path, is_ours: Callable[[Path], bool]) -> None:
    """Refuse to write over what is no such file: it may have been meant as the text."""
    if file.exists() and not is_ours(file):
        raise OptionError(option, "errors.expected.file", file, kind=option)
    if not file.parent.is_dir():
        raise OptionError(option, "errors.expected.file_folder", file)


def _is_npz(file: Path) -> bool:
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        return all(name.endswith(".npy") for name in archive.namelist())


def _begins(*beginnings: bytes) -> Callable[[Path], bool]:
    def does(file: Path) -> bool:
        if not file.is_file():
            return False
        with file.open("rb") as opened:
            return opened.read(_FIRST_BYTES).lstrip().startswith(beginnings)

    return does


_IS_OURS: dict[str, Callable[[Path], bool]] = {
    "npz": _is_npz,
    "html": _begins(b"<!doctype html", b"<!DOCTYPE html"),
    "svg": _begins(b"<svg"),
}
