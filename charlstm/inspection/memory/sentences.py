"""The memory view in plain sentences: for screen readers, and for whoever cannot see a picture."""

from collections.abc import Iterator

import numpy as np

from charlstm.drawing.pen import Pen
from charlstm.inspection.memory.histogram import Bin, bins, held, short_and_long
from charlstm.inspection.memory.legend import duration
from charlstm.inspection.memory.record import HELD, MemorySpan, Retention
from charlstm.inspection.memory.retention import LONGEST
from charlstm.inspection.memory.tables import FOREMOST


def sentences(span: MemorySpan, pen: Pen) -> Iterator[str]:
    """Yield all that the view draws, the units that live or hold longest by name."""
    layers, units = span.trained.half_life.shape
    read = f"{span.trained.characters:,}"
    yield pen("memory.plain.title", layers=layers, units=units, characters=read)
    for layer in range(layers):
        yield from _half_lives(span, pen, layer)
    yield from (_unit(span, pen, *place) for place in span.longest(FOREMOST))
    yield from (_holder(span, pen, *place) for place in span.holders(FOREMOST))
    for layer in range(layers):
        yield from _saturation(span, pen, layer)
    if span.retention is not None:
        yield from _retention(span.retention, pen)


def _half_lives(span: MemorySpan, pen: Pen, layer: int) -> Iterator[str]:
    trained, fresh = span.trained.half_life[layer], span.fresh.half_life[layer]
    (short, long), (fresh_short, fresh_long) = short_and_long(trained), short_and_long(fresh)
    yield pen(
        "memory.plain.split",
        number=layer + 1,
        short=short,
        long=long,
        fresh_short=fresh_short,
        fresh_long=fresh_long,
    )
    for each in bins(span):
        counts = {"count": each.count(trained), "fresh": each.count(fresh)}
        if any(counts.values()):
            yield pen("memory.plain.bin", number=layer + 1, range=_range(each, pen), **counts)
    yield from _held(span, pen, layer)


def _held(span: MemorySpan, pen: Pen, layer: int) -> Iterator[str]:
    trained, fresh = (held(each.typical_half_life[layer]) for each in (span.trained, span.fresh))
    for limit, count, new in zip(HELD, trained, fresh, strict=True):
        limits = {"number": layer + 1, "limit": f"{limit:g}"}
        yield pen("memory.plain.held", **limits, count=count, fresh=new)


def _range(each: Bin, pen: Pen) -> str:
    if each.endless:
        return pen("memory.plain.never")
    if not each.low:
        return pen("memory.plain.under", high=each.high)
    if np.isinf(each.high):
        return pen("memory.plain.over", low=each.low)
    return pen("memory.plain.between", low=each.low, high=each.high)


def _unit(span: MemorySpan, pen: Pen, layer: int, unit: int) -> str:
    trained, place = span.trained, (layer, unit)
    return pen(
        "memory.plain.unit",
        unit=pen.unit_name(layer, unit),
        half_life=_flagged(trained.half_life[place], span, pen),
        typical=_flagged(trained.typical_half_life[place], span, pen),
        time_constant=duration(trained.time_constant[place], span, pen),
        forgetting_time=duration(trained.forgetting_time[place], span, pen),
        fresh=duration(span.fresh.half_life[place], span, pen),
    )


def _holder(span: MemorySpan, pen: Pen, layer: int, unit: int) -> str:
    trained, place = span.trained, (layer, unit)
    return pen(
        "memory.plain.holder",
        unit=pen.unit_name(layer, unit),
        typical=_flagged(trained.typical_half_life[place], span, pen),
        half_life=_flagged(trained.half_life[place], span, pen),
        erases=pen.percent(trained.erases[place]),
    )


def _flagged(value: np.float64, span: MemorySpan, pen: Pen) -> str:
    """Return a time, and whether it exceeds the sequence length of training."""
    time = duration(value, span, pen)
    if span.are_beyond(np.asarray(value)):
        return pen("memory.plain.beyond", time=time, seq_length=f"{span.seq_length:,}")
    return time


def _saturation(span: MemorySpan, pen: Pen, layer: int) -> Iterator[str]:
    trained, fresh = span.trained, span.fresh
    for gate in span.gates:
        yield pen(
            "memory.plain.saturation",
            number=layer + 1,
            gate=pen(f"gates.{trained.cell_info.family}.{gate}.long"),
            right=pen.percent(trained.right[gate][layer].mean()),
            left=pen.percent(trained.left[gate][layer].mean()),
            fresh_right=pen.percent(fresh.right[gate][layer].mean()),
            fresh_left=pen.percent(fresh.left[gate][layer].mean()),
        )


def _retention(followed: Retention, pen: Pen) -> Iterator[str]:
    for layer, left in enumerate(followed.left):
        shares = (
            pen("memory.plain.share", distance=d, share=pen.percent(left[d - 1]))
            for d in followed.distances
        )
        yield pen(
            "memory.plain.retention",
            number=layer + 1,
            at=followed.at,
            character=pen.name_of(followed.character),
            shares=", ".join(shares),
        )
    units = (
        f"{pen.unit_name(layer, unit)} {pen.percent(followed.kept[layer, -1, unit])}"
        for layer, unit in followed.longest(LONGEST)
    )
    distance = len(followed.after)
    yield pen("memory.retention.longest", distance=distance, units=", ".join(units))
