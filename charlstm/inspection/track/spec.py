"""The track view for `inspect`, which is --view units with --unit: one unit along a text."""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from charlstm.inspection.places import place_of
from charlstm.inspection.views import (
    Inspected,
    RenderedView,
    ViewOptions,
    ViewRequest,
    ViewSpec,
    Walk,
)

if TYPE_CHECKING:
    from charlstm.drawing.pen import Pen
    from charlstm.inspection.track.record import Track


class _Tracked(Inspected, Protocol):
    def track(self, text: str, layer: int, unit: int) -> "Track": ...


def _unit_of(model: Inspected, options: ViewOptions) -> tuple[int, int]:
    """Return the layer and the unit; of all layers the last."""
    layer, unit = place_of(model, options)
    return model.config.model.layers - 1 if layer is None else layer, unit or 0


def _make(model: _Tracked, request: ViewRequest, pen: "Pen") -> "RenderedView[Track]":
    from charlstm.inspection.track import data
    from charlstm.inspection.track.view import TrackView

    track = model.track(request.text, *_unit_of(model, request.options))
    return RenderedView(track, TrackView(track, pen), data)


def _walk(model: Inspected, request: ViewRequest) -> Walk:
    """Go from unit to unit, and on into the next layer."""
    config = model.config.model
    layer, unit = _unit_of(model, request.options)

    def request_at(place: int) -> ViewRequest:
        layer, unit = divmod(place, config.hidden)
        options = replace(request.options, layer=None, unit=f"L{layer + 1}/{unit}")
        return replace(request, options=options)

    return Walk(config.layers * config.hidden, layer * config.hidden + unit, request_at)


SPEC = ViewSpec(
    name="units",
    option="unit",
    takes=frozenset({"unit", "layer"}),
    make=_make,
    check=_unit_of,
    excerpt=400,
    walk=_walk,
)
