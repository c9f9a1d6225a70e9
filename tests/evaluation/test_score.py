"""The score: one definition, against a loop that reads one character after the other."""

import copy
import itertools
import math
import random
import unicodedata
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import ENGLISH, KOREAN, train_small
from numpy.typing import NDArray
from torch import Generator

from charlstm.config import ModelConfig
from charlstm.errors import TextError
from charlstm.evaluation import Score, score
from charlstm.evaluation.score import costs
from charlstm.library import Model
from charlstm.models import new_model
from charlstm.models.base import Network, as_ids
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import UNKNOWN_ID, Vocabulary

SCALAR_VALUES = 0x110000 - 0x800
TALE = "\n물레는 돈다. 돌쇠가 물었다: “누가 왔니?” Tom (nobody) asked 강아지.\n"


def tiny(vocabulary: Vocabulary, seed: int = 0) -> Network:
    """Make a model of two layers that says something, though nothing sensible."""
    config = ModelConfig("lstm", len(vocabulary), embedding=4, hidden=6, layers=2)
    model = new_model(config, Generator().manual_seed(seed))
    model.head.weight.detach().normal_(0, 1, generator=Generator().manual_seed(seed + 1))
    return model


def long_text(text: str, length: int) -> str:
    """Put the words of a text in a random order, over and over."""
    words = text.split(" ")
    shuffled = random.Random(0).choices(words, k=length)  # noqa: S311  nothing is secret here
    return " ".join(shuffled)[:length]


@torch.no_grad()
def naive(model: Network, vocabulary: Vocabulary, text: str) -> NDArray[np.float64]:
    """Tell what each character but the first costs, in float64 and one at a time."""
    model = copy.deepcopy(model).double()
    outside = SCALAR_VALUES - (len(vocabulary) - 1)
    state, spent = model.initial_state(1), []
    numbers = {character: i for i, character in enumerate(vocabulary.characters)}
    for before, character in itertools.pairwise(text):
        logits, state = model.step(as_ids([numbers.get(before, UNKNOWN_ID)]), state)
        share = logits[0].exp() / logits[0].exp().sum()
        cost = -math.log(share[numbers.get(character, UNKNOWN_ID)])
        spent.append(cost if character in numbers else cost + math.log(outside))
    return np.array(spent)


@pytest.mark.parametrize("form", ["nfc", "nfd", "none"])
def test_is_that_of_a_naive_reader(form: str) -> None:
    """The score is the sum of −ln p over a text read one character at a time in float64."""
    text = normalized(TALE, form)
    vocabulary = Vocabulary.of(text)
    model = tiny(vocabulary)
    expected = naive(model, vocabulary, text).sum()
    assert expected == pytest.approx(score(model, vocabulary, TALE, form).nats, rel=1e-6)


@pytest.fixture(params=["korean", "english", "jamo"])
def trained(request: pytest.FixtureRequest) -> Model:
    model = request.getfixturevalue(request.param)
    assert isinstance(model, Model)
    return model


def long_text_for(model: Model, length: int) -> str:
    """Give a long text of characters that a model knows, in its own form."""
    known = ENGLISH if model.unknown(KOREAN) else KOREAN
    return normalized(long_text(known, length), model.form)


def test_of_a_trained_model_is_that_of_a_naive_reader(trained: Model) -> None:
    """What a trained model is charged for a text of several parts is what a loop makes it."""
    text = long_text_for(trained, 2500)
    vocabulary = trained.run.vocabulary
    expected = naive(trained.run.model, vocabulary, text)
    actual = costs(trained.run.model, vocabulary.encode(text), vocabulary)
    assert expected.mean() == pytest.approx(actual.mean(), abs=1e-5)


