"""What one unit did along a text."""

from dataclasses import dataclass

from charlstm.inspection.gates.record import Floats


@dataclass(frozen=True)
class Track:
    """What one unit did along a text of T characters; layer and unit are counted from 0.

    `values` (T), −1..1, are its tanh(C) after each character where `activation` is "cell", and
    its h where that is "hidden". `text` is in the model's normal form.
    """

    text: str
    activation: str
    layer: int
    unit: int
    values: Floats
