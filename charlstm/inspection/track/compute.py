"""What one unit held along a text."""

import numpy as np
import torch

from charlstm.errors import OptionError, TextError
from charlstm.inspection.track.record import Track
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import trace_in_chunks


@torch.inference_mode()
def track(model: LanguageModel, text: str, *, layer: int, unit: int) -> Track:
    """Read a text from an empty state and return what one unit held after each character.

    Raises:
        TextError: the text is empty.
        OptionError: there is no such layer or unit.
    """
    text = model.normalize(text)
    if not text:
        raise TextError("errors.text.nothing_to_inspect")
    values = []
    for traced in trace_in_chunks(model, model.encode(text)[:, None], model.initial_state()):
        if not 0 <= layer < len(traced.layers):
            last = len(traced.layers) - 1
            raise OptionError("layer", "errors.expected.layer", layer, last=last)
        held = model.activation(traced.layers[layer])
        if not 0 <= unit < held.shape[-1]:
            raise OptionError("unit", "errors.expected.unit", unit, last=held.shape[-1] - 1)
        values.append(held[:, 0, unit].numpy())
    return Track(text, model.cell_info.memory, layer, unit, np.concatenate(values))
