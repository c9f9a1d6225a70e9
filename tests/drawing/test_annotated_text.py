"""Values beneath the characters of a text: where lines break, and what stands beneath what."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from charlstm.drawing.annotated_text import Row, folds, last_fitting, piece_widths, set_rows

Widths = st.lists(st.integers(1, 8), max_size=30)


@given(Widths, st.integers(0, 20), st.sets(st.integers(0, 30)))
def test_lines_are_the_text(widths: list[int], room: int, ends: set[int]) -> None:
    """Lines follow each other without gap or overlap, and end where they must."""
    parts = list(folds(widths, room, ends))
    assert list(range(len(widths))) == [i for part in parts for i in range(len(widths))[part]]
    assert ends & set(range(len(widths))) <= {part.stop - 1 for part in parts}


@given(Widths, st.integers(0, 20))
def test_a_line_has_as_much_as_fits(widths: list[int], room: int) -> None:
    """Only a piece that is wider than the room makes a line wider, and no line could be longer."""
    parts = list(folds(widths, room))
    assert all(sum(widths[part]) <= room or part.stop - part.start == 1 for part in parts)
    for part, following in pairwise(parts):
        assert sum(widths[part]) + widths[following.start] > room


@pytest.mark.parametrize(
    ("room", "expected"), [(20, [3, 3, 1]), (6, [1] * 7), (2, [1] * 7), (1, [1] * 7)]
)
def test_a_piece_is_never_cut(room: int, expected: list[int]) -> None:
    """A line ends before a piece that has no room in it; one without any room stands alone."""
    assert expected == [part.stop - part.start for part in folds([6] * 7, room)]


def test_a_line_ends_where_the_text_does() -> None:
    """A place that ends a line ends it though there is room; nothing follows the last."""
    assert [slice(0, 2), slice(2, 3), slice(3, 4)] == list(folds([1] * 4, 9, {1, 2}))


@given(Widths, st.integers(0, 20))
def test_the_last_pieces_fit(widths: list[int], room: int) -> None:
    """From the place given on all fits, and one piece more would not."""
    first = last_fitting(widths, room)
    assert sum(widths[first:]) <= room
    assert first == 0 or sum(widths[first - 1 :]) > room


ROWS = [
    Row(["돌", "", "a"], "#0 ", "bold"),
    Row(["ㄷㅗㄹ", " ", Text("U+1B", "red")], Text("   ", "dim")),
    Row(["123", "4", "5"], "bit"),
]


def test_what_belongs_together_stands_beneath_each_other() -> None:
    """Each cell takes the width of its piece, in every row, after the label."""
    widths = piece_widths(ROWS)
    assert [6, 1, 4] == widths
    drawn = list(set_rows(ROWS, widths))
    assert ["#0 돌     a   ", "   ㄷㅗㄹ U+1B", "bit123   45   "] == [row.plain for row in drawn]
    assert {14} == {cell_len(row.plain) for row in drawn}


def test_a_row_has_one_style_and_its_cells_their_own() -> None:
    """A cell that is a string has the style of its row, a text its own."""
    first, second, third = set_rows(ROWS, piece_widths(ROWS))
    assert [(3, 13, "bold")] == [(s.start, s.end, s.style) for s in first.spans]
    assert [(0, 3, "dim"), (7, 11, "red")] == [(s.start, s.end, s.style) for s in second.spans]
    assert [] == third.spans


def test_a_part_may_have_a_label_of_its_own() -> None:
    """A part of a row has its cells, and the row's label unless another is given."""
    part = ROWS[0].of(slice(1, 3))
    assert (["", "a"], "#0 ", "bold") == (part.cells, part.label, part.style)
    assert "#1 " == ROWS[0].of(slice(1, 3), "#1 ").label
