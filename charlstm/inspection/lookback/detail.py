"""What one guess looks back on: each past character with its gradient, and what hiding it does.

Characters that do not fit into a line go on in the next. Those at the far end for which both
numbers would be zero are only counted.
"""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.text import Text

from charlstm.drawing.annotated_text import Row, folds, set_rows
from charlstm.drawing.graphemes import graphemes
from charlstm.drawing.layout import at_left, at_right, widest
from charlstm.drawing.pen import Pen
from charlstm.inspection.lookback.cells import level, rank_correlation, signed
from charlstm.inspection.lookback.record import Lookback, PastChar

_CELL = 5


class LookbackAt:
    """Draws one row of a record."""

    def __init__(self, record: Lookback, row: int, pen: Pen) -> None:
        self.record, self.row, self.pen = record, row, pen
        self._past = list(record.past(row))
        self._shown = self._past[_first_shown(self._past) :]
        cells = (each for c in self._shown for each in (pen.letter(c.character), str(c.place)))
        self._cell = max(_CELL, 1 + widest(cells))
        self._label = 1 + widest(pen(f"lookback.{key}") for key in ("gradient", "hidden"))
        self._most = max(abs(c.occlusion) for c in self._past) or 1.0
        read = graphemes(record.text[: int(record.places[row]) + 1])
        composed = [piece for piece in read if piece.composed]
        # by the place of each letter, the syllable that it is of
        self._syllables = {place: piece for piece in composed for place in piece.places}

    def lines(self, width: int) -> Iterator[Text]:
        """Draw the characters in as many bands as they need, with what they mean."""
        yield Text(self._title(), style="bold")
        yield Text(self.pen("lookback.at.next", guesses=self.pen.guesses(self._guesses)))
        widths = [self._cell] * len(self._shown)
        for part in folds(widths, width - self._label):
            yield Text("")
            yield from set_rows(list(self._band(self._shown[part])), widths[part])
        yield Text("")
        yield from self._findings()
        for key in ("gradient", "hidden", "caution"):
            yield Text(self.pen(f"lookback.legend.{key}"), style="dim")

    @property
    def _guesses(self) -> Sequence[tuple[str, float]]:
        return self.record.guesses[self.row]

    def _title(self) -> str:
        record, pen = self.record, self.pen
        place = int(record.places[self.row])
        return pen(
            f"lookback.at.{record.asked}",
            place=place,
            char=pen.glyph(record.text[place]),
            target=pen.glyph(record.targets[self.row]),
            p=pen.percent(float(record.chances[self.row])),
        )

    def _band(self, past: Sequence[PastChar]) -> Iterator[Row]:
        """Yield places, characters, gradients and effects of hiding.

        Letters of Hangul that a model reads one by one stand beneath their syllable.
        """
        letters = [self.pen.letter(c.character) for c in past]
        yield self._row("", (str(c.place) for c in past), "dim")
        if any(self._syllables.get(c.place) for c in past):
            yield self._row("", self._wholes(past), "bold")
        yield self._row("", letters, "bold")
        if not self.pen.coloured and self.pen.symbols.bars:
            pairs = zip(past, letters, strict=True)
            yield self._row("", (level(c.gradient, cell_len(s), self.pen) for c, s in pairs))
        yield from self._numbers(past)

    def _row(self, label: str, cells: Iterable[str], style: str = "") -> Row:
        cells = [at_right(cell, self._cell) for cell in cells]
        return Row(cells, label=at_left(label, self._label), style=style)

    def _wholes(self, past: Sequence[PastChar]) -> Iterator[str]:
        """Yield each syllable once, above the first of its letters that is in the band."""
        before = None
        for past_char in past:
            piece = self._syllables.get(past_char.place)
            yield self.pen.glyph(piece.whole) if piece and piece is not before else ""
            before = piece

    def _numbers(self, past: Sequence[PastChar]) -> Iterator[Row]:
        pen, most = self.pen, self._most
        gradients = ((f"{c.gradient:.2f}", pen.shade(c.gradient)) for c in past)
        hidden = ((signed(c.occlusion), pen.shade_signed(c.occlusion / most)) for c in past)
        for key, numbers in (("gradient", gradients), ("hidden", hidden)):
            cells = [Text(number.rjust(self._cell), style) for number, style in numbers]
            yield Row(cells, label=at_left(pen(f"lookback.{key}"), self._label))

    def _findings(self) -> Iterator[Text]:
        """Draw which characters are the strongest by each, and whether they are the same."""
        record, pen, row = self.record, self.pen, self.row
        left_out = len(self._past) - len(self._shown)
        if left_out:
            yield Text(pen("lookback.at.rest", count=left_out), style="dim")
        by_gradient = ((c, f"{c.gradient:.2f}") for c in record.by_gradient(row))
        by_hiding = ((c, signed(c.occlusion)) for c in record.by_occlusion(row))
        yield Text(pen("lookback.at.by_gradient", chars=self._names(by_gradient)))
        yield Text(pen("lookback.at.by_hiding", chars=self._names(by_hiding)))
        if record.disagrees(row):
            agreement = rank_correlation(record, row, pen)
            found = pen("lookback.at.disagree", shared=record.shared(row), agreement=agreement)
            yield Text(f"{pen.symbols.differs.strip()} {found}", style="bold")

    def _names(self, strongest: Iterable[tuple[PastChar, str]]) -> str:
        names = (f"{self.pen.glyph(c.character)} #{c.place} {value}" for c, value in strongest)
        return self.pen.dotted(names) or self.pen("lookback.none")


def _first_shown(past: Sequence[PastChar]) -> int:
    """Return the place of the first character whose numbers are not both shown as zero."""
    return next((n for n, c in enumerate(past[:-1]) if not _is_nothing(c)), len(past) - 1)


def _is_nothing(past: PastChar) -> bool:
    return past.gradient < 0.005 and signed(past.occlusion) == signed(0.0)
