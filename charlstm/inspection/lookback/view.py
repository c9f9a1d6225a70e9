"""The look back: which past characters mattered, in a picture or in sentences."""

from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderResult

from charlstm.drawing.pen import Pen
from charlstm.inspection.lookback.detail import LookbackAt
from charlstm.inspection.lookback.record import Lookback
from charlstm.inspection.lookback.sentences import sentences
from charlstm.inspection.lookback.table import LookbackTable


class LookbackView:
    """Draws what all guesses of a record look back on, or, `at` a place, what that one does.

    Raises:
        KeyError: the record has no guess after the character at that place.
    """

    def __init__(self, record: Lookback, pen: Pen, *, at: int | None = None) -> None:
        self.record, self.pen = record, pen
        self.row = None if at is None else record.row_of(at)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the table, or the picture of one guess."""
        pen = self.pen.on(console)
        if self.row is None:
            yield from LookbackTable(self.record, pen).lines(options.max_width)
        else:
            yield from LookbackAt(self.record, self.row, pen).lines(options.max_width)

    def sentences(self) -> Iterator[str]:
        """Yield a sentence a guess; `at` a place also one for each past character."""
        rows: Sequence[int] = range(len(self.record.places)) if self.row is None else [self.row]
        return sentences(self.record, rows, self.pen, with_past=self.row is not None)
