"""Families whose whole state is h, and what the LSTM shares with them.

Their layers are torch's own, one on top of the other. A family brings a kernel, which reads a
stretch with one layer, the same for one character, and what brings back the gates that the kernel
keeps to itself. The LSTM is not one of them: its state is h and C.
Shapes: T time, B batch, E inputs (the embedding, or H of the layer below), H hidden, L layers.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from charlstm.models.autocast import lowered
from charlstm.models.base import Affine, Layer, Limits, State, Traced
from charlstm.models.dropout import Dropout, drop_units, drop_weights

# Of a layer with G blocks of rows: w_ih (G·H, E), w_hh (G·H, H), b_ih (G·H), b_hh (G·H).
Weights = Sequence[Tensor]
# torch's own reading of a stretch (T, B, E): answers (T, B, H), and then what is left of its state.
Kernel = Callable[..., tuple[Tensor, ...]]


class ShortTerm(nn.Module, ABC):
    """Reads (T, B, E) and answers (T, B, H); all it remembers is the last h of each layer.

    Attributes:
        name: of the submodule that has the parameters, in saved models, too.
        kind: what torch calls that submodule; it loads what torch's own has saved.
        kernel: reads a stretch with one layer.
        cell: reads one character with one layer: x (B, E), h (B, H), weights -> h (B, H).
    """

    gates: ClassVar[Mapping[str, Limits]]
    unrolls: ClassVar[Collection[str]] = ()
    name: ClassVar[str]
    kind: ClassVar[type[nn.RNN] | type[nn.GRU]]
    kernel: ClassVar[Kernel]
    cell: ClassVar[Callable[..., Tensor]]

    def __init__(self, embedding: int, hidden: int, layers: int) -> None:
        super().__init__()
        self.add_module(self.name, self.kind(embedding, hidden, layers))

    @staticmethod
    @abstractmethod
    def explain(x: Tensor, before: Tensor, weights: Weights) -> tuple[dict[str, Tensor], Tensor]:
        """Give the gates of a layer by name, and its h once more, each (T, B, H).

        The gates depend only on x (T, B, E) and on the h `before` each character (T, B, H), so one
        product with each brings all of them back.
        """

    def initial_state(self, batch: int) -> State:
        """Give a memory of nothing: (L, B, H)."""
        inner = self._inner
        like = inner.all_weights[0][0]
        return (like.new_zeros(inner.num_layers, batch, inner.hidden_size),)

    def forward(
        self,
        x: Tensor,
        state: State,
        dropout: Dropout | None = None,
        kernel: str = "fused",  # noqa: ARG002
    ) -> tuple[Tensor, State]:
        """Read a sequence with torch's own kernel, one layer after the other."""
        last = []
        for h, weights in zip(torch.split(state[0], 1), self._inner.all_weights, strict=True):
            # Once, where autocast would do it again for each character.
            low = lowered(*drop_weights(weights, dropout))
            x, after = fused(self.kernel, x, h, low)
            x = drop_units(x, dropout)
            last.append(after)
        return x, (torch.cat(last),)

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character: (B, E) -> (B, H)."""
        last = []
        for h, weights in zip(state[0], self._inner.all_weights, strict=True):
            x = self.cell(x, h, *weights)
            last.append(x)
        return x, (torch.stack(last),)

    def traced(self, x: Tensor, state: State) -> Traced:
        """Tell what the gates of every layer did while the stretch x (T, B, E) was read."""
        layers, discrepancy = [], 0.0
        for h, weights in zip(torch.split(state[0], 1), self._inner.all_weights, strict=True):
            y, _ = fused(self.kernel, x, h, weights)
            gates, again = self.explain(x, torch.cat((h, y[:-1])), weights)
            discrepancy = max(discrepancy, float((again - y).detach().abs().max()))
            layers.append({**gates, "hidden": y})
            x = y
        return Traced(
            layers, (torch.stack([layer["hidden"][-1] for layer in layers]),), discrepancy
        )

    def layers(self) -> list[Layer]:
        """Give the parameters of every layer."""
        return layers_of(self._inner.all_weights)

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters."""
        for weights in self._inner.all_weights:
            # Without gates the rows are those of h alone.
            initialize_layer(weights, max(1, len(self.gates)), generator)

    @property
    def _inner(self) -> nn.RNNBase:
        inner: nn.RNNBase = getattr(self, self.name)
        return inner


def fused(
    kernel: Kernel, x: Tensor, state: Tensor | tuple[Tensor, ...], weights: Weights
) -> tuple[Tensor, ...]:
    """Read a stretch x (T, B, E) with one layer of torch's kernel; each state is (1, B, H)."""
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


def layers_of(weights: Sequence[Weights]) -> list[Layer]:
    """Sort the parameters of each layer by what they hear."""
    return [Layer(Affine(w_ih, b_ih), Affine(w_hh, b_hh)) for w_ih, w_hh, b_ih, b_hh in weights]


def initialize_layer(weights: Weights, blocks: int, generator: Generator) -> None:
    """Draw the weights of a layer of so many gates: recurrent ones orthogonal, no biases.

    Orthogonal: Saxe, McClelland & Ganguli 2014.
    """
    w_ih, w_hh, b_ih, b_hh = weights
    bound = w_hh.shape[1] ** -0.5
    nn.init.uniform_(w_ih, -bound, bound, generator=generator)
    for block in w_hh.detach().chunk(blocks):
        nn.init.orthogonal_(block, generator=generator)
    nn.init.zeros_(b_ih)
    nn.init.zeros_(b_hh)
