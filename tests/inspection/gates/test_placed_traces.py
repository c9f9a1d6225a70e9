"""All gates of a long text, read in parts side by side: against the trace, read in order."""

import io
import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import Generator

from charlstm.config import ModelConfig
from charlstm.errors import TextError
from charlstm.inspection.gates.compute import placed_traces, trace
from charlstm.inspection.gates.data import as_arrays
from charlstm.inspection.npz import write_parts
from charlstm.language_model import LanguageModel
from charlstm.limits import FAMILIES
from charlstm.models import new_model
from charlstm.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary.of("abcdef .")
TALE = "a bad cab faced a deaf, decaf bed. 각 fade "
# Around the blocks of 256 and the parts of 1024; of the last two, a block is beyond the end.
LENGTHS = [1, 2, 255, 256, 257, 1023, 1024, 2048, 3000, 8193, 8198]

Arrays = dict[str, NDArray[Any]]


def forgetful(family: str = "lstm", form: str = "nfc") -> LanguageModel:
    """Make a model of two layers whose gates do something and which does not remember long."""
    config = ModelConfig(family, len(VOCABULARY), 4, 6, 2, window=4)
    model = new_model(config, Generator().manual_seed(0))
    model.head.weight.detach().normal_(0, 1, generator=Generator().manual_seed(1))
    return LanguageModel(model, VOCABULARY, form)


def text_of(length: int) -> str:
    """Return a text that now and then has an unknown character."""
    words = itertools.cycle([TALE, TALE[7:], TALE[::-1]])
    return "".join(itertools.islice(words, length // 30 + 1))[:length]


def placed(model: LanguageModel, text: str) -> Arrays:
    """Write all that comes to a file, and load it."""
    file = io.BytesIO()
    write_parts(placed_traces(model, text), len(model.normalize(text)), file)
    with np.load(io.BytesIO(file.getvalue()), allow_pickle=False) as arrays:
        return dict(arrays)


def assert_those_of_trace(actual: Arrays, model: LanguageModel, text: str) -> None:
    expected = as_arrays(trace(model, text))
    assert list(expected) == list(actual)
    for name, array in expected.items():
        assert (array.dtype, array.shape) == (actual[name].dtype, actual[name].shape)
        if name == "chars":
            np.testing.assert_array_equal(actual[name], array)
        else:
            np.testing.assert_allclose(actual[name], array, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("length", LENGTHS)
def test_are_those_of_a_trace(length: int) -> None:
    """Gates, bits and characters of a text of any length are those that a trace has."""
    model, text = forgetful(), text_of(length)
    assert length < 40 or VOCABULARY.unknown(text)
    assert_those_of_trace(placed(model, text), model, text)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_those_of_a_trace(family: str) -> None:
    """What a model of any family did is that of its trace."""
    model, text = forgetful(family), text_of(2500)
    assert_those_of_trace(placed(model, text), model, text)


def test_letters_are_those_of_a_trace() -> None:
    """A text is read in the form that it is asked to be read in."""
    model = forgetful(form="nfd")
    assert_those_of_trace(placed(model, text_of(300)), model, text_of(300))


@pytest.mark.parametrize("length", LENGTHS)
def test_nothing_stands_beyond_the_end(length: int) -> None:
    """No array that is given is empty, or ends after the text."""
    for start, arrays in placed_traces(forgetful(), text_of(length)):
        for array in arrays.values():
            size = array.shape[-2] if array.ndim > 1 else len(array)
            assert start < start + size <= length


def test_an_empty_text_is_refused() -> None:
    """There is nothing to inspect in no text."""
    with pytest.raises(TextError):
        next(placed_traces(forgetful(), ""))


def test_parts_may_come_in_any_order() -> None:
    """Arrays written from the back to the front stand in their places."""
    file = io.BytesIO()
    parts = [(start, {"x": np.arange(start, start + 3.0)}) for start in (6, 0, 3)]
    write_parts(parts, 9, file)
    np.testing.assert_array_equal(np.load(io.BytesIO(file.getvalue()))["x"], np.arange(9.0))


def test_the_later_of_two_parts_is_written() -> None:
    """Of two arrays at the same place the one that came later counts, for as far as it goes."""
    file = io.BytesIO()
    parts = [(0, {"x": np.zeros((2, 4, 1))}), (1, {"x": np.ones((2, 2, 1))})]
    write_parts(parts, 4, file)
    found = np.load(io.BytesIO(file.getvalue()))["x"]
    np.testing.assert_array_equal(found[:, :, 0], [[0, 1, 1, 0]] * 2)
