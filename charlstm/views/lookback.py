"""The look back: which past characters mattered, in a picture or in sentences."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderResult

from charlstm.inspection.records import Charged, Lookback
from charlstm.views.glyphs import UNICODE, Marks, percent
from charlstm.views.lookback_at import LookbackAt
from charlstm.views.lookback_cells import agreement, signed
from charlstm.views.lookback_table import LookbackTable
from charlstm.views.names import name_of
from charlstm.words import Words


class LookbackView:
    """Draws what all guesses of a record look back on, or, `at` a place, what that one does.

    Raises:
        KeyError: the record asked nothing after the character at that place.
    """

    def __init__(
        self, record: Lookback, words: Words, marks: Marks = UNICODE, *, at: int | None = None
    ) -> None:
        self.record, self.words, self.marks = record, words, marks
        self.row = None if at is None else record.row_of(at)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the table, or the picture of one guess."""
        if self.row is None:
            yield LookbackTable(self.record, self.words, self.marks)
        else:
            yield LookbackAt(self.record, self.words, self.marks, self.row)

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
            yield self.words(f"lookback.legend.{key}")

    def _guess(self, row: int) -> str:
        record = self.record
        place = int(record.places[row])
        return self.words(
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
        return self.words(
            "lookback.plain.disagree",
            place=self.record.places[row],
            shared=self.record.shared(row),
            agreement=agreement(self.record, row, self.marks),
        )

    def _past(self, past: Charged) -> str:
        return self.words(
            "lookback.plain.past",
            place=past.place,
            char=self._name(past.character),
            gradient=f"{past.gradient:.2f}",
            hidden=signed(past.occlusion),
        )

    def _names(self, strongest: Iterable[tuple[Charged, str]]) -> str:
        names = (f"#{c.place} {self._name(c.character)} {value}" for c, value in strongest)
        return ", ".join(names) or self.words("lookback.none")

    def _name(self, character: str) -> str:
        return name_of(character, self.words, self.marks)
