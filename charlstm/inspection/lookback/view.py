"""The look back: which past characters mattered, in a picture or in sentences."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderResult

from charlstm.drawing.names import name_of
from charlstm.drawing.symbols import UNICODE, Symbols, percent
from charlstm.inspection.lookback.cells import agreement, signed
from charlstm.inspection.lookback.detail import LookbackAt
from charlstm.inspection.lookback.record import Charged, Lookback
from charlstm.inspection.lookback.table import LookbackTable
from charlstm.messages import Catalogue


class LookbackView:
    """Draws what all guesses of a record look back on, or, `at` a place, what that one does.

    Raises:
        KeyError: the record asked nothing after the character at that place.
    """

    def __init__(
        self,
        record: Lookback,
        messages: Catalogue,
        symbols: Symbols = UNICODE,
        *,
        at: int | None = None,
    ) -> None:
        self.record, self.messages, self.symbols = record, messages, symbols
        self.row = None if at is None else record.row_of(at)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the table, or the picture of one guess."""
        if self.row is None:
            yield LookbackTable(self.record, self.messages, self.symbols)
        else:
            yield LookbackAt(self.record, self.messages, self.symbols, self.row)

    def sentences(self) -> Iterator[str]:
        """Tell, a line a guess, what mattered for it; `at` a place also of each past character."""
        rows: Sequence[int] = range(len(self.record.places)) if self.row is None else [self.row]
        for row in rows:
            yield self._guess(row)
            if self.record.disagrees(row):
                yield self._disagreement(row)
        if self.row is not None:
            yield from map(self._past, self.record.past(self.row))
        for key in ("gradient", "hidden", "caution"):
            yield self.messages(f"lookback.legend.{key}")

    def _guess(self, row: int) -> str:
        record = self.record
        place = int(record.places[row])
        return self.messages(
            f"lookback.plain.{record.asked}",
            place=place,
            char=self._name(record.text[place]),
            target=self._name(record.targets[row]),
            p=percent(float(record.chances[row])),
            by_gradient=self._names((c, f"{c.gradient:.2f}") for c in record.by_gradient(row)),
            by_hiding=self._names((c, signed(c.occlusion)) for c in record.by_occlusion(row)),
            guesses=", ".join(f"{self._name(c)} {percent(p)}" for c, p in record.guesses[row]),
        )

    def _disagreement(self, row: int) -> str:
        return self.messages(
            "lookback.plain.disagree",
            place=self.record.places[row],
            shared=self.record.shared(row),
            agreement=agreement(self.record, row, self.symbols),
        )

    def _past(self, past: Charged) -> str:
        return self.messages(
            "lookback.plain.past",
            place=past.place,
            char=self._name(past.character),
            gradient=f"{past.gradient:.2f}",
            hidden=signed(past.occlusion),
        )

    def _names(self, strongest: Iterable[tuple[Charged, str]]) -> str:
        names = (f"#{c.place} {self._name(c.character)} {value}" for c, value in strongest)
        return ", ".join(names) or self.messages("lookback.none")

    def _name(self, character: str) -> str:
        return name_of(character, self.messages, self.symbols)
