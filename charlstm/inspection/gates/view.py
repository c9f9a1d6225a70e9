"""The gates view: what the gates did at each character, in the shape that suits the text."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult

from charlstm.drawing.graphemes import graphemes_within
from charlstm.drawing.layout import UNBOUNDED
from charlstm.drawing.pen import Pen
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.ribbon import Ribbon
from charlstm.inspection.gates.sentences import sentences
from charlstm.inspection.gates.strip import Strip
from charlstm.inspection.gates.table import GateTable

# More rows than that are no longer taken in at a glance.
LONGEST_TABLE = 60


class GatesView:
    """Draws a trace as a table, a ribbon or a strip, as the selection and its length ask for."""

    def __init__(self, trace: Trace, selection: Selection, pen: Pen) -> None:
        self.trace, self.selection, self.pen = trace, selection, pen

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the shape that suits."""
        yield self._shape(options.max_width)(self.trace, self.selection, self.pen)

    def sentences(self) -> Iterator[str]:
        """Yield the same in plain sentences."""
        return sentences(self.trace, self.selection, self.pen)

    def _shape(self, width: int) -> type[GateTable | Ribbon | Strip]:
        if self.selection.strip is not None:
            return Strip
        if self.selection.fold is not None:
            return Ribbon if self.selection.fold else GateTable
        start, stop = self.selection.start, self.selection.stop
        shown = len(graphemes_within(self.trace.text, start, stop))
        # What has no width to fold to is a pipe: a row a character is for other programs.
        return Ribbon if shown > LONGEST_TABLE and width < UNBOUNDED else GateTable
