"""Follow a training: its events to a display, Ctrl-C to an orderly end."""

import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from charlstm.cli.terminal import say, say_what_was_read, stderr_console, symbols
from charlstm.errors import CharlstmError

if TYPE_CHECKING:
    from charlstm.drawing.progress import Display
    from charlstm.events import Finished, Started
    from charlstm.library import Training
    from charlstm.messages import Catalogue


def watch(training: "Training", messages: "Catalogue") -> "tuple[Started, Finished]":
    """Train, show how it goes, and let Ctrl-C end it in order.

    Raises:
        OptionError: the loss exploded; where there is a better model from before, that is said.
    """
    try:
        return _watched(training, messages)
    except (CharlstmError, OSError, MemoryError, RuntimeError):
        if training.saved:
            say(messages("messages.kept", run=training.path))
        raise


def _watched(training: "Training", messages: "Catalogue") -> "tuple[Started, Finished]":
    from charlstm.events import CoresBusy, Evaluated, Finished, Started, TextRead

    display = _display(messages)
    with closing(training), closing(display), _interruptible(training, messages):
        for event in training:
            if isinstance(event, TextRead):
                say_what_was_read(event, messages)
            elif isinstance(event, CoresBusy):
                say(messages("messages.busy"))
            else:
                display.show(event)
            if isinstance(event, Started):
                started = event
            elif isinstance(event, Evaluated):
                display.show_sample(_sample(training))
            elif isinstance(event, Finished):
                finished = event
    return started, finished


def _display(messages: "Catalogue") -> "Display":
    from charlstm.drawing.pen import Pen
    from charlstm.drawing.progress import LiveDisplay, PlainDisplay

    console = stderr_console()
    kind = LiveDisplay if console.is_terminal else PlainDisplay
    return kind(console, Pen(messages, symbols(console)))


def _sample(training: "Training") -> str:
    """Return a text that the model writes now."""
    model = training.model
    seed = model.config.training.seed
    return model.sample(length=100, seed=seed).text


@contextmanager
def _interruptible(training: "Training", messages: "Catalogue") -> Iterator[None]:
    """Let the first Ctrl-C end the training in order, and the second at once."""

    def end(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        if not training.stop():
            say(messages("messages.interrupted"))
            raise KeyboardInterrupt
        say(messages("messages.stopping"))

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
