"""How training goes: a live display for a terminal, plain lines for everything else."""

import math
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from charlstm.training.events import Event, Finished, Scored, Started, Stepped
from charlstm.views.glyphs import UNICODE, Marks, line_of

_LN2 = math.log(2)


class Display(Protocol):
    """Shows events as they come, and what the model writes after a scoring."""

    def show(self, event: Event) -> None:
        """Take up an event."""

    def show_sample(self, text: str) -> None:
        """Take up a text that the model just wrote."""

    def close(self) -> None:
        """Leave the terminal in order."""


class PlainDisplay:
    """A line a scoring."""

    def __init__(self, console: Console, marks: Marks = UNICODE) -> None:
        self.console, self.marks = console, marks
        self._ratio = 1.0

    def show(self, event: Event) -> None:
        """Print what is worth a line."""
        if isinstance(event, Started):
            self._ratio = event.ids_per_char
            self._print(begun(event))
        elif isinstance(event, Scored):
            self._print(self._scored(event))

    def show_sample(self, text: str) -> None:
        """Print a sample on one line."""
        self._print(f"  writes: {line_of(text, self.marks)}")

    def close(self) -> None:
        """Do nothing: lines stay as they are."""

    def _scored(self, event: Scored) -> str:
        best = ", the best so far" if event.best else ""
        return (
            f"{event.progress:4.0%}  epoch {event.epoch:.1f}  {_clock(event.seconds)}  "
            f"{event.chars_per_second:,.0f} characters/s  bits per character: "
            f"train {event.train_nats * self._ratio / _LN2:.3f}, "
            f"held out {event.val_bits_per_char:.3f}{best}"
        )

    def _print(self, line: str) -> None:
        self.console.print(Text(line), soft_wrap=True)


@dataclass
class Course:
    """All that the live display shows at a moment."""

    started: Started
    marks: Marks
    step: Stepped | None = None
    scorings: list[Scored] = field(default_factory=list)
    sample: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the bar, the two curves and the last sample."""
        yield from self._bar()
        heldout = [event.val_bits_per_char for event in self.scorings]
        train = [self._bits(event.train_nats) for event in self.scorings]
        now = [self._bits(self.step.train_nats)] if self.step else []
        low, high = min((*heldout, *train), default=0.0), max((*heldout, *train), default=1.0)
        yield self._curve("train", (*train, *now)[-1:], train, low, high)
        yield self._curve("held out", heldout[-1:], heldout, low, high)
        if self.sample:
            yield Text(
                line_of(self.sample, self.marks), style="dim", overflow="ellipsis", no_wrap=True
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
            Text(f"{left} left"),
            Text(f"epoch {self.step.epoch:.1f}"),
            Text(f"{self.step.chars_per_second:,.0f} characters/s"),
        )
        yield grid

    def _curve(
        self,
        name: str,
        last: tuple[float, ...] | list[float],
        all_of: list[float],
        low: float,
        high: float,
    ) -> Text:
        height = max(high - low, 1e-9)
        curve = "".join(self.marks.bar((value - low) / height) for value in all_of)
        value = f"{last[0]:.3f}" if last else self.marks.dash
        return Text(f"{name:<8}  {value:>6} bits per character  {curve}")

    def _bits(self, nats: float) -> float:
        return nats * self.started.ids_per_char / _LN2


class LiveDisplay:
    """A bar, two curves and a sample that renew themselves in place."""

    def __init__(self, console: Console, marks: Marks = UNICODE) -> None:
        self.console, self.marks = console, marks
        self._course: Course | None = None
        self._live = Live(console=console, refresh_per_second=4, redirect_stdout=False)

    def show(self, event: Event) -> None:
        """Renew the display."""
        if isinstance(event, Started):
            self.console.print(Text(begun(event)))
            self._course = Course(event, self.marks)
            self._live.start()
        if self._course is None:
            return
        if isinstance(event, Stepped):
            self._course.step = event
        elif isinstance(event, Scored):
            self._course.scorings.append(event)
        self._live.update(self._course)

    def show_sample(self, text: str) -> None:
        """Show a sample until the next."""
        if self._course is not None:
            self._course.sample = text

    def close(self) -> None:
        """Leave the last state standing."""
        self._live.stop()


def begun(event: Started) -> str:
    """Say what is going to be trained."""
    return (
        f"{event.family.upper()} of {event.parameters:,} parameters; "
        f"{event.vocabulary:,} characters known; "
        f"{event.train_chars:,} characters to learn from, {event.heldout_chars:,} held out; "
        f"{event.batch} streams, {event.stretch} characters a step, {event.precision}"
    )


def ended(event: Finished) -> str:
    """Say how training ended."""
    reason = {
        "done": "Trained",
        "early": "No better for a while: stopped early",
        "stopped": "Stopped",
    }[event.reason]
    best = event.best
    return (
        f"{reason} after {_clock(event.seconds)}: {best.val_bits_per_char:.3f} bits per character "
        f"on the held-out part ({best.val_nats_per_char:.4f} nats), best at epoch {best.epoch:.1f}"
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
