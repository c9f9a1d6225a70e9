"""The tables of the memory view: the units that last, and how much of the time gates saturate."""

from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from charlstm.drawing.layout import at_left, line
from charlstm.drawing.pen import Pen
from charlstm.drawing.table import Column
from charlstm.inspection.memory.legend import duration
from charlstm.inspection.memory.record import Booleans, Doubles, MemorySpan, Timescales
from charlstm.inspection.memory.retention import share_cell

FOREMOST = 5
_BEYOND = "*"

_Places = Sequence[tuple[int, int]]


def tables(span: MemorySpan, pen: Pen) -> Iterator[list[Column]]:
    """Yield the columns of each table; columns that find no room are left out, the last first."""
    yield _longest_lived(span, pen)
    if span.holders(1):
        yield _hold_longest(span, pen)
    yield _saturation(span, pen)


def _longest_lived(span: MemorySpan, pen: Pen) -> list[Column]:
    """Return the units with the longest half-life by the mean of ln f."""
    places, trained, fresh = span.longest(FOREMOST), span.trained, span.fresh

    def times(values: Doubles) -> Iterator[str]:
        return _durations(values, span, places, pen)

    return [
        _units(pen("memory.longest"), places, pen),
        _half_lives(span, places, pen, priority=0),
        _typical(span, places, pen, priority=1),
        _column("T", times(trained.time_constant), priority=2),
        _column(pen("memory.forgetting_time"), times(trained.forgetting_time), priority=3),
        _column(pen("memory.fresh"), times(fresh.half_life), priority=4),
    ]


def _hold_longest(span: MemorySpan, pen: Pen) -> list[Column]:
    """Return the units that hold longest between erasures, by the median f."""
    places = span.holders(FOREMOST)
    erases = (pen.percent(span.trained.erases[place]) for place in places)
    return [
        _units(pen("memory.holders"), places, pen),
        _typical(span, places, pen, priority=0),
        _half_lives(span, places, pen, priority=1),
        _column(pen("memory.erases"), erases, priority=2),
    ]


def _units(heading: str, places: _Places, pen: Pen) -> Column:
    return Column(heading, [Text(pen.unit_name(*place)) for place in places])


def _half_lives(span: MemorySpan, places: _Places, pen: Pen, priority: int) -> Column:
    times = _durations(span.trained.half_life, span, places, pen)
    return _flagged(pen("memory.half_life"), times, span.beyond, places, priority)


def _typical(span: MemorySpan, places: _Places, pen: Pen, priority: int) -> Column:
    times = _durations(span.trained.typical_half_life, span, places, pen)
    return _flagged(pen("memory.typical"), times, span.holds_beyond, places, priority)


def _durations(values: Doubles, span: MemorySpan, places: _Places, pen: Pen) -> Iterator[str]:
    yield from (duration(values[place], span, pen) for place in places)


def _column(heading: str, cells: Iterable[str], priority: int) -> Column:
    return Column(heading, [Text(cell) for cell in cells], justify="right", priority=priority)


def _flagged(
    heading: str, times: Iterable[str], flags: Booleans, places: _Places, priority: int
) -> Column:
    """Return a column of times, with a mark after those that are flagged."""
    marks = (_BEYOND if flags[place] else " " for place in places)
    cells = (f"{time} {mark}" for time, mark in zip(times, marks, strict=True))
    return _column(f"{heading}  ", cells, priority)


def _saturation(span: MemorySpan, pen: Pen) -> list[Column]:
    """Return, for each layer and gate, how much of the time it was over 0.9 and below 0.1."""
    rows = [(layer, gate) for layer in range(len(span.trained.half_life)) for gate in span.gates]
    labels = [Text(f"L{layer + 1} {_gate(span, gate, pen)}") for layer, gate in rows]
    cell = share_cell(1.0, pen).cell_len
    limits = Text("".join(at_left(limit, cell) for limit in (">0.9", "<0.1")))

    def shares(heading: str, scales: Timescales, priority: int) -> Column:
        pairs = (_pair(scales, gate, layer, pen) for layer, gate in rows)
        return Column(heading, [limits, *pairs], priority=priority)

    return [
        Column(pen("memory.saturation"), [Text(), *labels]),
        shares(pen("memory.trained"), span.trained, 0),
        shares(pen("memory.fresh"), span.fresh, 1),
    ]


def _pair(scales: Timescales, gate: str, layer: int, pen: Pen) -> Text:
    shares = (float(side[gate][layer].mean()) for side in (scales.right, scales.left))
    return line(*(share_cell(share, pen) for share in shares))


def _gate(span: MemorySpan, gate: str, pen: Pen) -> str:
    info = span.trained.cell_info
    name, number = pen(f"gates.{info.family}.{gate}.short"), info.gate(gate).number
    return f"{pen.symbols.number(number)} {name}" if number else name
