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
from charlstm.evaluation.score import surprisals
from charlstm.language_model import LanguageModel
from charlstm.library import Model
from charlstm.models import new_model
from charlstm.models.base import as_ids
from charlstm.text.unicode_forms import normalized
from charlstm.text.vocabulary import UNKNOWN_ID, Vocabulary

SCALAR_VALUES = 0x110000 - 0x800
TALE = "\n물레는 돈다. 돌쇠가 물었다: “누가 왔니?” Tom (nobody) asked 강아지.\n"


def tiny(characters: str, form: str = "nfc", seed: int = 0, family: str = "lstm") -> LanguageModel:
    """Make a model of two layers that knows some characters and predicts nothing sensible."""
    vocabulary = Vocabulary.of(characters)
    config = ModelConfig(family, len(vocabulary), embedding=4, hidden=6, layers=2)
    network = new_model(config, Generator().manual_seed(seed))
    network.head.weight.detach().normal_(0, 1, generator=Generator().manual_seed(seed + 1))
    return LanguageModel(network, vocabulary, form)


def fixed(*shares: float) -> LanguageModel:
    """Make a model that gives the unknown, a and b fixed probabilities."""
    model = tiny("ab")
    model.network.head.weight.detach().zero_()
    model.network.head.bias.detach().copy_(torch.tensor(shares).log())
    return model


def long_text(text: str, length: int) -> str:
    """Put the words of a text in a random order, over and over."""
    words = text.split(" ")
    shuffled = random.Random(0).choices(words, k=length)  # noqa: S311  nothing is secret here
    return " ".join(shuffled)[:length]


@torch.no_grad()
def naive(model: LanguageModel, text: str) -> NDArray[np.float64]:
    """Return what each character but the first costs, in float64 and one at a time."""
    network, vocabulary = copy.deepcopy(model.network).double(), model.vocabulary
    outside = SCALAR_VALUES - (len(vocabulary) - 1)
    state, nats = network.initial_state(1), []
    numbers = {character: i for i, character in enumerate(vocabulary.characters)}
    for before, character in itertools.pairwise(text):
        logits, state = network.step(as_ids([numbers.get(before, UNKNOWN_ID)]), state)
        share = logits[0].exp() / logits[0].exp().sum()
        cost = -math.log(share[numbers.get(character, UNKNOWN_ID)])
        nats.append(cost if character in numbers else cost + math.log(outside))
    return np.array(nats)


@pytest.mark.parametrize("form", ["nfc", "nfd", "none"])
def test_is_that_of_a_naive_reader(form: str) -> None:
    """The score is the sum of −ln p over a text read one character at a time in float64."""
    text = normalized(TALE, form)
    model = tiny(text, form)
    expected = naive(model, text).sum()
    assert expected == pytest.approx(score(model, TALE).nats, rel=1e-6)


@pytest.fixture(params=["korean", "english", "jamo"])
def trained(request: pytest.FixtureRequest) -> Model:
    model = request.getfixturevalue(request.param)
    assert isinstance(model, Model)
    return model


def long_text_for(model: Model, length: int) -> str:
    """Return a long text of characters that a model knows, in its own form."""
    known = ENGLISH if model.unknown(KOREAN) else KOREAN
    return normalized(long_text(known, length), model.form)


def test_of_a_trained_model_is_that_of_a_naive_reader(trained: Model) -> None:
    """A trained model finds a text of several parts as surprising as in a loop."""
    text, model = long_text_for(trained, 2500), trained.language_model
    expected = naive(model, text)
    actual = surprisals(model, model.encode(text))
    assert expected.mean() == pytest.approx(actual.mean(), abs=1e-5)


@pytest.mark.parametrize("most_parts", [2, 5, 64])
def test_many_parts_are_read_like_one(trained: Model, most_parts: int) -> None:
    """A text read in parts side by side costs what it costs read in one, character by character."""
    model = trained.language_model
    ids = model.encode(long_text_for(trained, 6000))
    expected = surprisals(model, ids, most_parts=1)
    actual = surprisals(model, ids, most_parts=most_parts)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-3)
    assert np.abs(actual - expected).mean() < 1e-5


