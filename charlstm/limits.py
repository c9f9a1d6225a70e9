"""What values settings may have: the names that there are, presets of size, and limits.

A limit stands once, in CHECKS, by the name of its field.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from charlstm.errors import OptionError
from charlstm.messages import LANGUAGES

FORMS = ("nfc", "nfd", "none")
# The module of a family in models/ has its name.
FAMILIES = ("fnn", "rnn", "gru", "lstm")
PRECISIONS = ("bf16", "float32")
# How a layer reads a sequence: with torch's fused kernel, or with an unrolled loop of our own.
KERNELS = ("fused", "unrolled")
# The module of an optimiser in training/optimizers/ has its name.
OPTIMIZERS = ("muon", "adamw")
# What lookback asks for: the likeliest next character, or the one that came.
TARGETS = ("guess", "text")
AUTO = "auto"

_UNBOUNDED = 2**63


@dataclass(frozen=True)
class Size:
    """The shape of a preset: E, H, L."""

    embedding: int
    hidden: int
    layers: int

    def parameters(self, vocabulary: int) -> int:
        """Return the number of parameters of an LSTM of this size with V characters."""
        inputs = [self.embedding] + [self.hidden] * (self.layers - 1)
        layers = sum(4 * self.hidden * (x + self.hidden + 2) for x in inputs)
        return vocabulary * self.embedding + layers + (self.hidden + 1) * vocabulary


SIZES: Mapping[str, Size] = {
    "tiny": Size(embedding=64, hidden=128, layers=2),
    "small": Size(embedding=128, hidden=256, layers=2),
    "medium": Size(embedding=256, hidden=512, layers=2),
    "large": Size(embedding=256, hidden=768, layers=3),
}


class Checked:
    """A dataclass whose fields are checked by their names; None is a choice left open."""

    def __post_init__(self) -> None:
        """Raise OptionError for the first field that is impossible."""
        for field in dataclasses.fields(self):  # type: ignore[arg-type]  # of subclasses only
            value, check = getattr(self, field.name), CHECKS.get(field.name)
            if check is not None and (value is not None or field.default is not None):
                check(field.name, value)


def check_seed(seed: int) -> None:
    """Raise OptionError unless a seed is a whole number of 64 bits."""
    CHECKS["seed"]("seed", seed)


def check_one_of(field: str, value: str | None, known: Iterable[str]) -> None:
    """Raise OptionError unless a value is one of those known."""
    names = list(dict.fromkeys(known))
    if value not in names:
        raise OptionError(field, "errors.expected.one_of", short(value), known=", ".join(names))


def check_language(language: str) -> None:
    """Raise OptionError unless a language is one of LANGUAGES."""
    check_one_of("lang", language, LANGUAGES)


def short(value: object) -> str:
    """Return how a value is shown in a message, cut off if it is long."""
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


Check = Callable[[str, Any], None]


def _whole(low: int, high: int = _UNBOUNDED) -> Check:
    def check(field: str, value: Any) -> None:  # noqa: ANN401
        if type(value) is not int or not low <= value <= high:
            if high == _UNBOUNDED:
                raise OptionError(field, "errors.expected.whole_from", value, low=low)
            raise OptionError(field, "errors.expected.whole", value, low=low, high=high)

    return check


def _number(expected: str, allowed: Callable[[float], bool]) -> Check:
    def check(field: str, value: Any) -> None:  # noqa: ANN401
        try:
            ok = allowed(value) and math.isfinite(value)
        except (TypeError, OverflowError):
            ok = False
        if not ok:
            raise OptionError(field, expected, value)

    return check


def _one_of(known: Iterable[str]) -> Check:
    return lambda field, value: check_one_of(field, value, known)


_POSITIVE = _number("errors.expected.positive", lambda value: value > 0)
_NOT_NEGATIVE = _number("errors.expected.not_negative", lambda value: value >= 0)
_BELOW_ONE = _number("errors.expected.below_one", lambda value: 0 <= value < 1)

# The limits of every setting, by the name of its field.
CHECKS: Mapping[str, Check] = {
    "family": lambda _, value: check_one_of("model", value, FAMILIES),
    "vocabulary": _whole(2, 1_114_112),
    "embedding": _whole(1, 65_536),
    "hidden": _whole(1, 65_536),
    "layers": _whole(1, 64),
    "window": _whole(1, 65_536),
    "dropout": _BELOW_ONE,
    "weight_dropout": _BELOW_ONE,
    "activation_penalty": _NOT_NEGATIVE,
    "confidence_penalty": _BELOW_ONE,
    "size": _one_of(SIZES),
    "form": _one_of(FORMS),
    "val_fraction": _number("errors.expected.at_most_half", lambda share: 0 < share <= 0.5),
    "batch_size": _whole(1, 65_536),
    "seq_length": _whole(1, 65_536),
    "learning_rate": _POSITIVE,
    "weight_decay": _NOT_NEGATIVE,
    "clip": _POSITIVE,
    "warmup": _whole(0, 1_000_000),
    "patience": _whole(1, 1_000_000),
    "seed": _whole(0, 2**63 - 1),
    "optimizer": _one_of(OPTIMIZERS),
    "epochs": _POSITIVE,
    "steps": _whole(1),
    "minutes": _POSITIVE,
    "workers": _whole(1, 1024),
    "threads": _whole(1, 1024),
    "length": _whole(1, 1_000_000_000),
    "temperature": _NOT_NEGATIVE,
    "top_k": _whole(0, 1_114_112),
    "top_p": _number("errors.expected.at_most_one", lambda share: 0 < share <= 1),
}
