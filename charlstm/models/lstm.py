"""The LSTM: a long-term memory C, kept by four small layers.

    ① forget gate   f = σ(W_f x + U_f h + b_f)       how much of the old memory stays
    ② input gate    i = σ(W_i x + U_i h + b_i)       how much of the candidate is written
    ③ candidate     g = tanh(W_g x + U_g h + b_g)    what could be written
    ④ output gate   o = σ(W_o x + U_o h + b_o)       how much of the memory is spoken

    C ← f·C + i·g          h ← o·tanh(C)

Hochreiter & Schmidhuber 1997; the forget gate is from Gers, Schmidhuber & Cummins 2000.
Shapes: T time, B batch, E embedding, H hidden, L layers.
"""

from collections.abc import Collection, Mapping
from typing import ClassVar, NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from charlstm.models.base import SHARE, SIGNED, Layer, Limits, State, Traced
from charlstm.models.dropout import Dropout, drop_units, drop_weights
from charlstm.models.lstm_kernel import read_lstm
from charlstm.models.recurrent import fused, initialize_layer, layers_of


class LSTMState(NamedTuple):
    """What one character hands to the next: short-term h and long-term C, each (L, B, H)."""

    h: Tensor
    c: Tensor


class LSTM(nn.Module):
    """Reads (T, B, E), remembers, and answers (T, B, H).

    Its parameters are those of `torch.nn.LSTM`, name for name, so that either loads the other's.
    """

    gates: ClassVar[Mapping[str, Limits]] = {
        "input": SHARE,
        "forget": SHARE,
        "candidate": SIGNED,
        "output": SHARE,
    }
    unrolls: ClassVar[Collection[str]] = ("bf16",)

    def __init__(self, embedding: int, hidden: int, layers: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(embedding, hidden, layers)

    def initial_state(self, batch: int) -> LSTMState:
        """Give a memory of nothing."""
        like = self._weights(0)[0]
        zeros = like.new_zeros(self.lstm.num_layers, batch, self.lstm.hidden_size)
        return LSTMState(zeros, zeros)

    def forward(
        self, x: Tensor, state: State, dropout: Dropout | None = None, kernel: str = "fused"
    ) -> tuple[Tensor, LSTMState]:
        """Read a sequence with either kernel, one layer after the other."""
        hs, cs = [], []
        read = read_lstm if kernel == "unrolled" else _read
        for layer, before in enumerate(zip(*state, strict=True)):
            x, h, c = read(x, before[0], before[1], drop_weights(self._weights(layer), dropout))
            x = drop_units(x, dropout)
            hs.append(h)
            cs.append(c)
        return x, LSTMState(torch.stack(hs), torch.stack(cs))

    def step(self, x: Tensor, state: State) -> tuple[Tensor, LSTMState]:
        """Read one character: (B, E) -> (B, H).

        The fused kernel packs its weights anew at every call, which costs more than the step.
        """
        h, c = state
        hs, cs = [], []
        for layer in range(self.lstm.num_layers):
            x, cell = torch.lstm_cell(x, (h[layer], c[layer]), *self._weights(layer))
            hs.append(x)
            cs.append(cell)
        return x, LSTMState(torch.stack(hs), torch.stack(cs))

    def traced(self, x: Tensor, state: State) -> Traced:
        """Tell what the gates of every layer did while the stretch x (T, B, E) was read.

        The fused kernel keeps its gates to itself. But they depend only on x and on the h that it
        does give out, so one matrix product brings them all back.
        """
        layers, discrepancy = [], 0.0
        for number in range(self.lstm.num_layers):
            h, c = state
            y, _, _ = _read(x, h[number], c[number], self._weights(number))
            layer = self._gates_of_layer(number, x, y, state)
            again = layer["output"] * layer["cell"].tanh()
            discrepancy = max(discrepancy, float((again - y).detach().abs().max()))
            layers.append(layer)
            x = y
        h = torch.stack([layer["hidden"][-1] for layer in layers])
        c = torch.stack([layer["cell"][-1] for layer in layers])
        return Traced(layers, LSTMState(h, c), discrepancy)

    def layers(self) -> list[Layer]:
        """Give the parameters of every layer."""
        return layers_of(self.lstm.all_weights)

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters, with the forget gates open.

        A forget bias of 1: Jozefowicz, Zaremba & Sutskever 2015.
        """
        hidden = self.lstm.hidden_size
        for weights in self.lstm.all_weights:
            initialize_layer(weights, 4, generator)
            nn.init.ones_(weights[2].detach()[hidden : 2 * hidden])

    def _gates_of_layer(self, layer: int, x: Tensor, y: Tensor, state: State) -> dict[str, Tensor]:
        h, c = state
        w_ih, w_hh, b_ih, b_hh = self._weights(layer)
        # h as each character came: (T, B, H)
        before = torch.cat((h[layer : layer + 1], y[:-1]))
        i, f, g, o = (F.linear(x, w_ih, b_ih) + F.linear(before, w_hh, b_hh)).chunk(4, dim=-1)
        forget, write, candidate = f.sigmoid(), i.sigmoid(), g.tanh()
        return {
            "forget": forget,
            "input": write,
            "candidate": candidate,
            "output": o.sigmoid(),
            "cell": _scan(forget, write * candidate, c[layer]),
            "hidden": y,
        }

    def _weights(self, layer: int) -> list[Tensor]:
        return list(self.lstm.all_weights[layer])


def _scan(forget: Tensor, written: Tensor, c: Tensor) -> Tensor:
    """Follow C ← f·C + i·g through a stretch: (T, B, H)."""
    cell = torch.empty_like(written)
    for t, new in enumerate(written):
        c = forget[t] * c + new
        cell[t] = c
    return cell


def _read(x: Tensor, h: Tensor, c: Tensor, weights: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    y, h, c = fused(torch.lstm, x, (h[None], c[None]), weights)
    return y, h[0], c[0]
