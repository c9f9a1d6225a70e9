"""Can a model repeat what it read long ago? Accuracy against distance.

The questions are fresh lines of the kind that corpora/recall.txt is made of, each read after a few
others; after the last closing bracket the model's likeliest character must be the last line's key.
"""

from dataclasses import dataclass

import torch

from charlstm.errors import RunError
from charlstm.language_model import LanguageModel
from charlstm.text.recall import CLOSE, DISTANCES, LETTERS, OPEN, questions

QUESTIONS = 500
_SEED = 2
# Read side by side; for an fnn, whose windows overlap, 500 at once would take gigabytes.
_AT_ONCE = 50


@dataclass(frozen=True)
class RecallCurve:
    """The share of keys recalled, 0..1, by the number of letters between key and echo."""

    questions: int
    distances: tuple[int, ...]
    accuracy: tuple[float, ...]
    chance: float = 1 / len(LETTERS)


def recall_curve(model: LanguageModel, run: object, count: int = QUESTIONS) -> RecallCurve:
    """Ask a model `count` questions of each distance.

    Raises:
        RunError: it does not know the letters of corpora/recall.txt, or knows them as jamo; `run`
            is named.
    """
    missing = model.unknown(LETTERS + OPEN + CLOSE + "\n")
    if missing:
        raise RunError("errors.run.recall_letter", folder=run, letter=missing[0])
    if model.form == "nfd":
        raise RunError("errors.run.recall_form", folder=run)
    accuracy = tuple(_accuracy(model, distance, count) for distance in DISTANCES)
    return RecallCurve(count, DISTANCES, accuracy)


@torch.inference_mode()
def _accuracy(model: LanguageModel, distance: int, count: int) -> float:
    # (T, B); the last but the line end is the echo.
    ids = model.encode("".join(questions(distance, count, _SEED))).view(count, -1).T
    right = 0
    for part in torch.split(ids, _AT_ONCE, dim=1):
        y, _ = model.features(part[:-2], model.initial_state(part.shape[1]))
        right += int((model.logits(y[-1]).argmax(-1) == part[-2]).sum())
    return right / count
