"""Settings as the JSON of config.json, of which every field is checked when it is read."""

import dataclasses
import sys
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

from charlstm.config import Regularization, RunConfig, short
from charlstm.errors import NONE, OptionError

_ALL = "config"
_REGULARIZATION = tuple(field.name for field in dataclasses.fields(Regularization))
_Kind = TypeVar("_Kind")


def to_json(config: RunConfig) -> dict[str, Any]:
    """Give the plain dictionary that config.json holds."""
    return dataclasses.asdict(config)


def from_json(data: object) -> RunConfig:
    """Read back what `to_json` gave.

    Raises:
        OptionError: a field is missing, unknown, of the wrong kind, or impossible.
    """
    version = data.get("format") if isinstance(data, dict) else None
    if type(version) is int and version == 1:
        data, version = _from_format_1(data), RunConfig.FORMAT
    if version is not None and version != RunConfig.FORMAT:
        found = short(version)
        raise OptionError("format", "errors.expected.format", found, format=RunConfig.FORMAT)
    return _build(RunConfig, data, "")


def _from_format_1(data: Any) -> object:  # noqa: ANN401
    """Convert settings of format 1, in which `model` held what is now `training.regularization`."""
    model, training = data.get("model"), data.get("training")
    if isinstance(training, dict) and "stretch" in training:
        training = {"seq_length": training["stretch"], **training}
        del training["stretch"]
    if isinstance(model, dict) and isinstance(training, dict):
        moved = {name: model[name] for name in _REGULARIZATION if name in model}
        model = {name: value for name, value in model.items() if name not in moved}
        training = {**training, "regularization": moved}
    return {**data, "format": RunConfig.FORMAT, "model": model, "training": training}


def _build(kind: type[_Kind], data: object, name: str) -> _Kind:
    if not isinstance(data, dict):
        raise OptionError(name or _ALL, "errors.expected.object", short(data))
    hints = get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    # A field that has a default may be one that came after the file was written.
    needed = {
        key
        for key, field in fields.items()
        if field.default is field.default_factory is dataclasses.MISSING
    }
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
