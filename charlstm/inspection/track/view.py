"""A text coloured by what one unit held after each character.

Where there are no colours enough, signs beneath each line say the same. Letters of Hangul that a
model reads one by one stand beneath their syllable.
"""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from charlstm.drawing.annotated_text import Row, folds, piece_widths, set_rows
from charlstm.drawing.graphemes import graphemes
from charlstm.drawing.layout import line
from charlstm.drawing.pen import Pen
from charlstm.inspection.track.record import Track

# Where an encoding has no blocks: from −1 to 1.
_SIGNS = "=-.+#"
_STEPS = 9


class TrackView:
    """Draws a text, blue where the unit is below 0, red where it is above."""

    def __init__(self, record: Track, pen: Pen) -> None:
        self.record, self.pen = record, pen
        self._pieces = list(graphemes(record.text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the text, and the scale of its colours."""
        pen = self.pen.on(console)
        yield Text(self._title(), style="bold")
        yield from self._text(pen, options.max_width)
        yield from self._scale(pen, options.max_width)
        yield Text(self._say("limit"), style="dim")

    def sentences(self) -> Iterator[str]:
        """Yield the value at each character."""
        yield f"{self._title()}."
        pairs = zip(self.record.text, self.record.values.tolist(), strict=True)
        for index, (character, value) in enumerate(pairs):
            shown = self.pen.name_of(character)
            yield self._say("sentence", index=index, character=shown, value=f"{value:+.2f}")
        yield self._say("limit")

    def _text(self, pen: Pen, width: int) -> Iterator[Text]:
        """Draw the text in lines, what letters compose above them, signs beneath them."""
        above = Row([pen.glyph(p.whole) if p.composed else "" for p in self._pieces])
        letters, signs = self._letters(pen), self._signs(pen)
        widths = piece_widths([above, letters])
        ends = {place for place, piece in enumerate(self._pieces) if piece.whole == "\n"}
        for part in folds(widths, width, ends):
            rows = [row.of(part) for row in (above, letters, signs)]
            first = 0 if any(rows[0].cells) else 1
            yield from set_rows(rows[first : 2 if pen.coloured else 3], widths[part])

    def _letters(self, pen: Pen) -> Row:
        text, values = self.record.text, self.record.values.tolist()
        return Row(
            [
                Text().join(
                    Text(pen.inline(text[t]), pen.shade_signed(values[t])) for t in piece.places
                )
                for piece in self._pieces
            ]
        )

    def _signs(self, pen: Pen) -> Row:
        """Return the signs of the values, each as wide as its letter."""
        text, values = self.record.text, self.record.values.tolist()

        def signs(places: Sequence[int]) -> str:
            return "".join(self._sign(values[t]) * cell_len(pen.inline(text[t])) for t in places)

        return Row([signs(piece.places) for piece in self._pieces])

    def _sign(self, value: float) -> str:
        share = (value + 1) / 2
        return self.pen.bar(share) or _SIGNS[min(int(share * len(_SIGNS)), len(_SIGNS) - 1)]

    def _scale(self, pen: Pen, width: int) -> Iterator[Text]:
        """Draw what the colours or signs stand for."""
        if not pen.coloured:
            yield Text(f"-1 {pen.symbols.bars or _SIGNS} +1")
            return
        steps = [-1 + 2 * step / (_STEPS - 1) for step in range(_STEPS)]
        scale = line("-1 ", *(Text("  ", pen.shade_signed(value)) for value in steps), " +1")
        meaning = Text(self._say("scale"))
        beside = line(scale, "  ", meaning)
        yield from [beside] if beside.cell_len <= width else [scale, meaning]

    def _title(self) -> str:
        activation = self.pen(f"units.activation.{self.record.activation}")
        unit = self.pen.unit_name(self.record.layer, self.record.unit)
        return self._say("title", unit=unit, activation=activation)

    def _say(self, key: str, **values: object) -> str:
        return self.pen(f"units.track.{key}", **values)
