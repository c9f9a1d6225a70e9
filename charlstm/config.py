"""What a run is asked to be: frozen settings, their limits, and their JSON.

Every limit is checked where the settings are made, whether an option or a file said them, and the
error names the field. Dimension letters as everywhere: T time, B batch, E embedding, H hidden,
V vocabulary, L layers.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from charlstm.errors import NONE, OptionError
from charlstm.messages import LANGUAGES

FORMS = ("nfc", "nfd", "none")
FAMILIES = ("fnn", "rnn", "gru", "lstm")
PRECISIONS = ("auto", "bf16", "float32")
# How a layer reads a stretch: with torch's kernel, or with a loop of our own.
KERNELS = ("auto", "fused", "unrolled")
OPTIMIZERS = ("muon", "adamw")
# What lookback asks for: the likeliest next character, or the one that came.
TARGETS = ("guess", "text")

_UNBOUNDED = 2**63


@dataclass(frozen=True)
class ModelConfig:
    """The shape of a model: its family, V, E, H and L.

    `window` is the number of characters that an fnn reads at once; no other family uses it.
    """

    family: str
    vocabulary: int
    embedding: int
    hidden: int
    layers: int
    window: int = 16

    def __post_init__(self) -> None:
        """Raise OptionError for an impossible shape."""
        check_one_of("model", self.family, FAMILIES)
        _whole("vocabulary", self.vocabulary, 2, 1_114_112)
        _whole("embedding", self.embedding, 1, 65_536)
        _whole("hidden", self.hidden, 1, 65_536)
        _whole("layers", self.layers, 1, 64)
        _whole("window", self.window, 1, 65_536)


@dataclass(frozen=True)
class TextConfig:
    """How a text becomes characters: its normal form, and the share held out at its end."""

    form: str = "nfc"
    val_fraction: float = 0.1

    def __post_init__(self) -> None:
        """Refuse an unknown form, and a share that leaves nothing on one side."""
        check_one_of("form", self.form, FORMS)
        share = self.val_fraction
        _number("val_fraction", share, "errors.expected.at_most_half", 0 < share <= 0.5)


@dataclass(frozen=True)
class Regularization:
    """What keeps a model from memorising its text; 0 turns each part off.

    `dropout` is the share of each layer's units that is dropped, `weight_dropout` the share of the
    recurrent weights between them (an fnn has none). `activation_penalty` times the mean square of
    the last layer's outputs is added to the loss, in nats, and `confidence_penalty` times the
    entropy of the predicted distribution is subtracted from it.
    """

    dropout: float = 0.0
    weight_dropout: float = 0.0
    activation_penalty: float = 0.0
    confidence_penalty: float = 0.0

    def __post_init__(self) -> None:
        """Raise OptionError for an impossible share or penalty."""
        for name in ("dropout", "weight_dropout", "confidence_penalty"):
            share = getattr(self, name)
            _number(name, share, "errors.expected.below_one", 0 <= share < 1)
        _not_negative("activation_penalty", self.activation_penalty)


@dataclass(frozen=True)
class TrainConfig:
    """How a model is taught.

    `batch` streams (B) are read side by side, `seq_length` characters (T) at a time. Exactly one of
    `epochs`, `steps` and `minutes` says how long. `patience` is the number of scorings without a
    better one after which training stops. `precision`, `loop` (torch's kernel, or our own) and the
    numbers of `workers` and of `threads` of each are what was asked for, or, once training has
    begun, what was taken, and so are B and T, which a short text makes smaller.
    """

    batch: int = 32
    seq_length: int = 64
    learning_rate: float = 1.6e-2
    weight_decay: float = 0.1
    clip: float = 1.0
    warmup: int = 20
    patience: int = 4
    seed: int = 1
    precision: str = "auto"
    loop: str = "auto"
    optimizer: str = "muon"
    workers: int | None = None
    threads: int | None = None
    epochs: float | None = None
    steps: int | None = None
    minutes: float | None = None
    regularization: Regularization = field(default_factory=Regularization)

    def __post_init__(self) -> None:
        """Refuse what cannot be trained with."""
        _whole("batch", self.batch, 1, 65_536)
        _whole("seq_length", self.seq_length, 1, 65_536)
        _positive("learning_rate", self.learning_rate)
        _not_negative("weight_decay", self.weight_decay)
        _positive("clip", self.clip)
        _whole("warmup", self.warmup, 0, 1_000_000)
        _whole("patience", self.patience, 1, 1_000_000)
        check_seed(self.seed)
        check_one_of("precision", self.precision, PRECISIONS)
        check_one_of("loop", self.loop, KERNELS)
        check_one_of("optimizer", self.optimizer, OPTIMIZERS)
        for name in ("workers", "threads"):
            if getattr(self, name) is not None:
                _whole(name, getattr(self, name), 1, 1024)
        self._check_length()

    def _check_length(self) -> None:
        lengths = {name: getattr(self, name) for name in ("epochs", "steps", "minutes")}
        given = {name: value for name, value in lengths.items() if value is not None}
        if len(given) != 1:
            found = ", ".join(f"--{name} {value}" for name, value in given.items())
            raise OptionError("epochs", "errors.expected.one_length", found or NONE)
        if self.steps is not None:
            _whole("steps", self.steps, 1, _UNBOUNDED)
        for name, value in given.items():
            _positive(name, value)


@dataclass(frozen=True)
class HeldOut:
    """What heldout.txt must be, so that a changed one is noticed: characters, SHA-256 of bytes."""

    characters: int
    sha256: str


@dataclass(frozen=True)
class RunConfig:
    """All of config.json. `format` is the version of the run folder's layout."""

    FORMAT: ClassVar[int] = 2

    format: int
    charlstm: str
    model: ModelConfig
    text: TextConfig
    training: TrainConfig
    heldout: HeldOut

    def __post_init__(self) -> None:
        """Raise OptionError if the model has nothing that the regularization acts on."""
        check_regularization(self.model.family, self.training.regularization)


@dataclass(frozen=True)
class SampleConfig:
    """How text is drawn: `length` characters, at a temperature, from the likeliest ones only.

    `top_k` 0 and `top_p` 1 leave all characters in; temperature 0 always takes the likeliest.
    """

    length: int = 500
    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn from."""
        _whole("length", self.length, 1, 1_000_000_000)
        _not_negative("temperature", self.temperature)
        _whole("top_k", self.top_k, 0, 1_114_112)
        _number("top_p", self.top_p, "errors.expected.at_most_one", 0 < self.top_p <= 1)


def check_seed(seed: int) -> None:
    """Refuse a seed that no generator takes.

    Raises:
        OptionError: it is not a whole number of 64 bits.
    """
    _whole("seed", seed, 0, 2**63 - 1)


def check_one_of(field: str, value: str | None, known: Iterable[str]) -> None:
    """Refuse what is none of those that there are.

    Raises:
        OptionError: it is so.
    """
    names = list(dict.fromkeys(known))
    if value not in names:
        raise OptionError(field, "errors.expected.one_of", short(value), known=", ".join(names))


def check_family(family: str, loop: str, window: int | None) -> None:
    """Refuse a family that there is not, and a loop or a window that it has not.

    Raises:
        OptionError: it is so.
    """
    check_one_of("model", family, FAMILIES)
    if loop == "unrolled" and family != "lstm":
        raise OptionError("loop", "errors.expected.loop_here", loop)
    if window is not None and family != "fnn":
        raise OptionError("window", "errors.expected.window_here", window)


def check_regularization(family: str, regularization: Regularization) -> None:
    """Check that a family has what a regularization acts on.

    Raises:
        OptionError: weights are to be dropped in an fnn, which has no recurrent ones.
    """
    if family == "fnn" and regularization.weight_dropout > 0:
        share = regularization.weight_dropout
        raise OptionError("weight_dropout", "errors.expected.no_weights", share)


def check_language(language: str) -> None:
    """Refuse a language that charlstm does not speak.

    Raises:
        OptionError: it is none of LANGUAGES.
    """
    check_one_of("lang", language, LANGUAGES)


def _whole(field: str, value: int, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        if high == _UNBOUNDED:
            raise OptionError(field, "errors.expected.whole_from", value, low=low)
        raise OptionError(field, "errors.expected.whole", value, low=low, high=high)


def _number(field: str, value: float, expected: str, ok: bool) -> None:  # noqa: FBT001
    if not (ok and math.isfinite(value)):
        raise OptionError(field, expected, value)


def _positive(field: str, value: float) -> None:
    _number(field, value, "errors.expected.positive", value > 0)


def _not_negative(field: str, value: float) -> None:
    _number(field, value, "errors.expected.not_negative", value >= 0)


def short(value: object) -> str:
    """Show a value, of a long one its beginning."""
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
