"""How well a model foretells a text: one definition of the score, everywhere.

The model reads the text once, in order, carrying its state, and pays −ln p for each character. The
first, which nothing precedes, is read and not charged. A character that the vocabulary does not
have costs −ln p(unknown) plus ln of how many such characters Unicode has. Averages are per
character of the text in NFC and per byte of its UTF-8, so that models of any form compare.

One reader alone is slow. So the text is cut into S parts read side by side, each at first from an
empty memory; then each is read again from the memory that the part before it ended with, until
that no longer differs from what was there. A memory that forgets is soon the same.
"""

import math
import unicodedata
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from charlstm.errors import TextError
from charlstm.models.base import CharacterModel, State, as_ids, nats
from charlstm.text.forms import normalized
from charlstm.text.vocabulary import UNKNOWN_ID, Ids, Vocabulary

_PART = 1024
_MOST_PARTS = 64
_BLOCK = 256
_SAME = 1e-4


@dataclass(frozen=True)
class Score:
    """What a text cost: NFC characters and bytes charged, unknown ones among them, nats in all."""

    chars: int
    bytes: int
    unknown_chars: int
    nats: float

    @property
    def nats_per_char(self) -> float:
        """Average −ln p."""
        return self.nats / self.chars

    @property
    def bits_per_char(self) -> float:
        """Average −log2 p: bits per character."""
        return self.nats_per_char / math.log(2)

    @property
    def bits_per_byte(self) -> float:
        """Bits for each byte of UTF-8."""
        return self.nats / math.log(2) / self.bytes

    @property
    def perplexity(self) -> float:
        """Among how many equally likely characters the model is, so to speak, in doubt."""
        return math.exp(min(self.nats_per_char, 700.0))


def score(model: CharacterModel, vocabulary: Vocabulary, text: str, form: str) -> Score:
    """Score a text.

    Raises:
        TextError: there are fewer than two characters, so none is charged.
    """
    composed = unicodedata.normalize("NFC", text)
    if len(composed) < 2:
        raise TextError(
            f"the text to score: expected at least 2 characters, found {len(composed)}; "
            "give a longer one"
        )
    ids = vocabulary.encode(normalized(text, form))
    unknown = int((ids[1:] == UNKNOWN_ID).sum())
    cost = read_through(model, ids) + unknown * math.log(vocabulary.outside)
    return Score(len(composed) - 1, _bytes(composed[1:]), unknown, cost)


@torch.inference_mode()
def read_through(model: CharacterModel, ids: Ids, most_parts: int = _MOST_PARTS) -> float:
    """Read ids (T) in order and sum −ln p of all but the first, in nats."""
    parts = max(1, min(most_parts, len(ids) // _PART))
    blocks = _blocks(ids, parts)
    costs = torch.zeros(len(blocks), dtype=torch.double)
    starts: list[State] = []
    begin, end = model.initial_state(parts), model.initial_state(parts)
    # Once the first k parts are right, so is the beginning of the next: it ends by itself.
    for _ in range(parts):
        end = _read_from(model, blocks, begin, starts, costs) or end
        begin, before = _handed_on(end, model.initial_state(1)), begin
        if _same(begin, before):
            break
    return float(costs.sum())


def _blocks(ids: Ids, parts: int) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Cut ids into S parts side by side and those into blocks: read, next, charged (T, S)."""
    length = math.ceil((len(ids) - 1) / parts)
    padded = np.zeros(length * parts + 1, dtype=np.int64)
    padded[: len(ids)] = ids
    charged = np.arange(length * parts) < len(ids) - 1
    columns = [
        as_ids(row).view(parts, length).T for row in (padded[:-1], padded[1:], charged.astype(int))
    ]
    return [
        (columns[0][t : t + _BLOCK], columns[1][t : t + _BLOCK], columns[2][t : t + _BLOCK])
        for t in range(0, length, _BLOCK)
    ]


def _read_from(
    model: CharacterModel,
    blocks: list[tuple[Tensor, Tensor, Tensor]],
    state: State,
    starts: list[State],
    costs: Tensor,
) -> State | None:
    """Read all parts from a state, noting each block's cost, and give the state at the end.

    Where the state is what it was there the last time, the rest will be too: nothing is given.
    """
    for block, (ids, following, charged) in enumerate(blocks):
        if block < len(starts):
            if _same(state, starts[block]):
                return None
            starts[block] = state
        else:
            starts.append(state)
        logits, state = model.forward(ids, state)
        costs[block] = (nats(logits, following) * charged).sum(dtype=torch.double)
    return state


def _handed_on(end: State, nothing: State) -> State:
    """Let each part begin where the one before it ended, and the first with nothing."""
    return tuple(
        torch.cat((first, last[..., :-1, :]), dim=-2)
        for first, last in zip(nothing, end, strict=True)
    )


def _same(a: State, b: State) -> bool:
    """Tell whether two states say the same.

    Only tanh of a cell is ever heard: one that counts far beyond it would never agree.
    """
    return all(
        bool(((x.tanh() - y.tanh()).abs() <= _SAME).all()) for x, y in zip(a, b, strict=True)
    )


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
