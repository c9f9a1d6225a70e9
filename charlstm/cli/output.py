"""Where a look goes: a terminal, sentences, JSON, CSV, arrays, pictures."""

import csv
import itertools
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from charlstm.cli.terminal import paged, print_json, say
from charlstm.errors import OptionError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from charlstm.cli.looks import Look
    from charlstm.library import Model
    from charlstm.views.glyphs import Marks
    from charlstm.words import Words

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
        """Refuse two forms at once, a file for two outputs, and files not ours to write over.

        Raises:
            OptionError: it is so.
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
        """Tell whether nothing is to be drawn here."""
        return any((self.npz, self.html, self.svg)) and not (self.json or self.csv or self.plain)

    @property
    def pictures(self) -> bool:
        """Tell whether pictures are wanted."""
        return self.html is not None or self.svg is not None

    @property
    def marks(self) -> "Marks | None":
        """Give the marks that a picture is drawn with, whatever standard output can write."""
        from charlstm.views.glyphs import UNICODE

        return UNICODE if self.pictures and not self.plain else None

    @property
    def npz_only(self) -> bool:
        """Tell whether the arrays are all that is wanted."""
        return self.to_files_only and not self.pictures


def save_gates(model: "Model", text: str, file: Path, words: "Words") -> None:
    """Write all gates of a text, however long, as they are read."""
    from charlstm.exports.npz import write_parts
    from charlstm.inspection.placed import placed_traces
    from charlstm.run import whole

    run = model.run
    with whole(file) as opened:
        write_parts(placed_traces(run.model, run.vocabulary, text, model.form), opened)
    say(words("messages.written.npz", file=file))


def give_out(
    looks: "Sequence[Look]", outputs: Outputs, console: "Console", words: "Words", *, pager: bool
) -> None:
    """Write looks, one or two beside each other, where they were wanted."""
    for option, write in (("npz", _write_npz), ("html", _write_html), ("svg", _write_svg)):
        file = getattr(outputs, option)
        if file is not None:
            write(looks, file, outputs, words)
            say(words(f"messages.written.{option}", file=file))
    if outputs.json:
        for look in looks:
            print_json(look.as_json())
    elif outputs.csv:
        _print_csv(looks)
    elif outputs.plain:
        for look in looks:
            heading = [f"{_heading(look)}:"] if _titled(looks) else []
            for sentence in itertools.chain(heading, look.drawing.sentences()):
                typer.echo(sentence)
    elif not outputs.to_files_only:
        with paged(console, wanted=pager):
            console.print(together(looks))


def together(looks: "Sequence[Look]") -> "RenderableType":
    """Draw looks; two of them, or one of a changed model, have their names above them."""
    from charlstm.views.beside import Beside

    if not _titled(looks):
        return looks[0].drawing
    return Beside([(_heading(look), look.drawing) for look in looks])


def _titled(looks: "Sequence[Look]") -> bool:
    return len(looks) > 1 or "changes" in looks[0].about


def _heading(look: "Look") -> str:
    return brief(look.title)


def brief(title: str) -> str:
    """Show a title on one line, of a long one its beginning."""
    from charlstm.views.glyphs import line_of

    title = line_of(title)
    return title if len(title) <= _LONGEST_TITLE else title[:_LONGEST_TITLE] + "…"


def _print_csv(looks: "Sequence[Look]") -> None:
    """Print rows below one heading; of two models each may have columns of its own."""
    tables = [list(look.rows()) for look in looks]
    names = dict.fromkeys(str(name) for table in tables for name in table[0])
    which_of = ["of"] if len(looks) > 1 else []
    writer = csv.DictWriter(sys.stdout, [*which_of, *names], lineterminator="\n")
    writer.writeheader()
    for look, (own, *rows) in zip(looks, tables, strict=True):
        which = dict.fromkeys(which_of, look.title)
        writer.writerows(which | dict(zip(map(str, own), row, strict=True)) for row in rows)


def _write_npz(looks: "Sequence[Look]", file: Path, _outputs: Outputs, _words: "Words") -> None:
    from charlstm.exports.npz import write
    from charlstm.run import whole

    arrays: dict[str, Any] = {}
    for place, look in enumerate(looks):
        before = f"{place + 1}_" if len(looks) > 1 else ""
        arrays |= {f"{before}{name}": array for name, array in look.arrays().items()}
    with whole(file) as opened:
        write(arrays, opened)


def _write_html(looks: "Sequence[Look]", file: Path, outputs: Outputs, words: "Words") -> None:
    from charlstm.run import write_whole
    from charlstm.views.picture_html import as_html

    title = f"charlstm: {_heading(looks[0])}"
    page = as_html(together(looks), outputs.width or _PICTURE, title, words.language)
    write_whole(file, page.encode())


def _write_svg(looks: "Sequence[Look]", file: Path, outputs: Outputs, words: "Words") -> None:
    from charlstm.run import write_whole
    from charlstm.views.picture_svg import as_svg

    title = f"charlstm: {_heading(looks[0])}"
    drawing = as_svg(together(looks), outputs.width or _PICTURE, title, words.language)
    write_whole(file, drawing.encode())


def _check_writable(option: str, file: Path, is_ours: Callable[[Path], bool]) -> None:
    """Refuse to write over what is not such a file: it may have been meant as the text."""
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
