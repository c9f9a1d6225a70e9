"""How long units keep what is in them, and what becomes of one character."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charlstm.cells import CellInfo

# Half-lives below it, in characters, are short-term memory, all others long-term memory.
LONG_TERM = 10.0
# The typical half-lives, in characters, from which units are counted as holding.
HELD = (LONG_TERM, 50.0)
# A unit that writes less than this share of what the mean unit of its layer does holds nothing.
_LEAST_WRITTEN = 0.01
# The numbers of characters after which is shown how much of a character is left.
DISTANCES = (1, 2, 5, 10, 20, 50, 100, 200)

Doubles = NDArray[np.float64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Timescales:
    """How long each of L layers of H units keeps what is in it, measured over T characters.

    `cell_info` is what the gates do, and `gate` the one that keeps, f for short: the forget gate,
    or the update gate of a GRU. `characters` is T. Each array is (L, H) and float64:

    `mean_log` is the mean of ln f over the characters, and `half_life` what follows from it:
    ln ½ / mean of ln f, in characters. `time_constant` is −1 / ln of the mean f (Mahto 2021),
    `forgetting_time` the arithmetic mean of 1 / (1 − f) (Tallec & Ollivier 2018), each of which
    counts as 2²⁴ at the most; both in characters. All are infinite where f is always 1.

    `typical_half_life` is ln ½ / ln of the median f, in characters: how long a unit keeps things
    between erasures, however thorough those are, as long as they are at fewer than half of the
    characters. It is infinite where the median is 1, and has few digits near that, as f is float32:
    far beyond T it only means that hardly anything is lost. `mean_written` is the mean of
    |i·g|, in a GRU of |(1 − z)·n|.

    `right` and `left` have, for each gate by name, the share of the characters, 0..1, at which it
    is over 0.9 and below 0.1: saturation as in Karpathy, Johnson & Li 2015.
    """

    cell_info: CellInfo
    characters: int
    mean_log: Doubles
    half_life: Doubles
    time_constant: Doubles
    forgetting_time: Doubles
    typical_half_life: Doubles
    mean_written: Doubles
    right: Mapping[str, Doubles]
    left: Mapping[str, Doubles]

    @property
    def gate(self) -> str:
        """The name of the gate that keeps."""
        return self.cell_info.shares[0]

    @property
    def long_term(self) -> Booleans:
        """Return which units are long-term memory: a half-life of 10 characters or more (L, H)."""
        return self.half_life >= LONG_TERM

    @property
    def erases(self) -> Doubles:
        """Return the share of the characters at which f is below 0.1 (L, H)."""
        return self.left[self.gate]

    @property
    def writes(self) -> Booleans:
        """Return which units write enough to hold anything (L, H).

        In a hundred characters they write at least what the mean unit of their layer does in one.
        What holds for a line is written once a line, so the limit cannot be much higher.
        """
        mean = self.mean_written.mean(axis=-1, keepdims=True)
        enough: Booleans = self.mean_written >= mean * _LEAST_WRITTEN
        return enough & (self.mean_written > 0)


@dataclass(frozen=True)
class Retention:
    """What becomes of what L layers of H units wrote at one character, N characters on.

    `before` ends just before the character, `after` is the N characters that were read after it;
    they and `at`, its index from 0, are in the model's own normal form, where a jamo counts.
    `written` (L, H) is what each unit wrote there: i·g, in a GRU (1 − z)·n. `kept` (L, N, H) is
    the share of it that is left in the cell, 0..1: `kept[:, d − 1]` after d characters, the
    product of their f. Both are float64.
    """

    at: int
    character: str
    before: str
    after: str
    written: Doubles
    kept: Doubles

    @property
    def left(self) -> Doubles:
        """Return the share of all that a layer wrote that is left after 1 to N characters (L, N).

        Units are weighted by the size of what they wrote; in a layer that wrote nothing at all
        they have equal weights.
        """
        weights = np.abs(self.written)
        weights = np.where(weights.sum(-1, keepdims=True) > 0, weights, 1.0)
        left: Doubles = np.einsum("lnh,lh->ln", self.kept, weights) / weights.sum(-1, keepdims=True)
        return left

    @property
    def distances(self) -> tuple[int, ...]:
        """Return those of 1, 2, 5 … 200 characters that the text reaches."""
        return tuple(d for d in DISTANCES if d <= len(self.after))

    def longest(self, count: int) -> list[tuple[int, int]]:
        """Return the units that keep most of it to the end, the best first: layer, unit from 0.

        Only units that wrote at least as much as the mean unit are among them: to keep all of next
        to nothing means nothing.
        """
        weights = np.abs(self.written)
        last = np.where(weights >= weights.mean(), self.kept[:, -1], -1.0)
        order = np.argsort(-last, axis=None, kind="stable")
        best = [tuple(divmod(int(place), last.shape[1])) for place in order[:count]]
        return [(layer, unit) for layer, unit in best if last[layer, unit] >= 0]


@dataclass(frozen=True)
class MemorySpan:
    """How long a model remembers: its time scales beside those of a new one of the same shape.

    Both read the same text. `seq_length` is the sequence length of training, in characters: no
    gradient reached further back, so nothing trained a longer half-life directly. `retention`
    follows one character, where asked for.
    """

    trained: Timescales
    fresh: Timescales
    seq_length: int
    retention: Retention | None = None

    @property
    def gates(self) -> tuple[str, ...]:
        """Return the names of the gates, the one that keeps first."""
        return tuple(self.trained.right)

    @property
    def beyond(self) -> Booleans:
        """Return which half-lives of the trained model exceed the sequence length (L, H)."""
        return self.are_beyond(self.trained.half_life)

    @property
    def holds_beyond(self) -> Booleans:
        """Return which typical half-lives of the trained model exceed it (L, H)."""
        return self.are_beyond(self.trained.typical_half_life)

    def are_beyond(self, times: Doubles) -> Booleans:
        """Return which times, in characters and of any shape, exceed the sequence length.

        Where fewer characters than that were read no time is known to exceed it: of a time longer
        than what was read only that much is known.
        """
        return (times > self.seq_length) & (self.trained.characters >= self.seq_length)

    def longest(self, count: int) -> list[tuple[int, int]]:
        """Return the longest-lived units, the longest first: layer and unit, both from 0."""
        half_life = self.trained.half_life
        order = np.argsort(-half_life, axis=None, kind="stable")[:count]
        return [divmod(int(place), half_life.shape[1]) for place in order]

    def holders(self, count: int) -> list[tuple[int, int]]:
        """Return the units that hold longest between erasures, by their typical half-life.

        Only units that write enough are among them; of equals the one that writes more is first.
        """
        trained = self.trained
        order = np.lexsort((-trained.mean_written.ravel(), -trained.typical_half_life.ravel()))
        order = order[trained.writes.ravel()[order]][:count]
        return [divmod(int(place), trained.half_life.shape[1]) for place in order]
