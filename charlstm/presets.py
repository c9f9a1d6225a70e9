"""What suits a model and a text where nothing else is asked for.

How the numbers came about is in benchmarks/README.md, "What was tried" and "With no options".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from charlstm.config import Regularization, check_one_of

_VERY_SHORT, _SHORT = 60_000, 300_000  # characters
_READ = 8_000_000
# Fewer characters read in all than that make too few steps in 64 streams.
_LITTLE = 5_000_000
_MOST_EPOCHS, _FEWEST_EPOCHS = 8.0, 1.0
_SLOWER = 3.5  # than a small model is a medium one
# Readings times weights to a character, from where on a text is soon known by heart. Then much has
# to be held against that, and a medium model bears it better than a small one.
_BY_HEART = 75
_ENOUGH_TIMES = 12  # fewer readings are too few to learn with much held against it


@dataclass(frozen=True)
class Size:
    """A preset: a shape, and the learning rates that suit it with each optimiser."""

    embedding: int
    hidden: int
    layers: int
    muon: float
    adamw: float

    def rate_of(self, optimizer: str) -> float:
        """Give the learning rate that suits an optimiser."""
        return self.muon if optimizer == "muon" else self.adamw

    def parameters(self, vocabulary: int) -> int:
        """Count the parameters of an LSTM of this size with V characters."""
        inputs = [self.embedding] + [self.hidden] * (self.layers - 1)
        layers = sum(4 * self.hidden * (x + self.hidden + 2) for x in inputs)
        return vocabulary * self.embedding + layers + (self.hidden + 1) * vocabulary


SIZES: Mapping[str, Size] = {
    "tiny": Size(embedding=64, hidden=128, layers=2, muon=2.2e-2, adamw=4e-3),
    "small": Size(embedding=128, hidden=256, layers=2, muon=1.6e-2, adamw=3e-3),
    "medium": Size(embedding=256, hidden=512, layers=2, muon=1.1e-2, adamw=1.5e-3),
    "large": Size(embedding=256, hidden=768, layers=3, muon=9e-3, adamw=1e-3),
}


def optimizer_for(family: str) -> str:
    """Choose an optimiser: gates learn best with Muon, a network without them does not.

    The measurements are in benchmarks/README.md.
    """
    return "muon" if family in {"gru", "lstm"} else "adamw"


def size_named(name: str) -> Size:
    """Look up a preset.

    Raises:
        OptionError: there is none of that name.
    """
    check_one_of("size", name, SIZES)
    return SIZES[name]


@dataclass(frozen=True)
class Plan:
    """What suits a text: size, regularization, batch size (B) and epochs."""

    size: str
    regularization: Regularization
    batch: int
    epochs: float

    def dropout_only(self) -> "Plan":
        """Return the plan with no regularization but dropout of units."""
        return replace(self, regularization=Regularization(self.regularization.dropout))


def plan_for(characters: int, read: float | None = None, size: Size | None = None) -> Plan:
    """Choose for a text of so many NFC characters.

    `read` is how many of them will be read in all, again and again, if that is known. It is counted
    for the `size`, or else for a small model; in its place there may then be a medium one.
    """
    epochs = max(_FEWEST_EPOCHS, min(_MOST_EPOCHS, round(_READ / characters, 1)))
    if read is None:
        read = epochs * characters
    name, shape = "small", size or SIZES["small"]
    medium = read / _SLOWER
    bears = characters >= _SHORT and medium / characters >= _ENOUGH_TIMES
    if size is None and bears and _pressure(characters, read, shape) >= _BY_HEART:
        name, shape, read = "medium", SIZES["medium"], medium
    regularization = _regularization(_pressure(characters, read, shape), read / characters)
    return Plan(name, regularization, _batch(characters, read), epochs)


def _batch(characters: int, read: float) -> int:
    """Choose B: few streams make many steps of what little is read."""
    if read >= _LITTLE:
        return 64
    return 8 if characters < _VERY_SHORT else 16 if characters < _SHORT else 32


def _pressure(characters: int, read: float, size: Size) -> float:
    """Tell how easily a text is learnt by heart: readings, times weights to a character."""
    return read / characters * size.parameters(0) / characters


def _regularization(pressure: float, times: float) -> Regularization:
    """Choose the shares of units and of weights to drop, and the two penalties."""
    if pressure < 12:
        return Regularization(0.05 if pressure < 2 else 0.1 if pressure < 5 else 0.2)
    much = pressure >= _BY_HEART and times >= _ENOUGH_TIMES
    dropped = (0.5, 0.2) if much else (0.3, 0.0)
    return Regularization(*dropped, activation_penalty=1.0, confidence_penalty=0.1)
