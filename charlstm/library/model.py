"""A trained model as one object: what `charlstm.load` returns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Generator

from charlstm.cells import CellInfo
from charlstm.config import RunConfig, SampleConfig
from charlstm.evaluation import Score, score
from charlstm.evaluation.context import ContextCurve, context_curve
from charlstm.evaluation.recall import RecallCurve, recall_curve
from charlstm.inspection.gates.compute import GUESSES, trace, traces
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.interventions import changed, parse_ablation, parse_clamp
from charlstm.inspection.lookback.compute import LAST, lookback
from charlstm.inspection.lookback.record import Lookback
from charlstm.inspection.memory.compute import memory_span
from charlstm.inspection.memory.record import MemorySpan
from charlstm.inspection.story.compute import story_of
from charlstm.inspection.story.record import Story
from charlstm.inspection.track.compute import track
from charlstm.inspection.track.record import Track
from charlstm.inspection.units.compute import units
from charlstm.inspection.units.record import Units
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import logits_of, state_of
from charlstm.limits import check_seed
from charlstm.models.base import State
from charlstm.run import Run, load_run, read_heldout
from charlstm.sampling.sampler import Sample, SampledChar, Sampler
from charlstm.threads import each_with_settled_threads, settled_threads


@dataclass(frozen=True)
class Model:
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

    run: Run
    changes: tuple[str, ...] = ()

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Model":
        """Open a run folder.

        Raises:
            RunError: the folder is missing or damaged.
        """
        return cls(load_run(Path(path)))

    @property
    def config(self) -> RunConfig:
        """The settings that the run was made with."""
        return self.run.config

    @property
    def language_model(self) -> LanguageModel:
        """The network, its vocabulary and its normal form."""
        return self.run.model

    @property
    def cell_info(self) -> CellInfo:
        """What the gates of the model do."""
        return self.run.model.cell_info

    @property
    def form(self) -> str:
        """The normal form of the text that the model reads: nfc, nfd or none."""
        return self.run.model.form

    @property
    def name(self) -> str:
        """The run's path, and the interventions."""
        return " ".join((str(self.run.path), *self.changes))

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

        Column i is for `language_model.vocabulary.characters[i]`. Without a state the text is read
        from an empty one.
        """
        return logits_of(self.run.model, text, state)

    @settled_threads()
    def state(self, text: str, state: State | None = None) -> State:
        """Read a text and return the state after it: h (L, 1, H), of an LSTM h and C.

        Without a state the text is read from an empty one.
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
        return each_with_settled_threads(Sampler(self.run.model).draw(prompt, config, seed))

    @settled_threads()
    def trace(self, text: str, guesses: int = GUESSES) -> Trace:
        """Read a text and return what every gate did at every character.

        Raises:
            TextError: the text is empty.
            OptionError: the number of guesses is negative.
        """
        return trace(self.run.model, text, guesses)

    def traces(self, text: str) -> Iterator[Trace]:
        """Read a text like `trace` and yield the trace in parts, in order and without guesses."""
        return each_with_settled_threads(traces(self.run.model, text, 0))

    @settled_threads()
    def story(
        self,
        text: str,
        at: int,
        layer: int | None = None,
        unit: int | None = None,
        *,
        guesses: int = GUESSES,
    ) -> Story:
        """Follow one character of a text through the gates of one unit.

        Both count from 0; without them it is the last layer, and the unit that changed most.

        Raises:
            TextError: the text is empty.
            OptionError: there is no such character, layer, unit or gate, or `guesses` is negative.
        """
        return story_of(self.run.model, text, at, layer, unit, guesses=guesses)

    @settled_threads()
    def memory(
        self,
        text: str | None = None,
        *,
        follow: str | None = None,
        at: int | None = None,
        seed: int = 1,
    ) -> MemorySpan:
        """Measure how long units remember, over the first 20,000 characters of a text.

        Without a text the held-out part is read. `at` is a character of `follow`, or of the text,
        to follow as it fades. `seed` is that of the new model to compare with.

        Raises:
            TextError: the text is too short.
            OptionError: no gate keeps anything, or `at` or the seed is impossible.
            RunError: the held-out part is missing or was changed.
        """
        check_seed(seed)
        return memory_span(
            self.run.model,
            self._or_heldout(text),
            config=self.config.model,
            generator=Generator().manual_seed(seed),
            seq_length=self.config.training.seq_length,
            follow=follow,
            at=at,
        )

    @settled_threads()
    def units(self, text: str | None = None, *, seed: int = 1) -> Units:
        """Find out what single units track in a text, in the held-out part without one.

        `seed` draws how far properties are shifted for the control.

        Raises:
            TextError: the text is too short.
            OptionError: the seed is impossible.
            RunError: the held-out part is missing or was changed.
        """
        check_seed(seed)
        return units(self.run.model, self._or_heldout(text), np.random.default_rng(seed))

    @settled_threads()
    def track(self, text: str, layer: int, unit: int) -> Track:
        """Return what one unit holds after each character of a text; both are counted from 0.

        Raises:
            TextError: the text is empty.
            OptionError: there is no such layer or unit.
        """
        return track(self.run.model, text, layer=layer, unit=unit)

    @settled_threads()
    def lookback(
        self,
        text: str,
        at: Sequence[int] | None = None,
        *,
        target: str = "guess",
        last: int = LAST,
        guesses: int = GUESSES,
    ) -> Lookback:
        """Return which past characters the guesses after some characters of a text depend on.

        Raises:
            TextError: the text is too short.
            OptionError: there is no such character or target, or the number of guesses is negative.
        """
        return lookback(self.run.model, text, at=at, target=target, last=last, guesses=guesses)

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

    def _or_heldout(self, text: str | None) -> str:
        return read_heldout(self.run) if text is None else text
