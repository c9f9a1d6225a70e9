"""What a terminal would show, line by line: spans of one look each, for pages and drawings.

A picture has all colours, whatever this terminal has, and no setting of the machine changes it: the
same record gives the same picture.
"""

import html
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme

# The colours of what has none of its own: as a page is written on paper.
INK, PAPER = "ink", "paper"

# What a terminal calls red, green, yellow, blue, magenta, cyan and grey: here each so light that it
# stands out from white paper and from dark, by 3.9 to 1 at the least.
_HUES = [
    (214, 64, 64),
    (40, 140, 60),
    (150, 120, 10),
    (66, 120, 214),
    (176, 82, 190),
    (14, 136, 150),
]
_BLACK, _GREY, _WHITE = (0, 0, 0), (118, 118, 118), (255, 255, 255)
_NAMED = TerminalTheme(_WHITE, _BLACK, [_BLACK, *_HUES, _WHITE], [_GREY, *_HUES, _WHITE])

# What no page may hold, in whatever way it is written: controls, halves of characters.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Look:
    """How a span looks; colours are #rrggbb, INK or PAPER, and without a ground none is drawn.

    `lines` are those that CSS and SVG know as text decorations.
    """

    ink: str = INK
    ground: str | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    lines: str = ""


@dataclass(frozen=True)
class Span:
    """A text of one look, and the cell of its line (from 0) that it begins at."""

    at: int
    text: str
    look: Look

    @property
    def end(self) -> int:
        """The cell after its last."""
        return self.at + cell_len(self.text)


Line = Sequence[Span]


def lines_of(shown: RenderableType, width: int) -> list[Line]:
    """Return what a terminal of all colours, so many cells wide, would show."""
    console = Console(
        file=io.StringIO(),
        width=width,
        color_system="truecolor",
        force_terminal=True,
        force_jupyter=False,
        legacy_windows=False,
        no_color=False,
    )
    lines = console.render_lines(shown, pad=False)
    return [_trimmed(list(_spans(part for part in line if not part.control))) for line in lines]


def portions(span: Span) -> Iterator[tuple[int, str, int]]:
    """Yield a span in runs of ASCII and all other characters, each by itself.

    A font of equal widths keeps the columns of the one; each of the others may come from another
    font. Yielded are the cell that it begins at, its text, and how many cells it takes.
    """
    at = span.at
    for together, group in groupby(_characters(span.text), key=str.isascii):
        for text in ("".join(group),) if together else group:
            yield at, text, cell_len(text)
            at += cell_len(text)


def is_bar(text: str) -> bool:
    """Whether it is a bar or a line, which must fill its cell to meet its neighbours."""
    return "\u2500" <= text <= "\u259f"


def escaped(text: str) -> str:
    """Return a text so that HTML and XML read it as that text, and as nothing else."""
    return html.escape(_IMPOSSIBLE.sub("\ufffd", text))


def look_of(style: Style | None) -> Look:
    """Return how a style of Rich looks."""
    if style is None:
        return Look()
    ink, ground = _colour(style.color) or INK, _colour(style.bgcolor)
    if style.reverse:
        ink, ground = ground or PAPER, ink
    lines = ("underline" if style.underline else "", "line-through" if style.strike else "")
    return Look(
        ink,
        ground,
        bold=bool(style.bold),
        dim=bool(style.dim),
        italic=bool(style.italic),
        lines=" ".join(filter(None, lines)),
    )


def _spans(parts: Iterable[Segment]) -> Iterator[Span]:
    """Join what looks alike."""
    at = 0
    for look, alike in groupby(parts, key=lambda part: look_of(part.style)):
        text = "".join(part.text for part in alike)
        yield Span(at, text, look)
        at += cell_len(text)


def _trimmed(line: list[Span]) -> Line:
    """Leave out the blanks at the end of a line, where they have no ground."""
    while line and line[-1].look.ground is None:
        text = line[-1].text.rstrip(" ")
        line[-1:] = [replace(line[-1], text=text)] if text else []
        if text:
            break
    return line


def _characters(text: str) -> Iterator[str]:
    """Split a text into characters; a mark without a cell stays with what it stands above."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or cell_len(text[end]) > 0:
            yield text[start:end]
            start = end


def _colour(colour: Color | None) -> str | None:
    if colour is None or colour.is_default:
        return None
    return colour.get_truecolor(_NAMED).hex
