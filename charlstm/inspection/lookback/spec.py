"""The lookback view for `inspect`: which past characters the guesses came from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from charlstm.inspection.views import Inspected, RenderedView, ViewRequest, ViewSpec

if TYPE_CHECKING:
    from charlstm.drawing.pen import Pen
    from charlstm.inspection.lookback.record import Lookback


class _Asked(Inspected, Protocol):
    def lookback(
        self, text: str, at: Sequence[int] | None, *, target: str, guesses: int
    ) -> "Lookback": ...


def _make(model: _Asked, request: ViewRequest, pen: "Pen") -> "RenderedView[Lookback]":
    from charlstm.inspection.gates.compute import GUESSES
    from charlstm.inspection.lookback import data
    from charlstm.inspection.lookback.view import LookbackView

    options = request.options
    at = None if options.at is None else [options.at]
    guesses = GUESSES if options.top is None else options.top
    record = model.lookback(request.text, at, target=options.target, guesses=guesses)
    view = LookbackView(record, pen, at=options.at)
    return RenderedView(record, view, data)


SPEC = ViewSpec(
    name="lookback",
    takes=frozenset({"at", "target", "top"}),
    make=_make,
    excerpt=40,
)
