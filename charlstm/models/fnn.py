"""The feed-forward net: no memory, only a window on the last k characters.

    y = tanh(W [x_{t−k+1}; … ; x_t] + b)

The neural probabilistic language model of Bengio, Ducharme, Vincent & Jauvin 2003; further layers,
where asked for, are y ← tanh(W y + b). The state is nothing but the window's past.
Shapes: T time, B batch, E embedding, H hidden, k window.
"""

from collections.abc import Collection, Mapping
from typing import ClassVar

import torch
from torch import Generator, Tensor, nn

from charlstm.models.base import Affine, Layer, Limits, State, Traced
from charlstm.models.dropout import Dropout, drop_units


class FNN(nn.Module):
    """Reads (T, B, E) through a window of k characters, and answers (T, B, H)."""

    gates: ClassVar[Mapping[str, Limits]] = {}
    unrolls: ClassVar[Collection[str]] = ()

    def __init__(self, embedding: int, hidden: int, layers: int, window: int) -> None:
        super().__init__()
        self.embedding, self.window = embedding, window
        inputs = [window * embedding] + [hidden] * (layers - 1)
        self.fnn = nn.Sequential(*(nn.Linear(width, hidden) for width in inputs))

    def initial_state(self, batch: int) -> State:
        """Give a window that nothing was seen through: (k−1, B, E)."""
        like = next(self.parameters())
        return (like.new_zeros(self.window - 1, batch, self.embedding),)

    def forward(
        self,
        x: Tensor,
        state: State,
        dropout: Dropout | None = None,
        kernel: str = "fused",  # noqa: ARG002
    ) -> tuple[Tensor, State]:
        """Read a sequence, all of it at once."""
        outputs, state = self._read(x, state, dropout)
        return outputs[-1], state

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character: (B, E) -> (B, H)."""
        y, state = self.forward(x[None], state)
        return y[0], state

    def traced(self, x: Tensor, state: State) -> Traced:
        """Tell what every layer said; there are no gates."""
        outputs, state = self._read(x, state, None)
        return Traced([{"hidden": y} for y in outputs], state, 0.0)

    def layers(self) -> list[Layer]:
        """Give the parameters of every layer."""
        numbers = list(self.fnn.parameters())
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return [Layer(Affine(weight, bias), None) for weight, bias in pairs]

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters (Glorot & Bengio 2010)."""
        for parameter in self.parameters():
            if parameter.ndim > 1:
                nn.init.xavier_uniform_(parameter, generator=generator)
            else:
                nn.init.zeros_(parameter)

    def _read(self, x: Tensor, state: State, dropout: Dropout | None) -> tuple[list[Tensor], State]:
        seen = torch.cat((state[0].to(x.dtype), x))
        # (T, B, E, k) -> (T, B, k·E)
        y = seen.unfold(0, self.window, 1).transpose(2, 3).flatten(2)
        outputs = []
        for layer in self.fnn:
            y = drop_units(layer(y).tanh(), dropout)
            outputs.append(y)
        return outputs, (seen[len(seen) - self.window + 1 :],)
