"""A model with a clamped gate or an ablated unit, usable wherever a model is.

Every change is an edit of the weights of a copy: a gate with a bias and no weights is constant, and
a unit whose columns are 0 reaches nothing. So the result is a plain model, read by the same kernels
and traced as exactly.
"""

import copy
import dataclasses
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from charlstm.cells import SHARE, CellInfo, Limits
from charlstm.errors import NONE, OptionError
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import trace_in_chunks
from charlstm.limits import FAMILIES, check_one_of
from charlstm.models import info_of
from charlstm.models.base import Affine, Core, Layer, Network

# σ and tanh of it are 0, 1 and −1 to the last bit, in float64 too and in the fused kernels.
_BEYOND = 1000.0

_CLAMP = re.compile(r"(?:L([0-9]{1,9}):)?([a-z]+)=(\S+)")
_ABLATION = re.compile(r"L([0-9]{1,9})/([0-9]{1,9})(=mean)?")


@dataclass(frozen=True)
class Clamp:
    """A gate clamped to a value, in one layer (counted from 1) or, with None, in all."""

    layer: int | None
    gate: str
    value: float

    def __str__(self) -> str:
        """Return it as on the command line, such as L1:forget=0."""
        where = "" if self.layer is None else f"L{self.layer}:"
        return f"{where}{self.gate}={self.value:g}"


@dataclass(frozen=True)
class Ablation:
    """A unit (from 0) of a layer (from 1) whose output becomes 0, or its mean over a text."""

    layer: int
    unit: int
    mean: bool = False

    def __str__(self) -> str:
        """Return it as on the command line, such as L1/88=mean."""
        return f"L{self.layer}/{self.unit}" + ("=mean" if self.mean else "")


def parse_clamp(text: str) -> Clamp:
    """Parse a clamp such as forget=0, or L1:input=0.5 for one layer.

    Raises:
        OptionError: it is not of this form.
    """
    match = _CLAMP.fullmatch(text.strip())
    value = _number(match[3]) if match else None
    if match is None or value is None:
        raise OptionError("clamp", "errors.expected.clamp", repr(text))
    return Clamp(int(match[1]) if match[1] else None, match[2], value)


def parse_ablation(text: str) -> Ablation:
    """Parse an ablation such as L1/88, or L1/88=mean.

    Raises:
        OptionError: it is not of this form.
    """
    match = _ABLATION.fullmatch(text.strip())
    if match is None:
        raise OptionError("ablate", "errors.expected.ablation", repr(text))
    return Ablation(int(match[1]), int(match[2]), mean=match[3] is not None)


@torch.no_grad()
def changed(
    model: LanguageModel,
    clamps: Sequence[Clamp] = (),
    ablations: Sequence[Ablation] = (),
    mean_over: Tensor | None = None,
) -> LanguageModel:
    """Return a copy of a model with clamped gates and ablated units.

    Of two clamps of one gate the later one holds. An ablated unit is still computed, but its output
    is replaced wherever it is read: in its own layer, in the next, and in the head. Its mean is
    that of h after each character of the text whose ids are `mean_over` (T), read by the model with
    its clamps and with all of its units.

    Raises:
        OptionError: there is no such gate, layer or unit, a value is outside the gate's limits, a
            unit is named twice, or a mean is wanted and there is no text.
    """
    core = model.network.core
    for clamp in clamps:
        _check_clamp(core, clamp)
    for place, ablation in enumerate(ablations):
        _check_ablation(core, ablation, ablations[:place])
    network = copy.deepcopy(model.network)
    model = dataclasses.replace(model, network=network)
    for clamp in clamps:
        for layer in _chosen(network.core, clamp.layer):
            _clamp(layer, clamp, network.core.info)
    means = _means(model, mean_over) if any(ablation.mean for ablation in ablations) else None
    for ablation in ablations:
        mean = 0.0 if means is None or not ablation.mean else float(means[_index(ablation)])
        for reader in _readers(network, ablation.layer):
            reader.bias.add_(reader.weight[:, ablation.unit], alpha=mean)
            reader.weight[:, ablation.unit] = 0.0
    return model


def _clamp(layer: Layer, clamp: Clamp, info: CellInfo) -> None:
    """Set a gate's weights to 0, and its bias so that it gives the value alone."""
    rows = info.rows(clamp.gate, _units(layer, info))
    for part in filter(None, layer):
        part.weight[rows] = 0.0
        part.bias[rows] = 0.0
    layer.inputs.bias[rows] = _before(clamp.value, info.gate(clamp.gate).limits)


def _before(value: float, limits: Limits) -> float:
    """Return the number that σ or tanh, whichever has these limits, maps to a value."""
    if value in limits:
        return _BEYOND if value == limits[1] else -_BEYOND
    return math.log(value) - math.log1p(-value) if limits == SHARE else math.atanh(value)


def _means(model: LanguageModel, ids: Tensor | None) -> Tensor:
    """Return the mean of each unit's h over a text: (L, H)."""
    if ids is None or len(ids) == 0:
        raise OptionError("ablate", "errors.expected.mean_text", NONE)
    total = torch.zeros(())
    for traced in trace_in_chunks(model, ids[:, None], model.initial_state()):
        hidden = torch.stack([layer["hidden"] for layer in traced.layers])
        total = total + hidden.sum(dim=(1, 2), dtype=torch.double)
    return total / len(ids)


def _readers(network: Network, number: int) -> list[Affine]:
    """Return all that reads the units of a layer (from 1): a column of each is a unit."""
    layers = network.core.layers()
    above = layers[number].inputs if number < len(layers) else None
    head = Affine(network.head.weight, network.head.bias)
    return [above or head, *filter(None, [layers[number - 1].recurrent])]


def _chosen(core: Core, number: int | None) -> list[Layer]:
    layers = core.layers()
    return layers if number is None else [layers[number - 1]]


def _units(layer: Layer, info: CellInfo) -> int:
    return len(layer.inputs.bias) // info.blocks


def _index(ablation: Ablation) -> tuple[int, int]:
    return ablation.layer - 1, ablation.unit


def _check_clamp(core: Core, clamp: Clamp) -> None:
    info = core.info
    if not info.gates:
        gates = {name: ", ".join(g.name for g in info_of(name).gates) for name in FAMILIES}
        having = "; ".join(f"{name}: {names}" for name, names in gates.items() if names)
        raise OptionError("clamp", "errors.expected.gates", info.family, having=having)
    check_one_of("clamp", clamp.gate, (gate.name for gate in info.gates))
    low, high = info.gate(clamp.gate).limits
    if not low <= clamp.value <= high:
        limits = {"gate": clamp.gate, "low": f"{low:g}", "high": f"{high:g}"}
        raise OptionError("clamp", "errors.expected.gate_value", f"{clamp.value:g}", **limits)
    if clamp.layer is not None:
        _check_layer(core, "clamp", clamp.layer)


def _check_ablation(core: Core, ablation: Ablation, earlier: Sequence[Ablation]) -> None:
    _check_layer(core, "ablate", ablation.layer)
    last = _units(core.layers()[0], core.info) - 1
    if not 0 <= ablation.unit <= last:
        raise OptionError("ablate", "errors.expected.unit", ablation.unit, last=last)
    if _index(ablation) in map(_index, earlier):
        raise OptionError("ablate", "errors.expected.unit_once", str(ablation))


def _check_layer(core: Core, field: str, number: int) -> None:
    last = len(core.layers())
    if not 1 <= number <= last:
        raise OptionError(field, "errors.expected.layer_name", f"L{number}", layers=last)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
