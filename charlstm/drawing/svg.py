"""A picture as a drawing in SVG, for slides and print: on white paper, and of one size.

Rich's own SVG takes Hangul for one cell wide. Here each word is put exactly where its cells begin,
and each character that a font of equal widths may lack in the middle of its own cells.
"""

import re
from collections.abc import Iterator
from itertools import chain

from rich.console import RenderableType

from charlstm.drawing.picture import INK, PAPER, Look, Span, escaped, is_bar, lines_of, portions

# Of a cell, in pixels. A letter of a font of equal widths is most often 3/5 of its size wide.
_WIDTH, _HEIGHT, _SIZE, _BASE = 9, 20, 15, 15
_MARGIN = 18
_COLOURS = {INK: "#1a1a1a", PAPER: "#ffffff"}
_FONTS = "ui-monospace, Cascadia Mono, Menlo, Consolas, DejaVu Sans Mono, Noto Sans Mono, monospace"

_DRAWING = """\
<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{language}" width="{width}" height="{height}" \
viewBox="0 0 {width} {height}" font-family="{fonts}" font-size="{size}" fill="{ink}">
<title>{title}</title>
<rect width="{width}" height="{height}" fill="{paper}"/>
{lines}
</svg>
"""


def as_svg(shown: RenderableType, width: int, title: str, language: str) -> str:
    """Return what a terminal of so many cells would show as a drawing, as wide as its content."""
    lines = lines_of(shown, width)
    widest = max((span.end for line in lines for span in line), default=0)
    drawn = (_drawn(span, number) for number, line in enumerate(lines) for span in line)
    return _DRAWING.format(
        language=escaped(language),
        width=2 * _MARGIN + widest * _WIDTH,
        height=2 * _MARGIN + len(lines) * _HEIGHT,
        fonts=_FONTS,
        size=_SIZE,
        ink=_COLOURS[INK],
        title=escaped(title),
        paper=_COLOURS[PAPER],
        lines="\n".join(chain.from_iterable(drawn)),
    )


def _drawn(span: Span, line: int) -> Iterator[str]:
    top, look = _MARGIN + line * _HEIGHT, span.look
    if look.ground:
        width, ground = (span.end - span.at) * _WIDTH, _COLOURS.get(look.ground, look.ground)
        yield (
            f'<rect x="{_x(span.at)}" y="{top}" width="{width}" height="{_HEIGHT}" '
            f'fill="{ground}"/>'
        )
    texts = "\n".join(_texts(span, top + _BASE))
    attributes = "".join(f' {name}="{value}"' for name, value in _attributes(look))
    if texts:
        yield f"<g{attributes}>{texts}</g>" if attributes else texts


def _texts(span: Span, base: int) -> Iterator[str]:
    """Place each word of ASCII, and each other character by itself."""
    for at, text, cells in portions(span):
        if not text.isascii() and not is_bar(text):
            middle = f"{_x(at) + cells * _WIDTH / 2:g}"
            yield f'<text x="{middle}" y="{base}" text-anchor="middle">{escaped(text)}</text>'
            continue
        for word in re.finditer("[^ ]+", text):
            # A letter a cell, and a bar from end to end, in whatever font.
            place = f'x="{_x(at + word.start())}" y="{base}"'
            length = f'textLength="{len(word[0]) * _WIDTH}" lengthAdjust="spacingAndGlyphs"'
            yield f"<text {place} {length}>{escaped(word[0])}</text>"


def _attributes(look: Look) -> Iterator[tuple[str, str]]:
    if look.ink != INK:
        yield "fill", _COLOURS.get(look.ink, look.ink)
    if look.dim:
        yield "fill-opacity", "0.7"
    if look.bold:
        yield "font-weight", "bold"
    if look.italic:
        yield "font-style", "italic"
    if look.lines:
        yield "text-decoration", look.lines


def _x(cell: int) -> int:
    return _MARGIN + cell * _WIDTH
