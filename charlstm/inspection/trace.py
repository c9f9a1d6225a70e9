"""Reading a text with a model and keeping all that its gates did."""

import math

import numpy as np
import torch
from torch import Tensor

from charlstm.errors import TextError
from charlstm.inspection.records import Floats, Trace
from charlstm.models.base import CharacterModel, State, as_ids, nats
from charlstm.models.lstm import LSTM, Gates
from charlstm.text.forms import normalized
from charlstm.text.vocabulary import UNKNOWN_ID, Vocabulary

GUESSES = 3
_STRETCH = 1000
_TOLERANCE = 1e-3


@torch.inference_mode()
def trace(
    model: CharacterModel, vocabulary: Vocabulary, text: str, form: str, guesses: int = GUESSES
) -> Trace:
    """Read a text from an empty memory and tell what every gate did at every character.

    Raises:
        TextError: the text is empty.
    """
    text = normalized(text, form)
    if not text:
        raise TextError("the text to inspect: expected at least one character, found none")
    ids = as_ids(vocabulary.encode(text).astype(np.int64))[:, None]
    state: State = model.initial_state(1)
    stretches, scores = [], []
    for stretch in torch.split(ids, _STRETCH):
        gates, state = _gates(model, stretch, state)
        stretches.append(torch.stack([torch.stack(layer) for layer in gates])[:, :, :, 0])
        scores.append(model.head(stretches[-1][-1, -1]))
    # (L, 6, T, H), in the order of Gates
    forget, write, candidate, output, cell, hidden = torch.cat(stretches, 2).unbind(1)
    logits = torch.cat(scores)
    return Trace(
        text=text,
        forget=_array(forget),
        input=_array(write),
        candidate=_array(candidate),
        output=_array(output),
        cell=_array(cell),
        hidden=_array(hidden),
        bits=_bits(logits, ids[:, 0], vocabulary),
        guesses=_guesses(logits, vocabulary, guesses),
        discrepancy=_checked(output, cell, hidden),
    )


def _gates(model: CharacterModel, ids: Tensor, state: State) -> tuple[list[Gates], State]:
    if not isinstance(model.memory, LSTM):
        raise TypeError(type(model.memory).__name__)
    return model.memory.gates(model.embedding(ids), state)


def _bits(logits: Tensor, ids: Tensor, vocabulary: Vocabulary) -> Floats:
    """Tell how surprising each character was after the one before it: (T)."""
    bits = torch.full((len(ids),), math.nan)
    costs = nats(logits[:-1], ids[1:])
    costs += (ids[1:] == UNKNOWN_ID) * math.log(vocabulary.outside)
    bits[1:] = costs / math.log(2)
    return _array(bits)


def _guesses(logits: Tensor, vocabulary: Vocabulary, count: int) -> list[list[tuple[str, float]]]:
    chances, ids = logits.softmax(-1).topk(min(count, len(vocabulary)))
    return [
        [(vocabulary.characters[i], p) for i, p in zip(row, shares, strict=True)]
        for row, shares in zip(ids.tolist(), chances.tolist(), strict=True)
    ]


def _checked(output: Tensor, cell: Tensor, hidden: Tensor) -> float:
    discrepancy = float((output * cell.tanh() - hidden).abs().max())
    if not discrepancy < _TOLERANCE:
        raise ArithmeticError(f"the gates do not give h again: off by {discrepancy}")
    return discrepancy


def _array(tensor: Tensor) -> Floats:
    array: Floats = tensor.numpy()
    return array
