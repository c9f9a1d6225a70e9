"""The gates view: what the gates did at each character, in the shape that suits the text."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult

from charlstm.inspection.records import Trace
from charlstm.views.gate_table import GateTable
from charlstm.views.glyphs import UNICODE, Marks
from charlstm.views.letters import pieces_within
from charlstm.views.quantities import Choice
from charlstm.views.ribbon import Ribbon
from charlstm.views.sentences import sentences
from charlstm.views.strip import Strip
from charlstm.words import Words

__all__ = ["GateTable", "GatesView"]

# More rows than that are no longer taken in at a glance.
LONGEST_TABLE = 60


class GatesView:
    """Draws a trace as a table, a ribbon or a strip, as the choice and its length ask for."""

    def __init__(self, trace: Trace, choice: Choice, words: Words, marks: Marks = UNICODE) -> None:
        self.trace, self.choice, self.words, self.marks = trace, choice, words, marks

    def __rich_console__(self, _: Console, __: ConsoleOptions) -> RenderResult:
        """Give Rich what suits."""
        yield self._shape()(self.trace, self.choice, self.words, self.marks)

    def sentences(self) -> Iterator[str]:
        """Tell the same in plain sentences."""
        return sentences(self.trace, self.choice, self.words, self.marks)

    def _shape(self) -> type[GateTable | Ribbon | Strip]:
        if self.choice.strip is not None:
            return Strip
        fold, choice = self.choice.fold, self.choice
        if fold is None:
            fold = len(pieces_within(self.trace.text, choice.start, choice.stop)) > LONGEST_TABLE
        return Ribbon if fold else GateTable
