"""The families of networks behind one interface.

A recurrent family is a module of this package with its name, of which `CELL` is a `Cell`.
"""

import dataclasses
import importlib
from bisect import bisect_left

import torch
from torch import Generator

from charlstm.cells import CellInfo
from charlstm.config import ModelConfig
from charlstm.models.base import Core, Network
from charlstm.models.fnn import FNN
from charlstm.models.recurrent import Cell, Recurrent


def cell_named(family: str) -> Cell:
    """Return the cell of a recurrent family."""
    cell: Cell = importlib.import_module(f"charlstm.models.{family}").CELL
    return cell


def info_of(family: str) -> CellInfo:
    """Return what the gates of a family do."""
    return FNN.info if family == FNN.info.family else cell_named(family).info


def default_optimizer(family: str) -> str:
    """Return the optimiser that trains a family best."""
    return FNN.optimizer if family == FNN.info.family else cell_named(family).optimizer


def build_model(config: ModelConfig) -> Network:
    """Return a network without numbers in it (on torch's meta device), to be filled or loaded."""
    with torch.device("meta"):
        return Network(_core(config), config.vocabulary, config.embedding, config.hidden)


def new_model(config: ModelConfig, generator: Generator) -> Network:
    """Return a network with freshly drawn parameters."""
    model = build_model(config).to_empty(device="cpu")
    model.initialize(generator)
    return model


def as_large_as_lstm(config: ModelConfig) -> ModelConfig:
    """Choose H so that a network has as many parameters as an LSTM with the H of the config."""
    wanted = build_model(dataclasses.replace(config, family="lstm")).parameter_count()
    sizes = range(1, 16 * config.hidden)
    above = sizes[bisect_left(sizes, wanted, hi=len(sizes) - 1, key=lambda h: _count(config, h))]
    nearest = min((above - 1, above), key=lambda h: abs(_count(config, max(1, h)) - wanted))
    return dataclasses.replace(config, hidden=max(1, nearest))


def _core(config: ModelConfig) -> Core:
    if config.family == FNN.info.family:
        return FNN(config.embedding, config.hidden, config.layers, config.window)
    cell = cell_named(config.family)
    return Recurrent(cell, config.embedding, config.hidden, config.layers)


def _count(config: ModelConfig, hidden: int) -> int:
    return build_model(dataclasses.replace(config, hidden=hidden)).parameter_count()
