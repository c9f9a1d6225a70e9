"""The library's front door: a trained model as one object."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from charlstm.config import RunConfig, SampleConfig, check_seed
from charlstm.errors import OptionError, RunError
from charlstm.evaluation import Score, score
from charlstm.evaluation.context import ContextCurve, context_curve
from charlstm.evaluation.recall import RecallCurve, recall_curve
from charlstm.inspection.records import Trace
from charlstm.inspection.trace import GUESSES, trace
from charlstm.run import Run, load_run, read_heldout
from charlstm.sampling.sampler import Drawn, Sample, Sampler
from charlstm.text.forms import normalized
from charlstm.text.recall import CLOSE, FILLER, KEYS, OPEN


@dataclass(frozen=True)
class Model:
    """A trained model, opened from its run folder."""

    run: Run

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

    def parameter_count(self) -> int:
        """Count the numbers that training set."""
        return self.run.model.parameter_count()

    def unknown(self, text: str) -> list[str]:
        """List the characters of a text that the model has never seen, each once."""
        return self.run.vocabulary.unknown(normalized(text, self.form))

    def sample(  # noqa: PLR0913
        self,
        prompt: str = "",
        *,
        length: int = 500,
        temperature: float = 0.8,
        top_k: int = 0,
        top_p: float = 1.0,
        seed: int = 1,
    ) -> Sample:
        """Write `length` characters after a prompt; the same seed writes the same text.

        Raises:
            OptionError: a value is impossible.
        """
        check_seed(seed)
        return self._sampler().sample(prompt, SampleConfig(length, temperature, top_k, top_p), seed)

    def stream(self, prompt: str, config: SampleConfig, seed: int) -> Iterator[Drawn]:
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

        `shuffle` is a seed: with it they are also scored with all that lies further in random
        order. Without a text the part that was held out is scored.

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
        missing = self.unknown(KEYS + FILLER + OPEN + CLOSE + "\n")
        if missing:
            raise RunError("errors.run.recall_letter", folder=self.run.path, letter=missing[0])
        if self.form == "nfd":
            raise RunError("errors.run.recall_form", folder=self.run.path)
        return recall_curve(self.run.model, self.run.vocabulary)

    def _sampler(self) -> Sampler:
        return Sampler(self.run.model, self.run.vocabulary, self.form)
