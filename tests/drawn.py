"""Drawings as they stand in a terminal."""

import io

from rich.console import Console, RenderableType
from rich.style import Style


def plain(view: RenderableType, width: int, lines: int | None = None) -> str:
    """Return a drawing without colours and without blanks at line ends; only so many lines."""
    file = io.StringIO()
    Console(file=file, width=width, color_system=None, legacy_windows=False).print(view)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()[:lines])


def coloured(view: RenderableType, width: int, colors: str = "truecolor") -> str:
    """Return a drawing for a terminal with so many colours: standard (16), 256 or truecolor."""
    # Rich remembers how it wrote a style with fewer colours.
    Style._add.cache_clear()  # noqa: SLF001
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=True,
        color_system=colors,  # type: ignore[arg-type]
        legacy_windows=False,
        no_color=False,
    )
    console.print(view)
    return file.getvalue()
