"""A text coloured by what one unit held after each character.

Where there are no colours enough, signs beneath each line say the same. Letters of Hangul that a
model reads one by one stand beneath their syllable.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

from charlstm.drawing.graphemes import graphemes
from charlstm.drawing.layout import at_left, line
from charlstm.drawing.names import name_of, unit_name
from charlstm.drawing.palette import STEPLESS, shade_signed
from charlstm.drawing.symbols import UNICODE, Symbols, glyph
from charlstm.inspection.track.record import Track
from charlstm.messages import Catalogue

# Where an encoding has no blocks: from −1 to 1.
_SIGNS = "=-.+#"
_STEPS = 9


@dataclass(frozen=True)
class Piece:
    """What stands together: characters as they are shown and their values, and what they compose.

    `composed` is empty where a character stands for itself.
    """

    shown: tuple[str, ...]
    values: tuple[float, ...]
    composed: str = ""
    ends_line: bool = False

    @property
    def width(self) -> int:
        """Count the terminal cells that it takes."""
        return max(sum(map(cell_len, self.shown)), cell_len(self.composed))


class TrackView:
    """Draws a text, blue where the unit is below 0, red where it is above."""

    def __init__(self, record: Track, messages: Catalogue, symbols: Symbols = UNICODE) -> None:
        self.record, self.messages, self.symbols = record, messages, symbols

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the text, and the scale of its colours."""
        coloured = console.color_system not in STEPLESS
        yield Text(self._title(), style="bold")
        for row in _lines(self._pieces(), options.max_width):
            if any(piece.composed for piece in row):
                yield line(*(at_left(piece.composed, piece.width) for piece in row))
            yield line(*(self._shown(piece, coloured=coloured) for piece in row))
            if not coloured:
                yield line(*map(self._signs, row))
        yield from self._scale(options.max_width, coloured=coloured)
        yield Text(self._say("limit"), style="dim")

    def sentences(self) -> Iterator[str]:
        """Tell the value at each character."""
        yield f"{self._title()}."
        for index, (character, value) in enumerate(zip(*self._read(), strict=True)):
            shown = name_of(character, self.messages, self.symbols)
            yield self._say("sentence", index=index, character=shown, value=f"{value:+.2f}")
        yield self._say("limit")

    def _read(self) -> tuple[str, list[float]]:
        return self.record.text, self.record.values.tolist()

    def _pieces(self) -> Iterator[Piece]:
        """Put together what composes: letters of Hangul, and marks with what they stand on."""
        text, values = self._read()
        for piece in graphemes(text):
            # A letter of Hangul is shown without the name of its place: its syllable tells that.
            read = text[piece.start : piece.stop]
            shown = tuple(c if c == " " else glyph(c, self.symbols).split(" ")[0] for c in read)
            composed = glyph(piece.whole, self.symbols) if piece.composed else ""
            held = tuple(values[piece.start : piece.stop])
            yield Piece(shown, held, composed, ends_line=read == "\n")

    def _shown(self, piece: Piece, *, coloured: bool) -> Text:
        text = Text()
        for shown, value in zip(piece.shown, piece.values, strict=True):
            text.append(shown, _style(value, coloured=coloured))
        text.pad_right(piece.width - text.cell_len)
        return text

    def _signs(self, piece: Piece) -> str:
        pairs = zip(piece.shown, piece.values, strict=True)
        signs = (self._sign(value) * cell_len(shown) for shown, value in pairs)
        return at_left("".join(signs), piece.width)

    def _sign(self, value: float) -> str:
        share = (value + 1) / 2
        return self.symbols.bar(share) or _SIGNS[min(int(share * len(_SIGNS)), len(_SIGNS) - 1)]

    def _scale(self, width: int, *, coloured: bool) -> Iterator[Text]:
        """Say what the colours or signs stand for."""
        if not coloured:
            yield Text(f"-1 {self.symbols.bars or _SIGNS} +1")
            return
        steps = [-1 + 2 * step / (_STEPS - 1) for step in range(_STEPS)]
        scale = line("-1 ", *(Text("  ", shade_signed(value)) for value in steps), " +1")
        said = Text(self._say("scale"))
        beside = line(scale, "  ", said)
        yield from [beside] if beside.cell_len <= width else [scale, said]

    def _title(self) -> str:
        record = self.record
        activation = self.messages(f"units.activation.{record.activation}")
        unit = unit_name(record.layer, record.unit)
        return self._say("title", unit=unit, activation=activation)

    def _say(self, key: str, **values: object) -> str:
        return self.messages(f"units.track.{key}", **values)


def _style(value: float, *, coloured: bool) -> Style:
    return shade_signed(value) if coloured else Style.null()


def _lines(graphemes: Iterable[Piece], width: int) -> Iterator[list[Piece]]:
    """Break where the text does, and where the console ends."""
    row, used = list[Piece](), 0
    for piece in graphemes:
        if row and used + piece.width > width:
            yield row
            row, used = [], 0
        row.append(piece)
        used += piece.width
        if piece.ends_line:
            yield row
            row, used = [], 0
    if row:
        yield row
