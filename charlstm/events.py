"""What training reports, as it happens: plain records for displays and files to take up."""

from dataclasses import dataclass

from charlstm.config import Regularization


@dataclass(frozen=True)
class Started:
    """Training begins: how large, on what, how.

    Characters are counted in NFC; `ids_per_char` is how many of the model's own make up one.
    """

    family: str
    parameters: int
    vocabulary: int
    train_chars: int
    heldout_chars: int
    ids_per_char: float
    batch: int
    seq_length: int
    workers: int
    threads: int
    precision: str
    loop: str
    plan: "Planned"


@dataclass(frozen=True)
class Planned:
    """What a training is going to be, and how many seconds it should take."""

    layers: int
    hidden: int
    regularization: Regularization
    epochs: float
    seconds: float


@dataclass(frozen=True)
class Stepped:
    """The optimiser has made a step. `progress` is 0..1; losses are in nats a model character.

    `train_nats` has units and weights dropped, and does not say which an unknown character is.
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
    """The held-out part was scored. `best` says whether it was never lower."""

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


Event = Started | Stepped | Evaluated | Finished
