"""The families of models behind one interface; only this file knows their settings."""

import torch
from torch import Generator

from charlstm.config import ModelConfig
from charlstm.models.base import CharacterModel
from charlstm.models.lstm import LSTM


def build_model(config: ModelConfig) -> CharacterModel:
    """Make a model without numbers in it (on torch's meta device), to be filled or loaded."""
    with torch.device("meta"):
        memory = LSTM(config.embedding, config.hidden, config.layers, config.dropout)
        return CharacterModel(config.vocabulary, config.embedding, memory, config.hidden)


def new_model(config: ModelConfig, generator: Generator) -> CharacterModel:
    """Make a model with freshly drawn parameters."""
    model = build_model(config).to_empty(device="cpu")
    model.initialize(generator)
    return model