@pytest.mark.parametrize("family", ["lstm", "gru", "rnn", "fnn"])
@pytest.mark.parametrize("length", [4096, 4097, 4098, 9000])
def test_a_text_of_several_segments_is_read_like_one(family: str, length: int) -> None:
    """A text longer than is read at once costs what it costs read in one."""
    model = tiny("abcd ", family=family)
    ids = model.encode(long_text("a b cd ad dc bab", length))
    expected = surprisals(model, ids, most_parts=1)
    actual = surprisals(model, ids, most_parts=2, part=2048)
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("family", ["lstm", "gru", "rnn", "fnn"])
def test_every_family_is_read_like_one(family: str) -> None:
    """A model of any family costs in parts what it costs in one."""
    model = tiny("abcd ", family=family)
    ids = model.encode(long_text("a b cd ad dc bab", 4500))
    expected = surprisals(model, ids, most_parts=1)
    np.testing.assert_allclose(surprisals(model, ids), expected, rtol=0, atol=1e-3)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_memory_that_never_forgets_is_read_like_one(seed: int) -> None:
    """Where no part ever settles by itself the score is still exact."""
    model = tiny("abcdefgh ", seed=seed)
    open_forget_gates(model)
    ids = model.encode(long_text("a bcd ef gh hag bed cafe deaf", 5000))
    expected = surprisals(model, ids, most_parts=1)
    np.testing.assert_allclose(surprisals(model, ids), expected, rtol=0, atol=1e-3)


