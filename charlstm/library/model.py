"""A trained model as one object: what `charlstm.load` returns."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charlstm.config import SampleConfig
from charlstm.evaluation import Score, score
from charlstm.evaluation.context import ContextCurve, context_curve
from charlstm.evaluation.recall import RecallCurve, recall_curve
from charlstm.inspection.interventions import changed, parse_ablation, parse_clamp
from charlstm.language_model.reading import logits_of, state_of
from charlstm.library.views import Views
from charlstm.limits import check_seed
from charlstm.models.base import State
from charlstm.run import load_run, read_heldout
from charlstm.sampling.sampler import Sample, SampledChar, Sampler
from charlstm.threads import each_with_threads, settle_threads, settled_threads


class Model(Views):
    """A trained model, opened from its run folder; cores that are busy do not slow it down.

    For a text of T characters, a vocabulary of V, and L layers of H units:

        model.logits(text)        logits after each character, (T, V)
        model.trace(text)         gates and states: .forget, .cell, .hidden …, (L, T, H) each
        model.state(text)         h and C after the text, to go on from: tensors (L, 1, H)

    The model can go on from a state that was changed, or patched from that of another text:

        (h, _), (_, c) = model.state("The old miller "), model.state("The young miller ")
        model.logits("was tired.", state=(h, c))

    `language_model` has the same with tensors, a batch and gradients, `language_model.network` the
    weights, named as in model.safetensors. `changes` are the interventions that `changed` made,
    such as forget=0.
    """

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Model":
        """Open a run folder.

        Raises:
            RunError: the folder is missing or damaged.
        """
        return cls(load_run(Path(path)))

    @settled_threads()
    def changed(self, clamp: Sequence[str] = (), ablate: Sequence[str] = ()) -> "Model":
        """Return the model with clamped gates and ablated units; this one stays as it is.

        `clamp` has entries such as "forget=0", or "L1:input=0" for one layer; `ablate` such as
        "L1/88", or "L1/88=mean" to replace a unit by its mean over the held-out part.

        Raises:
            OptionError: an entry is not of this form, or the model has no such gate or unit.
            RunError: a mean is wanted, and the held-out part is missing or was changed.
        """
        clamps = [parse_clamp(entry) for entry in clamp]
        ablations = [parse_ablation(entry) for entry in ablate]
        means = any(ablation.mean for ablation in ablations)
        over = self.run.model.encode(read_heldout(self.run)) if means else None
        model = changed(self.run.model, clamps, ablations, over)
        named = (*self.changes, *map(str, clamps), *map(str, ablations))
        return Model(replace(self.run, model=model), named)

    def unknown(self, text: str) -> list[str]:
        """Return the characters of a text that the vocabulary does not have, each once."""
        return self.run.model.unknown(text)

    @settled_threads()
    def logits(self, text: str, state: State | None = None) -> NDArray[np.float32]:
        """Read a text and return the logits after each of its characters: (T, V).

        Column i is for `language_model.vocabulary.characters[i]`. The text is read from `state`, as
        the method of that name returns it, or else from an empty one.
        """
        return logits_of(self.run.model, text, state)

    @settled_threads()
    def state(self, text: str, state: State | None = None) -> State:
        """Read a text and return the state after it: h and, of an LSTM, C, (L, 1, H) each.

        Of an fnn it is the window but the last character, embedded: (k−1, 1, E). The text is read
        from `state`, or else from an empty one.
        """
        return state_of(self.run.model, text, state)

    @settled_threads()
    def sample(self, prompt: str = "", *, seed: int = 1, **settings: Any) -> Sample:  # noqa: ANN401
        """Sample a text after a prompt; the same seed gives the same text.

        `settings` are those of `SampleConfig`: length, temperature, top_k, top_p …

        Raises:
            OptionError: a value is impossible.
        """
        check_seed(seed)
        return Sampler(self.run.model).sample(prompt, SampleConfig(**settings), seed)

    def stream(self, prompt: str, config: SampleConfig, seed: int) -> Iterator[SampledChar]:
        """Sample like `sample`, yielding each character as soon as it is whole.

        Raises:
            OptionError: the seed is impossible.
        """
        check_seed(seed)
        characters = Sampler(self.run.model).draw(prompt, config, seed)
        return each_with_threads(characters, settle_threads().fastest)

    @settled_threads()
    def evaluate(self, text: str | None = None) -> Score:
        """Score a text, or the part of its own text that was held out in training.

        Raises:
            TextError: the text has fewer than two characters.
            RunError: the held-out part is missing or was changed.
        """
        return score(self.run.model, self._or_heldout(text))

    @settled_threads()
    def context(
        self, lengths: Sequence[int], text: str | None = None, *, shuffle: int | None = None
    ) -> ContextCurve:
        """Score the last characters of a text with so many characters before each.

        `shuffle` is a seed: with it they are also scored after the 256 characters further back, in
        random order. Without a text the part that was held out is scored.

        Raises:
            TextError: the text is too short for the longest of the lengths.
            OptionError: there is no length, one is below 1, or the seed is impossible.
            RunError: the held-out part is missing or was changed.
        """
        check_seed(shuffle or 0)
        source = None if shuffle is None else np.random.default_rng(shuffle)
        return context_curve(self.run.model, self._or_heldout(text), lengths, shuffle=source)

    @settled_threads()
    def recall(self) -> RecallCurve:
        """Ask a model of corpora/recall.txt to repeat the keys that it read.

        Raises:
            RunError: it does not know the letters of that text, or knows them as jamo.
        """
        return recall_curve(self.run.model, self.run.path)
