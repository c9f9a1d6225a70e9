"""How good a model is: on a whole text, with little context, and at recalling what it read."""

from charlstm.evaluation.score import Score, score

__all__ = ["Score", "score"]
