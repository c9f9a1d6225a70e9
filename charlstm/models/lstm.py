"""The LSTM: a long-term memory C, controlled by four small layers.

    ① forget gate   f = σ(W_f x + U_f h + b_f)       how much of the old memory stays
    ② input gate    i = σ(W_i x + U_i h + b_i)       how much of the candidate is written
    ③ candidate     g = tanh(W_g x + U_g h + b_g)    what could be written
    ④ output gate   o = σ(W_o x + U_o h + b_o)       how much of the memory is read out

    C ← f·C + i·g          h ← o·tanh(C)

Hochreiter & Schmidhuber 1997; the forget gate is from Gers, Schmidhuber & Cummins 2000.
Shapes: T time, B batch, E inputs, H hidden.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from charlstm.cells import SHARE, SIGNED, CellInfo, Gate
from charlstm.models.base import State
from charlstm.models.lstm_kernel import read_lstm
from charlstm.models.recurrent import Cell, Values, Weights, fused

INFO = CellInfo(
    family="lstm",
    gates=(
        Gate("input", "i", SHARE, 2),
        Gate("forget", "f", SHARE, 1),
        Gate("candidate", "g", SIGNED, 3),
        Gate("output", "o", SHARE, 4),
    ),
    keeps="forget",
    writes="input",
    reads="output",
    memory="cell",
    steps=(
        ("forget", ("kept",)),
        ("input", ()),
        ("candidate", ("written",)),
        ("cell", ("cell",)),
        ("output", ("tanh", "hidden")),
        ("hidden", ()),
    ),
)


def _fused(x: Tensor, state: State, weights: Weights) -> tuple[Tensor, State]:
    h, c = state
    y, h, c = fused(torch.lstm, x, (h[None], c[None]), weights)
    return y, (h[0], c[0])


def _unrolled(x: Tensor, state: State, weights: Weights) -> tuple[Tensor, State]:
    h, c = state
    y, h, c = read_lstm(x, h, c, weights)
    return y, (h, c)


def _step(x: Tensor, state: State, weights: Weights) -> State:
    return torch.lstm_cell(x, state, *weights)


def _recover(x: Tensor, before: Tensor, weights: Weights) -> dict[str, Tensor]:
    w_ih, w_hh, b_ih, b_hh = weights
    i, f, g, o = (F.linear(x, w_ih, b_ih) + F.linear(before, w_hh, b_hh)).chunk(4, dim=-1)
    return {
        "forget": f.sigmoid(),
        "input": i.sigmoid(),
        "candidate": g.tanh(),
        "output": o.sigmoid(),
    }


def _write(gates: Values) -> dict[str, Any]:
    return {"written": gates["input"] * gates["candidate"]}


def _output(values: Values, tanh: Callable[[Any], Any]) -> dict[str, Any]:
    tanh_c = tanh(values["cell"])
    return {"tanh": tanh_c, "hidden": values["output"] * tanh_c}


CELL = Cell(
    info=INFO,
    module=nn.LSTM,
    kernels={"fused": _fused, "unrolled": _unrolled},
    step=_step,
    recover=_recover,
    write=_write,
    output=_output,
    optimizer="muon",
    unrolls=("bf16",),
)
