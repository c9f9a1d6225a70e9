"""How far along training is, and the learning rate that belongs there."""

from dataclasses import dataclass

from charlstm.config import TrainConfig


@dataclass(frozen=True)
class Schedule:
    """Warm-up over the first steps, and a straight line down to 0 at the very end.

    The end is a number of steps or, with a budget of minutes, a moment on the clock: the slower
    the machine, the steeper the way down. A last scoring is part of the minutes, but at least half
    of them are for learning.
    """

    rate: float
    warmup: int
    steps: int | None
    seconds: float | None

    @classmethod
    def of(cls, config: TrainConfig, steps_per_epoch: float) -> "Schedule":
        """Take what the settings say."""
        steps = config.steps
        if config.epochs is not None:
            steps = max(1, round(config.epochs * steps_per_epoch))
        seconds = None if config.minutes is None else 60 * config.minutes
        return cls(config.learning_rate, config.warmup, steps, seconds)

    def progress(self, step: int, seconds: float, scoring: float = 0.0) -> float:
        """Tell how far along training is, 0..1, after so many steps and seconds.

        `scoring` is how many seconds the last scoring should take.
        """
        if self.steps:
            return min(1.0, step / self.steps)
        if self.seconds:
            return min(1.0, seconds / max(self.seconds - scoring, self.seconds / 2))
        return 1.0

    def learning_rate(self, step: int, progress: float) -> float:
        """Give the learning rate of the step that comes next."""
        # A training shorter than its warm-up is warm after its first tenth.
        warm = min(1.0, max((step + 1) / (self.warmup + 1), 10 * progress))
        return self.rate * warm * (1 - progress)
