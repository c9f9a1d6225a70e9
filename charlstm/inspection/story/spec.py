"""The story view for `inspect`: one character of a text, followed through the gates of one unit."""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from charlstm.inspection.places import place_of
from charlstm.inspection.views import Inspected, RenderedView, ViewRequest, ViewSpec, Walk

if TYPE_CHECKING:
    from charlstm.drawing.pen import Pen
    from charlstm.inspection.story.record import Story


class _Told(Inspected, Protocol):
    def story(
        self, text: str, at: int, layer: int | None, unit: int | None, *, guesses: int
    ) -> "Story": ...


def _make(model: _Told, request: ViewRequest, pen: "Pen") -> "RenderedView[Story]":
    from charlstm.inspection.gates.compute import GUESSES
    from charlstm.inspection.story import data
    from charlstm.inspection.story.view import StoryView

    options = request.options
    guesses = GUESSES if options.top is None else options.top
    layer, unit = place_of(model, options)
    story = model.story(request.text, options.at or 0, layer, unit, guesses=guesses)
    return RenderedView(story, StoryView(story, pen), data)


def _walk(model: Inspected, request: ViewRequest) -> Walk | None:
    """Go from character to character, unless one was chosen or there is none."""
    from charlstm.text.unicode_forms import normalized

    def request_at(place: int) -> ViewRequest:
        return replace(request, options=replace(request.options, at=place))

    if request.options.at is not None or not request.text:
        return None
    return Walk(len(normalized(request.text, model.form)), 0, request_at)


SPEC = ViewSpec(
    name="story",
    takes=frozenset({"at", "top", "unit", "layer"}),
    make=_make,
    check=place_of,
    walk=_walk,
)
