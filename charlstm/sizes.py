"""Sizes by name, and what they are best taught with."""

from collections.abc import Mapping
from dataclasses import dataclass

from charlstm.config import check_one_of


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
