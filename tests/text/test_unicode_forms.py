"""Normal forms, Hangul letters, and putting decomposed characters together as they come."""

import itertools
import re
import sys
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charlstm.text.unicode_forms import (
    Composer,
    Slot,
    composed_length,
    jamo_slot,
    may_follow,
    normalized,
)

SYLLABLES = [chr(point) for point in range(ord("가"), ord("힣") + 1)]
# Characters that compose, or stand in the way of others that would.
TRICKY = [
    *"aeoAEO <=1\n\0",
    *"가각갛힣하",
    *"\u1100\u1112\u1161\u1175\u11a7\u11a8\u11c2",  # modern jamo, and the one before the first 종성
    *"\u1113\u115f\u1160\u1176\u11c3\ua960\ud7b0\ud7fb",  # old jamo and fillers
    *"ㄱㅏ\uffa1",  # letters that never compose
    *"\u0300\u0301\u0302\u0303\u0307\u0308\u030a\u031b\u0323\u0327\u0328\u0338\u0345\u0344",
    *"\u00e9\u1ec7\u1e0d\u1e0b\u01ed\u00c5\u212b\u2126",  # the last two are others in NFC
    *"\u05d0\u05b0\u05bc\u0651\u064e\u093c\u0915\u0958\u09c7\u09be\u09d7\u0dd9\u0dcf\u0dca",
    *"\u0f71\u0f72\u0f80\u3046\u3099\u309a\u1025\u102e\uf900",
    *"\U0001d157\U0001d165\U00011099\U000110ba😀\u200d\ufe0f",
]
# Letters under heaps of marks: a mark may reach its letter across others that stay.
heaps = st.tuples(
    st.sampled_from("aeowxq각\u1100\u0915\u3046"),
    st.text(st.sampled_from("\u0301\u0302\u0307\u031b\u0323\u0327\u0338\u3099"), max_size=4),
).map("".join)
pieces = st.one_of(heaps, st.sampled_from(TRICKY), st.characters(codec="utf-8"))
texts = st.lists(pieces, max_size=15).map("".join)


def nfc(text: str) -> str:
    """Bring a text into NFC."""
    return unicodedata.normalize("NFC", text)


def nfd(text: str) -> str:
    """Bring a text into NFD."""
    return unicodedata.normalize("NFD", text)


def fed(text: str) -> tuple[str, str]:
    """Feed a text, and give what comes out while it is fed and what at the end."""
    composer = Composer()
    during = "".join(composer.feed(character) for character in text)
    return during, composer.flush()


def jamo(slot: Slot) -> Iterator[str]:
    """Return the jamo of a slot, taken from the syllables that have them."""
    place = (Slot.LEADING, Slot.VOWEL, Slot.TRAILING).index(slot)
    letters = (nfd(syllable)[place : place + 1] for syllable in SYLLABLES)
    return iter({letter for letter in letters if letter})


@settings(deadline=None, max_examples=300)
@given(texts)
def test_composes_what_was_decomposed(text: str) -> None:
    """The NFD of any text, fed character by character, comes out as its NFC."""
    assert nfc(text) == "".join(fed(nfd(text)))


@settings(deadline=None, max_examples=300)
@given(texts)
def test_composes_any_text(text: str) -> None:
    """Any text, decomposed or not, comes out as its NFC."""
    assert nfc(text) == "".join(fed(text))


@settings(deadline=None, max_examples=300)
@given(texts, texts)
def test_never_gives_out_what_may_change(text: str, later: str) -> None:
    """What was given out stands at the beginning of the NFC whatever comes later."""
    during, _ = fed(nfd(text))
    assert during == nfc(nfd(text) + nfd(later))[: len(during)]


def test_composes_every_syllable() -> None:
    """All 11,172 syllables, one after the other, come out of their jamo."""
    text = "".join(SYLLABLES)
    assert text == "".join(fed(nfd(text)))


def test_gives_a_syllable_out_once_the_next_begins() -> None:
    """A syllable waits while a 종성 may come, and is given out with the next 초성."""
    composer = Composer()
    given_out = [composer.feed(letter) for letter in nfd("각나 a")]
    assert ["", "", "", "각", "", "나", " "] == given_out


def test_waits_for_a_mark() -> None:
    """A letter waits for marks that may follow, across such as do not compose with it."""
    composer = Composer()
    given_out = [composer.feed(character) for character in "a\u0327\u0301x"]
    assert ["", "", "", "\u00e1\u0327"] == given_out


def test_flush_leaves_nothing() -> None:
    """After a flush nothing waits, and a composer begins anew."""
    composer = Composer()
    composer.feed("\u1100")
    assert ("\u1100", "", "", "\u1161") == (
        composer.flush(),
        composer.flush(),
        composer.feed("\u1161"),
        composer.flush(),
    )


@pytest.mark.parametrize("length", range(7))
def test_admits_just_whole_syllables(length: int) -> None:
    """A run of jamo and others is admitted if and only if its jamo make whole syllables."""
    letters: dict[str, Slot | None] = {
        "L": Slot.LEADING,
        "V": Slot.VOWEL,
        "T": Slot.TRAILING,
        ".": None,
    }
    for run in map("".join, itertools.product(letters, repeat=length)):
        slots = [None, *(letters[letter] for letter in run), None]
        admitted = all(may_follow(a, b) for a, b in itertools.pairwise(slots))
        assert (re.fullmatch(r"(\.|LVT?)*", run) is not None, run) == (admitted, run)


@pytest.mark.parametrize("slot", Slot)
def test_knows_the_letters_of_syllables(slot: Slot) -> None:
    """Each letter of a modern syllable has the slot in which it stands there."""
    assert {slot} == {jamo_slot(letter) for letter in jamo(slot)}


def test_nothing_else_has_a_slot() -> None:
    """No character has a slot but the letters of modern syllables."""
    letters = {letter for slot in Slot for letter in jamo(slot)}
    assert letters == {c for c in map(chr, range(sys.maxunicode + 1)) if jamo_slot(c)}


@settings(deadline=None, max_examples=100)
@given(texts)
def test_normalizes(text: str) -> None:
    """Each form is the one of Unicode, and none leaves a text alone."""
    actual = [normalized(text, form) for form in ("nfc", "nfd", "none")]
    assert [nfc(text), nfd(text), text] == actual


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("각", 1), (nfd("각나"), 2), ("e\u0323\u0302", 1), ("ㄱㅏ", 2)]
)
def test_counts_composed_characters(text: str, expected: int) -> None:
    """The length of a text is that of its NFC."""
    assert expected == composed_length(text)
