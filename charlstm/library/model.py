"""A trained model as one object."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from torch import Generator

from charlstm.config import RunConfig, SampleConfig
from charlstm.errors import OptionError, RunError
from charlstm.evaluation import Score, score
from charlstm.evaluation.context import ContextCurve, context_curve
from charlstm.evaluation.recall import RecallCurve, recall_curve
from charlstm.inspection.gates.compute import GUESSES, trace, traces
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.interventions import changed, parse_ablation, parse_clamp
from charlstm.inspection.lookback.compute import LAST, lookback
from charlstm.inspection.lookback.record import Lookback
from charlstm.inspection.memory.compute import memory_span, retention
from charlstm.inspection.memory.record import MemorySpan
from charlstm.inspection.story.compute import story
from charlstm.inspection.story.record import Story
from charlstm.inspection.track.compute import track
from charlstm.inspection.track.record import Track
from charlstm.inspection.units.compute import units
from charlstm.inspection.units.record import Units
from charlstm.limits import check_seed
from charlstm.run import Run, load_run, read_heldout
from charlstm.sampling.sampler import Sample, SampledChar, Sampler
from charlstm.text.recall import CLOSE, LETTERS, OPEN
from charlstm.text.unicode_forms import normalized

_READ_FOR_MEMORY = 20_000  # characters: half-lives hardly change with more


@dataclass(frozen=True)
class Model:
    """A trained model, opened from its run folder.

    `changes` are what `changed` made of it, such as forget=0.
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
    def form(self) -> str:
        """The normal form of the text that the model knows: nfc, nfd or none."""
        return self.run.config.text.form

    @property
    def name(self) -> str:
        """The run's path, and what was changed in the model."""
        return " ".join((str(self.run.path), *self.changes))

    def changed(self, clamp: Sequence[str] = (), ablate: Sequence[str] = ()) -> "Model":
        """Give the model with gates held fast and units taken away; this one stays as it is.

        `clamp` has entries such as "forget=0", or "L1:input=0" for one layer; `ablate` such as
        "L1/88", or "L1/88=mean" for a unit heard as its mean over the held-out part.

        Raises:
            OptionError: an entry is written otherwise, or the model has no such gate or unit.
            RunError: a mean is wanted, and the held-out part is missing or was changed.
        """
        clamps = [parse_clamp(entry) for entry in clamp]
        ablations = [parse_ablation(entry) for entry in ablate]
        over = None
        if any(ablation.mean for ablation in ablations):
            over = self.run.vocabulary.encode(normalized(read_heldout(self.run), self.form))
        model = changed(self.run.model, clamps, ablations, over)
        named = (*self.changes, *map(str, clamps), *map(str, ablations))
        return Model(replace(self.run, model=model), named)

    def parameter_count(self) -> int:
        """Count the numbers that training set."""
        return self.run.model.parameter_count()

    def unknown(self, text: str) -> list[str]:
        """List the characters of a text that the model has never seen, each once."""
        return self.run.vocabulary.unknown(normalized(text, self.form))

    def sample(self, prompt: str = "", *, seed: int = 1, **settings: Any) -> Sample:  # noqa: ANN401
        """Write text after a prompt; the same seed writes the same text.

        `settings` are the fields of `SampleConfig`, such as `length=500` or `temperature=0.8`.

        Raises:
            OptionError: a value is impossible.
            TypeError: there is no such setting.
        """
        check_seed(seed)
        return self._sampler().sample(prompt, SampleConfig(**settings), seed)

    def stream(self, prompt: str, config: SampleConfig, seed: int) -> Iterator[SampledChar]:
        """Write like `sample`, giving each character as it is drawn.

        Raises:
            OptionError: the seed is impossible.
        """
        check_seed(seed)
        return self._sampler().draw(prompt, config, seed)

    def trace(self, text: str, guesses: int = GUESSES) -> Trace:
        """Read a text and tell what every gate did at every character.

        Raises:
            TextError: the text is empty.
            OptionError: the number of guesses is negative.
        """
        if guesses < 0:
            raise OptionError("top", "errors.expected.not_negative", guesses)
        return trace(self.run.model, self.run.vocabulary, text, self.form, guesses)

    def traces(self, text: str) -> Iterator[Trace]:
        """Read a text like `trace`, and give what the gates did part by part, without guesses.

        Raises:
            TextError: the text is empty.
        """
        return traces(self.run.model, self.run.vocabulary, text, self.form, 0)

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

        Layer and unit are counted from 0; without them the last layer, and the unit whose memory
        the character changed most.

        Raises:
            TextError: the text is empty.
            OptionError: there is no such character, layer or unit, the model has no gates, or the
                number of guesses is negative.
        """
        text = normalized(text, self.form)
        # What comes after the character changes nothing of it.
        traced = self.trace(text if at < 0 else text[: at + 1], guesses)
        return replace(story(traced, at, layer, unit), text=text)

    def memory(
        self,
        text: str | None = None,
        *,
        follow: str | None = None,
        at: int | None = None,
        seed: int = 1,
    ) -> MemorySpan:
        """Measure how long units remember, over the first 20,000 characters of a text.

        Without a text the held-out part is read. `at` is a character of `follow` (of the text if
        there is none) to follow as it fades. `seed` is that of the new model to compare with.

        Raises:
            TextError: the text is too short.
            OptionError: the model has no gate that keeps anything, there is no character `at`, or
                the seed is impossible.
            RunError: the held-out part is missing or was changed.
        """
        check_seed(seed)
        text = read_heldout(self.run) if text is None else text
        run, form, followed = self.run, self.form, None
        if at is not None:
            followed = retention(
                run.model, run.vocabulary, text if follow is None else follow, form, at
            )
        span = memory_span(
            run.model,
            run.vocabulary,
            text[:_READ_FOR_MEMORY],
            form,
            config=self.config.model,
            generator=Generator().manual_seed(seed),
            seq_length=self.config.training.seq_length,
        )
        return replace(span, retention=followed)

    def units(self, text: str | None = None, *, seed: int = 1) -> Units:
        """Find out what single units track in a text, in the held-out part without one.

        `seed` draws how far the property is shifted for the control.

        Raises:
            TextError: the text is too short.
            OptionError: the seed is impossible.
            RunError: the held-out part is missing or was changed.
        """
        check_seed(seed)
        text = read_heldout(self.run) if text is None else text
        pair = self.run.model, self.run.vocabulary
        return units(*pair, text, self.form, np.random.default_rng(seed))

    def track(self, text: str, layer: int, unit: int) -> Track:
        """Tell what one unit holds after each character of a text; both are counted from 0.

        Raises:
            TextError: the text is empty.
            OptionError: there is no such layer or unit.
        """
        pair = self.run.model, self.run.vocabulary
        return track(*pair, text, self.form, layer=layer, unit=unit)

    def lookback(
        self,
        text: str,
        at: Sequence[int] | None = None,
        *,
        target: str = "guess",
        last: int = LAST,
        guesses: int = GUESSES,
    ) -> Lookback:
        """Tell which past characters the guesses after some characters of a text came from.

        Raises:
            TextError: the text is too short.
            OptionError: there is no such character or target, or the number of guesses is negative.
        """
        if guesses < 0:
            raise OptionError("top", "errors.expected.not_negative", guesses)
        return lookback(
            self.run.model,
            self.run.vocabulary,
            text,
            self.form,
            at=at,
            target=target,
            last=last,
            guesses=guesses,
        )

    def evaluate(self, text: str | None = None) -> Score:
        """Score a text, or the part of its own text that was held out in training.

        Raises:
            TextError: the text has fewer than two characters.
            RunError: the held-out part is missing or was changed.
        """
        text = read_heldout(self.run) if text is None else text
        return score(self.run.model, self.run.vocabulary, text, self.form)

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
        text = read_heldout(self.run) if text is None else text
        check_seed(shuffle or 0)
        source = None if shuffle is None else np.random.default_rng(shuffle)
        run = self.run
        return context_curve(run.model, run.vocabulary, text, self.form, lengths, shuffle=source)

    def recall(self) -> RecallCurve:
        """Ask a model of corpora/recall.txt to say again the keys that it read.

        Raises:
            RunError: it does not know the letters of that text, or knows them as jamo.
        """
        missing = self.unknown(LETTERS + OPEN + CLOSE + "\n")
        if missing:
            raise RunError("errors.run.recall_letter", folder=self.run.path, letter=missing[0])
        if self.form == "nfd":
            raise RunError("errors.run.recall_form", folder=self.run.path)
        return recall_curve(self.run.model, self.run.vocabulary)

    def _sampler(self) -> Sampler:
        return Sampler(self.run.model, self.run.vocabulary, self.form)
