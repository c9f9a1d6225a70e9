"""Which past characters mattered for what a model guessed next."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charlstm.inspection.gates.record import Floats

_FOREMOST, _ALIKE = 3, 2


@dataclass(frozen=True)
class PastChar:
    """One past character of one row: its place, and how much it mattered.

    `gradient` is its share 0..1 of the row's largest, `occlusion` in nats, as in `Lookback`.
    """

    place: int
    character: str
    gradient: float
    occlusion: float


@dataclass(frozen=True)
class Lookback:
    """How much the last N characters before each of R guesses in a text of T mattered for it.

    `text` is in the model's normal form. `places` (R) are the characters after which the next one
    was guessed, counted from 0, ascending. `asked` says which character the numbers are about:
    "guess", the likeliest next one, or "text", the one that came. `targets` (R) are those
    characters, `chances` (R) their probabilities. `guesses[r]` are the likeliest next characters
    with their probabilities.

    In the arrays (R, N) column N−1 is character `places[r]` itself, the one before it the character
    before it, and so on; NaN stands where the text has not begun.

    `gradient` (R, N), 0..1: ‖∂ logit of the target / ∂ x‖₂, x being the embedding vector that was
    read there, divided by the row's largest (Madsen 2019). `largest` (R) is what it was divided by,
    per unit of x. `occlusion` (R, N), in nats: by how much ln p of the target changes when this one
    character is hidden, x being the mean of all embeddings instead; below 0 the character helped
    the target. `agreement` (R), −1..1: Spearman's rank correlation of `gradient` and |occlusion|
    over the row; NaN where either is the same everywhere.
    """

    text: str
    asked: str
    places: NDArray[np.int64]
    targets: list[str]
    chances: Floats
    guesses: list[list[tuple[str, float]]]
    gradient: Floats
    largest: Floats
    occlusion: Floats
    agreement: Floats

    def row_of(self, place: int) -> int:
        """Return the row of the guess after a character.

        Raises:
            KeyError: the record has none.
        """
        row = int(np.searchsorted(self.places, place))
        if row == len(self.places) or self.places[row] != place:
            raise KeyError(place)
        return row

    def past(self, row: int) -> Iterator[PastChar]:
        """Yield the past characters of a row, in the order of the text."""
        place, width = int(self.places[row]), self.gradient.shape[1]
        for there in range(max(0, place - width + 1), place + 1):
            column = width - 1 - (place - there)
            values = float(self.gradient[row, column]), float(self.occlusion[row, column])
            yield PastChar(there, self.text[there], *values)

    def by_gradient(self, row: int) -> list[PastChar]:
        """Return the three past characters with the largest gradients, without those of 0."""
        return _foremost(self.past(row), lambda each: each.gradient)

    def by_occlusion(self, row: int) -> list[PastChar]:
        """Return the three past characters that change most when hidden, without those of 0."""
        return _foremost(self.past(row), lambda each: abs(each.occlusion))

    def shared(self, row: int) -> int:
        """Return how many characters are among the three strongest by both measures."""
        places = ({each.place for each in by(row)} for by in (self.by_gradient, self.by_occlusion))
        return len(set.intersection(*places))

    def disagrees(self, row: int) -> bool:
        """Whether gradient and occlusion name different characters.

        That is: fewer than two are among the three strongest by both. The rank correlation would
        not show it: both fade with distance, so that all that is far off ranks alike.
        """
        most = min(len(self.by_gradient(row)), len(self.by_occlusion(row)))
        return self.shared(row) < min(most, _ALIKE)


def _foremost(past: Iterable[PastChar], strength: Callable[[PastChar], float]) -> list[PastChar]:
    """Return the three strongest, the strongest first, and of equals the nearer."""
    there = [each for each in past if strength(each) > 0]
    return sorted(there, key=lambda each: (-strength(each), -each.place))[:_FOREMOST]
