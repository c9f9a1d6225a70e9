"""What the pace of this machine means for a training: how much is read, and how long it takes."""

import dataclasses
from pathlib import Path

import torch
from torch import Generator

from charlstm.config import ModelConfig, TextConfig, TrainConfig
from charlstm.events import Planned
from charlstm.models import as_large_as_lstm, new_model
from charlstm.text.batching import fitting
from charlstm.text.corpus import Split
from charlstm.text.unicode_forms import normalized
from charlstm.training.execution import choose_execution
from charlstm.training.timing import seconds_of_step

# Of a training whose length was not asked for, in seconds.
_LONGEST = 20 * 60.0


def no_longer(config: TrainConfig, step: float, steps_in_epoch: float) -> TrainConfig:
    """Ask for no more epochs than fit in twenty minutes, if a step takes `step` seconds."""
    most = _LONGEST / (step * steps_in_epoch)
    return dataclasses.replace(config, epochs=min(config.epochs or most, most))


def plan_of(config: TrainConfig, shape: ModelConfig, step: float, steps_in_epoch: float) -> Planned:
    """Tell what a training will be and how long it takes, if a step takes `step` seconds."""
    if config.minutes is not None:
        steps = 60 * config.minutes / step
    else:
        steps = config.steps or (config.epochs or 0.0) * steps_in_epoch
    return Planned(
        layers=shape.layers,
        hidden=shape.hidden,
        regularization=config.regularization,
        epochs=steps / steps_in_epoch,
        seconds=steps * step,
    )


def readable(  # noqa: PLR0913
    parts: Split,
    form: TextConfig,
    shape: ModelConfig,
    config: TrainConfig,
    *,
    as_lstm: bool,
    cores: int,
    cache: Path | None,
) -> float:
    """Tell how many NFC characters are learnt from in the steps, or the minutes, asked for.

    How many steps there are in some minutes is measured. `shape` is that of the model, but for its
    V; the rest is as for `Session`.

    Raises:
        OptionError: this machine cannot train in the precision that was asked for.
    """
    read = normalized(parts.train, form.form)
    if config.steps is not None:
        batch, seq_length = fitting(len(read), config.batch, config.seq_length)
        return config.steps * batch * seq_length * parts.train_chars / len(read)
    shape = dataclasses.replace(shape, vocabulary=len(set(read)) + 1)
    shape = as_large_as_lstm(shape) if as_lstm else shape
    model = new_model(shape, Generator().manual_seed(config.seed))
    ids = torch.zeros(config.seq_length + 1, config.batch, dtype=torch.long)
    execution = choose_execution(config, model, ids, cores, cache)
    steps = 60 * (config.minutes or 0.0) / seconds_of_step(model, ids, execution, config)
    return steps * config.batch * config.seq_length * parts.train_chars / len(read)
