"""The options --layer and --unit, as every view of a layer or unit reads them."""

import re

from charlstm.config import ModelConfig
from charlstm.errors import OptionError
from charlstm.inspection.views import Inspected, ViewOptions

_ALL = "all"
_LAYER = re.compile(r"[0-9]{1,9}")
_UNIT = re.compile(r"(?:L([0-9]{1,9})/)?([0-9]{1,9})")

Place = tuple[int | None, int | None]


def place_of(model: Inspected, options: ViewOptions) -> Place:
    """Return the layer and the unit to show, both counted from 0.

    A layer of None is all of them; without --layer it is that of the unit, or the last. A unit of
    None is none in particular.

    Raises:
        OptionError: one is written otherwise than it should be, or is not of the model.
    """
    config = model.config.model
    layer_of_unit, unit = _unit(config, options.unit)
    layer = _layer(config, options.layer)
    if layer_of_unit is None:
        return layer, unit
    if options.layer is not None and layer_of_unit != layer:
        key = "errors.expected.layer_of_unit"
        raise OptionError("layer", key, options.layer, unit=options.unit)
    return layer_of_unit, unit


def _layer(config: ModelConfig, layer: str | None) -> int | None:
    if layer is None:
        return config.layers - 1
    if layer == _ALL:
        return None
    if not _LAYER.fullmatch(layer) or not 1 <= int(layer) <= config.layers:
        raise OptionError("layer", "errors.expected.layer_or_all", layer, layers=config.layers)
    return int(layer) - 1


def _unit(config: ModelConfig, unit: str | None) -> Place:
    """Read a unit such as 88, or L1/88 with its layer."""
    if unit is None:
        return None, None
    match = _UNIT.fullmatch(unit)
    if match is None:
        raise OptionError("unit", "errors.expected.unit_name", unit)
    layer = None if match[1] is None else int(match[1]) - 1
    if layer is not None and not 0 <= layer < config.layers:
        raise OptionError("unit", "errors.expected.layer_name", unit, layers=config.layers)
    if int(match[2]) >= config.hidden:
        raise OptionError("unit", "errors.expected.unit", match[2], last=config.hidden - 1)
    return layer, int(match[2])
