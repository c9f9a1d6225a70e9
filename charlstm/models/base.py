"""The network of every family, and what a family has to bring.

    ids (T, B) → embedding (T, B, E) → core (T, B, H) → head (T, B, V)

The core is what a family is about. Its state is an argument and a result of every call.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from charlstm.cells import CellInfo
from charlstm.models.dropout import Dropout

# What is carried from one character to the next: for recurrent families h, or h and C, (L, B, H).
State = tuple[Tensor, ...]


class Affine(NamedTuple):
    """A weight (rows, columns), with a column for each input, and its bias (rows)."""

    weight: Tensor
    bias: Tensor


class Layer(NamedTuple):
    """The parameters of a layer: those for its inputs, and those for its own last output.

    Both have H rows for each gate, in the order of `CellInfo.gates`. A layer that is not recurrent
    has no second part.
    """

    inputs: Affine
    recurrent: Affine | None


class TracedChunk(NamedTuple):
    """What happened inside a core while it read T characters.

    `layers` has the gates and states of each layer by name, each (T, B, H), `hidden` among them.
    `discrepancy` is the largest difference between h as the kernel computed it and h as it follows
    from the gates.
    """

    layers: list[dict[str, Tensor]]
    state: State
    discrepancy: float


class Core(ABC):
    """The part of a network that differs between families: (T, B, E) → (T, B, H).

    Attributes:
        info: the family, and what its gates do.
        module: has the parameters; the network registers it under the family's name.
        optimizer: trains the family best where no other is asked for.
        unrolls: the precisions in which a kernel of our own may be faster than torch's.
    """

    info: CellInfo
    module: nn.Module
    optimizer: str = "adamw"
    unrolls: Collection[str] = ()

    @abstractmethod
    def initial_state(self, batch: int) -> State:
        """Return the state before anything was read; the dimension before the last of each is B."""

    @abstractmethod
    def forward(
        self, x: Tensor, state: State, dropout: Dropout | None = None, kernel: str = "fused"
    ) -> tuple[Tensor, State]:
        """Read a sequence (T, B, E), in training with dropout.

        `kernel` is "fused", torch's own, or "unrolled", ours; a family without one ignores it.
        """

    @abstractmethod
    def step(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character, (B, E) → (B, H), with the result that `forward` would have."""

    @abstractmethod
    def trace(self, x: Tensor, state: State) -> TracedChunk:
        """Read a sequence (T, B, E) as `forward` would and return what happened inside."""

    @abstractmethod
    def layers(self) -> list[Layer]:
        """Return the parameters of every layer, themselves and not copies."""

    @abstractmethod
    def initialize(self, generator: Generator) -> None:
        """Draw new parameters."""


class Network(nn.Module):
    """Scores, after each character of a text, what the next may be.

    Attributes:
        core: the family's own part. Its module is registered under the family's name, so that
            parameters are called as in a saved model: embedding.weight, lstm.weight_ih_l0, …
    """

    def __init__(self, core: Core, vocabulary: int, embedding: int, hidden: int) -> None:
        super().__init__()
        # nn.Embedding draws its weights even on the meta device, for which torch imports its
        # compiler; `initialize` draws them here.
        self.embedding = nn.Embedding(
            vocabulary, embedding, _weight=torch.empty(vocabulary, embedding)
        )
        self.core = core
        self.add_module(core.info.family, core.module)
        self.head = nn.Linear(hidden, vocabulary)

    def initial_state(self, batch: int) -> State:
        """Return the state of B streams before anything was read."""
        return self.core.initial_state(batch)

    def forward(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read a sequence: ids (T, B) → logits of the next character (T, B, V)."""
        y, state = self.features(ids, state)
        return self.head(y), state

    def features(
        self, ids: Tensor, state: State, dropout: Dropout | None = None, kernel: str = "fused"
    ) -> tuple[Tensor, State]:
        """Read a sequence, ids (T, B), and return the head's inputs (T, B, H)."""
        return self.core.forward(self.embedding(ids), state, dropout, kernel)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character: ids (B) → logits of the next (B, V)."""
        y, state = self.core.step(self.embedding(ids), state)
        return self.head(y), state

    def initialize(self, generator: Generator) -> None:
        """Draw new parameters, so that every character is about equally likely."""
        nn.init.normal_(self.embedding.weight, generator=generator)
        nn.init.uniform_(self.head.weight, -0.05, 0.05, generator=generator)
        nn.init.zeros_(self.head.bias)
        self.core.initialize(generator)

    def parameter_count(self) -> int:
        """Return the number of trained numbers."""
        return sum(parameter.numel() for parameter in self.parameters())


def detached(state: State) -> State:
    """Return a state that back-propagation does not go beyond."""
    return tuple(part.detach().float() for part in state)


def surprisal(logits: Tensor, targets: Tensor) -> Tensor:
    """Return −ln p, in nats, of each target (…) under logits (…, V)."""
    flat = F.cross_entropy(logits.flatten(0, -2).float(), targets.flatten(), reduction="none")
    return flat.view(targets.shape)


def as_ids(ids: object) -> Tensor:
    """Return ids as a tensor that an embedding takes."""
    return torch.as_tensor(ids, dtype=torch.long)
