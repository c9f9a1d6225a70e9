"""The memory view in plain sentences: for screen readers, and for whoever cannot see a picture."""

from collections.abc import Iterator, Sequence

import numpy as np

from charlstm.inspection.records import HELD, MemorySpan, Retention
from charlstm.views.glyphs import Marks, percent
from charlstm.views.halflives import Bin, bins, held, short_and_long
from charlstm.views.memory_terms import characters, gate_name
from charlstm.views.names import name_of, unit_name
from charlstm.words import Words

_Places = Sequence[tuple[int, int]]


def sentences(
    span: MemorySpan, words: Words, marks: Marks, longest: _Places, holders: _Places
) -> Iterator[str]:
    """Tell all that the view draws, and of the units that live or hold longest by name."""
    layers, units = span.trained.half_life.shape
    read = f"{span.trained.characters:,}"
    yield words("memory.plain.title", layers=layers, units=units, characters=read)
    for layer in range(layers):
        yield from _half_lives(span, words, layer)
    yield from (_unit(span, words, *place) for place in longest)
    yield from (_holder(span, words, *place) for place in holders)
    for layer in range(layers):
        yield from _saturation(span, words, layer)
    if span.retention is not None:
        yield from _retention(span.retention, words, marks)


def _half_lives(span: MemorySpan, words: Words, layer: int) -> Iterator[str]:
    trained, fresh = span.trained.half_life[layer], span.fresh.half_life[layer]
    (short, long), (fresh_short, fresh_long) = short_and_long(trained), short_and_long(fresh)
    yield words(
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
            within = _range(each, words)
            yield words("memory.plain.bin", number=layer + 1, range=within, count=count, fresh=new)
    typical = held(span.trained.typical_half_life[layer])
    for limit, count, new in zip(
        HELD, typical, held(span.fresh.typical_half_life[layer]), strict=True
    ):
        limits = {"number": layer + 1, "limit": f"{limit:g}"}
        yield words("memory.plain.held", **limits, count=count, fresh=new)


def _range(each: Bin, words: Words) -> str:
    if each.endless:
        return words("memory.plain.never")
    if not each.low:
        return words("memory.plain.under", high=each.high)
    if np.isinf(each.high):
        return words("memory.plain.over", low=each.low)
    return words("memory.plain.between", low=each.low, high=each.high)


def _unit(span: MemorySpan, words: Words, layer: int, unit: int) -> str:
    trained, place = span.trained, (layer, unit)
    return words(
        "memory.plain.unit",
        unit=unit_name(layer, unit),
        half_life=_time(trained.half_life[place], span, words),
        typical=_time(trained.typical_half_life[place], span, words),
        time_constant=characters(trained.time_constant[place], span, words),
        forgetting_time=characters(trained.forgetting_time[place], span, words),
        fresh=characters(span.fresh.half_life[place], span, words),
    )


def _holder(span: MemorySpan, words: Words, layer: int, unit: int) -> str:
    trained, place = span.trained, (layer, unit)
    return words(
        "memory.plain.holder",
        unit=unit_name(layer, unit),
        typical=_time(trained.typical_half_life[place], span, words),
        half_life=_time(trained.half_life[place], span, words),
        erases=percent(trained.erases[place]),
    )


def _time(value: np.float64, span: MemorySpan, words: Words) -> str:
    """Write a time, and whether it is beyond what training saw at once."""
    told = characters(value, span, words)
    if span.are_beyond(np.asarray(value)):
        return words("memory.plain.beyond", time=told, stretch=f"{span.stretch:,}")
    return told


def _saturation(span: MemorySpan, words: Words, layer: int) -> Iterator[str]:
    trained, fresh = span.trained, span.fresh
    for gate in trained.right:
        yield words(
            "memory.plain.saturation",
            number=layer + 1,
            gate=gate_name(gate, words, length="long"),
            right=percent(trained.right[gate][layer].mean()),
            left=percent(trained.left[gate][layer].mean()),
            fresh_right=percent(fresh.right[gate][layer].mean()),
            fresh_left=percent(fresh.left[gate][layer].mean()),
        )


def _retention(followed: Retention, words: Words, marks: Marks) -> Iterator[str]:
    for layer, left in enumerate(followed.left):
        shares = (
            words("memory.plain.share", distance=d, share=percent(left[d - 1]))
            for d in followed.distances
        )
        yield words(
            "memory.plain.retention",
            number=layer + 1,
            at=followed.at,
            character=name_of(followed.character, words, marks),
            shares=", ".join(shares),
        )
