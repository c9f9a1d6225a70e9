"""What every gate of a model did at every character of a text.

Shapes: T time, L layers, H hidden, V vocabulary.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from charlstm.errors import OptionError, TextError
from charlstm.inspection.gates.record import Floats, Trace
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import ParallelReader, trace_in_chunks
from charlstm.models.base import TracedChunk

GUESSES = 3
# Arrays by name, with the position in the text where they begin.
Placed = tuple[int, Mapping[str, NDArray[Any]]]
_LN2 = np.float32(math.log(2))


def trace(model: LanguageModel, text: str, guesses: int = GUESSES) -> Trace:
    """Read a text from an empty state and return what every gate did at every character.

    Raises:
        TextError: the text is empty.
        OptionError: the number of guesses is negative.
    """
    check_guesses(guesses)
    parts = list(traces(model, text, guesses))
    return Trace(
        cell_info=model.cell_info,
        text="".join(part.text for part in parts),
        values={
            name: _joined([part.values[name] for part in parts], 1) for name in parts[0].values
        },
        bits=_joined([part.bits for part in parts], 0),
        guesses=[row for part in parts for row in part.guesses],
        discrepancy=max(part.discrepancy for part in parts),
    )


@torch.inference_mode()
def traces(model: LanguageModel, text: str, guesses: int = GUESSES) -> Iterator[Trace]:
    """Read a text like `trace` and yield the trace of a thousand characters at a time.

    Raises:
        TextError: the text is empty.
    """
    text, ids = _read(model, text)
    start, before = 0, None
    for traced in trace_in_chunks(model, ids[:, None], model.initial_state()):
        part = slice(start, start + len(traced.layers[0]["hidden"]))
        logits = model.logits(traced.layers[-1]["hidden"][:, 0])
        yield Trace(
            cell_info=model.cell_info,
            text=text[part],
            values=_arrays(traced),
            bits=_bits(model, before, logits, ids[part]),
            guesses=model.likeliest(logits, guesses),
            discrepancy=traced.discrepancy,
        )
        start, before = part.stop, logits[-1:]


@torch.inference_mode()
def placed_traces(model: LanguageModel, text: str) -> Iterator[Placed]:
    """Read a text like `trace`, several times as fast, and yield arrays by name.

    Gates and states are (L, T, H), `bits` and `chars` (T). They do not come in the order of the
    text; what comes later replaces what came before at the same position.

    Raises:
        TextError: the text is empty.
        ArithmeticError: the gates do not give the h that the kernel computed.
    """
    text, ids = _read(model, text)
    reader = ParallelReader(ids)
    following, nats = reader.cut(ids.roll(-1)), torch.zeros(reader.length, reader.count)
    for which, rows, traced in reader.traces(model):
        logits = model.logits(traced.layers[-1]["hidden"])
        nats[rows, which] = model.surprisal(logits, following[rows, which])
        for column, part in enumerate(which.tolist()):
            start = part * reader.length + rows.start
            # The last block of the last part may lie wholly beyond the end.
            if start < len(ids):
                yield start, _arrays(traced, column, min(len(logits), len(ids) - start))
    bits = np.append(np.float32(math.nan), reader.joined(nats).numpy()[:-1] / _LN2)
    yield 0, {"bits": bits, "chars": np.array(list(text))}


def check_guesses(guesses: int) -> None:
    """Check a number of guesses.

    Raises:
        OptionError: it is negative.
    """
    if guesses < 0:
        raise OptionError("guesses", "errors.expected.not_negative", guesses)


def _read(model: LanguageModel, text: str) -> tuple[str, Tensor]:
    """Return a text in the model's form, and its ids (T).

    Raises:
        TextError: the text is empty.
    """
    text = model.normalize(text)
    if not text:
        raise TextError("errors.text.nothing_to_inspect")
    return text, model.encode(text)


def _joined(arrays: list[Floats], axis: int) -> Floats:
    joined: Floats = np.concatenate(arrays, axis=axis) if len(arrays) > 1 else arrays[0]
    return joined


def _arrays(traced: TracedChunk, stream: int = 0, length: int | None = None) -> dict[str, Floats]:
    """Return gates and states of a stream's first characters by name: (L, T, H)."""
    return {
        name: torch.stack([layer[name][:length, stream] for layer in traced.layers]).numpy()
        for name in traced.layers[0]
    }


def _bits(model: LanguageModel, before: Tensor | None, logits: Tensor, ids: Tensor) -> Floats:
    """Return how surprising each character was after the one before it: (T).

    `before` are the logits after the character before the first (1, V), if there was one.
    """
    counted = slice(0 if before is not None else 1, None)
    logits = logits[:-1] if before is None else torch.cat((before, logits[:-1]))
    bits = np.full(len(ids), math.nan, dtype=np.float32)
    bits[counted] = model.surprisal(logits, ids[counted]).numpy() / _LN2
    return bits
