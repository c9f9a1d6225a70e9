"""How well a model does: on a whole text, with little context, and in recalling what it read."""

from charlstm.evaluation.score import Score, score

__all__ = ["Score", "score"]
