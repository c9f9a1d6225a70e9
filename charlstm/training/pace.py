"""What the pace of this machine means for a training: how much is read, and how long it takes."""

import dataclasses
from pathlib import Path

import torch
from torch import Generator

from charlstm.config import ModelConfig, TextConfig, TrainConfig
from charlstm.models import as_large_as_lstm, new_model
from charlstm.text.corpus import Split
from charlstm.text.forms import normalized
from charlstm.training.crew import choose_crew
from charlstm.training.events import Planned
from charlstm.training.timing import seconds_of_step

# Of a training whose length was not asked for, in seconds.
_LONGEST = 20 * 60.0


def planned(config: TrainConfig, shape: ModelConfig, epoch: float) -> tuple[TrainConfig, Planned]:
    """Tell how many epochs there will be and how long they take, if one takes `epoch` seconds.

    Where no minutes were asked for there are no more epochs than fit in twenty.
    """
    if config.epochs is not None:
        config = dataclasses.replace(config, epochs=min(config.epochs, _LONGEST / epoch))
        epochs = config.epochs or 0.0
    else:
        epochs = 60 * (config.minutes or 0.0) / epoch
    return config, Planned(
        layers=shape.layers,
        hidden=shape.hidden,
        dropout=shape.dropout,
        weight_dropout=shape.weight_dropout,
        activation_penalty=shape.activation_penalty,
        confidence_penalty=shape.confidence_penalty,
        epochs=epochs,
        seconds=epochs * epoch,
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
    """Measure how many NFC characters can be learnt from in the minutes asked for.

    `shape` is that of the model, but for its V; the rest is as for `Session`.

    Raises:
        OptionError: this machine cannot train in the precision that was asked for.
    """
    read = normalized(parts.train, form.form)
    shape = dataclasses.replace(shape, vocabulary=len(set(read)) + 1)
    shape = as_large_as_lstm(shape) if as_lstm else shape
    model = new_model(shape, Generator().manual_seed(config.seed))
    ids = torch.zeros(config.stretch + 1, config.batch, dtype=torch.long)
    crew = choose_crew(config, model, ids, cores, cache)
    steps = 60 * (config.minutes or 0.0) / seconds_of_step(model, ids, crew, config)
    return steps * config.batch * config.stretch * parts.train_chars / len(read)
