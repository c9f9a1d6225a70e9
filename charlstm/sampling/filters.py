"""The distribution that the next character is sampled from.

Logits are first divided by the temperature, then filtered in the order of `FILTERS`: each filter
sets the logits of what it excludes to −∞, and the next one sees the distribution without that. A
new filter is a function here, a line of `FILTERS`, and a field of `SampleConfig` whose default
excludes nothing.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from charlstm.config import SampleConfig

_HOTTEST = 1e12


def probabilities(logits: Tensor, config: SampleConfig) -> Tensor:
    """Return the distribution to sample from, (V), given logits (V)."""
    if config.temperature == 0:
        return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)
    # Shifted first: a very low temperature would divide into infinities. At the highest all
    # are alike to any eye, but must not become equal to the filters.
    logits = (logits - logits.max()).double() / min(config.temperature, _HOTTEST)
    for apply in FILTERS:
        logits = apply(logits, config)
    return logits.softmax(-1)


def top_k(logits: Tensor, k: int) -> Tensor:
    """Keep the k highest logits (V) (Fan, Lewis & Dauphin 2018); all of them if k is 0."""
    if k == 0 or k >= logits.shape[-1]:
        return logits
    return _only(logits, logits.topk(k).indices)


def top_p(logits: Tensor, p: float) -> Tensor:
    """Keep the fewest characters that together have probability p (Holtzman et al. 2020).

    The likeliest is always kept, and of equally likely ones the first.
    """
    if p == 1:
        return logits
    ordered, order = logits.sort(descending=True, stable=True)
    shares = ordered.softmax(-1)
    before = shares.cumsum(-1) - shares
    return _only(logits, order[before < p])


FILTERS: tuple[Callable[[Tensor, SampleConfig], Tensor], ...] = (
    lambda logits, config: top_k(logits, config.top_k),
    lambda logits, config: top_p(logits, config.top_p),
)


def _only(logits: Tensor, kept: Tensor) -> Tensor:
    """Return logits in which all but some are −∞."""
    return torch.full_like(logits, -torch.inf).scatter(-1, kept, logits[kept])
