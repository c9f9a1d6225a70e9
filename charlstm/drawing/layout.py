"""Setting text in columns: by terminal cells, of which Hangul takes two."""

from collections.abc import Iterable

from rich.cells import cell_len
from rich.text import Text

# As wide as what goes into a pipe is drawn, wider than any terminal: its reader can wrap or cut.
UNBOUNDED = 10_000


def at_left(text: str, width: int) -> str:
    """Return a text filled up with spaces to a width."""
    return text + " " * (width - cell_len(text))


def at_right(text: str, width: int) -> str:
    """Return a text at the right end of a width."""
    return " " * (width - cell_len(text)) + text


def shortened(text: str, width: int, cut: str) -> str:
    """Return of a text what fits into a width, with `cut` for what is left out, if that fits."""
    if cell_len(text) <= width:
        return text
    kept = ""
    for character in text:
        if cell_len(kept + character + cut) > width:
            break
        kept += character
    return kept + cut if cell_len(kept + cut) <= width else ""


def widest(texts: Iterable[str]) -> int:
    """Return how many cells the widest text takes, 0 if there is none."""
    return max(map(cell_len, texts), default=0)


def line(*parts: Text | str | tuple[str, str], style: str = "") -> Text:
    """Return parts on one line, which is cut rather than folded where there is no room."""
    return Text.assemble(*parts, style=style, no_wrap=True, overflow="crop")
