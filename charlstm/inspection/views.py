"""What the views of a model have in common: how one is asked for, made, drawn and written.

A view is a folder beside this file, and a name in VIEWS. The spec.py of the folder ends in a SPEC,
which says which options the view takes, what it reads, and how it is made; nothing else knows a
view by name. A spec is light: what computes and draws is imported where a view is made.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from charlstm.cells import CellInfo
from charlstm.config import RunConfig
from charlstm.errors import OptionError
from charlstm.limits import check_one_of

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from charlstm.drawing.pen import Pen
    from charlstm.run import Run

VIEWS = ("gates", "story", "memory", "units", "lookback")
VERSION = 1
# How much of the held-out part is shown where no text is given: at the most so much of one line.
_LINE = 16

R = TypeVar("R")
R_contra = TypeVar("R_contra", contravariant=True)


class Inspected(Protocol):
    """What every view may know of a model; a view's own spec says what else it asks of it."""

    @property
    def run(self) -> "Run":
        """The run folder with all that was in it."""

    @property
    def changes(self) -> tuple[str, ...]:
        """What was changed in the model, such as forget=0."""

    @property
    def cell_info(self) -> CellInfo:
        """What the gates of the model do."""

    @property
    def config(self) -> RunConfig:
        """The settings that the run was made with."""

    @property
    def form(self) -> str:
        """The normal form of the text that the model knows."""

    @property
    def name(self) -> str:
        """The run's path, and what was changed in the model."""


class Drawing(Protocol):
    """What every view is: a renderable of Rich's that can also be written in sentences."""

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        """Draw it."""

    def sentences(self) -> Iterator[str]:
        """Yield the same in plain sentences."""


class Data(Protocol[R_contra]):
    """How a record is written as data; the data.py of a view is such a module."""

    def as_json(self, record: R_contra, /) -> Mapping[str, Any]:
        """Return what is printed as one line of JSON."""

    def as_rows(self, record: R_contra, /) -> Iterator[Sequence[object]]:
        """Yield the rows of a table, the first of them names."""

    def as_arrays(self, record: R_contra, /) -> Mapping[str, Any]:
        """Return arrays by name."""


@dataclass(frozen=True)
class ViewOptions:
    """The options that choose what to show, as they were given.

    Characters (`at`, `from_`, `to`) count from 0; `layer` and `unit` are read by `place_of`. `top`
    is how many guesses to show; None is as many as suit the view.
    """

    layer: str | None = None
    unit: str | None = None
    show: str = "mean"
    gate: str | None = None
    at: int | None = None
    from_: int = 0
    to: int | None = None
    ribbon: bool | None = None
    top: int | None = None
    target: str = "guess"
    seed: int = 1


@dataclass(frozen=True)
class ViewRequest:
    """What to show, and of which texts.

    `text` is a short text to go through, `reading` a long one to measure; None is what the run held
    out.
    """

    options: ViewOptions
    text: str
    reading: str | None = None


@dataclass(frozen=True)
class RenderedView(Generic[R]):
    """A record, its drawing, and how it is written as data; `about` says what it is of."""

    record: R
    drawing: Drawing
    data: Data[R]
    view: str = ""
    title: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what identifies the view and the model, and the record."""
        record = self.data.as_json(self.record)
        return {"version": VERSION, "view": self.view, **self.about, **record}

    def rows(self) -> Iterator[Sequence[object]]:
        """Yield the record as rows, the first of them names."""
        yield from self.data.as_rows(self.record)

    def arrays(self) -> Mapping[str, Any]:
        """Return the record as arrays by name."""
        return self.data.as_arrays(self.record)


@dataclass(frozen=True)
class Walk:
    """A walk with keys through the places of a view: how many there are, and where it starts."""

    count: int
    start: int
    request_at: Callable[[int], ViewRequest]


def _anything(_model: Inspected, _options: ViewOptions) -> None:
    """Refuse nothing."""


def _never(_options: ViewOptions) -> bool:
    return False


@dataclass(frozen=True)
class ViewSpec:
    """A view: which options it takes, what it reads, and how it is made.

    `takes` are the options that not every view takes. `make` computes a record of a model and draws
    it; it raises OptionError, TextError or RunError. `check` refuses options that are not of a
    model. `measures` says whether a long text is measured as a whole instead of one gone through.
    `excerpt` is how many characters of the held-out part are shown where no text is given, None is
    one line at the most. `walk` goes through the view with keys, where there are any to press and
    the options leave a place open. `save_arrays` writes the arrays of a text, however long, as they
    are computed. `option` turns the view of a name into this one, and `others` are such views.
    """

    name: str
    takes: frozenset[str]
    make: Callable[[Any, ViewRequest, "Pen"], RenderedView[Any]]
    check: Callable[[Any, ViewOptions], object] = _anything
    measures: Callable[[ViewOptions], bool] = _never
    excerpt: int | None = None
    walk: Callable[[Inspected, ViewRequest], Walk | None] | None = None
    save_arrays: Callable[[Any, str, IO[bytes]], None] | None = None
    option: str | None = None
    others: tuple["ViewSpec", ...] = ()

    @property
    def label(self) -> str:
        """What one writes after --view to get it."""
        return self.name if self.option is None else f"{self.name} --{self.option}"

    def request(
        self, model: Inspected, options: ViewOptions, text: str | None, reading: str | None
    ) -> ViewRequest:
        """Return what to show of the texts that were given, or of the held-out part without one.

        Raises:
            RunError: the held-out part is needed, and missing or changed.
        """
        if self.measures(options):
            return ViewRequest(options, "", reading if text is None else text)
        return ViewRequest(options, self._excerpt(model) if text is None else text, reading)

    def render(self, model: Inspected, request: ViewRequest, pen: "Pen") -> RenderedView[Any]:
        """Make the view, and say what it is of."""
        config = model.config.model
        about = {
            "run": str(model.run.path),
            "model": config.family,
            "form": model.form,
            "layers": config.layers,
            "hidden": config.hidden,
            **({"changes": list(model.changes)} if model.changes else {}),
        }
        made = self.make(model, request, pen)
        return replace(made, view=self.name, title=model.name, about=about)

    def _excerpt(self, model: Inspected) -> str:
        from charlstm.run import read_heldout
        from charlstm.text.unicode_forms import normalized

        heldout = normalized(read_heldout(model.run), "none" if model.form == "none" else "nfc")
        # The first line may have begun before the part that was held out.
        lines = [line for line in heldout.splitlines(keepends=True)[1:] if len(line) > _LINE]
        if not lines:
            return heldout[: self.excerpt or _LINE]
        start = heldout.index(lines[0])
        return lines[0][:_LINE] if self.excerpt is None else heldout[start : start + self.excerpt]


def spec_of(view: str, given: Collection[str]) -> ViewSpec:
    """Return the view of a name and of the options that were given with it.

    Raises:
        OptionError: there is no such view, or it has no use for one of the options.
    """
    check_one_of("view", view, VIEWS)
    named = [each for each in _every_spec() if each.name == view]
    plain = next(each for each in named if each.option is None)
    spec = next((each for each in named if each.option in given), plain)
    for option in given:
        known = [each.label for each in _every_spec() if option in each.takes]
        if known and option not in spec.takes:
            expected = {"known": ", ".join(known)}
            raise OptionError(option, "errors.expected.taken", f"--view {spec.label}", **expected)
    return spec


def _every_spec() -> Iterator[ViewSpec]:
    for name in VIEWS:
        spec: ViewSpec = import_module(f"charlstm.inspection.{name}.spec").SPEC
        yield from (spec, *spec.others)
