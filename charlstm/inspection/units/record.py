"""What single units track in a text."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charlstm.inspection.gates.record import Floats


@dataclass(frozen=True)
class Finding:
    """How closely a unit goes with a property; layer and unit are counted from 0.

    `r` (−1..1) is Pearson's correlation; for a yes or no that is the point-biserial one. `auc`
    (0..1) is the chance that the unit is higher at a character that has the property (more of it
    than its median) than at one that has not; what the current character explains is taken out of
    the unit's activation only, and the property is as it is. `control` is the largest |r| of any
    unit with the same property shifted along the text: its 95th percentile over the shifts. `p` is
    corrected for all units and properties tried; `significant` is p ≤ 0.05. `cost` is how many bits
    per NFC character the model loses when the unit is ablated. Where a property is given away by
    the current character there is no control and no p (NaN), and `cost` was not measured (None).
    """

    property: str
    layer: int
    unit: int
    r: float
    auc: float
    control: float
    p: float
    significant: bool
    cost: float | None


@dataclass(frozen=True)
class Units:
    """What the L layers of H units of a model track in a text.

    `activation` is what was correlated: "cell" for tanh(C) of an LSTM, "hidden" for h of other
    families. `characters` T were read, as the model counts them, and K shifts of the properties
    tried. `properties` (P) are those that need memory: in `r`, `auc` and `p`, each (P, L, H), what
    the current character explains is taken out of the activation, and in `r` and `p` out of the
    property too.
    `given` (Q) are those that the current character gives away: `given_r` and `given_auc`,
    (Q, L, H), are of activation and property as they are. `constant` are those that never vary in
    this text.

    `shifted` (K, P) is the largest |r| of any unit with each property shifted, `control` (P) its
    95th percentile, `threshold` the 95th percentile of the largest over all properties: an |r|
    above it has p ≤ 0.05.

    `findings`, by falling |r|, are the units that follow any property best, and for each property
    the unit that follows it best; `given_findings` are the latter for what is given away.
    """

    activation: str
    characters: int
    properties: tuple[str, ...]
    given: tuple[str, ...]
    constant: tuple[str, ...]
    r: Floats
    auc: Floats
    p: NDArray[np.float64]
    given_r: Floats
    given_auc: Floats
    shifted: Floats
    control: Floats
    threshold: float
    findings: tuple[Finding, ...]
    given_findings: tuple[Finding, ...]

    @property
    def shifts(self) -> int:
        """Return how many shifts were tried."""
        return len(self.shifted)

    @property
    def significant(self) -> NDArray[np.bool_]:
        """Return which units exceed the threshold of the shifts, by property: (P, L, H)."""
        return np.abs(self.r) > self.threshold
