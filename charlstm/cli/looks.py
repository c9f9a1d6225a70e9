"""What `inspect` can look at: for each view its record, how it is drawn, and the record as data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from charlstm.errors import OptionError
from charlstm.limits import TARGETS, check_one_of
from charlstm.messages import Catalogue

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from charlstm.drawing.symbols import Symbols
    from charlstm.inspection.gates.quantities import Choice
    from charlstm.library import Model

VERSION = 1
_IN_A_ROW = 2


class Drawing(Protocol):
    """What every view is: a renderable of Rich's that can also tell the same in sentences."""

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Draw it."""

    def sentences(self) -> Iterator[str]:
        """Tell it."""


@dataclass(frozen=True)
class ViewRequest:
    """What is to be looked at.

    `text` is a short text to go through, `reading` a long one to find things out from; None is
    what the run held out. Layers and units count from 0 in `choice`; `at` is a character. `top`
    is how many guesses to show; None is as many as suit the view.
    """

    choice: "Choice"
    text: str
    reading: str | None = None
    at: int | None = None
    top: int | None = None
    target: str = "guess"
    seed: int = 1


@dataclass(frozen=True)
class RenderedView:
    """A record that was made, drawn, and as data."""

    view: str
    title: str
    about: Mapping[str, Any]
    record: object
    drawing: Drawing
    exports: ModuleType

    def as_json(self) -> dict[str, Any]:
        """Give what identifies the reading, and the record."""
        record = self.exports.as_json(self.record)
        return {"version": VERSION, "view": self.view, **self.about, **record}

    def rows(self) -> Iterator[Sequence[object]]:
        """Give the record as rows, the first of them names."""
        yield from self.exports.as_rows(self.record)

    def arrays(self) -> Mapping[str, Any]:
        """Give the record as arrays by name."""
        arrays: Mapping[str, Any] = self.exports.as_arrays(self.record)
        return arrays


Maker = Callable[["Model", ViewRequest, Catalogue, "Symbols"], tuple[object, Drawing, ModuleType]]


def render_view(
    view: str, model: "Model", request: ViewRequest, messages: Catalogue, symbols: "Symbols"
) -> RenderedView:
    """RenderedView at a model in one of VIEWS."""
    record, drawing, exports = VIEWS[view](model, request, messages, symbols)
    config = model.config.model
    about = {
        "run": str(model.run.path),
        "model": config.family,
        "form": model.form,
        "layers": config.layers,
        "hidden": config.hidden,
        **({"changes": list(model.changes)} if model.changes else {}),
    }
    return RenderedView(view, model.name, about, record, drawing, exports)


def _gates(
    model: "Model", request: ViewRequest, messages: Catalogue, symbols: "Symbols"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.inspection.gates import data as exports
    from charlstm.inspection.gates.view import GatesView

    trace = model.trace(request.text, _IN_A_ROW if request.top is None else request.top)
    if request.choice.start >= len(trace.text):
        last = len(trace.text) - 1
        raise OptionError("from", "errors.expected.at", request.choice.start, last=last)
    return trace, GatesView(trace, request.choice, messages, symbols), exports


def _story(
    model: "Model", request: ViewRequest, messages: Catalogue, symbols: "Symbols"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.inspection.gates.compute import GUESSES
    from charlstm.inspection.story import data as exports
    from charlstm.inspection.story.view import StoryView

    top = GUESSES if request.top is None else request.top
    story = model.story(
        request.text, request.at or 0, request.choice.layer, request.choice.unit, guesses=top
    )
    return story, StoryView(story, messages, symbols), exports


def _memory(
    model: "Model", request: ViewRequest, messages: Catalogue, symbols: "Symbols"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.inspection.memory import data as exports
    from charlstm.inspection.memory.view import MemoryView

    span = model.memory(request.reading, follow=request.text, at=request.at, seed=request.seed)
    return span, MemoryView(span, messages, symbols), exports


def _units(
    model: "Model", request: ViewRequest, messages: Catalogue, symbols: "Symbols"
) -> tuple[object, Drawing, ModuleType]:
    if request.choice.unit is not None:
        return _track(model, request, messages, symbols)
    from charlstm.inspection.units import data as exports
    from charlstm.inspection.units.view import UnitsView

    record = model.units(request.reading, seed=request.seed)
    return record, UnitsView(record, messages, symbols), exports


def _track(
    model: "Model", request: ViewRequest, messages: Catalogue, symbols: "Symbols"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.inspection.track import data as exports
    from charlstm.inspection.track.view import TrackView

    assert request.choice.unit is not None
    layers = model.config.model.layers
    layer = layers - 1 if request.choice.layer is None else request.choice.layer
    record = model.track(request.text, layer, request.choice.unit)
    return record, TrackView(record, messages, symbols), exports


def _lookback(
    model: "Model", request: ViewRequest, messages: Catalogue, symbols: "Symbols"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.inspection.lookback import data as exports
    from charlstm.inspection.lookback.compute import GUESSES
    from charlstm.inspection.lookback.view import LookbackView

    places = None if request.at is None else [request.at]
    top = GUESSES if request.top is None else request.top
    record = model.lookback(request.text, places, target=request.target, guesses=top)
    return record, LookbackView(record, messages, symbols, at=request.at), exports


VIEWS: Mapping[str, Maker] = {
    "gates": _gates,
    "story": _story,
    "memory": _memory,
    "units": _units,
    "lookback": _lookback,
}


def check_view(view: str, target: str) -> None:
    """Refuse a view, or a target of `lookback`, that there is not.

    Raises:
        OptionError: it is none of VIEWS, or of TARGETS.
    """
    check_one_of("view", view, VIEWS)
    check_one_of("target", target, TARGETS)
