"""The recurrent core: layers of one kind of cell, each torch's own, one on top of the other.

A cell brings its kernels, its equations, and what its gates do. torch's kernels do not return the
gates, but these depend only on x and on the h before each character, which the kernels do return:
so one matrix product with each recovers all of them.
Shapes: T time, B batch, E inputs (the embedding, or H of the layer below), H hidden, L layers.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Generator, Tensor, nn

from charlstm.cells import CellInfo
from charlstm.models.base import Affine, Core, Layer, State, TracedChunk
from charlstm.models.dropout import Dropout, drop_units, drop_weights

# Of a layer with G blocks of rows: w_ih (G·H, E), w_hh (G·H, H), b_ih (G·H), b_hh (G·H).
Weights = Sequence[Tensor]
# Reads a sequence x (T, B, E) with one layer from its state, (B, H) each: → (T, B, H), new state.
Kernel = Callable[[Tensor, State, Weights], tuple[Tensor, State]]
# Numbers of any kind that can be added and multiplied: tensors, floats, exact decimals.
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Cell:
    """One kind of recurrent cell.

    Attributes:
        info: what its gates do.
        module: torch's class that has the parameters; it loads what torch's own has saved.
        kernels: ways to read a sequence with one layer; "fused" is torch's.
        step: reads one character with one layer: x (B, E), state (B, H) each → new state.
        recover: computes the gates from x (T, B, E), the h before each character (T, B, H) and the
            weights; a cell without gates returns h.
        write: what is written into the memory, "written", and what leads to it, from the gates.
        output: "hidden" and what leads to it, from gates and memory, given a tanh; nothing where
            the memory is h itself.
        optimizer: trains the family best where no other is asked for.
        unrolls: the precisions in which the kernel "unrolled" may be faster than "fused".
    """

    info: CellInfo
    module: type[nn.LSTM] | type[nn.GRU] | type[nn.RNN]
    kernels: Mapping[str, Kernel]
    step: Callable[[Tensor, State, Weights], State]
    recover: Callable[[Tensor, Tensor, Weights], dict[str, Tensor]]
    write: Callable[[Values], dict[str, Any]] = field(default=lambda _: {})
    output: Callable[[Values, Callable[[Any], Any]], dict[str, Any]] = field(
        default=lambda _, __: {}
    )
    optimizer: str = "adamw"
    unrolls: Collection[str] = ()

    def update(self, values: Values, tanh: Callable[[Any], Any]) -> dict[str, Any]:
        """Return all results of a gated cell's equations by name.

        `values` are its gates and, as "before", the memory before the character.
        """
        assert self.info.keeps is not None
        found = self.write(values)
        found["kept"] = values[self.info.keeps] * values["before"]
        found[self.info.memory] = found["kept"] + found["written"]
        return found | self.output({**values, **found}, tanh)


class Recurrent(Core):
    """Layers of a cell: reads (T, B, E) and returns (T, B, H)."""

    def __init__(self, cell: Cell, embedding: int, hidden: int, layers: int) -> None:
        self.cell, self.info = cell, cell.info
        self.module: nn.RNNBase = cell.module(embedding, hidden, layers)
        self.optimizer, self.unrolls = cell.optimizer, cell.unrolls

    def initial_state(self, batch: int) -> State:
        """Return an empty memory: (L, B, H) for each state."""
        like = self.module.all_weights[0][0]
        shape = self.module.num_layers, batch, self.module.hidden_size
        return tuple(like.new_zeros(shape) for _ in self.info.states)

    def forward(
        self, x: Tensor, state: State, dropout: Dropout | None = None, kernel: str = "fused"
    ) -> tuple[Tensor, State]:
        """Read a sequence with a kernel of the cell, one layer after the other."""
        read = self.cell.kernels.get(kernel, self.cell.kernels["fused"])
        after = []
        for before, weights in self._layers(state):
            x, last = read(x, before, drop_weights(weights, dropout))
            x = drop_units(x, dropout)
            after.append(last)
        return x, _stacked(after)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character: (B, E) → (B, H).

        A fused kernel packs its weights at every call, which costs more than the step.
        """
        after = []
        for before, weights in self._layers(state):
            after.append(self.cell.step(x, before, weights))
            x = after[-1][0]
        return x, _stacked(after)

    def trace(self, x: Tensor, state: State) -> TracedChunk:
        """Read a sequence x (T, B, E) and return the gates and states of every layer."""
        layers, discrepancy = [], 0.0
        for before, weights in self._layers(state):
            y, _ = self.cell.kernels["fused"](x, before, weights)
            layer, hidden = self._trace_layer(x, y, before, weights)
            discrepancy = max(discrepancy, float((hidden - y).detach().abs().max()))
            layers.append(layer)
            x = y
        after = [tuple(layer[name][-1] for name in self.info.states) for layer in layers]
        return TracedChunk(layers, _stacked(after), discrepancy)

    def _trace_layer(
        self, x: Tensor, y: Tensor, state: State, weights: Weights
    ) -> tuple[dict[str, Tensor], Tensor]:
        """Recover gates and states by name, and compute h (T, B, H) from them once more."""
        info = self.info
        before = torch.cat((state[0][None], y[:-1]))
        values = self.cell.recover(x, before, weights)
        if info.keeps is not None:
            keep, written = values[info.keeps], self.cell.write(values)["written"]
            if info.memory == "hidden":
                values["hidden"] = keep * before + written
            else:
                values[info.memory] = _scan(keep, written, state[1])
        hidden = {**values, **self.cell.output(values, torch.tanh)}["hidden"]
        return {**values, "hidden": y}, hidden

    def layers(self) -> list[Layer]:
        """Return the parameters of every layer."""
        return [
            Layer(Affine(w_ih, b_ih), Affine(w_hh, b_hh))
            for w_ih, w_hh, b_ih, b_hh in self.module.all_weights
        ]

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters, with a bias of 1 for the gate that keeps the memory.

        Recurrent weights are orthogonal (Saxe, McClelland & Ganguli 2014). That the memory is kept
        at first helps to learn what is far apart (Jozefowicz, Zaremba & Sutskever 2015).
        """
        for w_ih, w_hh, b_ih, b_hh in self.module.all_weights:
            bound = self.module.hidden_size**-0.5
            nn.init.uniform_(w_ih, -bound, bound, generator=generator)
            for block in w_hh.detach().chunk(self.info.blocks):
                nn.init.orthogonal_(block, generator=generator)
            nn.init.zeros_(b_ih)
            nn.init.zeros_(b_hh)
            if self.info.keeps is not None:
                rows = self.info.rows(self.info.keeps, self.module.hidden_size)
                nn.init.ones_(b_ih.detach()[rows])

    def _layers(self, state: State) -> Sequence[tuple[State, Weights]]:
        """Pair the state of each layer, (B, H) each, with its weights."""
        return list(zip(zip(*state, strict=True), self.module.all_weights, strict=True))


def fused(kernel: Callable[..., Any], x: Tensor, state: Any, weights: Weights) -> Any:  # noqa: ANN401
    """Read a sequence x (T, B, E) with one layer of a kernel of torch's."""
    return kernel(
        x,
        state,
        list(weights),
        has_biases=True,
        num_layers=1,
        dropout=0.0,
        train=torch.is_grad_enabled(),
        bidirectional=False,
        batch_first=False,
    )


def _scan(keep: Tensor, written: Tensor, memory: Tensor) -> Tensor:
    """Follow m ← keep·m + written along a sequence: (T, B, H)."""
    memories = torch.empty_like(written)
    for t, new in enumerate(written):
        memory = keep[t] * memory + new
        memories[t] = memory
    return memories


def _stacked(states: Sequence[State]) -> State:
    """Stack the states of the layers: (L, B, H) each."""
    return tuple(torch.stack(parts) for parts in zip(*states, strict=True))
