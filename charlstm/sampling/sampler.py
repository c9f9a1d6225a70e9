"""Sampling text, one character after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Generator, Tensor

from charlstm.config import SampleConfig
from charlstm.language_model import LanguageModel
from charlstm.models.base import State, as_ids
from charlstm.sampling.filters import probabilities
from charlstm.text.unicode_forms import Composer, Slot, jamo_slot, may_follow, normalized
from charlstm.text.vocabulary import UNKNOWN_ID

_BEGINNING = "\n"


@dataclass(frozen=True)
class SampledChar:
    """Finished characters, and −ln p of them at temperature 1, unfiltered."""

    text: str
    nats: float


@dataclass(frozen=True)
class Sample:
    """One finished sample, as `sample --json` reports it; `nats` is −ln p of `text` alone."""

    prompt: str
    text: str
    seed: int
    finish: str
    nats: float


@dataclass(frozen=True)
class Sampler:
    """Samples text from a model."""

    model: LanguageModel

    def sample(self, prompt: str, config: SampleConfig, seed: int) -> Sample:
        """Return one whole text."""
        drawn = list(self.draw(prompt, config, seed))
        text = "".join(piece.text for piece in drawn)
        return Sample(prompt, text, seed, "length", sum(piece.nats for piece in drawn))

    def draw(self, prompt: str, config: SampleConfig, seed: int) -> Iterator[SampledChar]:
        """Yield `length` characters after a prompt, each as soon as it is whole.

        A model of NFD samples jamo: they are composed into syllables, and only jamo that make whole
        ones are sampled. The unknown character is never sampled.
        """
        letters = self._letters(prompt, config, Generator().manual_seed(seed))
        characters = _composed(letters, config.length) if self._is_jamo else letters
        yield from islice(characters, config.length)

    @torch.inference_mode()
    def _letters(
        self, prompt: str, config: SampleConfig, generator: Generator
    ) -> Iterator[SampledChar]:
        """Yield characters of the model's form without end."""
        logits, state = self._read(self.model.normalize(prompt) or _BEGINNING)
        allowed = self._allowed()
        slot: Slot | None = None
        while True:
            chances = probabilities(logits + allowed[slot], config)
            drawn = int(torch.multinomial(chances, 1, generator=generator))
            nats = -float(logits.log_softmax(-1)[drawn])
            character = self.model.vocabulary.characters[drawn]
            yield SampledChar(character, nats)
            slot = jamo_slot(character) if self._is_jamo else None
            rows, state = self.model.step(as_ids([drawn]), state)
            logits = rows[0]

    def _read(self, text: str) -> tuple[Tensor, State]:
        """Read a text and return the logits of what follows it, (V), and the state."""
        ids = self.model.encode(text)[:, None]
        logits, state = self.model.read(ids, self.model.initial_state())
        return logits[-1, 0], state

    @property
    def _is_jamo(self) -> bool:
        return self.model.form == "nfd"

    def _allowed(self) -> dict[Slot | None, Tensor]:
        """Return, by the slot of the last jamo, 0 for characters that may follow, else −∞: (V)."""
        slots = [
            jamo_slot(character) if self._is_jamo and len(character) == 1 else None
            for character in self.model.vocabulary.characters
        ]
        allowed = {}
        for before in (None, *Slot):
            may = torch.tensor([may_follow(before, after) for after in slots])
            # A text of lone jamo has none that would make a whole syllable.
            may |= ~may[1:].any()
            may[UNKNOWN_ID] = False
            allowed[before] = torch.zeros(len(slots)).masked_fill(~may, -torch.inf)
        return allowed


def _composed(letters: Iterator[SampledChar], length: int) -> Iterator[SampledChar]:
    """Compose characters, with their nats, until there are enough."""
    composer, waiting = Composer(), list[SampledChar]()
    for letter in letters:
        finished = composer.feed(letter.text)
        yield from _with_nats(finished, waiting)
        waiting.append(letter)
        length -= len(finished)
        # Combining marks may come without end.
        if len(composer.waiting) > length:
            yield from _with_nats(composer.flush(), waiting)
            return


def _with_nats(text: str, waiting: list[SampledChar]) -> Iterator[SampledChar]:
    """Yield each character with the nats of its letters, in whatever order they were sampled."""
    for character in text:
        nats = 0.0
        for name in normalized(character, "nfd"):
            letter = next(letter for letter in waiting if letter.text == name)
            waiting.remove(letter)
            nats += letter.nats
        yield SampledChar(character, nats)
