"""Making a text ready for training: the cut between its parts, ids and vocabulary."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from charlstm.config import TextConfig
from charlstm.errors import CharlstmError, TextError
from charlstm.limits import FORMS
from charlstm.text.corpus import Split, build_corpus, split
from charlstm.text.vocabulary import Vocabulary

ALPHABET = [*"ab \n각나힣ㄱéệ😀", "e", "\u0323", "\u0302", "\u1100", "\u1161", "\u11a8"]
# Three of these make one at most: a hundred are left in NFC.
texts = st.lists(st.sampled_from(ALPHABET), min_size=300, max_size=330).map("".join)


def nfc(text: str) -> str:
    """Bring a text into NFC."""
    return unicodedata.normalize("NFC", text)


def nfd(text: str) -> str:
    """Bring a text into NFD."""
    return unicodedata.normalize("NFD", text)


def train_of(parts: Split) -> str:
    """Return the part to learn from as one string."""
    return "".join(parts.train())


def whole(text: str) -> Split:
    """Return a text of which nothing is held out, as it is."""
    return Split(text, len(text), "none", len(text), len(text))


@pytest.mark.parametrize("form", ["nfc", "nfd"])
@settings(deadline=None, max_examples=30)
@given(texts)
@example(nfd("각" * 201))
def test_cuts_between_composed_characters(form: str, text: str) -> None:
    """The first 90 % of the NFC characters are learnt from, in either form, the rest held out."""
    composed = nfc(text)
    cut = int(len(composed) * 0.9)
    parts = split(text, TextConfig(form))
    assert (composed[:cut], composed[cut:]) == (nfc(train_of(parts)), nfc(parts.heldout))


@pytest.mark.parametrize(
    "text",
    ["각나" * 101, nfd("각나" * 101), "e\u0323\u0302" * 201],
    ids=["composed", "jamo", "marks"],
)
def test_cuts_an_unchanged_text_between_composed_characters(text: str) -> None:
    """Without a form, too, the cut falls where the NFC of the text is cut."""
    composed = nfc(text)
    cut = int(len(composed) * 0.9)
    parts = split(text, TextConfig("none"))
    assert (composed[:cut], composed[cut:]) == (nfc(train_of(parts)), nfc(parts.heldout))


@settings(deadline=None, max_examples=30)
@given(texts)
def test_leaves_an_unchanged_text_alone(text: str) -> None:
    """Without a form the two parts together are the text as it was."""
    parts = split(text, TextConfig("none"))
    assert text == train_of(parts) + parts.heldout


@pytest.mark.parametrize("form", ["nfc", "nfd"])
@settings(deadline=None, max_examples=30)
@given(texts)
def test_gives_the_parts_in_their_form(form: str, text: str) -> None:
    """Both parts are in the model's form."""
    parts = split(text, TextConfig(form))
    wanted = nfc if form == "nfc" else nfd
    assert (wanted(train_of(parts)), wanted(parts.heldout)) == (train_of(parts), parts.heldout)


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=None, max_examples=30)
@given(texts)
def test_counts_composed_characters(form: str, text: str) -> None:
    """The length of the first part is counted in NFC whatever the form."""
    parts = split(text, TextConfig(form))
    assert len(nfc(train_of(parts))) == parts.train_chars


@pytest.mark.parametrize(
    ("share", "expected"), [(0.1, (900, 100)), (0.5, (500, 500)), (0.25, (750, 250))]
)
def test_holds_out_the_share_asked_for(share: float, expected: tuple[int, int]) -> None:
    """As much is held out as was asked for."""
    parts = split("a" * 1000, TextConfig(val_fraction=share))
    assert expected == (len(train_of(parts)), len(parts.heldout))


@pytest.mark.parametrize("form", FORMS)
def test_takes_the_shortest_text(form: str) -> None:
    """A hundred characters are enough."""
    parts = split("각" * 100, TextConfig(form))
    assert (90, 10) == (parts.train_chars, len(nfc(parts.heldout)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("length", [0, 1, 99])
def test_refuses_a_short_text(form: str, length: int) -> None:
    """Fewer than a hundred characters are refused, and the error says how many there are."""
    with pytest.raises(TextError, match=rf"expected 100 characters or more, found {length};"):
        split("각" * length, TextConfig(form))


@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_counts_a_short_text_composed(form: str) -> None:
    """A text is too short by its NFC characters, however many letters they have."""
    with pytest.raises(TextError, match="found 99"):
        split(nfd("각" * 99), TextConfig(form))


@pytest.mark.parametrize("share", [1e-300, 1e-17, 0.001, 0.005])
def test_holds_out_enough_to_be_scored(share: float) -> None:
    """A share that holds out too little to be scored is refused before any training."""
    with pytest.raises(CharlstmError):
        split("a" * 200, TextConfig(val_fraction=share))


@pytest.mark.parametrize("form", FORMS)
def test_a_text_of_many_chunks_is_normalized_as_one(form: str) -> None:
    """A text longer than what is normalised at once comes out as if it were normalised whole."""
    text = nfd("각e\u0302\u0323 나\n" * 20_000)
    parts = split(text, TextConfig(form))
    expected = {"nfc": nfc(text), "nfd": text, "none": text}[form]
    assert expected == train_of(parts) + parts.heldout


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_gives_each_character_its_id(text: str) -> None:
    """The ids of a corpus are those that its vocabulary gives to the text."""
    corpus = build_corpus(whole(text))
    assert corpus.vocabulary.encode(text).tolist() == corpus.train.tolist()


def test_gives_each_character_of_a_long_text_its_id() -> None:
    """A text longer than what is encoded at once has all its ids."""
    text = "abc각나" * 400_001
    expected = np.tile([1, 2, 3, 4, 5], 400_001)
    np.testing.assert_array_equal(expected, build_corpus(whole(text)).train)


def test_counts_the_characters_of_a_long_text() -> None:
    """A text longer than what is encoded at once has all its characters counted."""
    assert [0, 400_001, 800_002] == build_corpus(whole("abb" * 400_001)).counts.tolist()


def test_knows_the_characters_of_the_text_alone() -> None:
    """The vocabulary holds the characters of the training part, and no others."""
    parts = split("ab" * 90 + "xy" * 10, TextConfig())
    vocabulary = build_corpus(parts).vocabulary
    assert (Vocabulary.of("ab").characters, ["x", "y"]) == (
        vocabulary.characters,
        vocabulary.unknown(parts.heldout),
    )


@pytest.mark.parametrize(("size", "dtype"), [(255, np.uint8), (256, np.uint16)])
def test_keeps_ids_small(size: int, dtype: type) -> None:
    """The ids of a corpus take no more room than its vocabulary needs."""
    assert np.dtype(dtype) == build_corpus(whole("".join(map(chr, range(size))))).train.dtype


def test_leaves_no_file(tmp_path: Path) -> None:
    """The file in which the ids are kept cannot be seen even while they are."""
    corpus = build_corpus(whole("abba"), tmp_path)
    assert ([], [1, 2, 2, 1]) == (list(tmp_path.iterdir()), corpus.train.tolist())
