"""Sampling: what is drawn, how often, what it costs, and where it ends."""

import math
import unicodedata
from collections import Counter
from itertools import pairwise

import pytest
import torch
from torch import Generator, Tensor

from charlstm.config import ModelConfig, SampleConfig
from charlstm.language_model import LanguageModel
from charlstm.library import Model
from charlstm.models import new_model
from charlstm.models.base import State, surprisal
from charlstm.sampling.sampler import Sampler
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import Vocabulary

PLAIN = SampleConfig(length=30, temperature=1.0)
PROMPTS = ["", "\n", "돌쇠가 ", "Tom asked", "가"]


@pytest.fixture(params=["korean", "english", "jamo"])
def trained(request: pytest.FixtureRequest) -> Model:
    model = request.getfixturevalue(request.param)
    assert isinstance(model, Model)
    return model


def sampler_of(characters: str, *shares: float, form: str = "nfc") -> Sampler:
    """Sample from a model of fixed probabilities; the first is that of the unknown."""
    vocabulary = Vocabulary.of(characters)
    config = ModelConfig("lstm", len(vocabulary), embedding=2, hidden=2, layers=1)
    network = new_model(config, Generator().manual_seed(0))
    network.head.weight.detach().zero_()
    even = [1 / len(vocabulary)] * len(vocabulary)
    network.head.bias.detach().copy_(torch.tensor(shares or even).log())
    return Sampler(LanguageModel(network, vocabulary, form))


def read(model: Model, text: str) -> tuple[Tensor, Tensor]:
    """Return the ids of a text (T), and the logits after each of its characters (T, V)."""
    reader = model.language_model
    ids = reader.encode(text)
    logits, _ = reader.read(ids[:, None], reader.initial_state())
    return ids, logits[:, 0]


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [(1.0, (4 / 9, 3 / 9, 2 / 9)), (0.5, (16 / 29, 9 / 29, 4 / 29))],
)
def test_draws_as_often_as_is_likely(temperature: float, expected: tuple[float, ...]) -> None:
    """Of 4000 characters each comes as often as its probability, by the chi-square test at 0.1%."""
    sampler = sampler_of("abc", 0.1, 0.4, 0.3, 0.2)
    text = sampler.sample("", SampleConfig(4000, temperature), seed=1).text
    counts, likely = Counter(text), [4000 * share for share in expected]
    squares = [(counts[c] - n) ** 2 / n for c, n in zip("abc", likely, strict=True)]
    assert sum(squares) < 13.8


def test_draws_are_independent_of_each_other() -> None:
    """From a model that knows no past each pair comes as often as its two probabilities."""
    text = sampler_of("ab", 0.2, 0.4, 0.4).sample("", SampleConfig(4001, 1.0), seed=2).text
    counts = Counter(pairwise(text))
    assert sum((n - 1000) ** 2 / 1000 for n in counts.values()) < 16.3


def test_the_unknown_is_never_drawn() -> None:
    """The unknown is not written even where the model finds nothing else likely."""
    text = sampler_of("ab", 0.998, 0.001, 0.001).sample("", PLAIN, seed=1).text
    assert {"a", "b"} == set(text)


def test_the_unknown_is_not_the_likeliest_either() -> None:
    """At temperature 0 the likeliest of the known characters is written."""
    sampler = sampler_of("ab", 0.9, 0.04, 0.06)
    assert "bbbb" == sampler.sample("", SampleConfig(4, 0.0), seed=1).text


def test_the_unknown_counts_in_the_cost() -> None:
    """What is written costs its probability among all, the unknown included."""
    sampler = sampler_of("ab", 0.5, 0.2, 0.3)
    sample = sampler.sample("", SampleConfig(2, 0.0), seed=1)
    assert -2 * math.log(0.3) == pytest.approx(sample.nats)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_same_seed_writes_the_same(trained: Model, prompt: str) -> None:
    """A sample is repeated exactly by its seed."""
    first, second = (trained.sample(prompt, length=30, seed=7) for _ in range(2))
    assert first == second


def test_another_seed_writes_something_else(trained: Model) -> None:
    """No two of ten seeds write the same."""
    assert 10 == len({trained.sample(length=30, seed=seed).text for seed in range(10)})


