"""One character of a trace, followed through the gates of one unit."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from charlstm.errors import OptionError
from charlstm.inspection.gates.compute import GUESSES, trace
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.story.arithmetic import Rounded, tanh
from charlstm.inspection.story.record import Story
from charlstm.language_model import LanguageModel
from charlstm.models import cell_named
from charlstm.models.recurrent import Cell


def story_of(  # noqa: PLR0913
    model: LanguageModel,
    text: str,
    at: int,
    layer: int | None = None,
    unit: int | None = None,
    *,
    guesses: int = GUESSES,
) -> Story:
    """Read a text and follow one of its characters; the rest is as for `story`.

    Raises:
        TextError: the text is empty.
        OptionError: as `story`, or the number of guesses is negative.
    """
    text = model.normalize(text)
    # What comes after the character changes nothing of it.
    traced = trace(model, text if at < 0 else text[: at + 1], guesses)
    return replace(story(traced, at, layer, unit), text=text)


def story(traced: Trace, at: int, layer: int | None = None, unit: int | None = None) -> Story:
    """Follow the character at an index, counted from 0, through a unit of a layer.

    Without a layer, counted from 0, that is the last; without a unit the one whose memory the
    character changed most.

    Raises:
        OptionError: there is no such character, layer or unit, or the model has no gates.
    """
    info = traced.cell_info
    if info.keeps is None:
        raise OptionError("view", "errors.expected.gated", "story")
    memory = traced.values[info.memory]
    layers, length, units = memory.shape
    layer = layers - 1 if layer is None else layer
    if not 0 <= layer < layers:
        raise OptionError("layer", "errors.expected.layer", layer, last=layers - 1)
    if not 0 <= at < length:
        raise OptionError("at", "errors.expected.at", at, last=length - 1)
    if unit is not None and not 0 <= unit < units:
        raise OptionError("unit", "errors.expected.unit", unit, last=units - 1)
    before = memory[layer, at - 1] if at else np.zeros(units, dtype=memory.dtype)
    chosen = int(np.abs(memory[layer, at] - before).argmax()) if unit is None else unit
    cell = cell_named(info.family)
    values = _values(cell, traced, (layer, at, chosen), float(before[chosen]))
    return Story(
        cell_info=info,
        text=traced.text,
        index=at,
        bits=float(traced.bits[at]),
        expected=traced.guesses[at - 1] if at else [],
        guesses=traced.guesses[at],
        layer=layer,
        layers=layers,
        unit=chosen,
        units=units,
        changed_most=unit is None,
        values=values,
        arithmetic=_arithmetic(cell, values),
    )


def _values(
    cell: Cell, trace: Trace, place: tuple[int, int, int], before: float
) -> dict[str, float]:
    """Return the gates and states of a unit (layer, character, unit), and what led to them."""
    values = {name: float(array[place]) for name, array in trace.values.items()} | {
        "before": before
    }
    found = cell.update(values, math.tanh)
    return values | {"kept": found["kept"], "written": found["written"]}


def _arithmetic(cell: Cell, values: Mapping[str, float]) -> dict[str, Rounded]:
    """Compute the equations again with three places, from the gates and the old memory."""
    names = [*(gate.name for gate in cell.info.gates), "before"]
    given = {name: Rounded.of(values[name]) for name in names}
    return given | cell.update(given, tanh)
