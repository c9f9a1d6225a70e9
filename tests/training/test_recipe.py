"""What is planned for a request, a text and the speed of a machine."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.config import Regularization, TrainConfig, TrainRequest
from charlstm.limits import FAMILIES, OPTIMIZERS, SIZES
from charlstm.models import build_model
from charlstm.training.optimizer import learning_rate_for
from charlstm.training.recipe import (
    Plan,
    TextFacts,
    cap_epochs,
    characters_in_budget,
    plan,
    probe,
    steps_planned,
)

lengths = st.integers(1000, 10**9)
LSTM = TrainRequest()
REGULARIZERS = ("dropout", "weight_dropout", "activation_penalty", "confidence_penalty")


def text_of(characters: int, *, ids_per_char: int = 1, vocabulary: int = 100) -> TextFacts:
    """Return the facts of a text of which a tenth is held out."""
    train_chars = characters - characters // 10
    return TextFacts(characters, train_chars, train_chars * ids_per_char, vocabulary)


def planned(characters: int, epochs: float | None = None, **request: Any) -> Plan:
    """Return the plan for a text of so many characters, read so many times."""
    return plan(TrainRequest(epochs=epochs, **request), text_of(characters))


def in_minutes(characters: int, budget: float, **request: Any) -> Plan:
    """Return the plan for a minute in which so many characters can be learnt from."""
    asked = TrainRequest(minutes=1, **request)
    return plan(asked, text_of(characters), budget / 60)


def regularization_of(plan: Plan) -> Regularization:
    return plan.training.regularization


def weaker(one: Plan, other: Plan) -> bool:
    """Whether the regularisation of a plan is nowhere stronger than that of another."""
    pairs = zip(
        dataclasses.astuple(regularization_of(one)),
        dataclasses.astuple(regularization_of(other)),
        strict=True,
    )
    return all(a <= b for a, b in pairs)


@settings(deadline=None, max_examples=50)
@given(lengths, lengths)
def test_a_longer_text_has_no_more_epochs(one: int, other: int) -> None:
    """The number of epochs is at least 1 and never rises with the length of the text."""
    short, long = (planned(f(one, other)).training.epochs or 0 for f in (min, max))
    assert short >= long >= 1


@pytest.mark.parametrize("epochs", [None, 60.0])
@settings(deadline=None, max_examples=50)
@given(lengths, lengths)
def test_a_longer_text_is_not_regularized_more(epochs: float | None, one: int, other: int) -> None:
    """A longer text is regularised no more, with its own number of epochs or a given one."""
    short, long = (planned(f(one, other), epochs, size="small") for f in (min, max))
    assert weaker(long, short)


@settings(deadline=None, max_examples=50)
@given(lengths, st.floats(1, 1e12), st.floats(1, 1e12))
def test_more_time_does_not_regularize_less(characters: int, one: float, other: float) -> None:
    """With more time no text gets a smaller model, and one of its size is regularised no less."""
    few, many = (in_minutes(characters, f(one, other)) for f in (min, max))
    assert few.model.hidden <= many.model.hidden
    if few.model == many.model:
        assert weaker(few, many)
        assert few.training.batch_size <= many.training.batch_size


@pytest.mark.parametrize(
    ("characters", "budget", "size"),
    [
        (1_000_000, 10_000_000, "small"),
        (1_000_000, 80_000_000, "small"),
        (1_000_000, 100_000_000, "medium"),
        (400_000, 14_000_000, "small"),
        (700_000, 48_000_000, "medium"),
        (100_000, 100_000_000, "small"),
        (100_000_000, 100_000_000, "small"),
    ],
)
def test_much_time_makes_a_larger_model(characters: int, budget: float, size: str) -> None:
    """A medium model is planned where a small one would memorise a text that is not short."""
    assert SIZES[size].hidden == in_minutes(characters, budget).model.hidden


@pytest.mark.parametrize("asked", [{"size": "small"}, {"hidden": 256}, {"dropout": 0.1}], ids=str)
def test_a_size_that_was_asked_for_is_kept(asked: dict[str, Any]) -> None:
    """With a size or a dropout of one's own no medium model is planned, however long it takes."""
    assert 256 == in_minutes(1_000_000, 100_000_000, **asked).model.hidden