@pytest.mark.parametrize("prompt", ["\n", "돌쇠가 ", "물"])
def test_temperature_0_is_the_naive_loop(korean: Model, prompt: str) -> None:
    """At temperature 0 each character is the likeliest after all before it, read anew."""
    expected = prompt
    for _ in range(25):
        _, logits = read(korean, expected)
        expected += korean.language_model.vocabulary.characters[1 + int(logits[-1, 1:].argmax())]
    assert expected == prompt + korean.sample(prompt, length=25, temperature=0).text


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, 0), (0.3, 0), (3.0, 0), (1.0, 3)])
def test_nats_are_those_of_the_text(
    trained: Model, prompt: str, temperature: float, top_k: int
) -> None:
    """The cost of a sample is that of its text after its prompt at temperature 1, unfiltered."""
    sample = trained.sample(prompt, length=30, temperature=temperature, top_k=top_k, seed=3)
    ids, logits = read(trained, (prompt or "\n") + sample.text)
    counted = len(normalized(sample.text, trained.form))
    expected = surprisal(logits[:-1], ids[1:])[-counted:].sum()
    assert float(expected) == pytest.approx(sample.nats, rel=1e-4)


@pytest.mark.parametrize("length", [1, 2, 3, 17])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_writes_as_much_as_asked_for(trained: Model, prompt: str, length: int) -> None:
    """A text has exactly the asked number of characters."""
    assert length == len(trained.sample(prompt, length=length, temperature=1.5).text)


@pytest.mark.parametrize("length", [1, 2, 5])
def test_writes_as_much_with_marks_that_do_not_compose(length: int) -> None:
    """A text has exactly the asked number of characters where a letter may carry many marks."""
    sampler = sampler_of("x\u0302", 0.2, 0.4, 0.4, form="nfd")
    texts = [sampler.sample("", SampleConfig(length, 1.0), seed).text for seed in range(10)]
    assert {length} == {len(text) for text in texts}


@pytest.mark.parametrize("length", [1, 3])
def test_marks_cost_what_they_are_likely(length: int) -> None:
    """The nats of each letter and mark of a text count, in whatever order they were drawn."""
    shares = {"e": 0.3, "x": 0.2, "\u0302": 0.1, "\u0323": 0.3}
    sampler = sampler_of("".join(shares), 0.1, *shares.values(), form="nfd")
    for seed in range(60):
        sample = sampler.sample("", SampleConfig(length, 1.0), seed)
        letters = unicodedata.normalize("NFD", sample.text)
        expected = -sum(math.log(shares[letter]) for letter in letters)
        assert expected == pytest.approx(sample.nats, rel=1e-5)


