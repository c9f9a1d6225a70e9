"""The memory view for `inspect`: how long units remember, and how one character fades."""

from typing import TYPE_CHECKING, Protocol

from charlstm.inspection.views import Inspected, RenderedView, ViewRequest, ViewSpec

if TYPE_CHECKING:
    from charlstm.drawing.pen import Pen
    from charlstm.inspection.memory.record import MemorySpan


class _Measured(Inspected, Protocol):
    def memory(
        self, text: str | None, *, follow: str | None, at: int | None, seed: int
    ) -> "MemorySpan": ...


def _make(model: _Measured, request: ViewRequest, pen: "Pen") -> "RenderedView[MemorySpan]":
    from charlstm.inspection.memory import data
    from charlstm.inspection.memory.view import MemoryView

    options = request.options
    span = model.memory(request.reading, follow=request.text, at=options.at, seed=options.seed)
    return RenderedView(span, MemoryView(span, pen), data)


SPEC = ViewSpec(
    name="memory",
    takes=frozenset({"at", "file", "seed"}),
    make=_make,
    measures=lambda options: options.at is None,
    excerpt=240,
)
