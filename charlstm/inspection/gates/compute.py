"""Reading a text with a model and keeping all that its gates did."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from charlstm.errors import TextError
from charlstm.inspection.gates.record import Floats, Trace
from charlstm.inspection.readers import traced_stretches
from charlstm.models.base import Network, as_ids, surprisal
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import Vocabulary

GUESSES = 3


def trace(
    model: Network, vocabulary: Vocabulary, text: str, form: str, guesses: int = GUESSES
) -> Trace:
    """Read a text from an empty memory and tell what every gate did at every character.

    Raises:
        TextError: the text is empty.
    """
    parts = list(traces(model, vocabulary, text, form, guesses))
    return Trace(
        text="".join(part.text for part in parts),
        values={
            name: _joined([part.values[name] for part in parts], 1) for name in parts[0].values
        },
        bits=_joined([part.bits for part in parts], 0),
        guesses=[row for part in parts for row in part.guesses],
        discrepancy=max(part.discrepancy for part in parts),
    )


@torch.inference_mode()
def traces(
    model: Network, vocabulary: Vocabulary, text: str, form: str, guesses: int = GUESSES
) -> Iterator[Trace]:
    """Read a text like `trace`, and give what was done a thousand characters at a time.

    Raises:
        TextError: the text is empty.
    """
    text = normalized(text, form)
    if not text:
        raise TextError("errors.text.nothing_to_inspect")
    known = vocabulary.encode(text)
    ids, surcharge = as_ids(known.astype(np.int64))[:, None], vocabulary.surcharge(known)
    start, before = 0, None
    for traced in traced_stretches(model, ids, model.initial_state(1)):
        part = slice(start, start + len(traced.layers[0]["hidden"]))
        logits = model.head(traced.layers[-1]["hidden"][:, 0])
        yield Trace(
            text=text[part],
            values={name: _stacked(traced.layers, name) for name in traced.layers[0]},
            bits=_bits(before, logits, ids[part, 0], surcharge[part]),
            guesses=_guesses(logits, vocabulary, guesses),
            discrepancy=traced.discrepancy,
        )
        start, before = part.stop, logits[-1:]


def _joined(arrays: list[Floats], axis: int) -> Floats:
    joined: Floats = np.concatenate(arrays, axis=axis) if len(arrays) > 1 else arrays[0]
    return joined


def _stacked(layers: list[dict[str, Tensor]], name: str) -> Floats:
    """Put the layers of a gate or state together: (L, T, H)."""
    return _array(torch.stack([layer[name][:, 0] for layer in layers]))


def _bits(before: Tensor | None, logits: Tensor, ids: Tensor, surcharge: Floats) -> Floats:
    """Tell how surprising each character was after the one before it: (T).

    `before` are the scores after the character before the first (1, V), if there was one.
    """
    charged = slice(0 if before is not None else 1, None)
    scores = logits[:-1] if before is None else torch.cat((before, logits[:-1]))
    bits = np.full(len(ids), math.nan, dtype=np.float32)
    costs = _array(surprisal(scores, ids[charged])) + surcharge[charged]
    bits[charged] = costs / np.float32(math.log(2))
    return bits


def _guesses(logits: Tensor, vocabulary: Vocabulary, count: int) -> list[list[tuple[str, float]]]:
    chances, ids = logits.softmax(-1).topk(min(count, len(vocabulary)))
    return [
        [(vocabulary.characters[i], p) for i, p in zip(row, shares, strict=True)]
        for row, shares in zip(ids.tolist(), chances.tolist(), strict=True)
    ]


def _array(tensor: Tensor) -> Floats:
    array: Floats = tensor.numpy()
    return array
