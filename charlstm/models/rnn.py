"""The recurrent net: what it knows is in h, and h is written anew at each character.

    h ← tanh(W x + U h + b)

Elman 1990. Nothing keeps what is long past: short-term memory only.
Shapes: T time, B batch, E embedding, H hidden, L layers.
"""

from collections.abc import Collection, Mapping
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from charlstm.models.base import Layer, Limits, State, Traced
from charlstm.models.dropout import Dropping, Noise
from charlstm.models.recurrent import (
    Weights,
    initialize_layer,
    layers_of,
    read_layers,
    step_layers,
    trace_layers,
)


class RNN(nn.Module):
    """Reads (T, B, E) and answers (T, B, H); its parameters are those of `torch.nn.RNN`."""

    gates: ClassVar[Mapping[str, Limits]] = {}
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
        self.rnn = nn.RNN(embedding, hidden, layers)

    def initial_state(self, batch: int) -> State:
        """Give a memory of nothing: (L, B, H)."""
        like = self.rnn.all_weights[0][0]
        return (like.new_zeros(self.rnn.num_layers, batch, self.rnn.hidden_size),)

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
        y, h = read_layers(_read, self.rnn.all_weights, x, state[0], drop)
        return y, (h,)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character: (B, E) -> (B, H)."""
        y, h = step_layers(torch.rnn_tanh_cell, self.rnn.all_weights, x, state[0])
        return y, (h,)

    def traced(self, x: Tensor, state: State) -> Traced:
        """Tell what every layer's h was; there are no gates."""
        return trace_layers(_read, _again, self.rnn.all_weights, x, state[0])

    def layers(self) -> list[Layer]:
        """Give the parameters of every layer."""
        return layers_of(self.rnn.all_weights)

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters."""
        for weights in self.rnn.all_weights:
            initialize_layer(weights, 1, generator)


def _read(x: Tensor, h: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    return torch.rnn_tanh(
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


def _again(x: Tensor, before: Tensor, weights: Weights) -> tuple[dict[str, Tensor], Tensor]:
    w_ih, w_hh, b_ih, b_hh = weights
    return {}, (F.linear(x, w_ih, b_ih) + F.linear(before, w_hh, b_hh)).tanh()
