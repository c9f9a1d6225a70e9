"""A picture as a page of HTML that stands by itself.

Columns hold in any font: the text is set in one of equal widths, and each character that such a
font may lack (Hangul comes from another) stands in a box as wide as its cells.
"""

from collections.abc import Iterator

from rich.console import RenderableType

from charlstm.drawing.picture import (
    INK,
    PAPER,
    Line,
    Look,
    Span,
    escaped,
    is_bar,
    lines_of,
    portions,
)

# `color-scheme` makes what the browser draws itself, such as scroll bars, dark with the page. Cells
# are whole pixels wide, where a browser can round: grounds have straight edges.
_PAGE = """\
<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --dim: #5f5f5f; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e8e8e8; --paper: #16181c; --dim: #a0a0a0; }}
}}
body {{ margin: 1.5rem; color: var(--ink); background: var(--paper); }}
pre {{ margin: 0; overflow-x: auto; line-height: 1.3; font-size: 15px; font-family: ui-monospace,
  "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono", monospace; }}
pre {{ letter-spacing: calc(round(1ch, 1px) - 1ch); }}
.g {{ display: inline-block; }}
.n, .w {{ display: inline-flex; justify-content: center; text-decoration: inherit; }}
.n {{ width: 1ch; width: round(1ch, 1px); }}
.w {{ width: 2ch; width: calc(2 * round(1ch, 1px)); }}
.bar {{ clip-path: inset(0); }}
</style>
</head>
<body>
<pre>
{lines}
</pre>
</body>
</html>
"""


def as_html(shown: RenderableType, width: int, title: str, language: str) -> str:
    """Return what a terminal of so many cells would show as a page.

    The page is light or dark as its reader prefers; coloured grounds stay as they are.
    """
    lines = "\n".join(map(_line, lines_of(shown, width)))
    return _PAGE.format(language=escaped(language), title=escaped(title), lines=lines)


def _line(line: Line) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    text = "".join(_boxed(text, cells) for _, text, cells in portions(span))
    style = ";".join(_style(span.look))
    if not style:
        return text
    ground = ' class="g"' if span.look.ground else ""
    return f'<span{ground} style="{style}">{text}</span>'


def _boxed(text: str, cells: int) -> str:
    """Set what is not of the page's own font in a box of its cells."""
    if text.isascii():
        return escaped(text)
    kind = "w" if cells == 2 else "n bar" if is_bar(text) else "n"
    return f'<span class="{kind}">{escaped(text)}</span>'


def _style(look: Look) -> Iterator[str]:
    if look.dim and look.ink == INK:
        yield "color:var(--dim)"
    elif look.ink != INK:
        yield f"color:{_colour(look.ink)}" + ("b3" if look.dim and look.ink != PAPER else "")
    if look.ground:
        yield f"background:{_colour(look.ground)}"
    if look.bold:
        yield "font-weight:bold"
    if look.italic:
        yield "font-style:italic"
    if look.lines:
        yield f"text-decoration:{look.lines}"


def _colour(colour: str) -> str:
    return f"var(--{colour})" if colour in {INK, PAPER} else colour
