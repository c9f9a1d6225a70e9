"""The memory view in plain sentences: for screen readers, and for whoever cannot see a picture."""

from collections.abc import Iterator, Sequence

import numpy as np

from charlstm.drawing.names import name_of, unit_name
from charlstm.drawing.symbols import Symbols, percent
from charlstm.inspection.memory.histogram import Bin, bins, held, short_and_long
from charlstm.inspection.memory.record import HELD, MemorySpan, Retention
from charlstm.inspection.memory.terms import characters, gate_name
from charlstm.messages import Catalogue

_Places = Sequence[tuple[int, int]]


def sentences(
    span: MemorySpan, messages: Catalogue, symbols: Symbols, longest: _Places, holders: _Places
) -> Iterator[str]:
    """Tell all that the view draws, and of the units that live or hold longest by name."""
    layers, units = span.trained.half_life.shape
    read = f"{span.trained.characters:,}"
    yield messages("memory.plain.title", layers=layers, units=units, characters=read)
    for layer in range(layers):
        yield from _half_lives(span, messages, layer)
    yield from (_unit(span, messages, *place) for place in longest)
    yield from (_holder(span, messages, *place) for place in holders)
    for layer in range(layers):
        yield from _saturation(span, messages, layer)
    if span.retention is not None:
        yield from _retention(span.retention, messages, symbols)


def _half_lives(span: MemorySpan, messages: Catalogue, layer: int) -> Iterator[str]:
    trained, fresh = span.trained.half_life[layer], span.fresh.half_life[layer]
    (short, long), (fresh_short, fresh_long) = short_and_long(trained), short_and_long(fresh)
    yield messages(
        "memory.plain.split",
        number=layer + 1,
        short=short,
        long=long,
        fresh_short=fresh_short,
        fresh_long=fresh_long,
    )
    for each in bins(span):
        counts = each.count(trained), each.count(fresh)
        if any(counts):
            count, new = counts
            within = _range(each, messages)
            yield messages(
                "memory.plain.bin", number=layer + 1, range=within, count=count, fresh=new
            )
    typical = held(span.trained.typical_half_life[layer])
    for limit, count, new in zip(
        HELD, typical, held(span.fresh.typical_half_life[layer]), strict=True
    ):
        limits = {"number": layer + 1, "limit": f"{limit:g}"}
        yield messages("memory.plain.held", **limits, count=count, fresh=new)


def _range(each: Bin, messages: Catalogue) -> str:
    if each.endless:
        return messages("memory.plain.never")
    if not each.low:
        return messages("memory.plain.under", high=each.high)
    if np.isinf(each.high):
        return messages("memory.plain.over", low=each.low)
    return messages("memory.plain.between", low=each.low, high=each.high)


def _unit(span: MemorySpan, messages: Catalogue, layer: int, unit: int) -> str:
    trained, place = span.trained, (layer, unit)
    return messages(
        "memory.plain.unit",
        unit=unit_name(layer, unit),
        half_life=_time(trained.half_life[place], span, messages),
        typical=_time(trained.typical_half_life[place], span, messages),
        time_constant=characters(trained.time_constant[place], span, messages),
        forgetting_time=characters(trained.forgetting_time[place], span, messages),
        fresh=characters(span.fresh.half_life[place], span, messages),
    )


def _holder(span: MemorySpan, messages: Catalogue, layer: int, unit: int) -> str:
    trained, place = span.trained, (layer, unit)
    return messages(
        "memory.plain.holder",
        unit=unit_name(layer, unit),
        typical=_time(trained.typical_half_life[place], span, messages),
        half_life=_time(trained.half_life[place], span, messages),
        erases=percent(trained.erases[place]),
    )


def _time(value: np.float64, span: MemorySpan, messages: Catalogue) -> str:
    """Write a time, and whether it is beyond what training saw at once."""
    told = characters(value, span, messages)
    if span.are_beyond(np.asarray(value)):
        return messages("memory.plain.beyond", time=told, seq_length=f"{span.seq_length:,}")
    return told


def _saturation(span: MemorySpan, messages: Catalogue, layer: int) -> Iterator[str]:
    trained, fresh = span.trained, span.fresh
    for gate in trained.right:
        yield messages(
            "memory.plain.saturation",
            number=layer + 1,
            gate=gate_name(gate, messages, length="long"),
            right=percent(trained.right[gate][layer].mean()),
            left=percent(trained.left[gate][layer].mean()),
            fresh_right=percent(fresh.right[gate][layer].mean()),
            fresh_left=percent(fresh.left[gate][layer].mean()),
        )


def _retention(followed: Retention, messages: Catalogue, symbols: Symbols) -> Iterator[str]:
    for layer, left in enumerate(followed.left):
        shares = (
            messages("memory.plain.share", distance=d, share=percent(left[d - 1]))
            for d in followed.distances
        )
        yield messages(
            "memory.plain.retention",
            number=layer + 1,
            at=followed.at,
            character=name_of(followed.character, messages, symbols),
            shares=", ".join(shares),
        )
