"""Reading a text with a model and keeping all that its gates did."""

import math

import numpy as np
import torch
from torch import Tensor

from charlstm.errors import TextError
from charlstm.inspection.records import Floats, Trace
from charlstm.models.base import CharacterModel, as_ids, nats
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
        raise TextError("errors.text.nothing_to_inspect")
    ids = as_ids(vocabulary.encode(text).astype(np.int64))[:, None]
    state, discrepancy = model.initial_state(1), 0.0
    stretches, scores = [], []
    for stretch in torch.split(ids, _STRETCH):
        traced = model.memory.traced(model.embedding(stretch), state)
        state, discrepancy = traced.state, max(discrepancy, traced.discrepancy)
        stretches.append(traced.layers)
        scores.append(model.head(traced.layers[-1]["hidden"][:, 0]))
    if not discrepancy < _TOLERANCE:
        raise ArithmeticError(f"the gates do not give h again: off by {discrepancy}")
    logits = torch.cat(scores)
    return Trace(
        text=text,
        values={name: _joined(stretches, name) for name in stretches[0][0]},
        bits=_bits(logits, ids[:, 0], vocabulary),
        guesses=_guesses(logits, vocabulary, guesses),
        discrepancy=discrepancy,
    )


def _joined(stretches: list[list[dict[str, Tensor]]], name: str) -> Floats:
    """Put what was traced together: (L, T, H)."""
    layers = zip(*stretches, strict=True)
    return _array(torch.stack([torch.cat([part[name][:, 0] for part in of]) for of in layers]))


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


def _array(tensor: Tensor) -> Floats:
    array: Floats = tensor.numpy()
    return array
