"""The gated recurrent unit: two gates, and no memory besides h.

    reset gate    r = σ(W_r x + U_r h + b_r)                 how much of the past n sees
    update gate   z = σ(W_z x + U_z h + b_z)                 how much of the past stays
    candidate     n = tanh(W_n x + b_n + r·(U_n h + b'_n))   what could take its place

    h ← z·h + (1 − z)·n

Cho et al. 2014, in the variant that torch computes: r multiplies after the matrix product.
Shapes: T time, B batch, E inputs, H hidden.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from charlstm.cells import SHARE, SIGNED, CellInfo, Gate
from charlstm.models.autocast import lowered
from charlstm.models.base import State
from charlstm.models.recurrent import Cell, Values, Weights, fused

INFO = CellInfo(
    family="gru",
    gates=(
        Gate("reset", "r", SHARE),
        Gate("update", "z", SHARE),
        Gate("candidate", "n", SIGNED),
    ),
    keeps="update",
    steps=(
        ("reset", ()),
        ("candidate", ()),
        ("update", ("kept", "rest", "written")),
        ("hidden", ("hidden",)),
    ),
)


def _fused(x: Tensor, state: State, weights: Weights) -> tuple[Tensor, State]:
    (h,) = state
    # Once, where autocast would do it again for each character.
    y, h = fused(torch.gru, x, h[None], lowered(*weights))
    return y, (h[0],)


def _step(x: Tensor, state: State, weights: Weights) -> State:
    return (torch.gru_cell(x, *state, *weights),)


def _recover(x: Tensor, before: Tensor, weights: Weights) -> dict[str, Tensor]:
    w_ih, w_hh, b_ih, b_hh = weights
    x_r, x_z, x_n = F.linear(x, w_ih, b_ih).chunk(3, dim=-1)
    h_r, h_z, h_n = F.linear(before, w_hh, b_hh).chunk(3, dim=-1)
    reset, update = (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid()
    return {"reset": reset, "update": update, "candidate": (x_n + reset * h_n).tanh()}


def _write(gates: Values) -> dict[str, Any]:
    rest = 1 - gates["update"]
    return {"rest": rest, "written": rest * gates["candidate"]}


CELL = Cell(
    info=INFO,
    module=nn.GRU,
    kernels={"fused": _fused},
    step=_step,
    recover=_recover,
    write=_write,
    optimizer="muon",
)
