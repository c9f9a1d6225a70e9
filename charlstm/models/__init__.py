"""The families of models behind one interface; only this file knows their settings."""

from collections.abc import Callable, Mapping

import torch
from torch import Generator

from charlstm.config import ModelConfig
from charlstm.models.base import CharacterModel, Memory
from charlstm.models.fnn import FNN
from charlstm.models.gru import GRU
from charlstm.models.lstm import LSTM
from charlstm.models.rnn import RNN

_BUILD: Mapping[str, Callable[[ModelConfig], Memory]] = {
    "fnn": lambda c: FNN(c.embedding, c.hidden, c.layers, c.window, c.dropout),
    "rnn": lambda c: RNN(c.embedding, c.hidden, c.layers, c.dropout),
    "gru": lambda c: GRU(c.embedding, c.hidden, c.layers, c.dropout),
    "lstm": lambda c: LSTM(c.embedding, c.hidden, c.layers, c.dropout),
}


def build_model(config: ModelConfig) -> CharacterModel:
    """Make a model without numbers in it (on torch's meta device), to be filled or loaded."""
    with torch.device("meta"):
        memory = _BUILD[config.family](config)
        return CharacterModel(config.vocabulary, config.embedding, memory, config.hidden)


def new_model(config: ModelConfig, generator: Generator) -> CharacterModel:
    """Make a model with freshly drawn parameters."""
    model = build_model(config).to_empty(device="cpu")
    model.initialize(generator)
    return model
