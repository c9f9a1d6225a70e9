"""Drawing text, one character after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Generator, Tensor

from charlstm.config import SampleConfig
from charlstm.models.base import Network, State, as_ids
from charlstm.sampling.filters import probabilities
from charlstm.text.unicode_forms import Composer, Slot, jamo_slot, may_follow, normalized
from charlstm.text.vocabulary import UNKNOWN_ID, Vocabulary

_BEGINNING = "\n"


@dataclass(frozen=True)
class SampledChar:
    """What was just finished: characters, and −ln p of them at temperature 1, unfiltered."""

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
    """Writes with a model: `form` is the normal form it was trained in."""

    model: Network
    vocabulary: Vocabulary
    form: str

    def sample(self, prompt: str, config: SampleConfig, seed: int) -> Sample:
        """Draw one text to its end."""
        drawn = list(self.draw(prompt, config, seed))
        text = "".join(piece.text for piece in drawn)
        return Sample(prompt, text, seed, "length", sum(piece.nats for piece in drawn))

    def draw(self, prompt: str, config: SampleConfig, seed: int) -> Iterator[SampledChar]:
        """Draw `length` characters after a prompt, giving each as soon as it is whole.

        A model of NFD draws jamo: they are given out as syllables, and only such jamo are drawn as
        make whole ones. The unknown character is never drawn.
        """
        letters = self._letters(prompt, config, Generator().manual_seed(seed))
        characters = _composed(letters, config.length) if self.form == "nfd" else letters
        yield from islice(characters, config.length)

    @torch.inference_mode()
    def _letters(
        self, prompt: str, config: SampleConfig, generator: Generator
    ) -> Iterator[SampledChar]:
        """Draw without end, one character of the model's form at a time."""
        scores, state = self._read(normalized(prompt, self.form) or _BEGINNING)
        allowed = self._allowed()
        slot: Slot | None = None
        while True:
            chances = probabilities(scores + allowed[slot], config)
            drawn = int(torch.multinomial(chances, 1, generator=generator))
            cost = -float(scores.log_softmax(-1)[drawn])
            character = self.vocabulary.characters[drawn]
            yield SampledChar(character, cost)
            slot = jamo_slot(character) if self.form == "nfd" else None
            logits, state = self.model.step(as_ids([drawn]), state)
            scores = logits[0]

    def _read(self, text: str) -> tuple[Tensor, State]:
        """Read a text and score what may follow it: (V)."""
        ids = as_ids(self.vocabulary.encode(text).astype("int64"))[:, None]
        logits, state = self.model.forward(ids, self.model.initial_state(1))
        return logits[-1, 0], state

    def _allowed(self) -> dict[Slot | None, Tensor]:
        """Give, for what was drawn last, 0 for each character that may follow, else −∞: (V)."""
        slots = [
            jamo_slot(character) if self.form == "nfd" and len(character) == 1 else None
            for character in self.vocabulary.characters
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
    """Put decomposed characters together, with what they cost, until there are enough."""
    composer, unpaid = Composer(), list[SampledChar]()
    for letter in letters:
        finished = composer.feed(letter.text)
        yield from _priced(finished, unpaid)
        unpaid.append(letter)
        length -= len(finished)
        # Marks may come without end; what has no room any more need not be waited for.
        if len(composer.waiting) > length:
            yield from _priced(composer.flush(), unpaid)
            return


def _priced(text: str, unpaid: list[SampledChar]) -> Iterator[SampledChar]:
    """Give each character with the cost of its letters, whatever the order they were drawn in."""
    for character in text:
        cost = 0.0
        for name in normalized(character, "nfd"):
            letter = next(letter for letter in unpaid if letter.text == name)
            unpaid.remove(letter)
            cost += letter.nats
        yield SampledChar(character, cost)
