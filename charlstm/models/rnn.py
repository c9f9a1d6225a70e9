"""The recurrent net: what it knows is in h, and h is written anew at each character.

    h ← tanh(W x + U h + b)

Elman 1990. Nothing keeps what is long past: short-term memory only.
Shapes: T time, B batch, E inputs, H hidden.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from charlstm.models.base import Limits
from charlstm.models.recurrent import ShortTerm, Weights


class RNN(ShortTerm):
    """Reads (T, B, E) and answers (T, B, H); its parameters are those of `torch.nn.RNN`."""

    gates: ClassVar[Mapping[str, Limits]] = {}
    name = "rnn"
    kind = nn.RNN
    kernel = staticmethod(torch.rnn_tanh)
    cell = staticmethod(torch.rnn_tanh_cell)

    @staticmethod
    def explain(x: Tensor, before: Tensor, weights: Weights) -> tuple[dict[str, Tensor], Tensor]:
        """Give h once more, (T, B, H); there are no gates."""
        w_ih, w_hh, b_ih, b_hh = weights
        return {}, (F.linear(x, w_ih, b_ih) + F.linear(before, w_hh, b_hh)).tanh()
