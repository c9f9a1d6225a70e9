"""The recurrent net: its memory is h, and h is computed anew at each character.

    h ← tanh(W x + U h + b)

Elman 1990. Nothing keeps what is long past: short-term memory only.
Shapes: T time, B batch, E inputs, H hidden.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from charlstm.cells import CellInfo
from charlstm.models.autocast import lowered
from charlstm.models.base import State
from charlstm.models.recurrent import Cell, Weights, fused


def _fused(x: Tensor, state: State, weights: Weights) -> tuple[Tensor, State]:
    (h,) = state
    # Once, where autocast would do it again for each character.
    y, h = fused(torch.rnn_tanh, x, h[None], lowered(*weights))
    return y, (h[0],)


def _step(x: Tensor, state: State, weights: Weights) -> State:
    return (torch.rnn_tanh_cell(x, *state, *weights),)


def _recover(x: Tensor, before: Tensor, weights: Weights) -> dict[str, Tensor]:
    w_ih, w_hh, b_ih, b_hh = weights
    return {"hidden": (F.linear(x, w_ih, b_ih) + F.linear(before, w_hh, b_hh)).tanh()}


CELL = Cell(
    info=CellInfo("rnn"), module=nn.RNN, kernels={"fused": _fused}, step=_step, recover=_recover
)
