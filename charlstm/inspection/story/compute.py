"""One character of a trace, followed through the gates of one unit."""

import numpy as np

from charlstm.errors import OptionError
from charlstm.inspection.gates.record import Floats, Trace
from charlstm.inspection.story.record import Story

# The state that a family hands on from character to character, as far as its gates rule it.
_MEMORY = {"forget": "cell", "update": "hidden"}


def story(trace: Trace, at: int, layer: int | None = None, unit: int | None = None) -> Story:
    """Follow the character at a place, counted from 0, through a unit of a layer.

    Without a layer, counted from 0, that is the last; without a unit the one whose memory the
    character changed most.

    Raises:
        OptionError: there is no such character, layer or unit, or the model has no gates.
    """
    memory = _memory(trace)
    layers, length, units = memory.shape
    layer = layers - 1 if layer is None else layer
    if not 0 <= layer < layers:
        raise OptionError("layer", "errors.expected.layer", layer + 1, layers=layers)
    if not 0 <= at < length:
        raise OptionError("at", "errors.expected.at", at, last=length - 1)
    if unit is not None and not 0 <= unit < units:
        raise OptionError("unit", "errors.expected.unit", unit, last=units - 1)
    before = memory[layer, at - 1] if at else np.zeros(units, dtype=memory.dtype)
    chosen = int(np.abs(memory[layer, at] - before).argmax()) if unit is None else unit
    return Story(
        text=trace.text,
        index=at,
        bits=float(trace.bits[at]),
        expected=trace.guesses[at - 1] if at else [],
        guesses=trace.guesses[at],
        layer=layer,
        layers=layers,
        unit=chosen,
        units=units,
        changed_most=unit is None,
        values=_values(trace, layer, at, chosen, float(before[chosen])),
    )


def _memory(trace: Trace) -> Floats:
    """Take the state that gates rule: (L, T, H)."""
    for gate, name in _MEMORY.items():
        if gate in trace.values:
            return trace.values[name]
    raise OptionError("view", "errors.expected.gated", "story")


def _values(trace: Trace, layer: int, at: int, unit: int, before: float) -> dict[str, float]:
    values = {name: float(array[layer, at, unit]) for name, array in trace.values.items()}
    if "forget" in values:
        kept, share = values["forget"], values["input"]
    else:
        kept, share = values["update"], 1 - values["update"]
    written = share * values["candidate"]
    return values | {"before": before, "kept": kept * before, "written": written}
