"""Records of the lookback view, made up by hand."""

import numpy as np
from numpy.typing import NDArray

from charlstm.inspection.lookback.record import Lookback

TEXTS = {
    "korean": "달못골에는 오래된 방앗간이 있다.\n“누가 왔니?” 돌쇠",
    "english": 'The harbour book lay open on the desk.\n"Who was here?" Tom',
}
NOTHING = 14  # from so far back on


def record_of(text: str, *, asked: str = "guess", rows: int = 3, disagrees: int = -1) -> Lookback:
    """Return a record of the last rows, with all of the past.

    Gradients fade with distance, and so do effects, but every third effect helps and is larger. In
    the row `disagrees`, if it is not negative, hiding what is near has no effect.
    """
    last = len(text)
    places = np.arange(last - rows, last)
    back = np.arange(last)[::-1] + np.zeros((rows, 1))
    there = back <= places[:, None]
    gradient = np.where(back < NOTHING, 0.7**back, 0.0)
    effect = np.where(back % 3 == 1, -6.0, 0.5) * gradient
    effect[disagrees][back[disagrees] < 3 * (disagrees >= 0)] = 0.0
    guesses = [[("쇠", 0.71), ("\n", 0.06), (" ", 0.004)], [("t", 0.5), ("e", 0.25)], [("이", 1.0)]]
    return Lookback(
        text=text,
        asked=asked,
        places=places,
        targets=["쇠", "t", "이"][-rows:],
        chances=np.array([0.71, 0.5, 1.0], dtype=np.float32)[-rows:],
        guesses=guesses[-rows:],
        gradient=cut_off(gradient, there),
        largest=np.ones(rows, dtype=np.float32),
        occlusion=cut_off(effect, there),
        agreement=np.array([0.75, 0.25, np.nan], dtype=np.float32)[-rows:],
    )


def cut_off(values: NDArray[np.float64], there: NDArray[np.bool_]) -> NDArray[np.float32]:
    return np.where(there, values, np.nan).astype(np.float32)
