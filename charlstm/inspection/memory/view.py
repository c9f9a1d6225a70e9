"""The memory view: how long each unit keeps what is in it, and what becomes of one character."""

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from charlstm.drawing.layout import at_left, at_right, line, widest
from charlstm.drawing.names import unit_name
from charlstm.drawing.palette import STEPLESS
from charlstm.drawing.symbols import UNICODE, Symbols, percent
from charlstm.inspection.memory.histogram import Histogram
from charlstm.inspection.memory.record import Doubles, MemorySpan, Timescales
from charlstm.inspection.memory.retention import RetentionRows, shaded_share, share_cell
from charlstm.inspection.memory.sentences import sentences
from charlstm.inspection.memory.terms import characters, gate_name, legend
from charlstm.messages import Catalogue

_LONGEST = 5
_Places = Sequence[tuple[int, int]]
_GAP = 2
_NUMBERS = {"forget": 1, "input": 2, "output": 4}
_BEYOND = "*"


class MemoryView:
    """Draws how long a model remembers, beside a new one of the same shape."""

    def __init__(self, span: MemorySpan, messages: Catalogue, symbols: Symbols = UNICODE) -> None:
        self.span, self.messages, self.symbols = span, messages, symbols
        self.longest, self.holders = span.longest(_LONGEST), span.holders(_LONGEST)
        followed = span.retention
        self.rows = None if followed is None else RetentionRows(followed, messages, symbols)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the half-lives, the units that last, saturation, and the character."""
        width, coloured = options.max_width, console.color_system not in STEPLESS
        yield Text(self.messages("memory.title"), style="bold")
        yield from Histogram(self.span, self.messages, self.symbols).lines(width)
        yield line()
        yield from self._longest(width)
        yield line()
        if self.holders:
            yield from self._holders(width)
            yield line()
        yield from self._saturation(width, coloured=coloured)
        if self.rows is not None:
            yield line()
            yield from self.rows.lines(width, coloured=coloured)
        yield line()
        said = legend(self.span, self.messages, drawn=True)
        yield from (Text(meaning, style="dim") for meaning in said)

    def sentences(self) -> Iterator[str]:
        """Tell the same in sentences."""
        yield from sentences(self.span, self.messages, self.symbols, self.longest, self.holders)
        if self.rows is not None:
            yield self.rows.longest()
        yield from (f"{meaning}." for meaning in legend(self.span, self.messages, drawn=False))

    def _longest(self, width: int) -> Iterator[Text]:
        """Draw the longest-lived units by the mean of ln f."""
        trained, places = self.span.trained, self.longest
        columns = [
            self._half_lives(places),
            self._typical(places),
            ["T", *self._times(trained.time_constant, places)],
            [self._name("forgetting_time"), *self._times(trained.forgetting_time, places)],
            [self._name("fresh"), *self._times(self.span.fresh.half_life, places)],
        ]
        yield from _table(self._name("longest"), places, columns, width)

    def _holders(self, width: int) -> Iterator[Text]:
        """Draw the units that hold longest between erasures, by the median f."""
        places, erases = self.holders, self.span.trained.erases
        columns = [
            self._typical(places),
            self._half_lives(places),
            [self._name("erases"), *(percent(erases[place]) for place in places)],
        ]
        yield from _table(self._name("holders"), places, columns, width)

    def _half_lives(self, places: _Places) -> list[str]:
        cells = self._times(self.span.trained.half_life, places)
        return _flagged(self._name("half_life"), cells, [self.span.beyond[p] for p in places])

    def _typical(self, places: _Places) -> list[str]:
        cells = self._times(self.span.trained.typical_half_life, places)
        return _flagged(self._name("typical"), cells, [self.span.holds_beyond[p] for p in places])

    def _times(self, values: Doubles, places: _Places) -> Iterator[str]:
        yield from (characters(values[place], self.span, self.messages) for place in places)

    def _name(self, name: str) -> str:
        return self.messages(f"memory.{name}")

    def _saturation(self, width: int, *, coloured: bool) -> Iterator[Text]:
        """Draw, for each layer and gate, how much of the time it was over 0.9 and below 0.1."""
        names = {gate: self._heading(gate) for gate in self.span.trained.right}
        title = self.messages("memory.saturation")
        labels = [f"L{layer + 1} {name}" for layer in self._layers() for name in names.values()]
        first, cell = widest([title, *labels]) + _GAP, cell_len(share_cell(1.0, self.symbols))
        both = 2 * cell + _GAP
        models = [("trained", self.span.trained), ("fresh", self.span.fresh)]
        models = models[: max(1, (width - first + _GAP) // both)]
        headings = (at_left(self.messages(f"memory.{name}"), both) for name, _ in models)
        yield line((at_left(title, first) + "".join(headings)).rstrip(), style="bold")
        limits = at_left("".join(at_left(limit, cell) for limit in (">0.9", "<0.1")), both)
        yield line((" " * first + limits * len(models)).rstrip())
        for layer in self._layers():
            for gate, name in names.items():
                parts = [self._shares(m, gate, layer, coloured=coloured) for _, m in models]
                yield line(at_left(f"L{layer + 1} {name}", first), *parts)

    def _shares(self, scales: Timescales, gate: str, layer: int, *, coloured: bool) -> Text:
        shares = (float(side[gate][layer].mean()) for side in (scales.right, scales.left))
        cells = (shaded_share(share, self.symbols, coloured=coloured) for share in shares)
        return line(*cells, " " * _GAP)

    def _heading(self, gate: str) -> str:
        name = gate_name(gate, self.messages, length="short")
        return f"{self.symbols.number(_NUMBERS[gate])} {name}" if gate in _NUMBERS else name

    def _layers(self) -> range:
        return range(len(self.span.trained.half_life))


def _table(
    name: str, places: _Places, columns: Sequence[Sequence[str]], width: int
) -> Iterator[Text]:
    """Draw columns of units; those that find no room are left out, the last first."""
    first = [name, *(unit_name(*place) for place in places)]
    width -= widest(first)
    shown = [[at_left(cell, widest(first)) for cell in first]]
    for column in columns:
        width -= _GAP + widest(column)
        if width >= 0 or column is columns[0]:
            shown.append([at_right(cell, widest(column)) for cell in column])
    for place, row in enumerate(zip(*shown, strict=True)):
        yield line((" " * _GAP).join(row).rstrip(), style="" if place else "bold")


def _flagged(name: str, cells: Iterable[str], flags: Sequence[bool]) -> list[str]:
    """Give a column of times, with a mark after those that are flagged."""
    told = zip(cells, flags, strict=True)
    return [f"{name}  ", *(f"{cell} {_BEYOND if flag else ' '}" for cell, flag in told)]
