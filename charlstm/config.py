"""Settings: frozen, and checked where they are made, whether an option or a file said them.

Dimension letters as everywhere: T time, B batch, E embedding, H hidden, V vocabulary, L layers.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from charlstm.errors import NONE, OptionError
from charlstm.limits import AUTO, FAMILIES, KERNELS, PRECISIONS, Checked, check_one_of


@dataclass(frozen=True)
class ModelConfig(Checked):
    """The shape of a model: its family, V, E, H and L.

    `window` is the number of characters that an fnn sees at once; other families have none.
    """

    family: str
    vocabulary: int
    embedding: int
    hidden: int
    layers: int
    window: int = 16


@dataclass(frozen=True)
class Regularization(Checked):
    """What keeps a model from overfitting, in training only.

    Attributes:
        dropout: the share of units that are dropped (0..1).
        weight_dropout: the share of weights between the units of a layer that are dropped (0..1);
            an fnn has none.
        activation_penalty: the factor by which the mean square of the last layer's outputs is added
            to the loss, in nats.
        confidence_penalty: the factor by which the entropy of the prediction is taken off the loss.
    """

    dropout: float = 0.0
    weight_dropout: float = 0.0
    activation_penalty: float = 0.0
    confidence_penalty: float = 0.0


@dataclass(frozen=True)
class TextConfig(Checked):
    """How a text becomes characters: its normal form, and the share held out at its end."""

    form: str = "nfc"
    val_fraction: float = 0.1


@dataclass(frozen=True)
class TrainConfig(Checked):
    """How a model is trained; every value is settled.

    `batch_size` streams (B) are read side by side, `seq_length` characters (T) at a time. Exactly
    one of `epochs`, `steps` and `minutes` says how long. `patience` is the number of validations
    without a better one after which training stops.
    """

    batch_size: int
    seq_length: int
    learning_rate: float
    optimizer: str
    regularization: Regularization = Regularization()
    weight_decay: float = 0.1
    clip: float = 1.0
    warmup: int = 20
    patience: int = 4
    seed: int = 1
    epochs: float | None = None
    steps: int | None = None
    minutes: float | None = None

    def __post_init__(self) -> None:
        """Raise OptionError unless there is exactly one length."""
        super().__post_init__()
        _check_length(self, required=True)


@dataclass(frozen=True)
class Execution(Checked):
    """How training steps are computed.

    Attributes:
        workers: how many share the streams of a batch.
        threads: of each worker.
        precision: one of PRECISIONS.
        kernel: one of KERNELS.
    """

    workers: int
    threads: int
    precision: str
    kernel: str = "fused"

    def __post_init__(self) -> None:
        """Raise OptionError for what cannot be computed with."""
        super().__post_init__()
        check_one_of("precision", self.precision, PRECISIONS)
        check_one_of("kernel", self.kernel, KERNELS)


@dataclass(frozen=True)
class TrainRequest(Checked):
    """What was asked of a training; None leaves a choice to the plan (`training/recipe.py`).

    The fields are the options of `charlstm train` and the settings of `charlstm.train`, and stand
    in the order of its help.
    """

    model: str = "lstm"
    size: str | None = None
    epochs: float | None = None
    steps: int | None = None
    minutes: float | None = None
    form: str = TextConfig.form
    val_fraction: float = TextConfig.val_fraction
    encoding: str | None = None
    embedding: int | None = None
    hidden: int | None = None
    window: int | None = None
    layers: int | None = None
    dropout: float | None = None
    weight_dropout: float | None = None
    activation_penalty: float | None = None
    confidence_penalty: float | None = None
    batch_size: int | None = None
    seq_length: int = 64
    learning_rate: float | None = None
    patience: int = TrainConfig.patience
    precision: str = AUTO
    kernel: str = AUTO
    optimizer: str | None = None
    workers: int | None = None
    threads: int | None = None
    seed: int = TrainConfig.seed

    def __post_init__(self) -> None:
        """Raise OptionError for a value that is impossible, or that the family does not have."""
        check_one_of("model", self.model, FAMILIES)
        check_one_of("precision", self.precision, (AUTO, *PRECISIONS))
        check_one_of("kernel", self.kernel, (AUTO, *KERNELS))
        super().__post_init__()
        _check_length(self, required=False)
        if self.kernel == "unrolled" and self.model != "lstm":
            raise OptionError("kernel", "errors.expected.kernel_here", self.kernel)
        if self.window is not None and self.model != "fnn":
            raise OptionError("window", "errors.expected.window_here", self.window)
        if self.weight_dropout and self.model == "fnn":
            raise OptionError("weight_dropout", "errors.expected.no_weights", self.weight_dropout)

    @property
    def text(self) -> TextConfig:
        """How the text is read and split."""
        return TextConfig(self.form, self.val_fraction)

    def regularized(self, chosen: Regularization) -> Regularization:
        """Return what was chosen, with what was asked for in its place."""
        return dataclasses.replace(chosen, **self._given(Regularization))

    def settled(self, **chosen: Any) -> TrainConfig:  # noqa: ANN401
        """Return the settings of a training: what was asked for, and what was chosen."""
        return TrainConfig(**self._given(TrainConfig) | chosen)

    def _given(self, kind: type) -> dict[str, Any]:
        names = {field.name for field in dataclasses.fields(kind)} & vars(self).keys()
        return {name: vars(self)[name] for name in names if vars(self)[name] is not None}


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
    execution: Execution
    heldout: HeldOut


@dataclass(frozen=True)
class SampleConfig(Checked):
    """How text is drawn: `length` characters, at a temperature, from the likeliest ones only.

    `top_k` 0 and `top_p` 1 keep all characters; temperature 0 always takes the likeliest.
    """

    length: int = 500
    temperature: float = 0.8
    top_k: int = 0
    top_p: float = 1.0


def _check_length(config: TrainConfig | TrainRequest, *, required: bool) -> None:
    lengths = {name: getattr(config, name) for name in ("epochs", "steps", "minutes")}
    given = {name: value for name, value in lengths.items() if value is not None}
    if len(given) > 1 or (required and not given):
        found = ", ".join(f"--{name} {value}" for name, value in given.items())
        raise OptionError("epochs", "errors.expected.one_length", found or NONE)
