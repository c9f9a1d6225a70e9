"""Half-lives as a histogram on a log axis: a panel a layer, the trained model beside a new one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from charlstm.drawing.layout import at_left, at_right, line, widest
from charlstm.drawing.pen import Pen
from charlstm.inspection.memory.record import HELD, LONG_TERM, Doubles, MemorySpan

EDGES = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500)
_LONGEST_BAR = 24
_NARROWEST_PANEL, _WIDEST_PANEL = 48, 76
_GAP = 3


@dataclass(frozen=True)
class Bin:
    """Half-lives from `low` to below `high`, in characters; without end if both are infinite."""

    low: float
    high: float

    @property
    def endless(self) -> bool:
        """Whether it is for those that never forget."""
        return bool(np.isinf(self.low))

    def count(self, half_lives: Doubles) -> int:
        """Return how many units of a layer (H) are in it."""
        if self.endless:
            return int(np.isinf(half_lives).sum())
        return int(((half_lives >= self.low) & (half_lives < self.high)).sum())

    def label(self, pen: Pen) -> str:
        """Return its ends, such as 10–20."""
        if self.endless:
            return pen("memory.never")
        if not self.low:
            return f"<{self.high}"
        if np.isinf(self.high):
            return f"{self.low}+"
        return f"{self.low}{pen.symbols.dash}{self.high}"


def bins(span: MemorySpan) -> list[Bin]:
    """Return the bins; one for units that never forget only where there are any."""
    found = [Bin(low, high) for low, high in zip(EDGES, (*EDGES[1:], np.inf), strict=True)]
    endless = np.isinf(span.trained.half_life).any() or np.isinf(span.fresh.half_life).any()
    return [*found, Bin(np.inf, np.inf)] if endless else found


def short_and_long(half_lives: Doubles) -> tuple[int, int]:
    """Return how many units of a layer (H) are short-term memory, and how many long-term."""
    long = int((half_lives >= LONG_TERM).sum())
    return half_lives.size - long, long


def held(typical: Doubles) -> list[int]:
    """Return how many units of a layer (H) have a typical half-life of 10 or more, 50 or more."""
    return [int((typical >= limit).sum()) for limit in HELD]


class Histogram:
    """Draws the panels, as many side by side as there is room for."""

    def __init__(self, span: MemorySpan, pen: Pen) -> None:
        self.pen, self.bins = pen, bins(span)
        # for each layer the half-lives (H) of the trained model and of the new one
        self.layers = list(zip(span.trained.half_life, span.fresh.half_life, strict=True))
        typical = (span.trained.typical_half_life, span.fresh.typical_half_life)
        # for each layer how many units of either hold so long
        self.held = [[held(units) for units in pair] for pair in zip(*typical, strict=True)]
        self.limits = [pen("memory.held", limit=f"{limit:g}") for limit in HELD]
        self.labels = [each.label(pen) for each in self.bins]
        self.names = [pen("memory.trained"), pen("memory.fresh")]
        self.ends = [pen("memory.short"), pen("memory.long")]
        self.digits = len(f"{span.trained.half_life.shape[1]:,}")
        counts = (b.count(units) for pair in self.layers for units in pair for b in self.bins)
        self.most = max(counts)

    def lines(self, width: int) -> Iterator[Text]:
        """Draw all panels."""
        beside = min(len(self.layers), max(1, (width + _GAP) // (_NARROWEST_PANEL + _GAP)))
        room = min((width + _GAP) // beside - _GAP, _WIDEST_PANEL)
        for first in range(0, len(self.layers), beside):
            layers = range(first, min(first + beside, len(self.layers)))
            panels = [self._panel(layer, room) for layer in layers]
            if first:
                yield line()
            for row in zip(*panels, strict=True):
                yield line(*_spaced(row, room))

    def _panel(self, layer: int, width: int) -> Iterator[Text]:
        """Draw a layer: its short-term units and how many, its long-term ones, its holders."""
        pair = self.layers[layer]
        heading = self.pen("memory.layer", number=layer + 1)
        first = widest([*self.labels, *self.ends, *self.limits, heading])
        room = min(_LONGEST_BAR, (width - first - 3) // 2 - self.digits - 1)
        column = max(self.digits + 1 + room, widest(self.names))

        def row(label: str, cells: Iterable[str], style: str = "") -> Text:
            left, right = (at_left(cell, column) for cell in cells)
            return Text(f"{label}  {left} {right}".rstrip(), style=style)

        yield row(at_left(heading, first), self.names, "bold")
        for end, is_long in zip(self.ends, (False, True), strict=True):
            for each, label in zip(self.bins, self.labels, strict=True):
                if is_long == (each.low >= LONG_TERM):
                    cells = (self._bar(each.count(units), room) for units in pair)
                    yield row(at_right(label, first), cells)
            totals = (short_and_long(units)[is_long] for units in pair)
            yield row(at_right(end, first), map(self._number, totals), "bold")
        for label, counts in zip(self.limits, zip(*self.held[layer], strict=True), strict=True):
            yield row(at_right(label, first), map(self._number, counts))

    def _bar(self, count: int, width: int) -> str:
        return f"{self._number(count)} {bar(count / self.most, width, self.pen)}"

    def _number(self, count: int) -> str:
        return f"{count:>{self.digits},}"


def bar(share: float, width: int, pen: Pen) -> str:
    """Return a bar as long as a share of a width; one of more than 0 is never empty."""
    lengths = pen.symbols.lengths
    eighths = round(share * width * 8)
    if share > 0:
        eighths = max(eighths, 1)
    if not lengths:
        return "#" * -(-eighths // 8)
    whole, rest = divmod(eighths, 8)
    return lengths[-1] * whole + (lengths[rest - 1] if rest else "")


def _spaced(row: Sequence[Text], width: int) -> Iterator[Text]:
    """Yield panels side by side, each in its width."""
    for place, text in enumerate(row):
        if place < len(row) - 1:
            text.append(" " * (width + _GAP - text.cell_len))
        yield text
