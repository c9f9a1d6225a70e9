"""Columns of a table: which are left out, and how the rest stand beside each other."""

import pytest
from rich.text import Text

from charlstm.drawing.table import Column, drawn, fitting, needed


def column(heading: str, *cells: str, priority: int = 0, justify: str = "left") -> Column:
    texts = [Text(cell) for cell in cells]
    return Column(heading, texts, "right" if justify == "right" else "left", priority=priority)


def lines(columns: list[Column]) -> list[str]:
    return [line.plain for line in drawn(columns)]


A, B, C = column("name", "가나"), column("b", "12", priority=2), column("cc", "3", priority=1)
D = column("d", "4", priority=1)


@pytest.mark.parametrize(
    ("width", "headings"),
    [
        (1, ["name"]),
        (9, ["name"]),
        (10, ["name"]),
        (11, ["name", "cc", "d"]),
        (14, ["name", "cc", "d"]),
        (15, ["name", "b", "cc", "d"]),
    ],
)
def test_columns_are_left_out_by_priority(width: int, headings: list[str]) -> None:
    """Columns of a priority stay or go together, the lowest numbers stay longest, 0 always."""
    assert headings == [each.heading for each in fitting([A, B, C, D], width)]


def test_no_priority_comes_before_one_that_found_no_room() -> None:
    """What has a higher number stays out, even if it would fit, once a lower one is left out."""
    wide, narrow = column("w" * 20, "", priority=1), column("n", "", priority=2)
    assert [A] == fitting([A, wide, narrow], 15)


def test_width_is_that_of_the_widest_line() -> None:
    """A column is as wide as its heading, its widest line and its least, counted in cells."""
    assert [4, 6, 9] == [
        column("ab", "가나").width,
        column("ab", "가나\n가나다").width,
        Column("ab", [], least=9).width,
    ]
    assert 4 + 2 + 9 == needed([A, Column("", [], least=9)])


def test_cells_line_up_and_nothing_follows_the_last() -> None:
    """Cells stand at the side they should, and no line ends with blanks."""
    columns = [column("n", "가나", "b"), column("num", "1", "", justify="right"), column("", "x")]
    columns[2] = column("", "x", "")
    assert ["n     num", "가나    1  x", "b"] == lines(columns)


def test_a_cell_may_have_several_lines() -> None:
    """The lines of a cell stand beneath each other, and other cells are on the first."""
    assert ["a  b", "1  x", "   y"] == lines([column("a", "1"), column("b", "x\ny")])


def test_groups_stand_over_their_first_column() -> None:
    """A group has a line of its own above the headings."""
    columns = [column("a", "1"), Column("b", [Text("2")], group="layer 1"), column("cc", "3")]
    assert ["   layer 1", "a  b  cc", "1  2  3"] == lines(columns)


def test_a_column_can_be_cut() -> None:
    """What is too wide ends with a mark, and the column has just the width asked for."""
    cut = column("heading", "가나다라", "ab").cut(6, "…")
    assert ("headi…", ["가나…", "ab"], 6) == (
        cut.heading, [cell.plain for cell in cut.cells], cut.width,
    )  # fmt: skip
