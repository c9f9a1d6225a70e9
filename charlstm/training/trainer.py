"""The training loop: truncated back-propagation through time over carried states.

It knows no files and prints nothing: it yields events, and observers show or save. While an event
is being handled the loop stands still, so at an `Evaluated` that is best the model *is* the best.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from torch import Generator, nn

from charlstm.config import Execution, TrainConfig
from charlstm.errors import OptionError
from charlstm.evaluation import Score
from charlstm.events import Evaluated, Finished, Stepped
from charlstm.models.base import Network, as_ids
from charlstm.text.batching import StreamBatcher
from charlstm.training.optimizer import Optimizer
from charlstm.training.schedule import Schedule
from charlstm.training.workers import DataParallelWorkers

_VALIDATIONS = 10
_READ_BETWEEN = 4  # times the held-out part: validation takes a small share of the time
_FASTER = 2  # times as fast as training, about, is validation
_SMOOTHING = 0.98
_EXPLODED = 1e4  # nats; finding all of Unicode equally likely is 14


@dataclass
class Trainer:
    """Train a model on the batches of a text.

    Attributes:
        model: is changed in place.
        batcher: what is read.
        config: how.
        execution: how steps are computed.
        score: scores the held-out part with the model as it is.
        generator: the only source of chance, for dropout.
        heldout: the length of the held-out part in ids, where the time of its validation counts.
        clock: returns seconds; training begins when it is first read.
    """

    model: Network
    batcher: StreamBatcher
    config: TrainConfig
    execution: Execution
    score: Callable[[], Score]
    generator: Generator
    heldout: int = 0
    clock: Callable[[], float] = time.monotonic
    _stopped: bool = field(default=False, init=False)

    def stop(self) -> None:
        """Ask the loop to end after a validation: the one under way, or one more."""
        self._stopped = True

    def run(self) -> Iterator[Stepped | Evaluated | Finished]:
        """Train to the end of the schedule, until the score gets no better, or until stopped.

        Raises:
            OptionError: the loss is no longer a number; names the learning rate.
        """
        batch_size, regularization = self.batcher.batch_size, self.config.regularization
        with DataParallelWorkers(
            self.model, batch_size, self.execution, regularization, self.generator
        ) as workers:
            yield from self._run(_Loop(self, workers))

    def _run(self, loop: "_Loop") -> Iterator[Stepped | Evaluated | Finished]:
        best: Evaluated | None = None
        validations = since_best = 0
        over = stopped = False
        while not (over or stopped) and since_best < self.config.patience:
            yield loop.step()
            over, stopped = loop.progress() >= 1, self._stopped
            due = loop.progress() * _VALIDATIONS >= validations + 1 and loop.worth_validating()
            if over or stopped or due:
                validations = int(loop.progress() * _VALIDATIONS)
                evaluated = loop.validate(best)
                since_best = 0 if evaluated.best else since_best + 1
                best = evaluated if evaluated.best or best is None else best
                yield evaluated
                # Validation takes time, in which the end may come, or somebody ask for it.
                stopped = self._stopped and not over
                over = over or loop.progress() >= 1
        if best is not None:
            reason = "stopped" if stopped else "done" if over else "early"
            yield loop.finished(reason, best)


class _Loop:
    """The state of a training under way."""

    def __init__(self, trainer: Trainer, workers: DataParallelWorkers) -> None:
        self.model, self.batcher, self.config = trainer.model, trainer.batcher, trainer.config
        self.workers, self.clock, self.score = workers, trainer.clock, trainer.score
        self.optimizer = Optimizer(self.model, self.config, trainer.execution.precision)
        self.schedule = Schedule.of(self.config, self._steps_in(len(self.batcher.ids)))
        self.steps = 0
        self.train_nats = 0.0
        self.began = self.clock()
        self.busy = 0.0
        self.validation: float | None = None
        self.evaluated_at, self.heldout = 0, trainer.heldout

    def step(self) -> Stepped:
        """Read one sequence of every stream and learn from it."""
        begin = self.clock()
        rate = self.schedule.learning_rate(self.steps, self.progress())
        loss = self.workers.forward_backward(as_ids(self.batcher.read(self.steps)))
        self._check(loss)
        nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step(rate)
        self.steps += 1
        # An average over the last fifty steps or so, over all of them while there are fewer.
        weight = max(1 - _SMOOTHING, 1 / self.steps)
        self.train_nats += weight * (loss - self.train_nats)
        self.busy += self.clock() - begin
        return Stepped(
            step=self.steps,
            epoch=self._epoch(),
            progress=self.progress(),
            seconds=self._seconds(),
            train_nats=self.train_nats,
            learning_rate=rate,
            chars_per_second=self._speed(),
        )

    def progress(self) -> float:
        """Return how far along the schedule is.

        The last validation is expected to take as long as the one before it; at first that is a
        guess.
        """
        last = self.validation
        if last is None:
            last = self.heldout / _FASTER / self._speed() if self.steps else 0.0
        return self.schedule.progress(self.steps, self._seconds(), last)

    def worth_validating(self) -> bool:
        """Whether enough was read for another validation, counted in steps, not by the clock.

        A first one may come early, unless it takes the time that there is for learning.
        """
        if self.evaluated_at == 0 and self.config.minutes is None:
            return True
        read = (self.steps - self.evaluated_at) * self.batcher.characters_per_step
        return read >= _READ_BETWEEN * self.heldout

    def validate(self, best: Evaluated | None) -> Evaluated:
        """Score the held-out part."""
        begin = self.clock()
        score = self.score()
        self.validation = self.clock() - begin
        self.evaluated_at = self.steps
        self._check(score.nats_per_char)
        return Evaluated(
            step=self.steps,
            epoch=self._epoch(),
            progress=self.progress(),
            seconds=self._seconds(),
            train_nats=self.train_nats,
            chars_per_second=self._speed(),
            val_nats_per_char=score.nats_per_char,
            val_bits_per_char=score.bits_per_char,
            val_bits_per_byte=score.bits_per_byte,
            val_unknown_chars=score.unknown_chars,
            best=best is None or score.nats_per_char < best.val_nats_per_char,
        )

    def finished(self, reason: str, best: Evaluated) -> Finished:
        """Return the last event."""
        seconds = self._seconds()
        return Finished(reason, self.steps, self._epoch(), seconds, self._speed(), best)

    def _check(self, loss: float) -> None:
        """Raise OptionError where the loss has exploded: nothing good comes of it any more."""
        if not loss < _EXPLODED:
            rate = self.config.learning_rate
            raise OptionError("learning_rate", "errors.expected.lower_rate", rate, rate=rate / 2)

    def _epoch(self) -> float:
        return self.steps / self._steps_in(len(self.batcher.ids))

    def _steps_in(self, characters: int) -> float:
        return characters / self.batcher.characters_per_step

    def _seconds(self) -> float:
        return self.clock() - self.began

    def _speed(self) -> float:
        return self.steps * self.batcher.characters_per_step / max(self.busy, 1e-9)
