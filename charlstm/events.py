"""What happens in a training, as it happens: plain records for displays and files to observe."""

from dataclasses import dataclass
from pathlib import Path

from charlstm.config import Execution, ModelConfig, TrainConfig
from charlstm.messages import Message


@dataclass(frozen=True)
class TextRead:
    """The texts were read.

    Attributes:
        encodings: for each text its name and the encoding that was found; empty where one was
            asked for.
        skipped: what was skipped in folders, and why: "run", "binary" or "empty".
    """

    encodings: tuple[tuple[str | Message, str], ...]
    skipped: tuple[tuple[Path, str], ...]


@dataclass(frozen=True)
class CoresBusy:
    """Other work keeps the cores busy: training is slower than it could be."""


@dataclass(frozen=True)
class Started:
    """Training begins: what is trained, how, and for how long.

    Attributes:
        parameters: the number of them.
        train_chars, heldout_chars: counted in NFC.
        ids_per_char: how many of the model's own characters make up an NFC one.
        epochs, seconds: how long the training should be.
    """

    model: ModelConfig
    training: TrainConfig
    execution: Execution
    parameters: int
    train_chars: int
    heldout_chars: int
    ids_per_char: float
    epochs: float
    seconds: float


@dataclass(frozen=True)
class Stepped:
    """The optimiser has made a step.

    `progress` is 0..1; losses are in nats per character of the model. `train_nats` is with dropout,
    and where an unknown character stands the loss does not say which it is.
    """

    step: int
    epoch: float
    progress: float
    seconds: float
    train_nats: float
    learning_rate: float
    chars_per_second: float


@dataclass(frozen=True)
class Evaluated:
    """The held-out part was scored. `best` says whether its score was never lower."""

    step: int
    epoch: float
    progress: float
    seconds: float
    train_nats: float
    chars_per_second: float
    val_nats_per_char: float
    val_bits_per_char: float
    val_bits_per_byte: float
    val_unknown_chars: int
    best: bool


@dataclass(frozen=True)
class Finished:
    """Training is over. `reason` is "done", "early" (no better for long) or "stopped"."""

    reason: str
    step: int
    epoch: float
    seconds: float
    chars_per_second: float
    best: Evaluated


Event = TextRead | CoresBusy | Started | Stepped | Evaluated | Finished
