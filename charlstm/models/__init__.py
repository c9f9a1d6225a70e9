"""The families of models behind one interface; only this file knows their settings."""

import dataclasses
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Generator

from charlstm.config import ModelConfig
from charlstm.models.base import CharacterModel, Memory
from charlstm.models.fnn import FNN
from charlstm.models.gru import GRU
from charlstm.models.lstm import LSTM
from charlstm.models.rnn import RNN

_BUILD: Mapping[str, Callable[[ModelConfig], Memory]] = {
    "fnn": lambda c: FNN(c.embedding, c.hidden, c.layers, c.window),
    "rnn": lambda c: RNN(c.embedding, c.hidden, c.layers),
    "gru": lambda c: GRU(c.embedding, c.hidden, c.layers),
    "lstm": lambda c: LSTM(c.embedding, c.hidden, c.layers),
}

# The gates that each family has, by name.
GATES: Mapping[str, Sequence[str]] = {
    "fnn": list(FNN.gates),
    "rnn": list(RNN.gates),
    "gru": list(GRU.gates),
    "lstm": list(LSTM.gates),
}


def default_optimizer(family: str) -> str:
    """Return the optimiser with which a family learns best: gates with Muon, others with AdamW."""
    return "muon" if GATES[family] else "adamw"


def build_model(config: ModelConfig) -> CharacterModel:
    """Make a model without numbers in it (on torch's meta device), to be filled or loaded."""
    with torch.device("meta"):
        memory = _BUILD[config.family](config)
        return CharacterModel(config.vocabulary, config.embedding, memory, config.hidden)


def as_large_as_lstm(config: ModelConfig) -> ModelConfig:
    """Choose H so that a model has the parameters of an LSTM with the H that the settings say."""
    wanted = build_model(dataclasses.replace(config, family="lstm")).parameter_count()
    sizes = range(1, 16 * config.hidden)
    above = sizes[bisect_left(sizes, wanted, hi=len(sizes) - 1, key=lambda h: _count(config, h))]
    nearest = min((above - 1, above), key=lambda h: abs(_count(config, max(1, h)) - wanted))
    return dataclasses.replace(config, hidden=max(1, nearest))


def _count(config: ModelConfig, hidden: int) -> int:
    return build_model(dataclasses.replace(config, hidden=hidden)).parameter_count()


def new_model(config: ModelConfig, generator: Generator) -> CharacterModel:
    """Make a model with freshly drawn parameters."""
    model = build_model(config).to_empty(device="cpu")
    model.initialize(generator)
    return model