@settings(deadline=None, max_examples=50)
@given(lengths, lengths)
def test_a_longer_text_has_no_fewer_streams(one: int, other: int) -> None:
    """There is at least one stream, and never fewer for a longer text."""
    short, long = (planned(f(one, other)).training.batch_size for f in (min, max))
    assert 1 <= short <= long


def test_a_very_short_text_has_fewer_streams_than_a_short_one() -> None:
    """A text of few sequences is read in few streams, so that it makes steps enough."""
    one, two, three = (planned(n).training.batch_size for n in (50_000, 100_000, 400_000))
    assert one < two < three


@settings(deadline=None, max_examples=50)
@given(lengths, st.floats(1, 1e12))
def test_a_medium_model_is_strongly_regularized(characters: int, budget: float) -> None:
    """Where a medium model is planned everything is done against overfitting."""
    plan = in_minutes(characters, budget)
    if plan.model.hidden == SIZES["medium"].hidden:
        chosen = regularization_of(plan)
        penalties = chosen.activation_penalty, chosen.confidence_penalty
        assert chosen.dropout == 0.5
        assert min(chosen.weight_dropout, *penalties) > 0


def test_a_size_that_was_chosen_is_regularized_as_one_that_was_given() -> None:
    """A medium model with so many epochs is regularised the same whoever chose it."""
    chosen = in_minutes(700_000, 70_000_000)
    given = in_minutes(700_000, 70_000_000 / 3.5, size="medium")
    assert SIZES["medium"].hidden == chosen.model.hidden
    assert regularization_of(chosen) == regularization_of(given)


def test_a_smaller_model_drops_less() -> None:
    """The fewer weights per character there are, the less is dropped."""
    tiny, large = (regularization_of(planned(1_000_000, size=s)).dropout for s in ("tiny", "large"))
    assert tiny < large


def test_weights_are_dropped_where_a_short_text_has_many_epochs() -> None:
    """Weights are dropped only where there are many per character and much time to learn them."""
    often, seldom, long = (
        regularization_of(planned(characters, epochs)).weight_dropout
        for characters, epochs in ((150_000, 25.0), (150_000, 8.0), (3_000_000, 20.0))
    )
    assert (0, 0) == (seldom, long)
    assert often > 0


@pytest.mark.parametrize("name", REGULARIZERS)
def test_what_was_asked_for_is_taken(name: str) -> None:
    """A regularisation that was asked for takes the place of the plan's, zero too."""
    for value in (0.0, 0.25):
        plan = planned(100_000, 20.0, **{name: value})
        assert value == getattr(regularization_of(plan), name)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, (1.0, 0.1)),
        ({"model": "gru"}, (1.0, 0.1)),
        ({"model": "rnn"}, (1.0, 0.0)),
        ({"model": "rnn", "optimizer": "muon"}, (1.0, 0.1)),
        ({"optimizer": "adamw"}, (1.0, 0.0)),
        ({"model": "fnn"}, (0.0, 0.0)),
        ({"dropout": 0.3}, (0.0, 0.0)),
        ({"dropout": 0.3, "confidence_penalty": 0.5}, (0.0, 0.5)),
    ],
    ids=str,
)
def test_penalties_depend_on_family_and_optimizer(
    request_: dict[str, Any], expected: tuple[float, float]
) -> None:
    """Penalties are for recurrent nets, on confidence with Muon only, and not with a dropout."""
    regularization = regularization_of(planned(100_000, **request_))
    assert expected == (regularization.activation_penalty, regularization.confidence_penalty)


def test_a_long_text_has_no_penalties() -> None:
    """A text of millions of characters needs no penalties and little dropout."""
    assert Regularization(dropout=0.05) == regularization_of(planned(10_000_000))


@pytest.mark.parametrize(
    ("family", "optimizer"), [("lstm", "muon"), ("gru", "muon"), ("rnn", "adamw"), ("fnn", "adamw")]
)
def test_each_family_has_its_optimizer_and_rate(family: str, optimizer: str) -> None:
    """Families with gates learn with Muon, others with AdamW, at the rate that suits the size."""
    training = planned(100_000, model=family, size="tiny").training
    expected = optimizer, learning_rate_for(optimizer, "tiny")
    assert expected == (training.optimizer, training.learning_rate)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_an_optimizer_has_a_rate_for_each_size(optimizer: str) -> None:
    """Every size has a learning rate with every optimiser, and a larger one a lower."""
    rates = [learning_rate_for(optimizer, size) for size in SIZES]
    assert sorted(rates, reverse=True) == rates


