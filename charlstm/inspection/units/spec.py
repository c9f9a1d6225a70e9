"""The units view for `inspect`: what single units track in a long text."""

from typing import TYPE_CHECKING, Protocol

from charlstm.inspection.track.spec import SPEC as TRACK
from charlstm.inspection.views import Inspected, RenderedView, ViewRequest, ViewSpec

if TYPE_CHECKING:
    from charlstm.drawing.pen import Pen
    from charlstm.inspection.units.record import Units


class _Measured(Inspected, Protocol):
    def units(self, text: str | None, *, seed: int) -> "Units": ...


def _make(model: _Measured, request: ViewRequest, pen: "Pen") -> "RenderedView[Units]":
    from charlstm.inspection.units import data
    from charlstm.inspection.units.view import UnitsView

    units = model.units(request.reading, seed=request.options.seed)
    return RenderedView(units, UnitsView(units, pen), data)


SPEC = ViewSpec(
    name="units",
    takes=frozenset({"file", "seed"}),
    make=_make,
    measures=lambda _: True,
    others=(TRACK,),
)
