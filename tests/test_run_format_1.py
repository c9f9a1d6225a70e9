"""A run of format 1, kept as it was trained and measured then."""

from pathlib import Path

import pytest

import charlstm
from charlstm.config import Execution, Regularization
from charlstm.library import Model

NATS = 1.9594247794920399
FORGETFUL_NATS = 3.380270291143848
TEXT = "왔 가물 \n에물\n에골는래방  앗 있다. 레물늘늘  \n늘))\n다  누“니?"


@pytest.fixture
def model() -> Model:
    return charlstm.load(Path(__file__).parent / "data" / "format-1")


def test_its_settings_are_found_in_their_present_places(model: Model) -> None:
    """What format 1 kept elsewhere, or called otherwise, is read."""
    config = model.config
    assert Regularization(dropout=0.1, weight_dropout=0.1) == config.training.regularization
    assert Execution(1, 1, "float32", "fused") == config.execution
    assert (8, 64) == (config.training.batch_size, config.training.seq_length)


def test_it_scores_the_same(model: Model) -> None:
    """Its held-out part costs what it did."""
    assert pytest.approx(NATS, rel=1e-6) == model.evaluate().nats_per_char


def test_it_scores_the_same_with_a_gate_clamped(model: Model) -> None:
    """Without a memory its held-out part costs what it did."""
    forgetful = model.changed(clamp=["forget=0"])
    assert pytest.approx(FORGETFUL_NATS, rel=1e-6) == forgetful.evaluate().nats_per_char


def test_it_writes_the_same(model: Model) -> None:
    """With the same seed it writes the text that it wrote."""
    assert TEXT == model.sample("돌쇠", length=40, seed=3).text
