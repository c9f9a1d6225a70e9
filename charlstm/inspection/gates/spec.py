"""The gates view for `inspect`: what every gate did at each character of a text."""

from typing import IO, TYPE_CHECKING, Protocol

from charlstm.errors import OptionError
from charlstm.inspection.places import place_of
from charlstm.inspection.views import Inspected, RenderedView, ViewOptions, ViewRequest, ViewSpec
from charlstm.limits import check_one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from charlstm.drawing.pen import Pen
    from charlstm.inspection.gates.compute import Placed
    from charlstm.inspection.gates.quantities import Selection
    from charlstm.inspection.gates.record import Trace

SHOWS = ("mean", "percentiles", "strip")
# How many guesses have room in a row.
_GUESSES = 2


class _Traced(Inspected, Protocol):
    def trace(self, text: str, guesses: int) -> "Trace": ...
    def placed_traces(self, text: str) -> "Iterator[Placed]": ...


def selection_of(model: Inspected, options: ViewOptions) -> "Selection":
    """Return what of a trace to show; without --layer that is the last layer.

    Raises:
        OptionError: one is written otherwise than it should be, or is not of the model.
    """
    from charlstm.inspection.gates.quantities import Selection, quantities

    check_one_of("show", options.show, SHOWS)
    names = [quantity.name for quantity in quantities(model.cell_info)]
    if options.gate is not None:
        check_one_of("gate", options.gate, names)
    if options.from_ < 0:
        raise OptionError("from", "errors.expected.not_negative", options.from_)
    if options.to is not None and options.to < options.from_:
        raise OptionError("to", "errors.expected.from_on", options.to, first=options.from_)
    layer, unit = place_of(model, options)
    strip = options.show == "strip" or options.gate is not None
    return Selection(
        layer=layer,
        unit=unit,
        spread=options.show == "percentiles",
        start=options.from_,
        stop=None if options.to is None else options.to + 1,
        fold=options.ribbon,
        strip=(options.gate or names[0]) if strip else None,
    )


def _make(model: _Traced, request: ViewRequest, pen: "Pen") -> "RenderedView[Trace]":
    from charlstm.inspection.gates import data
    from charlstm.inspection.gates.view import GatesView

    options = request.options
    selection = selection_of(model, options)
    trace = model.trace(request.text, _GUESSES if options.top is None else options.top)
    if selection.start >= len(trace.text):
        last = len(trace.text) - 1
        raise OptionError("from", "errors.expected.at", selection.start, last=last)
    return RenderedView(trace, GatesView(trace, selection, pen), data)


def _save_arrays(model: _Traced, text: str, file: IO[bytes]) -> None:
    from charlstm.inspection.npz import write_parts

    length = len(model.run.model.normalize(text))
    write_parts(model.placed_traces(text), length, file)


SPEC = ViewSpec(
    name="gates",
    takes=frozenset({"from", "to", "ribbon", "show", "gate", "top", "unit", "layer"}),
    make=_make,
    check=selection_of,
    save_arrays=_save_arrays,
)
