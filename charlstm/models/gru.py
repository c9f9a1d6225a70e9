"""The gated recurrent unit: two gates, and no memory besides h.

    reset gate    r = σ(W_r x + U_r h + b_r)                 how much of the past n sees
    update gate   z = σ(W_z x + U_z h + b_z)                 how much of the past stays
    candidate     n = tanh(W_n x + b_n + r·(U_n h + b'_n))   what could take its place

    h ← z·h + (1 − z)·n

Cho et al. 2014, in the variant that torch computes: r multiplies after the matrix product.
Shapes: T time, B batch, E inputs, H hidden.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from charlstm.models.base import SHARE, SIGNED, Limits
from charlstm.models.recurrent import ShortTerm, Weights


class GRU(ShortTerm):
    """Reads (T, B, E) and answers (T, B, H); its parameters are those of `torch.nn.GRU`."""

    gates: ClassVar[Mapping[str, Limits]] = {
        "reset": SHARE,
        "update": SHARE,
        "candidate": SIGNED,
    }
    name = "gru"
    kind = nn.GRU
    kernel = staticmethod(torch.gru)
    cell = staticmethod(torch.gru_cell)

    @staticmethod
    def explain(x: Tensor, before: Tensor, weights: Weights) -> tuple[dict[str, Tensor], Tensor]:
        """Give the gates of a layer, and its h once more, each (T, B, H)."""
        w_ih, w_hh, b_ih, b_hh = weights
        x_r, x_z, x_n = F.linear(x, w_ih, b_ih).chunk(3, dim=-1)
        h_r, h_z, h_n = F.linear(before, w_hh, b_hh).chunk(3, dim=-1)
        reset, update = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
        candidate = (x_n + reset * h_n).tanh()
        gates = {"reset": reset, "update": update, "candidate": candidate}
        return gates, update * before + (1 - update) * candidate

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters, with the update gates leaning towards keeping."""
        super().initialize(generator)
        for layer in self.layers():
            _, update, _ = layer.below.bias.detach().chunk(3)
            nn.init.ones_(update)
