"""The library's front door: a trained model as one object."""

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from charlstm.config import RunConfig, SampleConfig, check_seed
from charlstm.evaluation import Score, score
from charlstm.inspection.records import Trace
from charlstm.inspection.trace import GUESSES, trace
from charlstm.run import Run, load_run, read_heldout
from charlstm.sampling.sampler import Drawn, Sample, Sampler
from charlstm.text.forms import normalized


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
        """Write like `sample`, giving each character as it is drawn."""
        return self._sampler().draw(prompt, config, seed)

    def trace(self, text: str, guesses: int = GUESSES) -> Trace:
        """Read a text and tell what every gate did at every character.

        Raises:
            TextError: the text is empty.
        """
        return trace(self.run.model, self.run.vocabulary, text, self.form, guesses)

    def evaluate(self, text: str | None = None) -> Score:
        """Score a text, or the part of its own text that was held out in training.

        Raises:
            TextError: the text has fewer than two characters.
            RunError: the held-out part is missing or was changed.
        """
        text = read_heldout(self.run) if text is None else text
        return score(self.run.model, self.run.vocabulary, text, self.form)

    def _sampler(self) -> Sampler:
        return Sampler(self.run.model, self.run.vocabulary, self.form)
