"""The interface that every family of model shares, and what surrounds its memory.

    ids (T, B) → embedding (T, B, E) → memory (T, B, H) → head (T, B, V)

A memory is what a family is about. Its state is an argument and a result of everything it does;
only the family knows what is in it.
"""

from collections.abc import Collection, Mapping
from typing import ClassVar, NamedTuple, Protocol

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from charlstm.models.dropout import Dropout

State = tuple[Tensor, ...]
# Of a gate: the least and the most that it can be.
Limits = tuple[float, float]

SHARE: Limits = (0.0, 1.0)  # σ
SIGNED: Limits = (-1.0, 1.0)  # tanh


class Affine(NamedTuple):
    """A weight (rows, columns) and its bias (rows): a column for each number that is heard."""

    weight: Tensor
    bias: Tensor


class Layer(NamedTuple):
    """The parameters of a layer: those that hear the layer below, and those that hear its own h.

    Both have H rows for each gate, in the order of the memory's `gates`. Where nothing is handed
    from character to character there is no `recurrent` part.
    """

    below: Affine
    recurrent: Affine | None


class Traced(NamedTuple):
    """What a memory did while it read a stretch.

    `layers` has, for each layer, its gates and states by name, each (T, B, H); `hidden` is always
    among them. `discrepancy` is how far h, worked out from them, is from the h that was read.
    """

    layers: list[dict[str, Tensor]]
    state: State
    discrepancy: float


class Memory(Protocol):
    """Turns embedded characters into what is known after each: (T, B, E) -> (T, B, H).

    Attributes:
        gates: the limits of each gate by its name, in the order of the rows of a layer's weights.
        unrolls: the precisions in which a loop of our own may be faster than torch's kernel.
    """

    gates: ClassVar[Mapping[str, Limits]]
    unrolls: ClassVar[Collection[str]]

    def initial_state(self, batch: int) -> State:
        """Give the state before anything was read; the dimension before the last of each is B."""

    def forward(
        self, x: Tensor, state: State, dropout: Dropout | None = None, kernel: str = "fused"
    ) -> tuple[Tensor, State]:
        """Read a sequence (T, B, E), in training with dropout.

        `kernel` is "fused", torch's own, or "unrolled", ours; a family without one ignores it.
        """

    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character, (B, E) -> (B, H), as `forward` would."""

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters."""

    def traced(self, x: Tensor, state: State) -> Traced:
        """Read a stretch (T, B, E) as `forward` would, and tell what happened inside."""

    def layers(self) -> list[Layer]:
        """Give the parameters of every layer, themselves and not copies."""


class CharacterModel(nn.Module):
    """Scores, at each character of a text, what the next may be.

    Attributes:
        memory: the family's own part.
        embedding: (V, E).
        head: from H to V.
    """

    def __init__(self, vocabulary: int, embedding: int, memory: Memory, hidden: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding)
        self.memory = memory
        self.head = nn.Linear(hidden, vocabulary)

    def initial_state(self, batch: int) -> State:
        """Give the state of B readers before anything was read."""
        return self.memory.initial_state(batch)

    def forward(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read a sequence: ids (T, B) -> logits of the next character (T, B, V)."""
        y, state = self.features(ids, state)
        return self.head(y), state

    def features(
        self, ids: Tensor, state: State, dropout: Dropout | None = None, kernel: str = "fused"
    ) -> tuple[Tensor, State]:
        """Read a sequence, ids (T, B), and return what the head reads (T, B, H)."""
        return self.memory.forward(self.embedding(ids), state, dropout, kernel)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character: ids (B) -> scores of the next (B, V)."""
        y, state = self.memory.step(self.embedding(ids), state)
        return self.head(y), state

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters: a new model finds every character about equally likely."""
        nn.init.normal_(self.embedding.weight, generator=generator)
        nn.init.uniform_(self.head.weight, -0.05, 0.05, generator=generator)
        nn.init.zeros_(self.head.bias)
        self.memory.initialize(generator)

    def parameter_count(self) -> int:
        """Count the numbers that training sets."""
        return sum(parameter.numel() for parameter in self.parameters())


def detached(state: State) -> State:
    """Cut a state off from how it came about: back-propagation ends here."""
    return tuple(part.detach().float() for part in state)


def nats(logits: Tensor, targets: Tensor) -> Tensor:
    """Give −ln p of each target (…) under scores (…, V)."""
    flat = F.cross_entropy(logits.flatten(0, -2).float(), targets.flatten(), reduction="none")
    return flat.view(targets.shape)


def as_ids(ids: object) -> Tensor:
    """Make a tensor of ids for an embedding."""
    return torch.as_tensor(ids, dtype=torch.long)
