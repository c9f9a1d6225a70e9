"""An LSTM with one unit that is made by hand, to be found by what looks for such units."""

import torch
from torch import nn

from charlstm.language_model import LanguageModel

_SURE = 20.0


@torch.no_grad()
def plant_quote_unit(model: LanguageModel, unit: int) -> LanguageModel:
    """Let a unit of the first layer be inside quotes: “ sets its C to 1 and ” to 0.

    Nothing else changes it. Two numbers of each embedding are taken for that.
    """
    opening, closing = model.encode("“”").tolist()
    weight = model.network.embedding.weight
    weight[:, :2] = 0
    weight[opening, 0] = weight[closing, 1] = 1
    lstm = model.network.core.module
    assert isinstance(lstm, nn.LSTM)
    w_ih, w_hh, b_ih, b_hh = lstm.all_weights[0]
    gates = [unit + lstm.hidden_size * gate for gate in range(4)]
    for weight in (w_ih, w_hh, b_ih, b_hh):
        weight[gates] = 0
    # Input, forget, candidate, output; what nothing was seen does, then “ and ”.
    b_ih[gates] = torch.tensor([-_SURE, _SURE, 0, _SURE])
    w_ih[gates, :2] = torch.tensor([[2 * _SURE, 0], [-2 * _SURE, -2 * _SURE], [_SURE, 0], [0, 0]])
    return model
