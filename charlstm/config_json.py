"""Settings as the JSON of config.json; every field is checked when it is read."""

import dataclasses
import sys
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

from charlstm.config import RunConfig
from charlstm.errors import NONE, OptionError
from charlstm.limits import short

_ALL = "config"
_Kind = TypeVar("_Kind")
# Format 1 kept these in other sections, and the last three under other names.
_REGULARIZATION = ("dropout", "weight_dropout", "activation_penalty", "confidence_penalty")
_EXECUTION = ("workers", "threads", "precision")
# What a run of format 1 was trained with where it does not say so.
_DEFAULTS = {"batch_size": 32, "seq_length": 64, "learning_rate": 1.6e-2, "optimizer": "muon"}
_RENAMED = {"batch": "batch_size", "stretch": "seq_length"}


def to_json(config: RunConfig) -> dict[str, Any]:
    """Return the plain dictionary that config.json holds."""
    return dataclasses.asdict(config)


def from_json(data: object) -> RunConfig:
    """Read back what `to_json` returned, in the present format or in format 1.

    Raises:
        OptionError: a field is missing, unknown, of the wrong kind, or impossible.
    """
    version = data.get("format") if isinstance(data, dict) else None
    if type(version) is int and version == 1:
        return _build(RunConfig, _from_format_1(data), "")
    if version is not None and version != RunConfig.FORMAT:
        found = short(version)
        raise OptionError("format", "errors.expected.format", found, format=RunConfig.FORMAT)
    return _build(RunConfig, data, "")


def _from_format_1(data: Any) -> object:  # noqa: ANN401
    """Bring the settings of a run of format 1 into the present format.

    What is no object or lacks fields stays so, and is refused as any such settings are.
    """
    model, training = data.get("model"), data.get("training")
    if not (isinstance(model, dict) and isinstance(training, dict)):
        return data
    model, training = dict(model), dict(training)
    regularization = {name: model.pop(name) for name in _REGULARIZATION if name in model}
    execution = {name: training.pop(name) for name in _EXECUTION if name in training}
    execution |= {"kernel": training.pop("loop", "fused")}
    # The first runs did not say what was taken.
    unsettled = {"workers": 1, "threads": 1, "precision": "float32", "kernel": "fused"}
    execution |= {k: v for k, v in unsettled.items() if execution.get(k) in (None, "auto")}
    training = _DEFAULTS | {_RENAMED.get(name, name): v for name, v in training.items()}
    training["regularization"] = regularization
    return {
        **data,
        "format": RunConfig.FORMAT,
        "model": model,
        "training": training,
        "execution": execution,
    }


def _build(kind: type[_Kind], data: object, name: str) -> _Kind:
    if not isinstance(data, dict):
        raise OptionError(name or _ALL, "errors.expected.object", short(data))
    hints = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    # A field that has a default may have been added after the file was written.
    needed = {key for key, field in fields.items() if field.default is dataclasses.MISSING}
    if not needed <= data.keys() <= fields.keys():
        found = ", ".join(sorted(data)) or NONE
        known = ", ".join(sorted(fields))
        raise OptionError(name or _ALL, "errors.expected.fields", found, fields=known)
    return kind(**{key: _value(hints[key], value, key) for key, value in data.items()})


def _value(hint: object, value: object, name: str) -> object:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _build(hint, value, name)
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    if float in kinds and type(value) is int and abs(value) < sys.float_info.max:
        return float(value)
    if type(value) not in kinds:
        names = " | ".join(kind.__name__ for kind in kinds)
        raise OptionError(name, "errors.expected.kind", short(value), kinds=names)
    return value
