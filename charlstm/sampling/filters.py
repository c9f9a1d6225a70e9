"""What may be drawn: scores become probabilities, and the unlikely is left out.

Each filter takes and gives scores (V); what is left out becomes −∞.
"""

import torch
from torch import Tensor

from charlstm.config import SampleConfig

_HOTTEST = 1e12


def probabilities(scores: Tensor, config: SampleConfig) -> Tensor:
    """Turn scores (V) into the probabilities to draw by (V)."""
    if config.temperature == 0:
        return torch.zeros_like(scores).scatter(-1, scores.argmax(-1, keepdim=True), 1.0)
    # Shifted first: a very low temperature would else divide into infinities. At the highest all
    # are alike to any eye, but must not become equal to the filters.
    scores = (scores - scores.max()).double() / min(config.temperature, _HOTTEST)
    return top_p(top_k(scores, config.top_k), config.top_p).softmax(-1)


def top_k(scores: Tensor, k: int) -> Tensor:
    """Keep the k highest scores (Fan, Lewis & Dauphin 2018); all of them if k is 0."""
    if k == 0 or k >= scores.shape[-1]:
        return scores
    kept = scores.topk(k).indices
    return torch.full_like(scores, -torch.inf).scatter(-1, kept, scores[kept])


def top_p(scores: Tensor, p: float) -> Tensor:
    """Keep the fewest characters that together have probability p (Holtzman et al. 2020).

    The likeliest is always kept, and of equally likely ones the first.
    """
    if p == 1:
        return scores
    ordered, order = scores.sort(descending=True, stable=True)
    shares = ordered.softmax(-1)
    before = shares.cumsum(-1) - shares
    kept = order[before < p]
    return torch.full_like(scores, -torch.inf).scatter(-1, kept, scores[kept])
