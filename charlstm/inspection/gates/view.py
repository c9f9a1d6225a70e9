"""The gates view: what the gates did at each character, in the shape that suits the text."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult

from charlstm.drawing.graphemes import graphemes_within
from charlstm.drawing.symbols import UNICODE, Symbols
from charlstm.inspection.gates.quantities import Choice
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.ribbon import Ribbon
from charlstm.inspection.gates.sentences import sentences
from charlstm.inspection.gates.strip import Strip
from charlstm.inspection.gates.table import GateTable
from charlstm.messages import Catalogue

__all__ = ["GateTable", "GatesView"]

# More rows than that are no longer taken in at a glance.
LONGEST_TABLE = 60


class GatesView:
    """Draws a trace as a table, a ribbon or a strip, as the choice and its length ask for."""

    def __init__(
        self, trace: Trace, choice: Choice, messages: Catalogue, symbols: Symbols = UNICODE
    ) -> None:
        self.trace, self.choice, self.messages, self.symbols = trace, choice, messages, symbols

    def __rich_console__(self, _: Console, __: ConsoleOptions) -> RenderResult:
        """Give Rich what suits."""
        yield self._shape()(self.trace, self.choice, self.messages, self.symbols)

    def sentences(self) -> Iterator[str]:
        """Tell the same in plain sentences."""
        return sentences(self.trace, self.choice, self.messages, self.symbols)

    def _shape(self) -> type[GateTable | Ribbon | Strip]:
        if self.choice.strip is not None:
            return Strip
        fold, choice = self.choice.fold, self.choice
        if fold is None:
            fold = len(graphemes_within(self.trace.text, choice.start, choice.stop)) > LONGEST_TABLE
        return Ribbon if fold else GateTable
