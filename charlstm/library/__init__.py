"""The library's front door: training a model, and a trained model as one object."""

from charlstm.library.model import Model
from charlstm.library.training import Training, train

__all__ = ["Model", "Training", "train"]
