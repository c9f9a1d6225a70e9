"""Which past characters a guess depends on: by gradient, and by occlusion.

The gradient is how strongly the target's logit moves when an embedding moves a little
(connectivity: Madsen 2019). Occlusion is what changes when a character is not read at all (Zeiler &
Fergus 2014). Neither is the truth, so both are returned, and whether they agree.

The text is read once, and the state before each character kept. The rest is computed in short
streams side by side: for gradients one for each target, which ends at it; for occlusion one for
each hidden character, which starts at it and serves every target after it.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from charlstm.errors import NONE, OptionError, TextError
from charlstm.inspection.gates.compute import GUESSES, check_guesses
from charlstm.inspection.gates.record import Floats
from charlstm.inspection.lookback.record import Lookback
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import state_after
from charlstm.limits import TARGETS, check_one_of
from charlstm.models.base import State, as_ids

LAST = 64
ROWS = 256
_NUMBERS_AT_ONCE = 2**24  # 64 MB
_KEPT = 8  # for the backward pass, of each number that the core returns
_ROUNDING = 1000  # ulps of 1, in float32 0.0001 nats: a smaller change of ln p is none

Places = NDArray[np.int64]


def lookback(  # noqa: PLR0913
    model: LanguageModel,
    text: str,
    *,
    at: Sequence[int] | None = None,
    target: str = "guess",
    last: int = LAST,
    guesses: int = GUESSES,
) -> Lookback:
    """Return how the guesses after some characters of a text depend on the last characters read.

    `at` are those characters, counted from 0 in the model's form; without it they are the last 256
    of the text. `target` is "guess", the likeliest next character, or "text", the one that came.

    Raises:
        TextError: the text is empty; or, of the characters that came, it has only one.
        OptionError: the target is neither, a place is not in the text, nothing is looked back, or
            the number of guesses is negative.
    """
    check_guesses(guesses)
    text = model.normalize(text)
    check_one_of("target", target, TARGETS)
    if last < 1:
        raise OptionError("last", "errors.expected.one_or_more", last)
    places = _places(len(text), at, target)
    ids = model.encode(text)
    past = _Past(model, ids, places, last)
    logits = past.logits
    targets = logits.argmax(-1) if target == "guess" else ids[as_ids(places + 1)]
    gradient, largest = _shares(past.gradients(targets))
    occlusion = past.occlusions(targets)
    return Lookback(
        text=text,
        asked=target,
        places=places,
        targets=[model.vocabulary.characters[i] for i in targets.tolist()],
        chances=_array(logits.softmax(-1).gather(1, targets[:, None])[:, 0]),
        guesses=model.likeliest(logits, guesses),
        gradient=gradient,
        largest=largest,
        occlusion=occlusion,
        agreement=_agreement(gradient, occlusion),
    )


def _places(length: int, at: Sequence[int] | None, target: str) -> Places:
    """Check the characters after which to ask, and return them in order (R)."""
    least = 2 if target == "text" else 1
    if length < least:
        raise TextError("errors.text.short_to_inspect", least=least, found=length)
    end = length - least + 1
    places = range(max(0, end - ROWS), end) if at is None else sorted(set(at))
    if not places:
        raise OptionError("at", "errors.expected.at", NONE, last=end - 1)
    wrong = [place for place in places if not 0 <= place < end]
    if wrong:
        raise OptionError("at", "errors.expected.at", wrong[0], last=end - 1)
    return np.array(places, dtype=np.int64)


class _Past:
    """The part of ids (T) that the guesses after R places depend on: at most N characters each."""

    def __init__(self, model: LanguageModel, ids: Tensor, places: Places, last: int) -> None:
        self.model, self.ids, self.places = model, ids, places
        self.last = min(last, int(places[-1]) + 1)
        self.starts = np.maximum(places - self.last + 1, 0)
        self.begin = int(self.starts[0])
        self.logits = self._read()

    @torch.no_grad()
    def _read(self) -> Tensor:
        """Read the text in order, keep the state before each character, return logits (R, V)."""
        model = self.model
        state = state_after(model, self.ids[: self.begin, None], model.initial_state())
        before, found = [], []
        asked = set(self.places.tolist())
        for place in range(self.begin, int(self.places[-1]) + 1):
            before.append(state)
            logits, state = model.step(self.ids[place : place + 1], state)
            if place in asked:
                found.append(logits)
        # States from here on, the place before the last dimension being that of the character.
        self.states = tuple(torch.cat(parts, dim=-2) for parts in zip(*before, strict=True))
        return torch.cat(found)

    @torch.enable_grad()
    def gradients(self, targets: Tensor) -> Floats:
        """Return ‖∂ logit of the target / ∂ x‖₂ of each character up to it (R, N)."""
        found = np.full((len(self.places), self.last), np.nan, dtype=np.float32)
        for rows in self._some(len(self.places), self.model.network.head.in_features * _KEPT):
            x = self._embedded(self.starts[rows]).requires_grad_()
            y, _ = self.model.features_of_embedded(x, self._state(self.starts[rows]))
            read = self.places[rows] - self.starts[rows]
            logits = self.model.logits(y[as_ids(read), torch.arange(len(rows))])
            total = logits.gather(1, targets[as_ids(rows), None]).sum()
            sizes = _array(torch.autograd.grad(total, x)[0].norm(dim=-1))
            for stream, (row, steps) in enumerate(zip(rows, read + 1, strict=True)):
                found[row, self.last - steps :] = sizes[:steps, stream]
        return found

    @torch.no_grad()
    def occlusions(self, targets: Tensor) -> Floats:
        """Return by how much ln p of the target changes with each character hidden (R, N)."""
        found = np.full((len(self.places), self.last), np.nan, dtype=np.float32)
        nothing = self.model.network.embedding.weight.mean(0)
        plain = _log_p(self.logits, targets)
        back = np.arange(self.last)
        hidden = np.unique(self.places[:, None] - back)
        hidden = hidden[hidden >= 0]
        for some in self._some(len(hidden), self.model.network.head.out_features):
            x = self._embedded(hidden[some])
            x[0] = nothing
            y, _ = self.model.features_of_embedded(x, self._state(hidden[some]))
            distance = self.places[:, None] - hidden[some]
            rows, streams = np.nonzero((distance >= 0) & (distance < self.last))
            steps, of = distance[rows, streams], as_ids(rows)
            logits = self.model.logits(y[as_ids(steps), as_ids(streams)])
            changes = _log_p(logits, targets[of]) - plain[of]
            changes[changes.abs() <= _ROUNDING * torch.finfo(changes.dtype).eps] = 0.0
            found[rows, self.last - 1 - steps] = _array(changes)
        return found

    def _some(self, count: int, each: int) -> Iterator[Places]:
        """Yield some of the streams at a time; each needs so many numbers a character."""
        numbers = count * self.last * each
        yield from np.array_split(np.arange(count), 1 + numbers // _NUMBERS_AT_ONCE)

    def _embedded(self, starts: Places) -> Tensor:
        """Return the embeddings of N characters from each start, (N, B, E).

        Where the text is over they are those of its last character.
        """
        places = np.minimum(starts + np.arange(self.last)[:, None], len(self.ids) - 1)
        return self.model.embed(self.ids[as_ids(places)]).detach()

    def _state(self, starts: Places) -> State:
        """Return the state before each start."""
        return tuple(each[..., as_ids(starts - self.begin), :] for each in self.states)


def _log_p(logits: Tensor, targets: Tensor) -> Tensor:
    """Return ln p of targets (B) under logits (B, V)."""
    return logits.log_softmax(-1).gather(1, targets[:, None])[:, 0]


def _shares(gradient: Floats) -> tuple[Floats, Floats]:
    """Divide each row by its largest, unless that is zero; return both."""
    largest: Floats = np.nanmax(gradient, axis=1)
    shares = gradient / np.maximum(largest, np.finfo(np.float32).tiny)[:, None]
    return shares.astype(np.float32), largest


def _agreement(gradient: Floats, occlusion: Floats) -> Floats:
    """Return Spearman's rank correlation of gradient and |occlusion| of each row (R)."""
    both = zip(gradient, np.abs(occlusion), strict=True)
    return np.array([_rank_correlation(a, b) for a, b in both], dtype=np.float32)


def _rank_correlation(a: Floats, b: Floats) -> float:
    there = ~np.isnan(a)
    x, y = (_ranks(values[there]) for values in (a, b))
    spread = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / spread) if spread > 0 else np.nan


def _ranks(values: Floats) -> NDArray[np.float64]:
    """Rank values, equal ones alike, about 0 as the mean."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - counts / 2)[group]
    centred: NDArray[np.float64] = ranks - ranks.mean()
    return centred


def _array(tensor: Tensor) -> Floats:
    array: Floats = tensor.detach().float().numpy()
    return array
