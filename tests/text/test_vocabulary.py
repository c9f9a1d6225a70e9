"""The vocabulary, with the tokenizers library as the oracle."""

import json
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from charlstm.errors import TextError
from charlstm.text.vocabulary import UNKNOWN, UNKNOWN_ID, Vocabulary

TRICKY = (
    '<unk>\0\n\r\t\x1b "\\/{}가각\u1100\u1161\u11a8ㄱ\u0301é😀👩\u200d\ufe0f\ufeff\u2028\U0010ffff'
)
SCALAR_VALUES = "".join(
    chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point <= 0xDFFF
)
known = st.text(st.sampled_from(TRICKY), max_size=40)
texts = st.text(st.one_of(st.sampled_from(TRICKY), st.characters(codec="utf-8")), max_size=40)


def oracle(vocabulary: Vocabulary) -> Tokenizer:
    """Load a vocabulary's file as anybody would."""
    return Tokenizer.from_str(vocabulary.to_json())


def file_of(vocab: object) -> str:
    """Write a tokenizer.json with a given table."""
    return json.dumps({"model": {"vocab": vocab}})


@settings(deadline=None, max_examples=100)
@given(known, texts)
@example(TRICKY, "\n\n\r\n\0\0  <unk><unk>")
def test_encodes_like_tokenizers(train: str, text: str) -> None:
    """The tokenizers library gives any text the same ids."""
    vocabulary = Vocabulary.of(train)
    assert oracle(vocabulary).encode(text).ids == vocabulary.encode(text).tolist()


@settings(deadline=None, max_examples=100)
@given(known)
@example("\n\n\r\n\0\0  <unk><unk>")
def test_tokenizers_gives_the_text_back(text: str) -> None:
    """The tokenizers library decodes the ids of a text to that text."""
    vocabulary = Vocabulary.of(TRICKY)
    assert text == oracle(vocabulary).decode(vocabulary.encode(text).tolist())


@settings(deadline=None, max_examples=100)
@given(texts)
def test_gives_a_known_text_back(text: str) -> None:
    """A text all of whose characters are known comes back from its ids."""
    vocabulary = Vocabulary.of(text)
    assert text == vocabulary.decode(vocabulary.encode(text))


@settings(deadline=None, max_examples=100)
@given(texts)
def test_comes_back_from_its_file(text: str) -> None:
    """A vocabulary written and read again has the same characters in the same order."""
    vocabulary = Vocabulary.of(text)
    assert vocabulary.characters == Vocabulary.from_json(vocabulary.to_json()).characters


def test_comes_back_as_tokenizers_writes_it() -> None:
    """A file that the tokenizers library has written anew is still read."""
    vocabulary = Vocabulary.of(TRICKY)
    rewritten = oracle(vocabulary).to_str(pretty=False)
    assert vocabulary.characters == Vocabulary.from_json(rewritten).characters


@settings(deadline=None, max_examples=100)
@given(texts)
def test_numbers_in_order_of_code_points(text: str) -> None:
    """Ids are 0 for the unknown and then follow the code points, each character once."""
    vocabulary = Vocabulary.of(text)
    assert (UNKNOWN, *sorted(set(text))) == vocabulary.characters


def test_the_unknown_token_is_no_character() -> None:
    """A text in which <unk> is written out is spelt character by character."""
    vocabulary = Vocabulary.of("<unk>")
    assert ["<", "u", "n", "k", ">"] == [
        vocabulary.characters[i] for i in vocabulary.encode(UNKNOWN)
    ]


def test_unknown_characters_are_zero() -> None:
    """Characters that the vocabulary does not have get the id of the unknown one."""
    assert [1, UNKNOWN_ID, UNKNOWN_ID, 1] == Vocabulary.of("a").encode("a\ud800😀a").tolist()


def test_decodes_the_unknown() -> None:
    """The unknown id is written as <unk>."""
    assert "a<unk>" == Vocabulary.of("a").decode([1, UNKNOWN_ID])


@pytest.mark.parametrize(
    ("size", "dtype"),
    [
        (2, np.uint8),
        (255, np.uint8),
        (256, np.uint8),
        (257, np.uint16),
        (65_535, np.uint16),
        (65_536, np.uint16),
        (65_537, np.uint32),
    ],
)
def test_ids_take_the_least_room(size: int, dtype: Any) -> None:
    """Ids have the smallest unsigned type that holds them all, and the last one fits."""
    characters = SCALAR_VALUES[: size - 1]
    vocabulary = Vocabulary(characters)
    ids = vocabulary.encode(characters)
    assert (size, np.dtype(dtype), list(range(1, size))) == (
        len(vocabulary),
        ids.dtype,
        ids.tolist(),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("abba", []),
        ("zay", ["z", "y"]),
        ("a\0각\0각\ud800", ["\0", "각", "\ud800"]),
        ("<unk>", ["<", "u", "n", "k", ">"]),
    ],
)
def test_names_what_it_does_not_know(text: str, expected: list[str]) -> None:
    """The unknown characters of a text are listed once each, in the order in which they come."""
    assert expected == Vocabulary.of("ab").unknown(text)


@pytest.mark.parametrize("text", ["", "a", TRICKY, SCALAR_VALUES[:70_000], SCALAR_VALUES])
def test_counts_what_is_outside(text: str) -> None:
    """As many scalar values are outside as are encoded as unknown."""
    vocabulary = Vocabulary.of(text)
    assert np.count_nonzero(vocabulary.encode(SCALAR_VALUES) == UNKNOWN_ID) == vocabulary.outside


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "{",
        "[" * 100_000,
        "null",
        "[]",
        "5",
        '"model"',
        "{}",
        '{"model": 5}',
        '{"model": {}}',
        file_of(None),
        file_of(5),
        file_of("ab"),
        file_of(["ab"]),
        file_of({}),
        file_of([[UNKNOWN, 0], [5, 1]]),
        file_of({"a": 0}),
        file_of({"a": 0, UNKNOWN: 1}),
        file_of({UNKNOWN: 1, "a": 2}),
        file_of({UNKNOWN: 0, "a": 2}),
        file_of({UNKNOWN: 0, "a": 1, "b": 1}),
        file_of({UNKNOWN: 0, "a": -1}),
        file_of({UNKNOWN: 0, "a": 0.5}),
        file_of({UNKNOWN: 0, "a": "1"}),
        file_of({UNKNOWN: 0, "a": None}),
        file_of({UNKNOWN: 0, "a": [1]}),
        file_of({UNKNOWN: 0, "ab": 1}),
        file_of({UNKNOWN: 0, "": 1}),
        file_of({UNKNOWN: 0, "\ud800": 1}),
    ],
    ids=lambda damaged: damaged[:40],
)
def test_refuses_a_damaged_file(damaged: str) -> None:
    """A file that holds no table of single characters, numbered from 0, is refused."""
    with pytest.raises(TextError, match=r"expected .*, found "):
        Vocabulary.from_json(damaged)


def test_refuses_a_file_cut_short() -> None:
    """No beginning of a file is taken for the whole."""
    whole = Vocabulary.of("ab").to_json().rstrip()
    for length in range(len(whole)):
        with pytest.raises(TextError):
            Vocabulary.from_json(whole[:length])


def test_has_a_length() -> None:
    """The unknown character counts."""
    assert 3 == len(Vocabulary.of("abba"))
