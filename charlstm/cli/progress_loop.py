"""Watching a training: its events to a display, Ctrl-C to an orderly end."""

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from charlstm.cli.terminal import say, stderr_console, symbols
from charlstm.config import SampleConfig
from charlstm.errors import CharlstmError

if TYPE_CHECKING:
    from charlstm.drawing.progress import Display
    from charlstm.events import Finished, Started
    from charlstm.messages import Catalogue
    from charlstm.training.session import Session

_SHOWN = SampleConfig(length=100)


def watch(session: "Session", messages: "Catalogue") -> "tuple[Started, Finished]":
    """Train, show how it goes, and let Ctrl-C end it in order.

    Raises:
        OptionError: the loss exploded; where there is a better model from before, that is said.
    """
    try:
        return _watched(session, messages)
    except (CharlstmError, OSError, MemoryError, RuntimeError):
        if session.kept:
            say(messages("messages.kept", run=session.path))
        raise


def _watched(session: "Session", messages: "Catalogue") -> "tuple[Started, Finished]":
    from charlstm.events import Evaluated, Finished, Started

    display = _display(messages)
    with closing(session.events()) as events, closing(display), _interruptible(session, messages):
        for event in events:
            display.show(event)
            if isinstance(event, Started):
                started = event
            elif isinstance(event, Evaluated):
                display.show_sample(_sample(session))
            elif isinstance(event, Finished):
                finished = event
    return started, finished


def _display(messages: "Catalogue") -> "Display":
    from charlstm.drawing.pen import Pen
    from charlstm.drawing.progress import LiveDisplay, PlainDisplay

    console = stderr_console()
    kind = LiveDisplay if console.is_terminal else PlainDisplay
    return kind(console, Pen(messages, symbols(console)))


def _sample(session: "Session") -> str:
    from charlstm.sampling.sampler import Sampler

    run = session.run
    sampler = Sampler(run.model, run.vocabulary, run.config.text.form)
    return sampler.sample("", _SHOWN, run.config.training.seed).text


@contextmanager
def _interruptible(session: "Session", messages: "Catalogue") -> Iterator[None]:
    """Take the first Ctrl-C as a wish to end well; the second ends at once."""

    def end(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        if not session.stop():
            say(messages("messages.interrupted"))
            raise KeyboardInterrupt
        say(messages("messages.stopping"))

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