@pytest.mark.parametrize("family", FAMILIES)
def test_all_families_are_about_as_large(family: str) -> None:
    """Without a number of units each family has the parameters of the LSTM of its size."""
    wanted = build_model(planned(100_000).model).parameter_count()
    found = build_model(planned(100_000, model=family).model).parameter_count()
    assert abs(found - wanted) / wanted < 0.01


def test_units_that_were_asked_for_are_kept() -> None:
    """A number of units that was asked for is that of any family."""
    assert 33 == planned(100_000, model="rnn", hidden=33).model.hidden


@pytest.mark.parametrize("ids_per_char", [1, 3])
def test_counts_what_is_read_in_some_steps(ids_per_char: int) -> None:
    """A step reads T·B characters of the model, of which one of NFC may have several."""
    request = TrainRequest(steps=50, batch_size=4, seq_length=15)
    text = text_of(1000, ids_per_char=ids_per_char)
    assert 50 * 60 / ids_per_char == pytest.approx(characters_in_budget(request, text, None))


@pytest.mark.parametrize("characters", [110_000, 1_000_000])
@pytest.mark.parametrize("steps", [1, 100_000])
def test_as_many_characters_are_read_in_some_steps_as_were_planned(
    characters: int, steps: int
) -> None:
    """The batch size is that of a training of no set length, however many steps there are."""
    request, text = TrainRequest(steps=steps), text_of(characters)
    found = plan(request, text)
    assert plan(TrainRequest(), text).training.batch_size == found.training.batch_size
    expected = steps * found.characters_per_step * text.train_chars / text.train_ids
    assert expected == characters_in_budget(request, text, None)


def test_counts_what_is_read_in_some_minutes() -> None:
    """The measured speed tells how much is learnt from in some minutes."""
    request = TrainRequest(minutes=2)
    assert 120 * 70.0 == characters_in_budget(request, text_of(1000), 70.0)


def test_steps_and_epochs_of_one_length_are_regularized_alike() -> None:
    """A number of steps that reads as much as a number of epochs has the same plan."""
    epochs = planned(200_000, 40.0)
    steps = round(40 * 180_000 / epochs.characters_per_step)
    batch = epochs.training.batch_size
    same = plan(TrainRequest(steps=steps, batch_size=batch), text_of(200_000))
    assert regularization_of(epochs) == regularization_of(same)


def test_a_short_text_has_what_it_has_room_for() -> None:
    """A text has no more streams and no longer sequences than it has characters for."""
    training = planned(1000, 1.0, batch_size=10_000, seq_length=500).training
    assert 0 < training.batch_size * training.seq_length <= 900


def test_the_probe_is_as_large_as_what_was_asked_for() -> None:
    """What is measured for minutes is the model that was asked for, read in 64 streams."""
    request = TrainRequest(minutes=1, size="tiny", model="gru")
    tried = probe(request, text_of(1_000_000))
    assert plan(request, text_of(1_000_000), 1e6).model == tried.model
    assert 64 == tried.training.batch_size


@pytest.mark.parametrize(("steps_per_epoch", "epochs"), [(10.0, 5.0), (200.0, 3.0), (2400.0, 0.25)])
def test_a_slow_machine_makes_fewer_epochs(steps_per_epoch: float, epochs: float) -> None:
    """With steps of two seconds no more epochs are made than fit into twenty minutes."""
    plan = planned(1_000_000)
    wanted = dataclasses.replace(plan.training, epochs=5.0)
    capped = cap_epochs(dataclasses.replace(plan, training=wanted), 2.0, steps_per_epoch)
    assert epochs == capped.epochs


def test_epochs_that_were_asked_for_are_made_however_long_it_takes() -> None:
    """A number of epochs that was asked for is not capped."""
    assert 500.0 == cap_epochs(planned(1_000_000, 500.0), 2.0, 2400.0).epochs


@pytest.mark.parametrize(
    ("length", "steps"), [({"epochs": 5}, 50), ({"steps": 30}, 30), ({"minutes": 2}, 60)], ids=str
)
def test_says_how_many_steps_there_are(length: dict[str, float], steps: float) -> None:
    """With ten steps of two seconds in an epoch, a length in any unit is a number of steps."""
    training = TrainConfig(8, 20, 0.1, "muon", **length)  # type: ignore[arg-type]
    assert steps == steps_planned(training, 2.0, 10.0)
