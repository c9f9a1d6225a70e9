"""Characters that make one to the eye."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charlstm.drawing.graphemes import Grapheme, graphemes, graphemes_within


@given(st.text())
def test_pieces_are_the_text(text: str) -> None:
    """Pieces follow each other without gap or overlap from beginning to end."""
    places = [place for piece in graphemes(text) for place in piece.places]
    assert list(range(len(text))) == places


@given(st.text(alphabet="가각돌쇠é́ạ\u0323\u0301\u1100\u1161\u11a8ab "))
def test_a_piece_looks_like_its_characters(text: str) -> None:
    """What a piece looks like is the composed form of its characters, one character long."""
    for piece in graphemes(text):
        part = text[piece.start : piece.stop]
        assert 1 == len(piece.whole)
        assert piece.whole == (unicodedata.normalize("NFC", part) if piece.composed else part)


@pytest.mark.parametrize("text", ["돌쇠가 물었다.", "élan", "값, 뷁"])
def test_decomposed_text_is_put_together(text: str) -> None:
    """A text in NFD has the pieces of the text in NFC."""
    nfc = unicodedata.normalize("NFC", text)
    assert list(nfc) == [piece.whole for piece in graphemes(unicodedata.normalize("NFD", text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u1103\u1161\u11af\u1106\u1169", ["\u1103\u1161\u11af", "\u1106\u1169"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("달돌", ["달", "돌"]),
        ("\u11af\u1106", ["\u11af", "\u1106"]),
        ("", []),
    ],
)
def test_a_text_is_cut_between_syllables(text: str, expected: list[str]) -> None:
    """What makes one character in NFC stays together, and nothing else."""
    assert expected == [text[piece.start : piece.stop] for piece in graphemes(text)]


def test_jamo_that_make_no_syllable_stand_alone() -> None:
    """Letters that nothing composes are pieces of their own."""
    assert [1, 1, 1] == [len(p.places) for p in graphemes("\u1100\u1100\u11a8")]


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [(0, None, 2), (0, 2, 1), (0, 3, 1), (0, 4, 2), (2, 3, 1), (3, 4, 1), (4, 4, 0), (9, 10, 0)],
)
def test_a_part_has_whole_pieces(start: int, stop: int | None, expected: int) -> None:
    """A part of a text has each piece of which it has a character."""
    assert expected == len(graphemes_within("\u1100\u1161\u11a8a", start, stop))


def test_a_piece_knows_where_it_is() -> None:
    """A syllable has the places of all of its letters."""
    assert [Grapheme(0, 3, "각"), Grapheme(3, 4, "a")] == list(graphemes("\u1100\u1161\u11a8a"))
