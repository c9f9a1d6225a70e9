"""The story view: one character through the four layers, in words and in checkable arithmetic."""

from collections.abc import Callable, Iterator

import numpy as np
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from charlstm.drawing.graphemes import graphemes_within
from charlstm.drawing.pen import Pen
from charlstm.inspection.story.record import Guesses, Story
from charlstm.inspection.story.steps import Step, steps

_GAP = 2
_PAST = 12
# Bits of surprise past which counting to that many characters means nothing to anybody.
_IMPOSSIBLE = 30
# Less room than that would break the arithmetic: then it stands below.
_LEAST = 24

_Written = Callable[[Guesses], str]


class StoryView:
    """Draws a story as a table of steps, and writes it in sentences."""

    def __init__(self, story: Story, pen: Pen) -> None:
        self.story, self.pen = story, pen
        self._steps = list(steps(story, pen))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the steps with what led to them and what followed."""
        title, *head = self._head(self.pen.guesses)
        yield Text(title, style="bold")
        yield from map(Text, head)
        yield Text()
        yield self._table(self.pen.on(console), options.max_width)
        yield Text()
        yield from map(Text, self._guesses("next", self.story.guesses, self.pen.guesses))
        yield from (Text(line, style="dim") for line in self._legend())

    def sentences(self) -> Iterator[str]:
        """Yield the same in plain sentences."""
        for line in self._head(self.pen.guess_names):
            yield self.pen("story.sentences.line", line=line)
        for step in self._steps:
            yield self.pen(
                f"story.sentences.{'arithmetic' if step.equations else 'value'}",
                name=self._name(step, "long"),
                value=step.shown,
                does=step.does,
                equations=", ".join(step.equations),
            )
        for line in self._guesses("next", self.story.guesses, self.pen.guess_names):
            yield self.pen("story.sentences.line", line=line)
        yield from self._legend()

    def _head(self, written: _Written) -> Iterator[str]:
        story, key = self.story, "changed_most" if self.story.changed_most else "where"
        yield self._title()
        yield self.pen(
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
        (grapheme,) = graphemes_within(text, index, index + 1)
        character = self.pen.name_of(text[index])
        if grapheme.composed:
            whole = self.pen.glyph(grapheme.whole)
            character = self.pen("gates.sentences.part", letter=character, whole=whole)
        before = graphemes_within(text, 0, grapheme.start)
        past = [self.pen.glyph(each.whole) for each in before]
        shown = "".join(past[-_PAST:])
        cut = self.pen.symbols.cut if len(past) > _PAST else ""
        key = "after" if shown else "first"
        return self.pen(f"story.title.{key}", index=index, character=character, past=cut + shown)

    def _surprise(self) -> str:
        bits = self.story.bits
        if np.isnan(bits):
            return self.pen("story.surprise.first")
        count = round(2 ** min(bits, _IMPOSSIBLE))
        key = "bits" if count > 1 else "sure"
        key = "beyond" if bits > _IMPOSSIBLE else key
        return self.pen(f"story.surprise.{key}", bits=f"{bits:.1f}", count=f"{count:,}")

    def _guesses(self, key: str, guesses: Guesses, written: _Written) -> Iterator[str]:
        if guesses:
            yield self.pen(f"story.surprise.{key}", guesses=written(guesses))

    def _table(self, pen: Pen, width: int) -> Table:
        """Set name, number and what was done beside each other, or below each other."""
        names = [Text(self._name(step, "short"), style="bold") for step in self._steps]
        values = [_value(step, pen) for step in self._steps]
        does = [Text("\n".join((step.does, *step.equations))) for step in self._steps]
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

    def _name(self, step: Step, form: str) -> str:
        family = self.story.cell_info.family
        if step.name in self.story.cell_info.states:
            return self.pen(f"story.{family}.{step.name}.name")
        name = self.pen(f"gates.{family}.{step.name}.{form}")
        return f"{self.pen.symbols.number(step.place)} {name}" if step.place else name

    def _legend(self) -> Iterator[str]:
        info, values = self.story.cell_info, self.story.values
        exact = {name: f"{values[name]:+.5f}" for name in info.states}
        yield self.pen("story.legend.digits")
        yield self.pen(f"story.legend.{info.family}", **exact)
        yield self.pen("story.legend.unit", units=self.story.units)


def _value(step: Step, pen: Pen) -> Text:
    value = float(step.value)
    bar = pen.bar(value) if step.kind == "share" else ""
    sign = "" if step.shown[0] in "+-" else " "
    shown = f" {sign}{step.shown} {bar}".rstrip() + " "
    return Text(shown, style=pen.shade_as(step.kind, value))
