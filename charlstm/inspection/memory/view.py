"""The memory view: how long each unit keeps what is in it, and what becomes of one character."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from charlstm.drawing.layout import line
from charlstm.drawing.pen import Pen
from charlstm.drawing.table import drawn, fitting
from charlstm.inspection.memory.histogram import Histogram
from charlstm.inspection.memory.legend import legend
from charlstm.inspection.memory.record import MemorySpan
from charlstm.inspection.memory.retention import RetentionRows
from charlstm.inspection.memory.sentences import sentences
from charlstm.inspection.memory.tables import tables


class MemoryView:
    """Draws how long a model remembers, beside a new one of the same shape."""

    def __init__(self, span: MemorySpan, pen: Pen) -> None:
        self.span, self.pen = span, pen

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the half-lives, the units that last, saturation, and the character followed."""
        span, pen, width = self.span, self.pen.on(console), options.max_width
        yield Text(pen("memory.title"), style="bold")
        yield from Histogram(span, pen).lines(width)
        for columns in tables(span, pen):
            yield line()
            yield from drawn(fitting(columns, width))
        if span.retention is not None:
            yield line()
            yield from RetentionRows(span.retention, pen).lines(width)
        yield line()
        yield from (Text(meaning, style="dim") for meaning in legend(span, pen, drawn=True))

    def sentences(self) -> Iterator[str]:
        """Yield the same in sentences."""
        yield from sentences(self.span, self.pen)
        yield from (f"{meaning}." for meaning in legend(self.span, self.pen, drawn=False))
