"""How training goes: a live display for a terminal, plain lines for everything else."""

import math
from dataclasses import dataclass, field
from typing import Protocol

from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from charlstm.config import Regularization
from charlstm.drawing.pen import Pen
from charlstm.events import Evaluated, Event, Finished, Started, Stepped
from charlstm.messages import Catalogue

_LN2 = math.log(2)
_TRAIN, _HELDOUT = "progress.train", "progress.heldout"


class Display(Protocol):
    """Shows events as they come, and what the model writes after a validation."""

    def show(self, event: Event) -> None:
        """Take up an event."""

    def show_sample(self, text: str) -> None:
        """Take up a text that the model just wrote."""

    def close(self) -> None:
        """Leave the terminal in order."""


class PlainDisplay:
    """Print a line for each validation."""

    def __init__(self, console: Console, pen: Pen) -> None:
        self.console, self.pen = console, pen
        self._ratio = 1.0

    def show(self, event: Event) -> None:
        """Print what is worth a line."""
        if isinstance(event, Started):
            self._ratio = event.ids_per_char
            self._print(begun(event, self.pen.messages))
        elif isinstance(event, Evaluated):
            self._print(self._scored(event))

    def show_sample(self, text: str) -> None:
        """Print a sample on one line."""
        self._print(self.pen("progress.writes", text=self.pen.line_of(text)))

    def close(self) -> None:
        """Do nothing: lines stay as they are."""

    def _scored(self, event: Evaluated) -> str:
        scored = self.pen(
            "progress.scored",
            progress=event.progress,
            epoch=event.epoch,
            clock=_clock(event.seconds),
            speed=event.chars_per_second,
            train=event.train_nats * self._ratio / _LN2,
            heldout=event.val_bits_per_char,
        )
        return self.pen("progress.scored_best", scored=scored) if event.best else scored

    def _print(self, line: str) -> None:
        self.console.print(Text(line), soft_wrap=True)


@dataclass
class Course:
    """All that the live display shows at a moment."""

    started: Started
    pen: Pen
    step: Stepped | None = None
    validations: list[Evaluated] = field(default_factory=list)
    sample: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the bar, the two curves and the last sample."""
        yield from self._bar()
        heldout = [event.val_bits_per_char for event in self.validations]
        train = [self._bits(event.train_nats) for event in self.validations]
        now = [self._bits(self.step.train_nats)] if self.step else []
        low, high = min((*heldout, *train), default=0.0), max((*heldout, *train), default=1.0)
        yield self._curve(_TRAIN, (*train, *now)[-1:], train, low, high)
        yield self._curve(_HELDOUT, heldout[-1:], heldout, low, high)
        if self.sample:
            yield Text(
                self.pen.line_of(self.sample), style="dim", overflow="ellipsis", no_wrap=True
            )

    def _bar(self) -> RenderResult:
        if self.step is None:
            return
        progress, seconds = self.step.progress, self.step.seconds
        left = _clock(seconds / progress - seconds) if progress else "?"
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_row(
            ProgressBar(total=1.0, completed=progress, width=24),
            Text(f"{progress:4.0%}"),
            Text(self.pen("progress.left", clock=left)),
            Text(self.pen("progress.epoch", epoch=self.step.epoch)),
            Text(self.pen("progress.speed", speed=self.step.chars_per_second)),
        )
        yield grid

    def _curve(
        self,
        key: str,
        last: tuple[float, ...] | list[float],
        all_of: list[float],
        low: float,
        high: float,
    ) -> Text:
        height = max(high - low, 1e-9)
        curve = "".join(self.pen.bar((value - low) / height) for value in all_of)
        bits = f"{last[0]:.3f}" if last else self.pen.symbols.dash
        longest = max(cell_len(self.pen(each)) for each in (_TRAIN, _HELDOUT))
        name = set_cell_size(self.pen(key), longest)
        return Text(self.pen("progress.curve", name=name, bits=f"{bits:>6}", curve=curve))

    def _bits(self, nats: float) -> float:
        return nats * self.started.ids_per_char / _LN2


class LiveDisplay:
    """A bar, two curves and a sample that renew themselves in place."""

    def __init__(self, console: Console, pen: Pen) -> None:
        self.console, self.pen = console, pen
        self._course: Course | None = None
        self._live = Live(console=console, refresh_per_second=4, redirect_stdout=False)

    def show(self, event: Event) -> None:
        """Renew the display."""
        if isinstance(event, Started):
            self.console.print(Text(begun(event, self.pen.messages)))
            self._course = Course(event, self.pen)
            self._live.start()
        if self._course is None:
            return
        if isinstance(event, Stepped):
            self._course.step = event
        elif isinstance(event, Evaluated):
            self._course.validations.append(event)
        self._live.update(self._course)

    def show_sample(self, text: str) -> None:
        """Show a sample until the next."""
        if self._course is not None:
            self._course.sample = text

    def close(self) -> None:
        """Leave the last state standing."""
        self._live.stop()


def begun(event: Started, messages: Catalogue) -> str:
    """Say what is going to be trained and, on a second line, what the plan is."""
    model, execution, training = event.model, event.execution, event.training
    begins = messages(
        "progress.begun",
        family=model.family.upper(),
        parameters=event.parameters,
        vocabulary=model.vocabulary,
        train_chars=event.train_chars,
        heldout_chars=event.heldout_chars,
        batch_size=training.batch_size,
        seq_length=training.seq_length,
        workers=execution.workers,
        threads=execution.threads,
        precision=execution.precision,
    )
    shape = "progress.one_layer" if model.layers == 1 else "progress.layers"
    planned = messages(
        "progress.planned",
        shape=messages(shape, layers=model.layers, hidden=model.hidden),
        regularization=_regularization(training.regularization, messages),
        epochs=event.epochs,
        clock=_clock(event.seconds),
    )
    return f"{begins}\n{planned}"


def ended(event: Finished, messages: Catalogue) -> str:
    """Say how training ended."""
    return messages(
        "progress.ended",
        reason=messages(f"progress.reason.{event.reason}"),
        clock=_clock(event.seconds),
        bits=event.best.val_bits_per_char,
        nats=event.best.val_nats_per_char,
        epoch=event.best.epoch,
    )


def _regularization(regularization: Regularization, messages: Catalogue) -> str:
    """Say what keeps a model from memorising its text."""
    used = {name: value for name, value in vars(regularization).items() if value > 0}
    if not used:
        return messages("progress.unregularized")
    kinds = (messages(f"train.regularization.{name}", value=used[name]) for name in used)
    return messages("progress.regularized", kinds=", ".join(kinds))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