def open_forget_gates(model: LanguageModel) -> None:
    """Let an LSTM keep everything for ever."""
    for name, bias in model.network.named_parameters():
        if "bias_ih" in name:
            bias.detach()[len(bias) // 4 : len(bias) // 2] = 50.0


@pytest.mark.parametrize(("risen", "fallen"), [(3000, 4500), (2048, 2500), (1500, 2200)])
def test_a_memory_that_counts_is_read_like_one(risen: int, fallen: int) -> None:
    """A cell that counts far beyond 1 and back, never forgetting, is scored exactly."""
    model = counting(0.5, -0.3)
    ids = model.encode("a" * risen + "b" * fallen)
    expected = surprisals(model, ids, most_parts=1)
    np.testing.assert_allclose(surprisals(model, ids), expected, rtol=0, atol=1e-3)


def test_a_memory_that_counts_keeps_the_little_it_began_with() -> None:
    """What a cell held before it counted to a thousand is still there when it has counted back."""
    model = counting(0.5, -0.5, 0.0, 0.08)
    ids = model.encode("d" + "c" * 1200 + "a" * 2000 + "b" * 2000 + "c" * 2000)
    expected = surprisals(model, ids, most_parts=1)
    np.testing.assert_allclose(surprisals(model, ids), expected, rtol=0, atol=1e-3)


@torch.no_grad()
def counting(*steps: float) -> LanguageModel:
    """Make one unit that goes up by tanh of a step at each character, and never forgets.

    Its gates are all open; the greater its cell, the later in the alphabet is the likeliest next.
    """
    count = len(steps)
    config = ModelConfig("lstm", 1 + count, count, hidden=1, layers=1)
    model = new_model(config, Generator().manual_seed(0))
    closed = [0.0] * count
    given = {
        "embedding.weight": torch.cat((torch.zeros(1, count), torch.eye(count))),
        "head.weight": torch.linspace(-2.0, 2.0, 1 + count)[:, None],
        "head.bias": torch.zeros(1 + count),
        "lstm.weight_ih_l0": torch.tensor([closed, closed, steps, closed]),
        "lstm.weight_hh_l0": torch.zeros(4, 1),
        "lstm.bias_ih_l0": torch.tensor([50.0, 50.0, 0.0, 50.0]),
        "lstm.bias_hh_l0": torch.zeros(4),
    }
    model.load_state_dict(given)
    return LanguageModel(model, Vocabulary.of("abcd"[:count]), "nfc")


def test_an_unknown_character_costs_what_it_takes_to_name_it() -> None:
    """An unknown character costs −ln p(unknown), and ln of how many such characters there are."""
    expected = -math.log(0.3) - math.log(0.2) + math.log(SCALAR_VALUES - 2) - math.log(0.5)
    assert expected == pytest.approx(score(fixed(0.2, 0.3, 0.5), "aa각b").nats, rel=1e-6)


def test_the_unknown_is_expected_where_what_comes_once_was(tmp_path: Path) -> None:
    """Where every character came but once, the likeliest to come is one that is unknown."""
    names = (chr(ord("가") + number) for number in range(150))
    model = train_small(tmp_path / "once", "".join(f"a{name}b\n" for name in names), steps=200)
    assert UNKNOWN_ID == int(model.logits("a나b\na나b\na")[-1].argmax())


def test_counts_unknown_characters() -> None:
    """Unknown characters are counted each time they come, except for the first character."""
    scored = score(tiny("ab"), "zazbzz")
    assert (5, 3) == (scored.chars, scored.unknown_chars)


@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_counts_unknown_characters_composed(form: str) -> None:
    """An unknown syllable is one unknown character, of however many letters."""
    scored = score(tiny("ab", form), "a각각b")
    assert (3, 2) == (scored.chars, scored.unknown_chars)


@pytest.mark.parametrize("text", ["물레는 늘 돈다", unicodedata.normalize("NFD", "물레는 늘 돈다")])
def test_a_text_that_was_learnt_as_it_is_has_nothing_unknown(text: str) -> None:
    """A model without a form knows every character of its own text, composed or not."""
    assert 0 == score(tiny(text, "none"), text).unknown_chars


@pytest.mark.parametrize("form", ["nfc", "nfd", "none"])
def test_counts_the_same_in_every_form(form: str) -> None:
    """Characters and bytes are counted in NFC, the first one left out, whatever the form."""
    scored = score(tiny(TALE + unicodedata.normalize("NFD", TALE), form), TALE)
    assert (len(TALE) - 1, len(TALE[1:].encode())) == (scored.chars, scored.bytes)


def test_counts_a_decomposed_text_composed() -> None:
    """A text that comes in NFD has the score of the same text in NFC."""
    model = tiny(TALE)
    assert score(model, TALE) == score(model, unicodedata.normalize("NFD", TALE))


@pytest.mark.parametrize(
    ("text", "form"),
    [("각나", "nfc"), ("각나", "nfd"), ("각나", "none"), ("\u1100\u1161\u11a8나", "none")],
)
def test_the_first_character_is_not_charged(text: str, form: str) -> None:
    """Of a text of two syllables only the second counts, in any form, with all its jamo."""
    text = normalized(text, form)
    model = tiny(text, form)
    second = len(normalized("나", form))
    expected = naive(model, text)[-second:].sum()
    assert expected == pytest.approx(score(model, text).nats, rel=1e-6)


def test_the_first_character_is_read() -> None:
    """What the first character is changes what the next one costs."""
    model = tiny("ab")
    assert score(model, "ab").nats != score(model, "bb").nats


def test_averages_are_over_what_was_charged() -> None:
    """Nats and bits a character, bits a byte and perplexity follow from one sum."""
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
    """Fewer than two NFC characters cannot be scored, and the error has their number."""
    with pytest.raises(TextError, match=f"expected at least 2 characters, found {found};"):
        score(tiny("a", form), text)


@pytest.mark.parametrize("length", [2, 255, 256, 257, 1024, 1025, 2047, 2048, 2049, 3074])
def test_every_length_is_read_to_its_end(length: int) -> None:
    """Wherever the parts and blocks fall, as many characters count as there are."""
    model = fixed(0.2, 0.3, 0.5)
    nats = surprisals(model, model.encode("a" * (length - 1) + "b"))
    expected = np.full(length - 1, -math.log(0.3))
    expected[-1] = -math.log(0.5)
    np.testing.assert_allclose(nats, expected, rtol=1e-5)


def test_costs_nothing_of_chance() -> None:
    """Scoring draws nothing from torch's common generator."""
    model = tiny(ENGLISH)
    before = torch.random.get_rng_state()
    score(model, ENGLISH)
    assert torch.equal(before, torch.random.get_rng_state())


def test_leaves_the_model_as_it_was() -> None:
    """Scoring changes no parameter and no gradient of a model that is being trained."""
    model = tiny(ENGLISH)
    logits, _ = model.read(as_ids([[1], [2]]), model.initial_state())
    logits.sum().backward()  # type: ignore[no-untyped-call]
    parameters = list(model.network.parameters())
    before = copy.deepcopy([(p, p.grad, p.requires_grad) for p in parameters])
    score(model, ENGLISH)
    after = [(p, p.grad, p.requires_grad) for p in parameters]
    torch.testing.assert_close(after, before, rtol=0, atol=0)


def test_says_the_same_twice() -> None:
    """Scoring a text again gives the same score, bit for bit: nothing is dropped or carried on."""
    model = tiny(ENGLISH)
    first, second = (score(model, ENGLISH) for _ in range(2))
    assert first == second
