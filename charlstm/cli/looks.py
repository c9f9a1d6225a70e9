"""What `inspect` can look at: for each view its record, how it is drawn, and the record as data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

from charlstm.config import TARGETS, check_one_of
from charlstm.errors import OptionError
from charlstm.words import Words

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from charlstm.library import Model
    from charlstm.views.glyphs import Marks
    from charlstm.views.quantities import Choice

VERSION = 1
_IN_A_ROW = 2


class Drawing(Protocol):
    """What every view is: a renderable of Rich's that can also tell the same in sentences."""

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Draw it."""

    def sentences(self) -> Iterator[str]:
        """Tell it."""


@dataclass(frozen=True)
class Wish:
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
class Look:
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


Maker = Callable[["Model", Wish, Words, "Marks"], tuple[object, Drawing, ModuleType]]


def look(view: str, model: "Model", wish: Wish, words: Words, marks: "Marks") -> Look:
    """Look at a model in one of VIEWS."""
    record, drawing, exports = VIEWS[view](model, wish, words, marks)
    config = model.config.model
    about = {
        "run": str(model.run.path),
        "model": config.family,
        "form": model.form,
        "layers": config.layers,
        "hidden": config.hidden,
        **({"changes": list(model.changes)} if model.changes else {}),
    }
    return Look(view, model.name, about, record, drawing, exports)


def _gates(
    model: "Model", wish: Wish, words: Words, marks: "Marks"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.exports import trace as exports
    from charlstm.views.gates import GatesView

    trace = model.trace(wish.text, _IN_A_ROW if wish.top is None else wish.top)
    if wish.choice.start >= len(trace.text):
        last = len(trace.text) - 1
        raise OptionError("from", "errors.expected.at", wish.choice.start, last=last)
    return trace, GatesView(trace, wish.choice, words, marks), exports


def _story(
    model: "Model", wish: Wish, words: Words, marks: "Marks"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.exports import story as exports
    from charlstm.inspection.trace import GUESSES
    from charlstm.views.story import StoryView

    top = GUESSES if wish.top is None else wish.top
    story = model.story(wish.text, wish.at or 0, wish.choice.layer, wish.choice.unit, guesses=top)
    return story, StoryView(story, words, marks), exports


def _memory(
    model: "Model", wish: Wish, words: Words, marks: "Marks"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.exports import memory as exports
    from charlstm.views.memory import MemoryView

    span = model.memory(wish.reading, follow=wish.text, at=wish.at, seed=wish.seed)
    return span, MemoryView(span, words, marks), exports


def _units(
    model: "Model", wish: Wish, words: Words, marks: "Marks"
) -> tuple[object, Drawing, ModuleType]:
    if wish.choice.unit is not None:
        return _track(model, wish, words, marks)
    from charlstm.exports import units as exports
    from charlstm.views.units import UnitsView

    record = model.units(wish.reading, seed=wish.seed)
    return record, UnitsView(record, words, marks), exports


def _track(
    model: "Model", wish: Wish, words: Words, marks: "Marks"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.exports import track as exports
    from charlstm.views.track import TrackView

    assert wish.choice.unit is not None
    layers = model.config.model.layers
    layer = layers - 1 if wish.choice.layer is None else wish.choice.layer
    record = model.track(wish.text, layer, wish.choice.unit)
    return record, TrackView(record, words, marks), exports


def _lookback(
    model: "Model", wish: Wish, words: Words, marks: "Marks"
) -> tuple[object, Drawing, ModuleType]:
    from charlstm.exports import lookback as exports
    from charlstm.inspection.lookback import GUESSES
    from charlstm.views.lookback import LookbackView

    places = None if wish.at is None else [wish.at]
    top = GUESSES if wish.top is None else wish.top
    record = model.lookback(wish.text, places, target=wish.target, guesses=top)
    return record, LookbackView(record, words, marks, at=wish.at), exports


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
