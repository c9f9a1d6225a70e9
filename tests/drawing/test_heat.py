"""Numbers in one cell or two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from charlstm.drawing.heat import Heat
from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.messages import catalogue

EN = catalogue("en")
KINDS = ["share", "signed", "size"]


@pytest.mark.parametrize("symbols", [UNICODE, ASCII], ids=["unicode", "ascii"])
@given(
    kind=st.sampled_from(KINDS),
    width=st.sampled_from([1, 2]),
    value=st.floats(-2, 2),
    most=st.sampled_from([0.0, 1e-6, 1.0, 2.0]),
)
def test_a_number_takes_its_cells(
    symbols: Symbols, *, kind: str, width: int, value: float, most: float
) -> None:
    """Whatever the number, it takes just as many cells as it should, with colours or without."""
    for coloured in (True, False):
        assert width == cell_len(
            Heat(kind, width, Pen(EN, symbols, coloured), most).cell(value).plain
        )


@pytest.mark.parametrize(
    ("kind", "width", "value", "expected"),
    [
        ("share", 1, 0.0, "▁"),
        ("share", 2, 0.5, "▅▅"),
        ("share", 2, 1.0, "██"),
        ("size", 1, 2.0, "▅"),
        ("signed", 1, -2.0, "▃"),
        ("signed", 1, 4.0, "█"),
        ("signed", 2, -2.0, "-5"),
        ("signed", 2, 4.0, "+9"),
        ("signed", 2, -0.2, " 0"),
    ],
)
def test_blocks(kind: str, width: int, value: float, expected: str) -> None:
    """Without colours a block is as high as the number, and a sign stands where there is room."""
    most = 1.0 if kind == "share" else 4.0
    assert expected == Heat(kind, width, Pen(EN), most).cell(value).plain


@pytest.mark.parametrize(
    ("kind", "width", "value", "expected"),
    [
        ("share", 1, 0.97, "9"),
        ("share", 2, 1.0, "9 "),
        ("share", 2, 0.05, "0 "),
        ("size", 1, 2.0, "5"),
        ("signed", 1, -4.0, "0"),
        ("signed", 1, 0.0, "5"),
        ("signed", 2, 1.0, "+2"),
    ],
)
@pytest.mark.parametrize("coloured", [True, False])
def test_digits(kind: str, width: int, value: float, expected: str, *, coloured: bool) -> None:
    """On a coloured ground, and where there are no blocks, tenths stand."""
    symbols = UNICODE if coloured else ASCII
    most = 1.0 if kind == "share" else 4.0
    assert expected == Heat(kind, width, Pen(EN, symbols, coloured), most).cell(value).plain


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_coloured_number_has_a_ground(kind: str) -> None:
    """A ground is there just where colours are."""
    grounds = [
        Heat(kind, 2, Pen(EN, coloured=coloured)).cell(0.5).style.bgcolor is not None  # type: ignore[union-attr]
        for coloured in (True, False)
    ]
    assert [True, False] == grounds


@pytest.mark.parametrize(
    ("kind", "symbols", "expected"),
    [
        ("share", UNICODE, ["A full block is 1."]),
        ("size", UNICODE, []),
        ("size", ASCII, ["A digit counts tenths, and 9 is the most."]),
    ],
)
def test_a_full_block_is_1_of_shares_only(kind: str, symbols: Symbols, expected: list[str]) -> None:
    """Of a size a full block is the most in the text, which another sentence says."""
    assert expected == list(Heat(kind, 2, Pen(EN, symbols), 4.0).scale())
