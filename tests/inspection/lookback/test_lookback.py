"""What guesses depend on: against finite differences, and reading anew without each character."""

import json
import math
from collections.abc import Iterable, Iterator

import numpy as np
import pytest
import torch
from conftest import ENGLISH, KOREAN
from numpy.typing import NDArray
from torch import Generator, Tensor

from charlstm.config import ModelConfig
from charlstm.errors import OptionError, TextError
from charlstm.inspection.lookback import compute as module
from charlstm.inspection.lookback.compute import lookback
from charlstm.inspection.lookback.data import as_arrays, as_json, as_rows
from charlstm.inspection.lookback.record import Lookback
from charlstm.language_model import LanguageModel
from charlstm.library import Model
from charlstm.limits import FAMILIES
from charlstm.models import new_model
from charlstm.models.base import Network
from charlstm.text.vocabulary import Vocabulary

WINDOW = 4
VOCABULARY = Vocabulary.of("abcdefgh ")
TEXT = "bad cafe, gag"
LENGTH = len(TEXT)
STEP = 1e-5

Doubles = NDArray[np.float64]


def network_of(family: str) -> Network:
    """Return a network in float64 whose logits are far apart."""
    config = ModelConfig(family, len(VOCABULARY), 5, 7, 2, WINDOW)
    network = new_model(config, Generator().manual_seed(0)).double()
    network.head.weight.detach().mul_(30)
    return network.requires_grad_(requires_grad=False)


def model_of(family: str) -> LanguageModel:
    return LanguageModel(network_of(family), VOCABULARY, "nfc")


def of(family: str, text: str = TEXT, **options: object) -> Lookback:
    return lookback(model_of(family), text, **options)  # type: ignore[arg-type]


def embedded(model: LanguageModel, text: str = TEXT) -> Tensor:
    return model.embed(model.encode(text))[:, None]


def logits_of(model: LanguageModel, x: Tensor) -> Tensor:
    """Read embeddings (T, 1, E) from the beginning, a character at a time: (T, V)."""
    state, rows = model.initial_state(), []
    for character in x:
        y, state = model.network.core.step(character, state)
        rows.append(model.logits(y)[0])
    return torch.stack(rows)


def by_finite_differences(family: str) -> Doubles:
    """Return ‖∂ logit of the likeliest after t / ∂ x of s‖₂: (t, s)."""
    model = model_of(family)
    x = embedded(model)
    likeliest = logits_of(model, x).argmax(-1)
    squares = torch.zeros(LENGTH, LENGTH, dtype=torch.double)
    for s in range(LENGTH):
        for e in range(x.shape[-1]):
            step = torch.zeros_like(x)
            step[s, 0, e] = STEP
            differences = (logits_of(model, x + step) - logits_of(model, x - step)) / (2 * STEP)
            squares[:, s] += differences[torch.arange(LENGTH), likeliest] ** 2
    found: Doubles = squares.sqrt().numpy()
    return found


def by_hiding_each(
    model: LanguageModel, text: str, targets: Tensor, hidden: Iterable[int] | None = None
) -> Doubles:
    """Return the change of ln p of the target after t with character s hidden: (t, s).

    Where only some are `hidden`, the change of the others is NaN.
    """
    x, rows = embedded(model, text), torch.arange(len(text))
    plain = logits_of(model, x).log_softmax(-1)[rows, targets]
    found: Doubles = np.full((len(text), len(text)), np.nan)
    for s in range(len(text)) if hidden is None else hidden:
        without = x.clone()
        without[s] = model.network.embedding.weight.mean(0)
        changes = logits_of(model, without).log_softmax(-1)[rows, targets] - plain
        found[:, s] = changes.numpy()
    return found


def by_place(record: Lookback, values: NDArray[np.float32]) -> Iterator[tuple[int, int, float]]:
    """Yield t, s and the value for all past characters of all rows."""
    width = values.shape[1]
    for row, t in enumerate(record.places.tolist()):
        for s in range(max(0, t - width + 1), t + 1):
            yield t, s, float(values[row, width - 1 - t + s])


