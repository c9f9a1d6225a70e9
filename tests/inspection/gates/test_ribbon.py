"""The ribbon, as it stands in a terminal."""

import sys
from itertools import pairwise

import pytest
from drawn import coloured, plain
from golden import Golden
from records.gates import AWFUL, JAMO, KOREAN, trace_of
from rich.cells import cell_len, set_cell_size

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.inspection.gates.pairs import Pairs
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.ribbon import Ribbon
from charlstm.messages import catalogue

TEXT = "The tide came in. 돌쇠가 물었다.\n"
LETTERS = "\u1100\u1161\u11a8" * 40
EN = Pen(catalogue("en"))
MEAN = Selection(0)


def ribbon(
    trace: Trace, selection: Selection = MEAN, language: str = "en", symbols: Symbols = UNICODE
) -> Ribbon:
    return Ribbon(trace, selection, Pen(catalogue(language), symbols))


def rows(trace: Trace, width: int, selection: Selection = MEAN) -> list[str]:
    return plain(ribbon(trace, selection), width).splitlines()


def test_gates_stand_beneath_the_characters(golden: Golden) -> None:
    """A line of characters has a row for each gate beneath it, and a legend below."""
    golden("gates/ribbon_english_at_60", plain(ribbon(trace_of(TEXT)), 60))


def test_a_longer_text_goes_on_below(golden: Golden) -> None:
    """A longer text goes on in the next fold, which begins with the place of its first."""
    golden("gates/ribbon_korean_at_80", plain(ribbon(trace_of(TEXT * 2), language="ko"), 80))


def test_a_wider_terminal_has_longer_folds(golden: Golden) -> None:
    """A wider terminal has longer folds; one unit can be shown as well."""
    golden("gates/ribbon_unit_at_120", plain(ribbon(trace_of(TEXT * 2), Selection(0, 3)), 120, 7))


def test_layers_stand_below_each_other(golden: Golden) -> None:
    """Several layers share the characters, and their rows say which they are."""
    golden("gates/ribbon_layers_at_60", plain(ribbon(trace_of(KOREAN), Selection(), "ko"), 60, 13))


def test_percentiles_have_a_row_each(golden: Golden) -> None:
    """Of percentiles each has a row of its own."""
    view = ribbon(trace_of(KOREAN[:3]), Selection(0, spread=True))
    golden("gates/ribbon_percentiles_at_60", plain(view, 60, lines=18))


def test_syllables_stand_over_their_letters(golden: Golden) -> None:
    """Of jamo the syllable comes once, and its letters each over their own gates."""
    golden("gates/ribbon_jamo_at_60", plain(ribbon(trace_of(JAMO)), 60, lines=9))


def test_is_plain_where_signs_are_lacking(golden: Golden) -> None:
    """With the signs of ASCII digits stand for blocks, and signs are explained."""
    golden("gates/ribbon_ascii_at_60", plain(ribbon(trace_of("a \x1b\n"), symbols=ASCII), 60))


def test_shows_a_part_of_the_text() -> None:
    """From start to stop the cells are those of the whole text."""
    whole = rows(trace_of(TEXT), 80)
    part = rows(trace_of(TEXT), 80, Selection(0, start=4, stop=10))
    assert ["   4 t i d e ␣ c", whole[3][:5] + whole[3][13:25]] == [part[1], part[3]]


@pytest.mark.parametrize("symbols", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_character_is_shown(width: int, symbols: Symbols) -> None:
    """Markup, emoji, jamo, controls: each has its two cells, in the order of the text."""
    drawn = plain(ribbon(trace_of(AWFUL), symbols=symbols), width).splitlines()
    texts = [line for line, below in pairwise(drawn) if below.startswith("bits ")]
    shown = "".join(set_cell_size(line[5:], 2 * ((width - 5) // 2)) for line in texts)
    pairs = Pairs(Pen(catalogue("en"), symbols))
    assert "".join(map(pairs.pair, AWFUL)).rstrip() == shown.rstrip()


@pytest.mark.parametrize("text", [AWFUL, TEXT, LETTERS], ids=["awful", "text", "letters"])
@pytest.mark.parametrize("width", [20, 60, 200])
def test_no_line_is_too_wide(width: int, text: str) -> None:
    """Every line fits the terminal."""
    assert max(map(cell_len, rows(trace_of(text), width, Selection()))) <= width


def test_a_syllable_is_never_cut() -> None:
    """A fold ends before a syllable that has no room in it."""
    drawn = rows(trace_of(LETTERS[:21]), 5 + 2 * 10)
    letters = [line.strip() for line in drawn if set(line) & set("ㄱㅏ")]
    assert ["ㄱㅏㄱ" * 3, "ㄱㅏㄱ" * 3, "ㄱㅏㄱ"] == letters


def test_signs_are_explained() -> None:
    """Controls are written as on a keyboard, other wide names by tags, and all are listed."""
    drawn = plain(ribbon(trace_of("\x1b\0\x7f\u202e\u200d\u202e")), 80)
    assert "   0 ^[^@^?#1#2#1\n" in drawn
    assert "^[ U+001B · ^@ U+0000 · ^? U+007F · #1 U+202E · #2 U+200D\n" in drawn


def test_tags_never_run_out() -> None:
    """When there are more odd characters than tags the rest share one."""
    pairs = Pairs(EN)
    shown = [pairs.pair(chr(0xE000 + i)) for i in range(40)]
    assert ["#1", "#z", "##", "##"] == [shown[0], shown[34], shown[35], shown[39]]


@pytest.mark.parametrize("symbols", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_every_pair_takes_two_cells(symbols: Symbols) -> None:
    """Whatever the character, it takes two cells."""
    pairs = Pairs(Pen(catalogue("en"), symbols))
    # All planes that hold many characters, and of the others every 257th.
    points = (*range(0x20000), *range(0x20000, sys.maxunicode, 257))
    assert {2} == {cell_len(pairs.pair(chr(point))) for point in points}


def test_colours_are_those_of_the_values() -> None:
    """The lowest gate has cividis' blue for its ground and the highest its yellow."""
    trace = trace_of("ab", layers=1, units=1)
    trace.values["forget"][0, :, 0] = [0.0, 1.0]
    row = coloured(ribbon(trace), 80).splitlines()[3]
    assert row.index("48;2;0;34;78m0 ") < row.index("48;2;254;232;56m9 ")