@pytest.mark.parametrize("most_parts", [2, 5, 64])
def test_many_parts_are_read_like_one(trained: Model, most_parts: int) -> None:
    """A text read in parts side by side costs what it costs read in one, character by character."""
    vocabulary = trained.run.vocabulary
    ids = vocabulary.encode(long_text_for(trained, 6000))
    expected = costs(trained.run.model, ids, vocabulary, most_parts=1)
    actual = costs(trained.run.model, ids, vocabulary, most_parts=most_parts)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-3)
    assert np.abs(actual - expected).mean() < 1e-5


@pytest.mark.parametrize("family", ["lstm", "gru", "rnn", "fnn"])
def test_every_family_is_read_like_one(family: str) -> None:
    """A model of any family costs in parts what it costs in one."""
    vocabulary = Vocabulary.of("abcd ")
    config = ModelConfig(family, len(vocabulary), embedding=4, hidden=6, layers=2)
    model = new_model(config, Generator().manual_seed(0))
    model.head.weight.detach().normal_(0, 1, generator=Generator().manual_seed(1))
    ids = vocabulary.encode(long_text("a b cd ad dc bab", 4500))
    expected = costs(model, ids, vocabulary, most_parts=1)
    np.testing.assert_allclose(costs(model, ids, vocabulary), expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_memory_that_never_forgets_is_read_like_one(seed: int) -> None:
    """Where no part ever finds by itself what the part before it left, the score is still exact."""
    vocabulary = Vocabulary.of("abcdefgh ")
    model = tiny(vocabulary, seed)
    open_forget_gates(model)
    ids = vocabulary.encode(long_text("a bcd ef gh hag bed cafe deaf", 5000))
    expected = costs(model, ids, vocabulary, most_parts=1)
    np.testing.assert_allclose(costs(model, ids, vocabulary), expected, rtol=0, atol=1e-3)


def open_forget_gates(model: Network) -> None:
    """Let a memory keep everything for ever."""
    for name, bias in model.named_parameters():
        if "bias_ih" in name:
            bias.detach()[len(bias) // 4 : len(bias) // 2] = 50.0


@pytest.mark.parametrize(("risen", "fallen"), [(3000, 4500), (2048, 2500), (1500, 2200)])
def test_a_memory_that_counts_is_read_like_one(risen: int, fallen: int) -> None:
    """A cell that counts far beyond 1 and back, never forgetting, is scored exactly."""
    vocabulary = Vocabulary.of("ab")
    model = counting(0.5, -0.3)
    ids = vocabulary.encode("a" * risen + "b" * fallen)
    expected = costs(model, ids, vocabulary, most_parts=1)
    np.testing.assert_allclose(costs(model, ids, vocabulary), expected, rtol=0, atol=1e-3)


def test_a_memory_that_counts_keeps_the_little_it_began_with() -> None:
    """What a cell held before it counted to a thousand is still there when it has counted back."""
    vocabulary = Vocabulary.of("abcd")
    model = counting(0.5, -0.5, 0.0, 0.08)
    ids = vocabulary.encode("d" + "c" * 1200 + "a" * 2000 + "b" * 2000 + "c" * 2000)
    expected = costs(model, ids, vocabulary, most_parts=1)
    np.testing.assert_allclose(costs(model, ids, vocabulary), expected, rtol=0, atol=1e-3)


@torch.no_grad()
def counting(*steps: float) -> Network:
    """Make one unit that goes up by tanh of a step at each character, and never forgets.

    Its gates are all open; the greater its cell, the later a character is guessed.
    """
    count = len(steps)
    config = ModelConfig("lstm", 1 + count, count, hidden=1, layers=1)
    model = new_model(config, Generator().manual_seed(0))
    closed = [0.0] * count
    given = {
        "embedding.weight": torch.cat((torch.zeros(1, count), torch.eye(count))),
        "head.weight": torch.linspace(-2.0, 2.0, 1 + count)[:, None],
        "head.bias": torch.zeros(1 + count),
        "memory.lstm.weight_ih_l0": torch.tensor([closed, closed, steps, closed]),
        "memory.lstm.weight_hh_l0": torch.zeros(4, 1),
        "memory.lstm.bias_ih_l0": torch.tensor([50.0, 50.0, 0.0, 50.0]),
        "memory.lstm.bias_hh_l0": torch.zeros(4),
    }
    model.load_state_dict(given)
    return model


def test_an_unknown_character_costs_what_it_takes_to_name_it() -> None:
    """An unknown character costs −ln p(unknown), and ln of how many such characters there are."""
    vocabulary = Vocabulary.of("ab")
    model = tiny(vocabulary)
    model.head.weight.detach().zero_()
    model.head.bias.detach().copy_(torch.tensor([0.2, 0.3, 0.5]).log())
    expected = -math.log(0.3) - math.log(0.2) + math.log(SCALAR_VALUES - 2) - math.log(0.5)
    assert expected == pytest.approx(score(model, vocabulary, "aa각b", "nfc").nats, rel=1e-6)


def test_the_unknown_is_expected_where_what_comes_once_was(tmp_path: Path) -> None:
    """Where every character came but once, the likeliest to come is one that is unknown."""
    names = (chr(ord("가") + number) for number in range(150))
    model = train_small(tmp_path / "once", "".join(f"a{name}b\n" for name in names), steps=200)
    ids = as_ids(model.run.vocabulary.encode("a나b\na나b\na").astype(int))[:, None]
    logits, _ = model.run.model(ids, model.run.model.initial_state(1))
    assert UNKNOWN_ID == int(logits[-1, 0].argmax())


def test_counts_unknown_characters() -> None:
    """Unknown characters are counted each time they come, except for the first character."""
    vocabulary = Vocabulary.of("ab")
    scored = score(tiny(vocabulary), vocabulary, "zazbzz", "nfc")
    assert (5, 3) == (scored.chars, scored.unknown_chars)


@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_counts_unknown_characters_composed(form: str) -> None:
    """An unknown syllable is one unknown character, of however many letters."""
    vocabulary = Vocabulary.of("ab")
    scored = score(tiny(vocabulary), vocabulary, "a각각b", form)
    assert (3, 2) == (scored.chars, scored.unknown_chars)


@pytest.mark.parametrize("text", ["물레는 늘 돈다", unicodedata.normalize("NFD", "물레는 늘 돈다")])
def test_a_text_that_was_learnt_as_it_is_has_nothing_unknown(text: str) -> None:
    """A model without a form knows every character of its own text, composed or not."""
    vocabulary = Vocabulary.of(text)
    assert 0 == score(tiny(vocabulary), vocabulary, text, "none").unknown_chars


@pytest.mark.parametrize("form", ["nfc", "nfd", "none"])
def test_counts_the_same_in_every_form(form: str) -> None:
    """Characters and bytes are counted in NFC, the first one left out, whatever the form."""
    vocabulary = Vocabulary.of(TALE + unicodedata.normalize("NFD", TALE))
    scored = score(tiny(vocabulary), vocabulary, TALE, form)
    assert (len(TALE) - 1, len(TALE[1:].encode())) == (scored.chars, scored.bytes)


def test_counts_a_decomposed_text_composed() -> None:
    """A text that comes in NFD has the score of the same text in NFC."""
    vocabulary = Vocabulary.of(TALE)
    model = tiny(vocabulary)
    expected = score(model, vocabulary, TALE, "nfc")
    assert expected == score(model, vocabulary, unicodedata.normalize("NFD", TALE), "nfc")


@pytest.mark.parametrize(
    ("text", "form"),
    [("각나", "nfc"), ("각나", "nfd"), ("각나", "none"), ("\u1100\u1161\u11a8나", "none")],
)
def test_the_first_character_is_not_charged(text: str, form: str) -> None:
    """Of a text of two syllables only the second is paid for, in any form, with all its jamo."""
    text = normalized(text, form)
    vocabulary = Vocabulary.of(text)
    model = tiny(vocabulary)
    second = len(normalized("나", form))
    expected = naive(model, vocabulary, text)[-second:].sum()
    assert expected == pytest.approx(score(model, vocabulary, text, form).nats, rel=1e-6)


def test_the_first_character_is_read() -> None:
    """What the first character is changes what the next one costs."""
    vocabulary = Vocabulary.of("ab")
    model = tiny(vocabulary)
    assert score(model, vocabulary, "ab", "nfc").nats != score(model, vocabulary, "bb", "nfc").nats


def test_averages_are_over_what_was_charged() -> None:
    """Nats and bits a character, bits a byte and perplexity say the same of one sum."""
    scored = Score(chars=10, bytes=25, unknown_chars=0, nats=20 * math.log(2))
    assert 2 * math.log(2) == pytest.approx(scored.nats_per_char)
    assert 2.0 == pytest.approx(scored.bits_per_char)
    assert 20 / 25 == pytest.approx(scored.bits_per_byte)
    assert 4.0 == pytest.approx(scored.perplexity)


def test_an_endless_perplexity_is_a_number() -> None:
    """The perplexity of a hopeless model is great, but finite."""
    assert math.isfinite(Score(chars=1, bytes=1, unknown_chars=0, nats=1e6).perplexity)


@pytest.mark.parametrize(("text", "found"), [("", 0), ("a", 1), ("각", 1), ("\u1100\u1161", 1)])
@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_refuses_a_text_without_a_second_character(text: str, found: int, form: str) -> None:
    """Fewer than two NFC characters cannot be scored, and the error says how many there are."""
    vocabulary = Vocabulary.of("a")
    with pytest.raises(TextError, match=f"expected at least 2 characters, found {found};"):
        score(tiny(vocabulary), vocabulary, text, form)


@pytest.mark.parametrize("length", [2, 255, 256, 257, 1024, 1025, 2047, 2048, 2049, 3074])
def test_every_length_is_read_to_its_end(length: int) -> None:
    """Wherever the parts and blocks fall, as many characters are charged as there are."""
    vocabulary = Vocabulary.of("ab")
    model = tiny(vocabulary)
    model.head.weight.detach().zero_()
    model.head.bias.detach().copy_(torch.tensor([0.2, 0.3, 0.5]).log())
    spent = costs(model, vocabulary.encode("a" * (length - 1) + "b"), vocabulary)
    expected = np.full(length - 1, -math.log(0.3))
    expected[-1] = -math.log(0.5)
    np.testing.assert_allclose(spent, expected, rtol=1e-5)


def test_costs_nothing_of_chance() -> None:
    """Scoring draws nothing from torch's common generator."""
    vocabulary = Vocabulary.of(ENGLISH)
    model = tiny(vocabulary)
    before = torch.random.get_rng_state()
    score(model, vocabulary, ENGLISH, "nfc")
    assert torch.equal(before, torch.random.get_rng_state())


def test_leaves_the_model_as_it_was() -> None:
    """Scoring changes no parameter and no gradient of a model that is being trained."""
    vocabulary = Vocabulary.of(ENGLISH)
    model = tiny(vocabulary)
    logits, _ = model(as_ids([[1], [2]]), model.initial_state(1))
    logits.sum().backward()
    before = copy.deepcopy([(p, p.grad, p.requires_grad) for p in model.parameters()])
    score(model, vocabulary, ENGLISH, "nfc")
    after = [(p, p.grad, p.requires_grad) for p in model.parameters()]
    torch.testing.assert_close(after, before, rtol=0, atol=0)


def test_says_the_same_twice() -> None:
    """Scoring a text again gives the same score, bit for bit: nothing is dropped or carried on."""
    vocabulary = Vocabulary.of(ENGLISH)
    model = tiny(vocabulary)
    first, second = (score(model, vocabulary, ENGLISH, "nfc") for _ in range(2))
    assert first == second
