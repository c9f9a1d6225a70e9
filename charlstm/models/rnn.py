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

    @staticmethod
    def read(x: Tensor, h: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
        """Read a stretch with one layer: (T, B, E), h (1, B, H) -> (T, B, H), h (1, B, H)."""
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

    @staticmethod
    def read_one(x: Tensor, h: Tensor, weights: Weights) -> Tensor:
        """Read one character with one layer: (B, E), h (B, H) -> h (B, H)."""
        return torch.rnn_tanh_cell(x, h, *weights)

    @staticmethod
    def explain(x: Tensor, before: Tensor, weights: Weights) -> tuple[dict[str, Tensor], Tensor]:
        """Give h once more, (T, B, H); there are no gates."""
        w_ih, w_hh, b_ih, b_hh = weights
        return {}, (F.linear(x, w_ih, b_ih) + F.linear(before, w_hh, b_hh)).tanh()
