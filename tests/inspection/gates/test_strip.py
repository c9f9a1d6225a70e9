"""The strip, as it stands in a terminal, and how units share cells."""

import numpy as np
import pytest
from drawn import coloured, plain
from golden import Golden
from records.gates import AWFUL, ENGLISH, GRU, JAMO, KOREAN, trace_of
from rich.cells import cell_len

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.errors import OptionError
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.strip import Pool, Strip
from charlstm.messages import catalogue

EN = Pen(catalogue("en"))


def strip(
    trace: Trace, selection: Selection, language: str = "en", symbols: Symbols = UNICODE
) -> Strip:
    return Strip(trace, selection, Pen(catalogue(language), symbols))


def test_each_unit_has_its_cell_where_there_is_room(golden: Golden) -> None:
    """Each unit has its cell where there is room for all, and a ruler counts them."""
    view = strip(trace_of(KOREAN[:3]), Selection(0, strip="forget"), "ko")
    golden("gates/strip_korean_at_60", plain(view, 60))


def test_units_share_cells_where_there_is_none(golden: Golden) -> None:
    """More units than there is room for share cells evenly, and the legend says how many."""
    view = strip(trace_of(ENGLISH[:3], units=100), Selection(0, strip="candidate"))
    golden("gates/strip_pooled_at_80", plain(view, 80))


def test_layers_stand_side_by_side_where_there_is_room(golden: Golden) -> None:
    """Layers stand side by side where every unit has room."""
    view = strip(trace_of(ENGLISH[:3], units=30), Selection(strip="cell"))
    golden("gates/strip_layers_at_120", plain(view, 120))


def test_layers_stand_below_each_other_where_there_is_none(golden: Golden) -> None:
    """Layers that have no room stand below each other; letters are below their syllable."""
    view = strip(trace_of(JAMO, units=30), Selection(strip="input"), "ko")
    golden("gates/strip_jamo_at_60", plain(view, 60, lines=15))


def test_is_plain_where_signs_are_lacking(golden: Golden) -> None:
    """With the signs of ASCII digits stand for blocks."""
    view = strip(trace_of("a\n", units=30), Selection(0, strip="output"), symbols=ASCII)
    golden("gates/strip_ascii_at_60", plain(view, 60))


@pytest.mark.parametrize("units", [1, 12, 50, 51, 64, 101, 1000])
@pytest.mark.parametrize("width", [40, 120])
def test_no_line_is_too_wide(width: int, units: int) -> None:
    """However many units, each row fits the terminal."""
    drawn = plain(strip(trace_of(AWFUL, units=units), Selection(0)), width)
    assert max(map(cell_len, drawn.splitlines())) <= width


@pytest.mark.parametrize(("units", "room"), [(5, 5), (6, 5), (100, 57), (256, 60), (7, 1)])
def test_cells_are_means_of_neighbours(units: int, room: int) -> None:
    """A cell is the mean of its units, one after the other; the last has those that are left."""
    values = np.random.default_rng(1).random((3, units)).astype(np.float32)
    pool = Pool.fitting(units, room)
    expected = [
        [row[i : i + pool.size].mean() for i in range(0, units, pool.size)] for row in values
    ]
    assert len(expected[0]) <= room
    np.testing.assert_allclose(pool.of(values), expected, rtol=1e-5)


@pytest.mark.parametrize(("units", "room", "rest"), [(100, 57, 2), (101, 57, 1), (256, 60, 1)])
def test_the_legend_has_the_rest(units: int, room: int, rest: int) -> None:
    """A last cell of fewer units is explained in the legend."""
    pool = Pool.fitting(units, room)
    assert rest == pool.rest
    assert (rest != pool.size) == (f"the last, of {rest}" in pool.legend(EN))


def test_a_part_is_drawn_as_in_the_whole() -> None:
    """From a character on, a size is a share of the most in the whole text, as in the ribbon."""
    trace = trace_of(ENGLISH)
    largest = int(np.abs(trace.values["cell"][0]).max(axis=-1).argmax())
    whole = plain(strip(trace, Selection(0, strip="cell")), 60).splitlines()
    part = plain(strip(trace, Selection(0, strip="cell", start=largest + 1)), 60).splitlines()
    rows = [line for line in part if line.lstrip()[:1].isdigit()][1:]
    assert len(rows) > 3
    assert set(rows) <= set(whole)


def test_the_ruler_counts_units() -> None:
    """Every tenth cell has the number of its first unit above it."""
    assert "0         50        100       150" == Pool(170, 5).ruler()


def test_the_gate_is_the_weightiest_by_itself() -> None:
    """Without a name the first gate of the family is shown: of a GRU the update gate."""
    title, *_ = plain(strip(trace_of(KOREAN, names=GRU), Selection(0)), 80).splitlines()
    assert "layer 1 of 2, update gate of its 12 units" == title


def test_an_unknown_gate_is_an_impossible_option() -> None:
    """A name that is none of the family's is refused, with those that it has."""
    trace = trace_of(KOREAN, names=GRU)
    with pytest.raises(OptionError, match="strip: expected one of update, reset, candidate, hid"):
        Strip(trace, Selection(strip="forget"), EN)


def test_colours_are_those_of_the_values() -> None:
    """Below nothing is blue and above it is red."""
    trace = trace_of("a", layers=1, units=2)
    trace.values["candidate"][0, 0] = [-1.0, 1.0]
    choice = Selection(0, strip="candidate")
    row = coloured(Strip(trace, choice, EN), 80, "truecolor").splitlines()[2]
    assert row.index("48;2;33;102;172m0") < row.index("48;2;178;24;43m9")
