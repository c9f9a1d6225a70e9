"""What one unit held along a text."""

import numpy as np
import torch

from charlstm.errors import OptionError, TextError
from charlstm.inspection.readers import activation_of, traced_stretches
from charlstm.inspection.track.record import Track
from charlstm.models.base import Network, as_ids
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import Vocabulary


@torch.inference_mode()
def track(  # noqa: PLR0913
    model: Network, vocabulary: Vocabulary, text: str, form: str, *, layer: int, unit: int
) -> Track:
    """Read a text from an empty memory and tell what one unit held after each character.

    Raises:
        TextError: the text is empty.
        OptionError: there is no such layer or unit.
    """
    text = normalized(text, form)
    if not text:
        raise TextError("errors.text.nothing_to_inspect")
    ids = as_ids(vocabulary.encode(text).astype(np.int64))[:, None]
    name, values = "", []
    for layers, _, _ in traced_stretches(model, ids, model.initial_state(1)):
        if not 0 <= layer < len(layers):
            raise OptionError("layer", "errors.expected.layer", layer + 1, layers=len(layers))
        name, held = activation_of(layers[layer])
        if not 0 <= unit < held.shape[-1]:
            raise OptionError("unit", "errors.expected.unit", unit, last=held.shape[-1] - 1)
        values.append(held[:, 0, unit].numpy())
    return Track(text, name, layer, unit, np.concatenate(values))
