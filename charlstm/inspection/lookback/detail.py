"""What one guess looks back on: each past character with its gradient, and what hiding it does.

Where the characters do not fit into a line they go on in the next. Those at the far end for which
both numbers would be zero are only counted.
"""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

from charlstm.drawing.graphemes import graphemes
from charlstm.drawing.layout import at_left, at_right, line, widest
from charlstm.drawing.palette import STEPLESS, shade, shade_signed
from charlstm.drawing.symbols import Symbols, glyph, percent
from charlstm.inspection.lookback.cells import (
    agreement,
    guessed,
    letter,
    level,
    signed,
)
from charlstm.inspection.lookback.record import Charged, Lookback
from charlstm.messages import Catalogue

_CELL = 5


class LookbackAt:
    """Draws one row of a record."""

    def __init__(self, record: Lookback, messages: Catalogue, symbols: Symbols, row: int) -> None:
        self.record, self.messages, self.symbols, self.row = record, messages, symbols, row
        self.past = list(record.past(row))
        read = graphemes(record.text[: int(record.places[row]) + 1])
        composed = [piece for piece in read if piece.composed]
        # by the place of each letter, the syllable that it is of
        self.syllables = {place: piece for piece in composed for place in piece.places}
        self.names = [messages(f"lookback.{key}") for key in ("gradient", "hidden")]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the characters in as many bands as they need, with what they mean."""
        coloured = console.color_system not in STEPLESS
        yield Text(self._title(), style="bold")
        guesses = guessed(self.record.guesses[self.row], self.symbols)
        yield Text(self.messages("lookback.at.next", guesses=guesses))
        shown = self._shown()
        label, cell = widest(self.names) + 1, self._cell(shown)
        in_a_band = max((options.max_width - label) // cell, 1)
        for start in range(0, len(shown), in_a_band):
            yield Text("")
            yield from self._band(shown[start : start + in_a_band], label, cell, coloured=coloured)
        yield Text("")
        yield from self._findings(len(self.past) - len(shown))
        for key in ("gradient", "hidden", "caution"):
            yield Text(self.messages(f"lookback.legend.{key}"), style="dim")

    def _title(self) -> str:
        record = self.record
        place = int(record.places[self.row])
        return self.messages(
            f"lookback.at.{record.asked}",
            place=place,
            char=glyph(record.text[place], self.symbols),
            target=glyph(record.targets[self.row], self.symbols),
            p=percent(float(record.chances[self.row])),
        )

    def _shown(self) -> list[Charged]:
        """Leave out those at the far end whose numbers would both be shown as zero."""
        first = 0
        while first < len(self.past) - 1 and _is_nothing(self.past[first]):
            first += 1
        return self.past[first:]

    def _cell(self, shown: list[Charged]) -> int:
        """Count the terminal cells of a column: five, or what the widest character needs."""
        return max(_CELL, 1 + widest(letter(each.character, self.symbols) for each in shown))

    def _band(
        self, past: list[Charged], label: int, cell: int, *, coloured: bool
    ) -> Iterator[Text]:
        """Draw a line each of places, characters, gradients and effects of hiding.

        Letters of Hangul that a model reads one by one stand beneath their syllable.
        """
        places, characters = line(" " * label), line(" " * label)
        for each in past:
            places.append(at_right(str(each.place), cell), "dim")
            characters.append(at_right(letter(each.character, self.symbols), cell), "bold")
        yield places
        if any(self.syllables.get(each.place) for each in past):
            yield self._wholes(past, label, cell)
        yield characters
        if not coloured and self.symbols.bars:
            yield self._levels(past, label, cell)
        yield from self._numbers(past, label, cell, coloured=coloured)

    def _wholes(self, past: list[Charged], label: int, cell: int) -> Text:
        """Draw each syllable once, above the first of its letters that is in the band."""
        wholes, before = line(" " * label), None
        for each in past:
            piece = self.syllables.get(each.place)
            whole = glyph(piece.whole, self.symbols) if piece and piece is not before else ""
            wholes.append(at_right(whole, cell), "bold")
            before = piece
        return wholes

    def _levels(self, past: list[Charged], label: int, cell: int) -> Text:
        """Draw the gradients as blocks right beneath the characters."""
        levels = line(" " * label)
        for each in past:
            width = cell_len(letter(each.character, self.symbols))
            levels.append(at_right(level(each.gradient, width, self.symbols), cell))
        return levels

    def _numbers(
        self, past: list[Charged], label: int, cell: int, *, coloured: bool
    ) -> Iterator[Text]:
        gradient, hidden = (line(at_left(name, label)) for name in self.names)
        most = max(abs(each.occlusion) for each in self.past) or 1.0
        for each in past:
            styles = shade(each.gradient), shade_signed(each.occlusion / most)
            slope, change = styles if coloured else (Style.null(), Style.null())
            gradient.append(f"{each.gradient:.2f}".rjust(cell), slope)
            hidden.append(signed(each.occlusion).rjust(cell), change)
        yield gradient
        yield hidden

    def _findings(self, left_out: int) -> Iterator[Text]:
        """Say which characters are the strongest by each, and whether they are the same."""
        record, messages, row = self.record, self.messages, self.row
        if left_out:
            yield Text(messages("lookback.at.rest", count=left_out), style="dim")
        by_gradient = ((each, f"{each.gradient:.2f}") for each in record.by_gradient(row))
        by_hiding = ((each, signed(each.occlusion)) for each in record.by_occlusion(row))
        yield Text(messages("lookback.at.by_gradient", chars=self._names(by_gradient)))
        yield Text(messages("lookback.at.by_hiding", chars=self._names(by_hiding)))
        if record.disagrees(row):
            found = agreement(record, row, self.symbols)
            shared = record.shared(row)
            said = messages("lookback.at.disagree", shared=shared, agreement=found)
            yield Text(f"{self.symbols.differs.strip()} {said}", style="bold")

    def _names(self, strongest: Iterable[tuple[Charged, str]]) -> str:
        names = (f"{glyph(c.character, self.symbols)} #{c.place} {value}" for c, value in strongest)
        return f" {self.symbols.dot} ".join(names) or self.messages("lookback.none")


def _is_nothing(past: Charged) -> bool:
    return past.gradient < 0.005 and signed(past.occlusion) == signed(0.0)
