"""Options of `inspect` that choose what of a reading to show."""

import re
from typing import TYPE_CHECKING

from charlstm.errors import OptionError
from charlstm.limits import check_one_of

if TYPE_CHECKING:
    import typer

    from charlstm.config import ModelConfig
    from charlstm.inspection.gates.quantities import Choice

SHOWS = ("mean", "percentiles", "strip")
_ALL = "all"
_LAYER = re.compile(r"[0-9]{1,9}")
_ONE_UNIT = "units --unit"
# Options that not every view takes, by the names of their parameters.
_VIEWS_OF = {
    "at": ("story", "memory", "lookback"),
    "from_": ("gates",),
    "to": ("gates",),
    "ribbon": ("gates",),
    "show": ("gates",),
    "gate": ("gates",),
    "target": ("lookback",),
    "file": ("memory", "units"),
    "seed": ("memory", "units"),
    "top": ("gates", "story", "lookback"),
    "unit": ("gates", "story", _ONE_UNIT),
    "layer": ("gates", "story", _ONE_UNIT),
}
_UNIT = re.compile(r"(?:L([0-9]{1,9})/)?([0-9]{1,9})")


def check_taken(context: "typer.Context", view: str, unit: str | None) -> None:
    """Refuse an option that was given and that the view has no use for.

    Raises:
        OptionError: there is one.
    """
    shown = _ONE_UNIT if view == "units" and unit is not None else view
    for parameter, views in _VIEWS_OF.items():
        source = context.get_parameter_source(parameter)
        if shown not in views and source is not None and source.name == "COMMANDLINE":
            option, known = parameter.removesuffix("_"), ", ".join(views)
            raise OptionError(option, "errors.expected.taken", f"--view {shown}", known=known)


def choice_of(
    config: "ModelConfig",
    *,
    layer: str | None,
    unit: str | None,
    show: str,
    gate: str | None,
    first: int,
    last: int | None,
    fold: bool | None,
) -> "Choice":
    """Read the options; without --layer the choice is of the last layer.

    Raises:
        OptionError: one is written otherwise than it should be, or is not of the model.
    """
    from charlstm.inspection.gates.quantities import Choice, of_family

    check_one_of("show", show, SHOWS)
    names = [quantity.name for quantity in of_family(config.family)]
    if gate is not None:
        check_one_of("gate", gate, names)
    if first < 0:
        raise OptionError("from", "errors.expected.not_negative", first)
    if last is not None and last < first:
        raise OptionError("to", "errors.expected.from_on", last, first=first)
    of_unit, number = _unit(config, unit)
    of_layer = _layer(config, layer)
    if layer is not None and of_unit is not None and of_layer != of_unit:
        raise OptionError("layer", "errors.expected.layer_of_unit", layer, unit=unit)
    return Choice(
        layer=of_layer if of_unit is None else of_unit,
        unit=number,
        spread=show == "percentiles",
        start=first,
        stop=None if last is None else last + 1,
        fold=fold,
        strip=(gate or names[0]) if show == "strip" or gate is not None else None,
    )


def _layer(config: "ModelConfig", layer: str | None) -> int | None:
    if layer is None:
        return config.layers - 1
    if layer == _ALL:
        return None
    if not _LAYER.fullmatch(layer) or not 1 <= int(layer) <= config.layers:
        raise OptionError("layer", "errors.expected.layer_or_all", layer, layers=config.layers)
    return int(layer) - 1


def _unit(config: "ModelConfig", unit: str | None) -> tuple[int | None, int | None]:
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