def test_ends_even_if_marks_never_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that puts mark upon mark without end is still done when its text is long enough."""
    sampler = sampler_of("x\u0302", 0.1, 0.1, 0.8, form="nfd")
    step, drawn = sampler.model.network.step, []

    def counted(ids: Tensor, state: State) -> tuple[Tensor, State]:
        drawn.append(ids)
        if len(drawn) > 100:
            pytest.fail("100 characters were drawn for a text of 3")
        return step(ids, state)

    monkeypatch.setattr(sampler.model.network, "step", counted)
    assert 3 == len(sampler.sample("x", SampleConfig(3, 0.0), seed=1).text)


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0, 5.0])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_jamo_are_written_as_whole_syllables(jamo: Model, prompt: str, temperature: float) -> None:
    """A model of jamo writes composed syllables alone, however wild it is."""
    text = jamo.sample(prompt, length=60, temperature=temperature).text
    assert unicodedata.normalize("NFC", text) == text
    assert [] == [c for c in text if "\u1100" <= c <= "\u11ff"]


@pytest.mark.parametrize("seed", range(5))
def test_jamo_without_sense_are_whole_syllables(seed: int) -> None:
    """Even a model that finds all jamo alike after each other writes whole syllables."""
    sampler = sampler_of("\u1100\u1112\u1161\u1175\u11a8\u11c2a", form="nfd")
    text = sampler.sample("", SampleConfig(100, 1.0), seed).text
    assert [] == [c for c in text if not ("가" <= c <= "힣" or c == "a")]


@pytest.mark.parametrize("seed", range(5))
def test_jamo_do_not_change_the_prompt(seed: int) -> None:
    """No 받침 is added to a prompt that ends in a syllable without one."""
    sampler = sampler_of("\u1100\u1161\u11a8", form="nfd")
    text = sampler.sample("가", SampleConfig(10, 1.0), seed).text
    assert len("가" + text) == len(unicodedata.normalize("NFC", "가" + text))


@pytest.mark.parametrize("letter", ["\u1100", "\u1161", "\u11a8"])
def test_a_text_of_lone_jamo_goes_on(letter: str) -> None:
    """A model that knows one jamo and nothing to go with it writes that jamo."""
    text = sampler_of(letter, form="nfd").sample("", SampleConfig(4, 1.0), seed=1).text
    assert letter * 4 == text


def test_a_prompt_is_brought_into_the_form(trained: Model) -> None:
    """A prompt in NFD goes on as the same prompt in NFC does."""
    expected = trained.sample("물레는 é", length=20).text
    assert expected == trained.sample(unicodedata.normalize("NFD", "물레는 é"), length=20).text


def test_a_prompt_counts(korean: Model) -> None:
    """The likeliest text depends on the prompt."""
    texts = {korean.sample(prompt, length=10, temperature=0).text for prompt in ("물", "돌", "누")}
    assert len(texts) > 1


def test_an_unseen_prompt_is_read_as_the_unknown(english: Model) -> None:
    """Characters that a model has never seen are all read alike."""
    expected = english.sample("\u4e00 Tom 가", length=20).text
    assert expected == english.sample("😀 Tom 각", length=20).text


def test_an_empty_prompt_begins_a_line(korean: Model) -> None:
    """Without a prompt the text goes on as it does after the end of a line."""
    assert korean.sample("\n", length=20).text == korean.sample("", length=20).text


def test_without_a_line_end_an_empty_prompt_works() -> None:
    """A model that has never seen the end of a line can begin, too."""
    assert 5 == len(sampler_of("ab").sample("", SampleConfig(5), seed=1).text)


def test_a_sample_says_how_it_came_about(korean: Model) -> None:
    """A sample names its prompt, its seed, and that it ended with its length."""
    sample = korean.sample("돌쇠", length=5, seed=9)
    assert ("돌쇠", 9, "length") == (sample.prompt, sample.seed, sample.finish)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_pieces_are_the_sample(trained: Model, prompt: str) -> None:
    """What is given piece by piece joins to the sample, and so does what it costs."""
    pieces = list(trained.stream(prompt, PLAIN, seed=5))
    sample = trained.sample(prompt, length=30, temperature=1.0, seed=5)
    assert sample.text == "".join(piece.text for piece in pieces)
    assert sample.nats == pytest.approx(sum(piece.nats for piece in pieces))


def test_pieces_come_as_soon_as_they_are_whole(trained: Model) -> None:
    """The first piece of an endless text is there at once."""
    first = next(trained.stream("", SampleConfig(length=1_000_000_000), seed=1))
    assert 1 == len(first.text)


def test_a_listener_computes_as_it_likes(korean: Model) -> None:
    """Between two pieces torch records gradients for others as before."""
    pieces = korean.stream("", PLAIN, seed=1)
    next(pieces)
    assert (False, True) == (torch.is_inference_mode_enabled(), torch.is_grad_enabled())


def test_draws_nothing_from_the_common_source_of_chance(korean: Model) -> None:
    """Sampling leaves torch's own generator as it was."""
    before = torch.random.get_rng_state()
    korean.sample(length=10)
    assert torch.equal(before, torch.random.get_rng_state())


def test_samples_do_not_disturb_each_other(korean: Model) -> None:
    """Two texts that are written in turns are what each is alone."""
    expected = [korean.sample(length=30, temperature=1.0, seed=seed).text for seed in (1, 2)]
    both = zip(*(korean.stream("", PLAIN, seed=seed) for seed in (1, 2)), strict=True)
    actual = ["".join(piece.text for piece in pieces) for pieces in zip(*both, strict=True)]
    assert expected == actual


def test_filters_are_applied(korean: Model) -> None:
    """With a top k of 1 the text is that of temperature 0."""
    expected = korean.sample(length=20, temperature=0).text
    assert expected == korean.sample(length=20, temperature=5.0, top_k=1, seed=8).text
