"""The feed-forward net: no memory, only a window on the last k characters.

    y = tanh(W [x_{t−k+1}; … ; x_t] + b)

The neural probabilistic language model of Bengio, Ducharme, Vincent & Jauvin 2003; further layers,
where asked for, are y ← tanh(W y + b). The state is the rest of the window, k−1 characters.
Shapes: T time, B batch, E embedding, H hidden, k window.
"""

import torch
from torch import Generator, Tensor, nn

from charlstm.cells import CellInfo
from charlstm.models.base import Affine, Core, Layer, State, TracedChunk
from charlstm.models.dropout import Dropout, drop_units


class FNN(Core):
    """Reads (T, B, E) through a window of k characters and returns (T, B, H)."""

    info = CellInfo("fnn")
    module: nn.Sequential

    def __init__(self, embedding: int, hidden: int, layers: int, window: int) -> None:
        self.embedding, self.window = embedding, window
        inputs = [window * embedding] + [hidden] * (layers - 1)
        self.module = nn.Sequential(*(nn.Linear(width, hidden) for width in inputs))

    def initial_state(self, batch: int) -> State:
        """Return an empty window: (k−1, B, E)."""
        like = next(self.module.parameters())
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
        """Read one character: (B, E) → (B, H)."""
        y, state = self.forward(x[None], state)
        return y[0], state

    def trace(self, x: Tensor, state: State) -> TracedChunk:
        """Return the outputs of every layer; there are no gates."""
        outputs, state = self._read(x, state, None)
        return TracedChunk([{"hidden": y} for y in outputs], state, 0.0)

    def layers(self) -> list[Layer]:
        """Return the parameters of every layer."""
        parameters = list(self.module.parameters())
        pairs = zip(parameters[::2], parameters[1::2], strict=True)
        return [Layer(Affine(weight, bias), None) for weight, bias in pairs]

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters (Glorot & Bengio 2010)."""
        for parameter in self.module.parameters():
            if parameter.ndim > 1:
                nn.init.xavier_uniform_(parameter, generator=generator)
            else:
                nn.init.zeros_(parameter)

    def _read(self, x: Tensor, state: State, dropout: Dropout | None) -> tuple[list[Tensor], State]:
        seen = torch.cat((state[0].to(x.dtype), x))
        # (T, B, E, k) -> (T, B, k·E)
        y = seen.unfold(0, self.window, 1).transpose(2, 3).flatten(2)
        outputs = []
        for layer in self.module:
            y = drop_units(layer(y).tanh(), dropout)
            outputs.append(y)
        return outputs, (seen[len(seen) - self.window + 1 :],)