@pytest.mark.parametrize("family", FAMILIES)
def test_gradient_is_that_of_finite_differences(family: str) -> None:
    """Each gradient, of each target by each character before, is a slope measured in float64."""
    record, expected = of(family), by_finite_differences(family)
    for t, s, share in by_place(record, record.gradient):
        largest = expected[t].max()
        assert expected[t, s] / largest == pytest.approx(share, rel=1e-4, abs=1e-6)
        assert largest == pytest.approx(record.largest[t], rel=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_gradient_counts_the_last_characters_only(family: str) -> None:
    """With few characters looked back at, the largest is that of those few."""
    record, expected = of(family, last=3), by_finite_differences(family)
    assert (LENGTH, 3) == record.gradient.shape
    for t, s, share in by_place(record, record.gradient):
        largest = expected[t, max(0, t - 2) : t + 1].max()
        assert expected[t, s] / largest == pytest.approx(share, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("last", [1, 5, 64])
def test_occlusion_is_that_of_reading_anew(family: str, last: int) -> None:
    """Hiding changes ln p as when the whole text is read anew with that one character hidden."""
    model, record = model_of(family), of(family, last=last)
    expected = by_hiding_each(model, TEXT, logits_of(model, embedded(model)).argmax(-1))
    for t, s, change in by_place(record, record.occlusion):
        assert expected[t, s] == pytest.approx(change, rel=1e-5, abs=1e-9)


def test_a_long_text_is_read_from_its_beginning() -> None:
    """What was read long before the last characters is known, also where text comes in pieces."""
    model, text = model_of("lstm"), ("cab hedge a " * 90)[:1051]
    record = lookback(model, text, at=[1003, 1050], last=2)
    likeliest = logits_of(model, embedded(model, text)).argmax(-1)
    expected = by_hiding_each(model, text, likeliest, hidden=(1002, 1003, 1049, 1050))
    changes = list(by_place(record, record.occlusion))
    assert 4 == len(changes)
    for t, s, change in changes:
        assert expected[t, s] == pytest.approx(change, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_comes_later_is_never_changes(family: str) -> None:
    """Rows of the beginning of a text are those of the text: nothing later has a part in them."""
    whole, part = of(family), of(family, TEXT[:6])
    for row in range(6):
        assert list(range(row + 1)) == [past.place for past in whole.past(row)]
        for ours, theirs in zip(whole.past(row), part.past(row), strict=True):
            assert theirs.gradient == pytest.approx(ours.gradient, rel=1e-6)
            assert theirs.occlusion == pytest.approx(ours.occlusion, rel=1e-6, abs=1e-12)


def test_before_the_text_there_is_nothing() -> None:
    """In the arrays NaN stands for characters before the first, and only for them."""
    record = of("gru", last=5)
    for row in range(LENGTH):
        missing = [True] * max(0, 4 - row) + [False] * min(5, row + 1)
        assert missing == np.isnan(record.gradient[row]).tolist()
        assert missing == np.isnan(record.occlusion[row]).tolist()


@pytest.mark.parametrize("dtype", [torch.double, torch.float])
def test_fnn_charges_nothing_beyond_its_window(dtype: torch.dtype) -> None:
    """Beyond a feed-forward net's window both numbers are exactly zero, and within it neither."""
    model = LanguageModel(network_of("fnn").to(dtype), VOCABULARY, "nfc")
    record = lookback(model, TEXT)
    for row in range(LENGTH):
        for past in record.past(row):
            seen = past.place > row - WINDOW
            assert (seen, seen) == (past.gradient > 0, past.occlusion != 0)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_largest_of_a_row_is_one(family: str) -> None:
    """Gradients are shares of the row's largest."""
    assert [1.0] * LENGTH == np.nanmax(of(family).gradient, axis=1).tolist()


def nearly_linear(weights: list[float]) -> LanguageModel:
    """Build an fnn that adds up its window: "a" counts −1 and "b" +1, the last times weights[−1].

    Hidden characters count 0, which is the mean. The sums are too small for tanh to bend.
    """
    config = ModelConfig("fnn", 3, 1, 1, 1, len(weights))
    model = new_model(config, Generator().manual_seed(0)).double()
    with torch.no_grad():
        model.embedding.weight[:] = torch.tensor([[0.0], [-1.0], [1.0]])
        for parameter in model.core.module.parameters():
            parameter.zero_()
        model.fnn[0].weight[:] = 1e-4 * torch.tensor(weights)  # type: ignore[index, union-attr]
        model.head.weight[:] = torch.tensor([[0.0], [-1.0], [1.0]])
        model.head.bias[:] = torch.tensor([-9.0, 0.0, 0.0])
    return LanguageModel(model, Vocabulary.of("ab"), "nfc")


def test_both_agree_where_logits_are_sums() -> None:
    """In a model that adds its characters up, hiding one costs its gradient."""
    model = nearly_linear([0.5, -3.0, 1.0, 2.0])
    record = lookback(model, "bbab", at=[3])
    assert [1 / 6, 1.0, 1 / 3, 2 / 3] == pytest.approx(record.gradient[0].tolist(), rel=1e-3)
    effects = np.abs(record.occlusion[0]) / np.abs(record.occlusion[0]).max()
    assert effects.tolist() == pytest.approx(record.gradient[0].tolist(), rel=1e-3)
    assert (1.0, 3, False) == (record.agreement[0], record.shared(0), record.disagrees(0))


def test_occlusion_has_its_sign() -> None:
    """What raises the target is below zero, and what lowers it above."""
    model = nearly_linear([-1.0, 1.0, 1.0])
    record = lookback(model, "bbb", at=[2])
    assert (["b"], [1, -1, -1]) == (record.targets, np.sign(record.occlusion[0]).tolist())


def test_hiding_finds_what_is_saturated() -> None:
    """Where tanh is flat there is hardly a gradient, though hiding the character does a lot."""
    model = nearly_linear([1.0, 1.0])
    with torch.no_grad():
        model.network.fnn[0].weight[:] = torch.tensor([0.0, 5.0])  # type: ignore[index, union-attr]
    record = lookback(model, "bb", at=[1])
    assert record.largest[0] < 1e-3
    assert record.occlusion[0, 1] < -0.4


def record_of(gradient: list[float], occlusion: list[float]) -> Lookback:
    """Make a record of one row with an agreement of 0."""
    return Lookback(
        text="a" * len(gradient),
        asked="guess",
        places=np.array([len(gradient) - 1]),
        targets=["b"],
        chances=np.array([0.5], dtype=np.float32),
        guesses=[[("b", 0.5)]],
        gradient=np.array([gradient], dtype=np.float32),
        largest=np.array([2.0], dtype=np.float32),
        occlusion=np.array([occlusion], dtype=np.float32),
        agreement=np.array([0.0], dtype=np.float32),
    )


@pytest.mark.parametrize(
    ("gradient", "occlusion", "shared", "disagrees"),
    [
        ([0.1, 0.2, 0.3, 0.4, 1.0], [0.0, 0.0, -0.1, +0.2, -0.3], 3, False),
        ([0.3, 0.2, 0.1, 0.4, 1.0], [0.0, 0.0, -0.1, +0.2, -0.3], 2, False),
        ([1.0, 0.9, 0.1, 0.1, 0.2], [0.0, 0.0, -0.1, +0.2, -0.3], 1, True),
        ([1.0, 0.9, 0.8, 0.1, 0.1, 0.1], [0.0, 0.0, 0.0, -0.1, +0.2, -0.3], 0, True),
        ([0.1, 1.0], [-0.3, 0.0], 1, False),
        ([0.0, 1.0], [-0.3, 0.0], 0, True),
        ([0.1, 1.0], [0.0, 0.0], 0, False),
    ],
)
def test_they_disagree_that_share_fewer_than_two(
    gradient: list[float], occlusion: list[float], shared: int, *, disagrees: bool
) -> None:
    """A row is flagged when fewer than two of the three strongest are the same by both."""
    record = record_of(gradient, occlusion)
    assert (shared, disagrees) == (record.shared(0), record.disagrees(0))


def test_strongest_come_first_and_zeros_never() -> None:
    """The three strongest are in order, the nearer of equals first, without those at zero."""
    record = record_of([0.0, 0.5, 0.5, 1.0, 0.2], [0.0, 0.0, 0.0, -0.1, +0.2])
    assert [3, 2, 1] == [past.place for past in record.by_gradient(0)]
    assert [4, 3] == [past.place for past in record.by_occlusion(0)]


def test_ranks_are_those_of_spearman() -> None:
    """Agreement is Spearman's: 1 − 6 Σ d² / (n (n² − 1)) without ties, averages where there are."""
    a, b = (np.array(values, dtype=np.float32) for values in ([1, 2, 3, 4], [20, 10, 40, 30]))
    assert 1 - 6 * 4 / (4 * 15) == pytest.approx(module._rank_correlation(a, b))  # noqa: SLF001
    tied = np.array([1, 1, 3, 4], dtype=np.float32)
    expected = np.corrcoef([1.5, 1.5, 3, 4], [2, 1, 4, 3])[0, 1]
    assert expected == pytest.approx(module._rank_correlation(tied, b))  # noqa: SLF001


def test_ranks_of_equals_say_nothing() -> None:
    """Where one of the two is the same everywhere, agreement is NaN."""
    record = of("lstm", "a")
    assert math.isnan(record.agreement[0])


def test_asks_of_what_came() -> None:
    """Asked of the text, targets are the characters that came; after the last came none."""
    model, record = model_of("lstm"), of("lstm", target="text")
    assert list(range(LENGTH - 1)) == record.places.tolist()
    assert [c if c in "abcdefgh " else "<unk>" for c in TEXT[1:]] == record.targets
    targets = model.encode(TEXT[1:] + "a")
    expected = by_hiding_each(model, TEXT, targets)
    for t, s, change in by_place(record, record.occlusion):
        assert expected[t, s] == pytest.approx(change, rel=1e-5, abs=1e-9)


def test_chances_are_those_of_the_targets() -> None:
    """Each target comes with its probability, and each row with the likeliest in order."""
    model, record = model_of("rnn"), of("rnn", target="text", guesses=2)
    p = logits_of(model, embedded(model)).softmax(-1)
    ids = model.encode(TEXT[1:])
    assert p[np.arange(LENGTH - 1), ids].tolist() == pytest.approx(record.chances.tolist())
    for row, guesses in enumerate(record.guesses):
        shares, likeliest = p[row].topk(2)
        assert shares.tolist() == pytest.approx([share for _, share in guesses])
        assert [VOCABULARY.characters[i] for i in likeliest] == [c for c, _ in guesses]


@pytest.mark.parametrize("family", FAMILIES)
def test_some_rows_are_those_of_all(family: str) -> None:
    """Rows that were asked for alone, in any order, are those of the whole."""
    some, whole = of(family, at=[11, 4, 4], last=6), of(family, last=6)
    assert [4, 11] == some.places.tolist()
    for row, place in enumerate((4, 11)):
        np.testing.assert_allclose(some.gradient[row], whole.gradient[place], rtol=1e-5)
        np.testing.assert_allclose(some.occlusion[row], whole.occlusion[place], rtol=1e-5)


def test_reading_few_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many streams are read side by side is a matter of memory alone."""
    whole = of("lstm")
    monkeypatch.setattr(module, "_NUMBERS_AT_ONCE", 500)
    np.testing.assert_allclose(of("lstm").gradient, whole.gradient, rtol=1e-6)
    np.testing.assert_allclose(of("lstm").occlusion, whole.occlusion, rtol=1e-6, atol=1e-12)


def test_a_long_text_has_the_last_rows(english: Model) -> None:
    """Without places the last 256 characters of a long text are asked, the last 64 of each."""
    record = lookback(english.language_model, ENGLISH[:400])
    assert list(range(144, 400)) == record.places.tolist()
    assert (256, 64) == record.gradient.shape


@pytest.mark.parametrize("fixture", ["korean", "jamo"])
def test_a_loaded_model_can_be_asked(fixture: str, request: pytest.FixtureRequest) -> None:
    """A model from a run folder is asked in float32, with the guesses of its trace."""
    model: Model = request.getfixturevalue(fixture)
    text = KOREAN[:40]
    record = lookback(model.language_model, text)
    trace = model.trace(text)
    assert trace.text == record.text
    for ours, theirs in zip(record.guesses, trace.guesses, strict=True):
        assert [p for _, p in theirs] == pytest.approx([p for _, p in ours], abs=1e-5)
    assert not any(
        parameter.requires_grad for parameter in model.language_model.network.parameters()
    )


def test_a_model_in_training_keeps_its_gradients() -> None:
    """Asking leaves no gradient behind, and the same answer comes twice."""
    model = model_of("lstm")
    model.network.requires_grad_()
    first, second = (lookback(model, TEXT) for _ in range(2))
    np.testing.assert_array_equal(first.gradient, second.gradient)
    assert all(parameter.grad is None for parameter in model.network.parameters())


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "at least 1 characters, found 0"),
        ("a", {"target": "text"}, "at least 2 characters, found 1"),
    ],
)
def test_a_text_without_targets_is_refused(
    text: str, options: dict[str, str], message: str
) -> None:
    """An empty text has no guess, and one of one character no character that came."""
    with pytest.raises(TextError, match=message):
        of("lstm", text, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at": [3]}, "at: expected a character from 0 to 2, found 3"),
        ({"at": [-1]}, "at: expected a character from 0 to 2, found -1"),
        ({"at": [2], "target": "text"}, "at: expected a character from 0 to 1, found 2"),
        ({"at": []}, "at: expected a character from 0 to 2, found none"),
        ({"target": "both"}, "target: expected one of guess, text, found 'both'"),
        ({"last": 0}, "last: expected 1 or more, found 0"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, object], message: str) -> None:
    """A place outside the text, a target or a length that is none: each is named with its value."""
    with pytest.raises(OptionError, match=message):
        of("lstm", "abc", **options)


def test_a_row_is_found_by_its_place() -> None:
    """The row after a character is found by that character's place, and no other row is."""
    record = of("lstm", at=[4, 7])
    assert 1 == record.row_of(7)
    for missing in (5, 12):
        with pytest.raises(KeyError):
            record.row_of(missing)


def test_json_has_a_row_for_each_guess() -> None:
    """The object can be written strictly, and each row's lists start at its first character."""
    record = of("lstm", last=3)
    written = json.loads(json.dumps(as_json(record), allow_nan=False))
    assert ("guess", TEXT, LENGTH) == (written["asked"], written["text"], len(written["rows"]))
    row = written["rows"][7]
    assert (7, TEXT[7], 5) == (row["index"], TEXT[7], row["from"])
    assert record.gradient[7].tolist() == row["gradient"]
    assert record.occlusion[7].tolist() == row["occlusion"]
    assert {"char": record.targets[7], "p": float(record.chances[7])} == row["target"]
    assert written["rows"][0]["agreement"] is None


def test_rows_have_a_line_for_each_pair() -> None:
    """After the headings comes a line for each guess and each past character."""
    record = of("lstm", at=[1, 2], last=2)
    headings, *rows = as_rows(record)
    assert [(1, 0), (1, 1), (2, 1), (2, 2)] == [(row[0], row[4]) for row in rows]
    assert [float(record.occlusion[0, 0])] == [rows[0][headings.index("occlusion")]]


def test_arrays_hold_no_objects() -> None:
    """Everything is an array that NumPy can read back without pickle."""
    record = of("lstm", last=3)
    arrays = as_arrays(record)
    assert not any(array.dtype.hasobject for array in arrays.values())
    assert list(TEXT) == arrays["chars"].tolist()
    assert {(LENGTH, 3)} == {arrays[name].shape for name in ("gradient", "occlusion")}
