"""A network, its vocabulary and the normal form of its text: what maps text to probabilities.

Shapes: T time, B batch, E embedding, H hidden, V vocabulary, N any number of positions.
"""

import math
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from charlstm.cells import CellInfo
from charlstm.models.base import Network, State, TracedChunk, as_ids, surprisal
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import UNKNOWN_ID, Vocabulary

_TOLERANCE = 1e-3


@dataclass(frozen=True)
class LanguageModel:
    """Reads text and predicts the next character.

    A state is a tuple of tensors whose dimension before the last is B: h (L, B, H), of an LSTM h
    and C; of an fnn the embeddings in its window, (k−1, B, E). It is an argument and a result of
    every call, and no call changes the one that it is given.

    Attributes:
        network: the weights.
        vocabulary: the characters.
        form: the normal form of the text that it was trained on: nfc, nfd or none.
    """

    network: Network
    vocabulary: Vocabulary
    form: str

    @property
    def cell_info(self) -> CellInfo:
        """What the gates of the network do."""
        return self.network.core.info

    def normalize(self, text: str) -> str:
        """Return a text in the model's normal form."""
        return normalized(text, self.form)

    def encode(self, text: str) -> Tensor:
        """Return the ids of the characters of a text in the model's normal form: (T), int64."""
        return as_ids(self.vocabulary.encode(self.normalize(text)).astype(np.int64))

    def unknown(self, text: str) -> list[str]:
        """Return the characters of a text that the vocabulary does not have, each once."""
        return self.vocabulary.unknown(self.normalize(text))

    def initial_state(self, batch: int = 1) -> State:
        """Return the state of B streams before anything was read."""
        return self.network.initial_state(batch)

    def read(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read ids (T, B); return the logits after each (T, B, V), and the new state."""
        logits, state = self.network(ids, state)
        return logits, state

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read one character in each stream, ids (B); return logits (B, V) and the new state."""
        return self.network.step(ids, state)

    def features(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """Read ids (T, B); return the head's inputs (T, B, H), and the new state."""
        return self.network.features(ids, state)

    def logits(self, features: Tensor) -> Tensor:
        """Return the logits (…, V) for the head's inputs (…, H)."""
        logits: Tensor = self.network.head(features)
        return logits

    def embed(self, ids: Tensor) -> Tensor:
        """Return the embeddings (…, E) of ids (…)."""
        embedded: Tensor = self.network.embedding(ids)
        return embedded

    def features_of_embedded(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        """Read embeddings x (T, B, E); return the head's inputs (T, B, H), and the new state."""
        return self.network.core.forward(x, state)

    def trace(self, ids: Tensor, state: State) -> TracedChunk:
        """Read ids (T, B) and return the gates and states of every layer.

        Raises:
            ArithmeticError: the gates do not give the h that the kernel computed.
        """
        chunk = self.network.core.trace(self.embed(ids), state)
        if not chunk.discrepancy < _TOLERANCE:
            raise ArithmeticError(f"the gates do not give h again: off by {chunk.discrepancy}")
        return chunk

    def activation(self, layer: dict[str, Tensor]) -> Tensor:
        """Return the memory of a traced layer's units between −1 and 1: tanh(C), else h."""
        memory = layer[self.cell_info.memory]
        return memory if self.cell_info.memory == "hidden" else memory.tanh()

    def surprisal(self, logits: Tensor, ids: Tensor) -> Tensor:
        """Return −ln p, in nats, of each character that came (…) under logits (…, V).

        An unknown character also costs the choice among all that the vocabulary does not have.
        """
        nats = surprisal(logits, ids)
        return nats + (ids == UNKNOWN_ID).to(nats.dtype) * math.log(self.vocabulary.outside)

    def likeliest(self, logits: Tensor, count: int) -> list[list[tuple[str, float]]]:
        """Return the likeliest next characters with their probabilities under logits (N, V)."""
        shares, ids = logits.softmax(-1).topk(min(count, len(self.vocabulary)))
        characters = self.vocabulary.characters
        return [
            [(characters[i], p) for i, p in zip(row, some, strict=True)]
            for row, some in zip(ids.tolist(), shares.tolist(), strict=True)
        ]
