"""What a researcher does from Python, from a text to a state that was changed."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import charlstm
from charlstm.events import Evaluated, Event
from charlstm.library import Model
from charlstm.text.bundled import bundled

TEXT = "The miller said nothing. "


@pytest.fixture(scope="module")
def told() -> list[Event]:
    """Return what the callback of `tales` was called with."""
    return []


@pytest.fixture(scope="module")
def tales(tmp_path_factory: pytest.TempPathFactory, told: list[Event]) -> Model:
    """Train on the bundled English tales for 60 steps."""
    output = tmp_path_factory.mktemp("tales") / "run"
    training = charlstm.train(bundled("english"), output=output, size="tiny", steps=60)
    return training.wait(told.append)


def test_a_callback_is_told_what_evaluate_finds(tales: Model, told: list[Event]) -> None:
    """The best validation that the callback was told of is the score of the model."""
    best = [event for event in told if isinstance(event, Evaluated) and event.best][-1]
    assert best.val_bits_per_char == pytest.approx(tales.evaluate().bits_per_char, rel=1e-6)
    assert best.val_bits_per_char < 5


def test_the_model_samples(tales: Model) -> None:
    """A sample of a seed is the same again, and another one of another."""
    texts = [tales.sample("The ", length=80, seed=seed).text for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_logits_are_those_of_plain_torch(tales: Model) -> None:
    """A plain torch.nn.LSTM with the weights of the file gives the logits, h and C of a text."""
    weights = load_file(tales.run.path / "model.safetensors")
    shape = tales.config.model
    plain = torch.nn.LSTM(shape.embedding, shape.hidden, shape.layers)
    own = {name.removeprefix("lstm."): weights[name] for name in weights if "lstm." in name}
    plain.load_state_dict(own)
    ids = tales.language_model.vocabulary.tokenizer().encode(TEXT).ids
    with torch.inference_mode():
        y, (h, c) = plain(weights["embedding.weight"][ids])
        logits = y @ weights["head.weight"].T + weights["head.bias"]
    np.testing.assert_allclose(tales.logits(TEXT), logits, rtol=0, atol=1e-5)
    trace = tales.trace(TEXT)
    np.testing.assert_allclose(trace.hidden[-1], y, rtol=0, atol=1e-5)
    for found, expected in zip(tales.state(TEXT), (h, c), strict=True):
        np.testing.assert_allclose(found[:, 0], expected, rtol=0, atol=1e-5)


def test_a_state_is_patched_in_a_few_lines(tales: Model) -> None:
    """With the C of another text the next characters become likelier that follow there."""
    asked, told = '"Where is the ', "The miller said: the "
    (h, c), (h_told, c_told) = tales.state(asked), tales.state(told)
    before, patched, after = (
        tales.logits("m", state) for state in ((h, c), (h, c_told), (h_told, c_told))
    )
    assert np.abs(patched - after).mean() < np.abs(before - after).mean()


def test_a_patched_state_leaves_the_model_as_it_was(tales: Model) -> None:
    """Reading on from a state changes neither the state nor the model."""
    state = tales.state(TEXT)
    kept, before = [part.clone() for part in state], tales.logits(TEXT)
    tales.logits("and so on", state)
    assert all(map(torch.equal, kept, state))
    np.testing.assert_array_equal(before, tales.logits(TEXT))
