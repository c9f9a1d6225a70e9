"""All the gates of a long text, several times as fast as one reader gives them.

The text is read in parts side by side, so that what the gates did does not come in its order.
Shapes: T time, L layers, H hidden.
"""

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from charlstm.errors import TextError
from charlstm.inspection.readers import checked_trace
from charlstm.language_model.parallel import Parts
from charlstm.models.base import Network, State, TracedChunk, as_ids, surprisal
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import Vocabulary

# Where in the text arrays begin, and they themselves by name.
Placed = tuple[int, Mapping[str, NDArray[Any]]]


@torch.inference_mode()
def placed_traces(model: Network, vocabulary: Vocabulary, text: str, form: str) -> Iterator[Placed]:
    """Read a text from an empty memory and give, by name, all that every unit did.

    Gates and states are (L, T, H), `bits` and `chars` (T). What comes later replaces what came
    before at the same place.

    Raises:
        TextError: the text is empty.
        ArithmeticError: the gates do not give h again.
    """
    text = normalized(text, form)
    if not text:
        raise TextError("errors.text.nothing_to_inspect")
    ids = vocabulary.encode(text)
    read = as_ids(ids.astype(np.int64))
    parts = Parts(read)
    following, paid = parts.cut(read.roll(-1)), torch.zeros(parts.length, parts.count)
    for which, rows, traced in parts.read(model.initial_state, partial(_advance, model)):
        logits = model.head(traced.layers[-1]["hidden"])
        paid[rows, which] = surprisal(logits, following[rows, which])
        for column, part in enumerate(which.tolist()):
            start = part * parts.length + rows.start
            # The last block of the last part may lie wholly beyond the end.
            if start < len(ids):
                yield start, _arrays(traced, column, min(len(logits), len(ids) - start))
    costs = parts.joined(paid).numpy()[:-1] + vocabulary.surcharge(ids[1:])
    bits = np.append(np.float32(math.nan), costs / np.float32(math.log(2)))
    yield 0, {"bits": bits, "chars": np.array(list(text))}


def _advance(model: Network, ids: Tensor, state: State) -> tuple[TracedChunk, State]:
    traced = checked_trace(model, ids, state)
    return traced, traced.state


def _arrays(traced: TracedChunk, reader: int, length: int) -> Mapping[str, NDArray[Any]]:
    """Give what one reader's first characters did: each (L, T, H)."""
    return {
        name: torch.stack([layer[name][:length, reader] for layer in traced.layers]).numpy()
        for name in traced.layers[0]
    }
