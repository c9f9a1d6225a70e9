"""A model in which nothing hears one unit: it goes on, but all that its h is multiplied by is 0."""

import copy
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from charlstm.models.base import CharacterModel


@torch.no_grad()
def silenced(model: CharacterModel, layer: int, unit: int) -> CharacterModel:
    """Copy a model and take the outgoing weights of a unit away; both are counted from 0."""
    other = copy.deepcopy(model)
    for weight in _listening(other, layer):
        weight[:, unit] = 0
    return other


def _listening(model: CharacterModel, layer: int) -> Iterator[Tensor]:
    """Give the weights, (…, H) each, that the h of a layer is multiplied by."""
    assert isinstance(model.memory, nn.Module)
    above = [module.weight for module in model.memory.modules() if isinstance(module, nn.Linear)]
    for module in model.memory.modules():
        if isinstance(module, nn.RNNBase):
            yield module.all_weights[layer][1]
            above = [weights[0] for weights in module.all_weights]
    yield (*above, model.head.weight)[layer + 1]
