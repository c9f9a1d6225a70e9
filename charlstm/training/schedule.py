"""How far along a training is, and the learning rate that belongs there."""

from dataclasses import dataclass

from charlstm.config import TrainConfig


@dataclass(frozen=True)
class Schedule:
    """Warm up over the first steps, then decay linearly to 0 at the very end.

    The end is a number of steps or, with a budget of minutes, a time on the clock: the slower the
    machine, the steeper the decay. A last validation is part of the minutes, but at least half of
    them are for learning.
    """

    rate: float
    warmup: int
    steps: int | None
    seconds: float | None

    @classmethod
    def of(cls, config: TrainConfig, steps_per_epoch: float) -> "Schedule":
        """Return the schedule that the settings describe."""
        steps = config.steps
        if config.epochs is not None:
            steps = max(1, round(config.epochs * steps_per_epoch))
        seconds = None if config.minutes is None else 60 * config.minutes
        return cls(config.learning_rate, config.warmup, steps, seconds)

    def progress(self, step: int, seconds: float, validation: float = 0.0) -> float:
        """Return how far along the training is, 0..1, after so many steps and seconds.

        `validation` is how many seconds the last validation is expected to take.
        """
        if self.steps:
            return min(1.0, step / self.steps)
        if self.seconds:
            return min(1.0, seconds / max(self.seconds - validation, self.seconds / 2))
        return 1.0

    def learning_rate(self, step: int, progress: float) -> float:
        """Return the learning rate of the next step."""
        # A training shorter than its warm-up is warm after its first tenth.
        warm = min(1.0, max((step + 1) / (self.warmup + 1), 10 * progress))
        return self.rate * warm * (1 - progress)
