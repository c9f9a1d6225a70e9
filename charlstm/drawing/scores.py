"""Tables of scores, a row a run: on a whole text, with little context, in recall."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from charlstm.drawing.pen import Pen

Numbers = Mapping[str, float]
_GAP = 2


@dataclass(frozen=True)
class ScoreRow:
    """How one run did on a text, as `evaluate --json` reports it.

    `changes` are what was changed in its model, and `more_bits_per_char` what that costs it.
    """

    run: str
    model: str
    parameters: int
    chars: int
    bytes: int
    unknown_chars: int
    nats_per_char: float
    bits_per_char: float
    bits_per_byte: float
    perplexity: float
    changes: tuple[str, ...] = ()
    more_bits_per_char: float | None = None

    @property
    def name(self) -> str:
        """The run and its changes."""
        return " ".join((self.run, *self.changes))


@dataclass(frozen=True)
class ContextRow:
    """Bits per character of one run by length of context, "all" the last.

    `effective` is the least length with at most 1 % more bits than all; None if there is none.
    """

    run: str
    model: str
    targets: int
    context: Numbers
    effective: int | None
    shuffled: Numbers | None


@dataclass(frozen=True)
class RecallRow:
    """The share of keys that one run recalled, 0..1, by distance."""

    run: str
    model: str
    parameters: int
    questions: int
    chance: float
    recall: Numbers


class ScoreTable:
    """Draws scores; lower is better everywhere."""

    def __init__(self, rows: Sequence[ScoreRow], pen: Pen) -> None:
        self.rows, self.pen = rows, pen

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the table."""
        columns = {name: [_NUMBERS[name](row) for row in self.rows] for name in _NUMBERS}
        shown = {name: cells for name, cells in columns.items() if any(cells)}
        headings = [self.pen(f"scores.heading.{name}") for name in shown]
        numbers = zip(*(map(Text, cells) for cells in shown.values()), strict=True)
        rows = [
            (Text(row.name, style="bold"), Text(row.model), *cells)
            for row, cells in zip(self.rows, numbers, strict=True)
        ]
        yield from _table(console, options, self.pen, headings, rows)


class ContextTable:
    """Draws bits per character against the number of characters read before."""

    def __init__(self, rows: Sequence[ContextRow], pen: Pen) -> None:
        self.rows, self.pen = rows, pen

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the table, a lighter cell for a lower score."""
        rows: list[Sequence[Text]] = []
        every = [bits for row in self.rows for bits in row.context.values()]
        low, high = min(every), max(every)
        for row in self.rows:
            effective = self.pen("scores.none") if row.effective is None else str(row.effective)
            shuffled = "  " + self.pen("scores.shuffled")
            for name, numbers in ((row.run, row.context), (shuffled, row.shuffled or {})):
                shares = [(high - bits) / max(high - low, 1e-9) for bits in numbers.values()]
                cells = (f"{bits:.2f}" for bits in numbers.values())
                if numbers:
                    shaded = _shaded(self.pen.on(console), cells, shares)
                    end = effective if numbers is row.context else ""
                    model = row.model if numbers is row.context else ""
                    filler = [Text("")] * (len(row.context) - len(shaded))
                    name_and_model = (Text(name, style="bold"), Text(model))
                    rows.append((*name_and_model, *shaded, *filler, Text(end)))
        names = (self.pen("scores.all") if n == "all" else n for n in self.rows[0].context)
        yield from _table(console, options, self.pen, (*names, "1 %"), rows)
        counts = {row.targets for row in self.rows}
        targets = self.pen.symbols.dash.join(
            f"{count:,}" for count in sorted({min(counts), max(counts)})
        )
        note = self.pen("scores.context_note", targets=targets)
        yield Text(note, style="dim")


class RecallTable:
    """Draws the share of keys recalled against the distance."""

    def __init__(self, rows: Sequence[RecallRow], pen: Pen) -> None:
        self.rows, self.pen = rows, pen

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the table, a lighter cell for a better memory."""
        rows: list[Sequence[Text]] = []
        for row in self.rows:
            shares = list(row.recall.values())
            names = (Text(row.run, style="bold"), Text(row.model))
            rows.append(
                (*names, *_shaded(self.pen.on(console), (f"{p:.0%}" for p in shares), shares))
            )
        yield from _table(console, options, self.pen, tuple(self.rows[0].recall), rows)
        first = self.rows[0]
        note = self.pen("scores.recall_note", questions=first.questions, chance=first.chance)
        yield Text(note, style="dim")


def _table(
    console: Console,
    options: ConsoleOptions,
    pen: Pen,
    headings: Sequence[str],
    rows: Sequence[Sequence[Text]],
) -> RenderResult:
    """Draw a table whose cells are never squeezed: the end is cut off where there is no room."""
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    needed = -_GAP
    firsts = (pen("scores.heading.run"), pen("scores.heading.model"))
    for place, heading in enumerate((*firsts, *headings)):
        width = max(cell_len(text) for text in (heading, *(row[place].plain for row in rows)))
        table.add_column(
            heading, justify="left" if place < 2 else "right", no_wrap=True, min_width=width
        )
        needed += width + _GAP
    for row in rows:
        table.add_row(*row)
    yield from console.render(table, options.update_width(max(needed, options.max_width)))


def _more(row: ScoreRow) -> str:
    return "" if row.more_bits_per_char is None else f"{row.more_bits_per_char:+.4f}"


# The columns of a score, in order; one that is empty in every row is left out.
_NUMBERS: Mapping[str, Callable[[ScoreRow], str]] = {
    "bits_per_char": lambda row: f"{row.bits_per_char:.4f}",
    "more": _more,
    "nats_per_char": lambda row: f"{row.nats_per_char:.4f}",
    "bits_per_byte": lambda row: f"{row.bits_per_byte:.4f}",
    "perplexity": lambda row: f"{row.perplexity:.2f}",
    "chars": lambda row: f"{row.chars:,}",
    "unknown": lambda row: f"{row.unknown_chars / row.chars:.2%}",
    "parameters": lambda row: f"{row.parameters:,}",
}


def _shaded(pen: Pen, cells: Iterable[str], shares: Sequence[float]) -> list[Text]:
    pairs = zip(cells, shares, strict=True)
    return [Text(cell, style=pen.shade(share)) for cell, share in pairs]
