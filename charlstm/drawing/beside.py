"""Views of the same kind beside each other, or one below the other where it is narrow."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

from charlstm.drawing.layout import UNBOUNDED

_LEAST = 60
_GAP = 4


class Beside:
    """Draws titled views: each in its share of the width, if that leaves it 60 cells."""

    def __init__(self, parts: Sequence[tuple[str, RenderableType]]) -> None:
        self.parts = parts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the views."""
        share = (options.max_width - _GAP * (len(self.parts) - 1)) // len(self.parts)
        # A pipe has no width to share.
        if len(self.parts) == 1 or share < _LEAST or options.max_width >= UNBOUNDED:
            yield from self._below()
        else:
            yield from self._beside(console, options.update_width(share), share)

    def _below(self) -> RenderResult:
        for place, (title, part) in enumerate(self.parts):
            yield from ([Text("")] if place else [])
            yield Text(title, style="bold reverse")
            yield part

    def _beside(self, console: Console, options: ConsoleOptions, share: int) -> Iterator[Segment]:
        columns = [
            [*console.render_lines(Text(title, style="bold reverse"), options), *lines]
            for title, lines in (
                (title, console.render_lines(part, options)) for title, part in self.parts
            )
        ]
        for row in zip_longest(*columns, fillvalue=[Segment(" " * share)]):
            for place, cells in enumerate(row):
                if place:
                    yield Segment(" " * _GAP)
                yield from Segment.adjust_line_length(cells, share)
            yield Segment.line()
