"""The story view: one character through the four layers, in words and in checkable arithmetic."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.table import Table
from rich.text import Text

from charlstm.drawing.graphemes import graphemes_within
from charlstm.drawing.names import name_of
from charlstm.drawing.palette import STEPLESS, shade, shade_signed
from charlstm.drawing.symbols import UNICODE, Symbols, glyph, percent
from charlstm.inspection.story.record import Story
from charlstm.inspection.story.steps import Stage, stages
from charlstm.messages import Catalogue

_GAP = 2
_PAST = 12
# Bits of surprise past which counting to that many characters tells nobody anything.
_IMPOSSIBLE = 30
# Less room than that would break the arithmetic: then it stands below.
_LEAST = 24

_Guesses = Sequence[tuple[str, float]]
_Written = Callable[[_Guesses], str]


class StoryView:
    """Tells a story in a table of stages, and in sentences."""

    def __init__(self, story: Story, messages: Catalogue, symbols: Symbols = UNICODE) -> None:
        self.story, self.messages, self.symbols = story, messages, symbols
        self._stages = list(stages(story, messages, symbols))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the stages with what led to them and what followed."""
        title, *head = self._head(self._drawn)
        yield Text(title, style="bold")
        yield from map(Text, head)
        yield Text()
        yield self._table(options.max_width, coloured=console.color_system not in STEPLESS)
        yield Text()
        yield from map(Text, self._guesses("next", self.story.guesses, self._drawn))
        yield from (Text(line, style="dim") for line in self._legend())

    def sentences(self) -> Iterator[str]:
        """Tell the same in plain sentences."""
        for line in self._head(self._told):
            yield self.messages("story.sentences.line", line=line)
        for stage in self._stages:
            key = "reckoned" if stage.sums else "told"
            yield self.messages(
                f"story.sentences.{key}",
                name=self._name(stage, "long"),
                value=stage.shown,
                does=stage.does,
                sums=", ".join(stage.sums),
            )
        for line in self._guesses("next", self.story.guesses, self._told):
            yield self.messages("story.sentences.line", line=line)
        yield from self._legend()

    def _drawn(self, guesses: _Guesses) -> str:
        shown = (f"{glyph(c, self.symbols)} {percent(p)}" for c, p in guesses)
        return f" {self.symbols.dot} ".join(shown)

    def _told(self, guesses: _Guesses) -> str:
        """Name guesses so that they can be read aloud."""
        return ", ".join(
            f"{name_of(c, self.messages, self.symbols)} {percent(p)}" for c, p in guesses
        )

    def _head(self, written: _Written) -> Iterator[str]:
        story, key = self.story, "changed_most" if self.story.changed_most else "where"
        yield self._title()
        yield self.messages(
            f"story.title.{key}",
            layer=story.layer + 1,
            layers=story.layers,
            unit=story.unit,
            units=story.units,
        )
        yield self._surprise()
        yield from self._guesses("expected", story.expected, written)

    def _title(self) -> str:
        text, index = self.story.text, self.story.index
        (piece,) = graphemes_within(text, index, index + 1)
        character = name_of(text[index], self.messages, self.symbols)
        if piece.composed:
            whole = glyph(piece.whole, self.symbols)
            character = self.messages("gates.sentences.part", letter=character, whole=whole)
        past = [p for p in graphemes_within(text, 0, piece.start) if p.start < piece.start]
        shown = "".join(glyph(p.whole, self.symbols) for p in past[-_PAST:])
        cut = self.symbols.cut if len(past) > _PAST else ""
        key = "after" if shown else "first"
        return self.messages(
            f"story.title.{key}", index=index, character=character, past=cut + shown
        )

    def _surprise(self) -> str:
        bits = self.story.bits
        if np.isnan(bits):
            return self.messages("story.surprise.first")
        count = round(2 ** min(bits, _IMPOSSIBLE))
        key = "bits" if count > 1 else "sure"
        key = "beyond" if bits > _IMPOSSIBLE else key
        return self.messages(f"story.surprise.{key}", bits=f"{bits:.1f}", count=f"{count:,}")

    def _guesses(self, key: str, guesses: _Guesses, written: _Written) -> Iterator[str]:
        if guesses:
            yield self.messages(f"story.surprise.{key}", guesses=written(guesses))

    def _table(self, width: int, *, coloured: bool) -> Table:
        """Set name, number and what was done beside each other, or below each other."""
        names = [Text(self._name(stage, "short"), style="bold") for stage in self._stages]
        values = [self._value(stage, coloured=coloured) for stage in self._stages]
        does = [Text("\n".join((stage.does, *stage.sums))) for stage in self._stages]
        left = sum(max(cell_len(cell.plain) for cell in cells) + _GAP for cells in (names, values))
        table = Table.grid(padding=(0, _GAP, 0, 0))
        table.add_column(no_wrap=True)
        if width - left >= _LEAST:
            table.add_column(no_wrap=True)
            table.add_column()
            for cells in zip(names, values, does, strict=True):
                table.add_row(*cells)
            return table
        below = Table.grid()
        for name, value, done in zip(names, values, does, strict=True):
            below.add_row(Text.assemble(name, "  ", value))
            below.add_row(done)
        return below

    def _value(self, stage: Stage, *, coloured: bool) -> Text:
        value = float(stage.value)
        bar = self.symbols.bar(value) if stage.kind == "share" else ""
        if not coloured or stage.kind == "size":
            style = Style.null()
        else:
            style = (shade_signed if stage.kind == "signed" else shade)(value)
        sign = "" if stage.shown[0] in "+-" else " "
        shown = f" {sign}{stage.shown} {bar}".rstrip() + " "
        return Text(shown, style=style)

    def _name(self, stage: Stage, form: str) -> str:
        if stage.name in {"cell", "hidden"}:
            return self.messages(f"story.{stage.name}.name")
        name = self.messages(f"gates.{stage.name}.{form}")
        return f"{self.symbols.number(stage.place)} {name}" if stage.place else name

    def _legend(self) -> Iterator[str]:
        values = self.story.values
        key = "lstm" if "forget" in values else "gru"
        exact = {name: f"{values[name]:+.5f}" for name in ("cell", "hidden") if name in values}
        yield self.messages("story.legend.digits")
        yield self.messages(f"story.legend.{key}", **exact)
        yield self.messages("story.legend.unit", units=self.story.units)
