"""The gated recurrent unit: two gates, and no memory besides h.

    reset gate    r = σ(W_r x + U_r h + b_r)                 how much of the past n sees
    update gate   z = σ(W_z x + U_z h + b_z)                 how much of the past stays
    candidate     n = tanh(W_n x + b_n + r·(U_n h + b'_n))   what could take its place

    h ← z·h + (1 − z)·n

Cho et al. 2014, in the variant that torch computes: r multiplies after the matrix product.
Shapes: T time, B batch, E embedding, H hidden, L layers.
"""

from collections.abc import Collection, Mapping
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from charlstm.models.base import SHARE, SIGNED, Layer, Limits, State, Traced
from charlstm.models.dropout import Dropping, Noise
from charlstm.models.recurrent import (
    Weights,
    initialize_layer,
    layers_of,
    read_layers,
    step_layers,
    trace_layers,
)


class GRU(nn.Module):
    """Reads (T, B, E) and answers (T, B, H); its parameters are those of `torch.nn.GRU`."""

    gates: ClassVar[Mapping[str, Limits]] = {
        "reset": SHARE,
        "update": SHARE,
        "candidate": SIGNED,
    }
    unrolls: ClassVar[Collection[str]] = ()

    def __init__(
        self,
        embedding: int,
        hidden: int,
        layers: int,
        dropout: float = 0.0,
        weight_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.dropout, self.weight_dropout = dropout, weight_dropout
        self.gru = nn.GRU(embedding, hidden, layers)

    def initial_state(self, batch: int) -> State:
        """Give a memory of nothing: (L, B, H)."""
        like = self.gru.all_weights[0][0]
        return (like.new_zeros(self.gru.num_layers, batch, self.gru.hidden_size),)

    def forward(
        self,
        x: Tensor,
        state: State,
        noise: Noise | None = None,
        *,
        unrolled: bool = False,  # noqa: ARG002
    ) -> tuple[Tensor, State]:
        """Read a stretch with torch's own loop, one layer after the other."""
        drop = Dropping(self.dropout, self.weight_dropout, noise)
        y, h = read_layers(_read, self.gru.all_weights, x, state[0], drop)
        return y, (h,)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character: (B, E) -> (B, H)."""
        y, h = step_layers(torch.gru_cell, self.gru.all_weights, x, state[0])
        return y, (h,)

    def traced(self, x: Tensor, state: State) -> Traced:
        """Tell what the gates of every layer did while the stretch x (T, B, E) was read."""
        return trace_layers(_read, _gates, self.gru.all_weights, x, state[0])

    def layers(self) -> list[Layer]:
        """Give the parameters of every layer."""
        return layers_of(self.gru.all_weights)

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters, with the update gates leaning towards keeping."""
        hidden = self.gru.hidden_size
        for weights in self.gru.all_weights:
            initialize_layer(weights, 3, generator)
            nn.init.ones_(weights[2].detach()[hidden : 2 * hidden])


def _read(x: Tensor, h: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    return torch.gru(
        x,
        h,
        list(weights),
        has_biases=True,
        num_layers=1,
        dropout=0.0,
        train=torch.is_grad_enabled(),
        bidirectional=False,
        batch_first=False,
    )


def _gates(x: Tensor, before: Tensor, weights: Weights) -> tuple[dict[str, Tensor], Tensor]:
    w_ih, w_hh, b_ih, b_hh = weights
    x_r, x_z, x_n = F.linear(x, w_ih, b_ih).chunk(3, dim=-1)
    h_r, h_z, h_n = F.linear(before, w_hh, b_hh).chunk(3, dim=-1)
    reset, update = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    candidate = (x_n + reset * h_n).tanh()
    gates = {"reset": reset, "update": update, "candidate": candidate}
    return gates, update * before + (1 - update) * candidate
