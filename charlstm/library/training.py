"""Train from Python, exactly as the command does."""

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from charlstm.config import TrainRequest
from charlstm.events import Event
from charlstm.library.model import Model
from charlstm.text.bundled import bundled
from charlstm.training.session import Session

Source = str | os.PathLike[str]


class Training:
    """A training that has not begun: iterate over it for its events, or wait for its model.

    It can be gone through once. Its folder, `path`, is written while it runs, and has the weights
    of the best validation at any time. Whoever breaks off should call `close`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._events = session.events()

    def __repr__(self) -> str:
        """Say how to begin."""
        return f"<Training on {', '.join(self._session.texts)}: iterate over it, or call wait()>"

    def __iter__(self) -> Iterator[Event]:
        """Train, and yield events as they happen (`charlstm.events`).

        While an event is handled the training stands still.

        Raises:
            TextError: a text cannot be read, or is too short.
            RunError: the folder is taken.
            OptionError: a setting does not suit the text or the machine, or the loss explodes.
        """
        return self._events

    @property
    def path(self) -> Path:
        """The run folder.

        Raises:
            AttributeError: no `output` was given, and no `TextRead` was yielded yet.
        """
        path: Path = self._session.output or self._once_begun("path")
        return path

    @property
    def saved(self) -> bool:
        """Whether the run folder has weights of this training."""
        return self._session.saved

    @property
    def model(self) -> Model:
        """The model as it is now; to be used while training stands still, or afterwards.

        Raises:
            AttributeError: no `Started` was yielded yet.
        """
        return Model(self._once_begun("run"))

    def stop(self) -> bool:
        """Ask the training to end after a validation; return False if it has not begun to learn."""
        return self._session.stop()

    def close(self) -> None:
        """End at once; a folder without weights is removed."""
        self._events.close()

    def wait(self, callback: Callable[[Event], object] | None = None) -> Model:
        """Train to the end, call `callback` with each event, and return the best model.

        Raises:
            TextError, RunError, OptionError: as iterating does.
        """
        with closing(self):
            for event in self:
                if callback is not None:
                    callback(event)
        return Model.load(self.path)

    def _once_begun(self, name: str) -> Any:  # noqa: ANN401
        if not hasattr(self._session, name):
            raise AttributeError("the training has not begun: iterate over it, or call wait()")
        return getattr(self._session, name)


def train(
    texts: Source | Sequence[Source] = (),
    *,
    output: Source | None = None,
    request: TrainRequest | None = None,
    **settings: Any,  # noqa: ANN401
) -> Training:
    """Plan a training on text files or folders; it begins when it is iterated or waited for.

    `settings` are the fields of `TrainRequest`, such as `minutes=5` or `model="gru"`; they come
    before those of a `request`. What is not given is planned as on the command line. Without texts
    the bundled Korean tales are read; without `output` the run folder is runs/NAME.

    Raises:
        OptionError: a setting is impossible.
        TextError: the bundled tales are missing.
        TypeError: there is no such setting.
    """
    if isinstance(texts, str | os.PathLike):
        texts = [texts]
    sources = [os.fspath(text) for text in texts] or [str(bundled("korean"))]
    folder = None if output is None else Path(output)
    return Training(
        Session(sources, dataclasses.replace(request or TrainRequest(), **settings), folder)
    )
