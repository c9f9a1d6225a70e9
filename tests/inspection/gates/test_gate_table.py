"""The gate table, as it stands in a terminal."""

import re
from dataclasses import replace

import numpy as np
import pytest
from drawn import coloured, plain
from golden import Golden
from records.gates import (
    AWFUL,
    ENGLISH,
    GRU,
    JAMO,
    KOREAN,
    PLAIN,
    steady_trace,
    trace_of,
)

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.gates.table import GateTable
from charlstm.messages import catalogue

MEAN = Selection(0)


def table(
    trace: Trace, selection: Selection = MEAN, language: str = "en", symbols: Symbols = UNICODE
) -> GateTable:
    return GateTable(trace, selection, Pen(catalogue(language), symbols))


def rows(trace: Trace, width: int, selection: Selection = MEAN) -> list[str]:
    return plain(table(trace, selection), width).splitlines()


def test_has_every_column_at_80(golden: Golden) -> None:
    """At 80 columns all four gates, the cell and the guesses have room."""
    golden("gates/table_english_at_80", plain(table(steady_trace("돌쇠.")), 80))


def test_leaves_out_what_has_no_room_at_60(golden: Golden) -> None:
    """At 60 columns one gate and the cell are left out, and so are their meanings."""
    golden("gates/table_korean_at_60", plain(table(trace_of(KOREAN), language="ko"), 60))


def test_keeps_forget_and_input_at_40(golden: Golden) -> None:
    """At 40 columns each character still shows its forget and input gate."""
    golden("gates/table_english_at_40", plain(table(steady_trace("돌쇠.")), 40, lines=10))


def test_shows_one_gate_where_hardly_anything_fits() -> None:
    """On the narrowest terminals the character is shown, and the first of its gates."""
    drawn = rows(steady_trace("가\n"), 20)
    assert ["char  ① forget", "가     0.90 █", "↵      0.10 ▁"] == drawn[2:5]


def test_is_plain_where_signs_are_lacking(golden: Golden) -> None:
    """With the signs of ASCII the table has no bars, and none beyond ASCII of its own."""
    golden("gates/table_ascii_at_90", plain(table(steady_trace("\n "), symbols=ASCII), 90, lines=4))


def test_one_unit_stands_in_place_of_the_mean(golden: Golden) -> None:
    """Of one unit the title and the legend say which of how many it is."""
    golden("gates/table_unit_at_120", plain(table(trace_of(ENGLISH), Selection(1, 3)), 120))


def test_layers_stand_side_by_side_where_there_is_room(golden: Golden) -> None:
    """At 120 columns two layers share the rows, every gate of both among them."""
    drawn = plain(table(trace_of(KOREAN[:3]), Selection(), "ko"), 120, lines=6)
    golden("gates/table_layers_at_120", drawn)


def test_layers_stand_below_each_other_where_there_is_none(golden: Golden) -> None:
    """At 80 columns each of two layers has a table, and the legend comes once."""
    drawn = rows(trace_of(ENGLISH[:3]), 80, Selection())
    golden("gates/table_layers_at_80", "\n".join(drawn[:12]))
    assert 1 == sum(line.startswith("bits:") for line in drawn)


def test_a_single_layer_needs_no_group() -> None:
    """All layers of a model of one are shown as that one."""
    trace = trace_of(ENGLISH, layers=1)
    assert rows(trace, 200) == rows(trace, 200, Selection())


def test_percentiles_stand_beside_each_other(golden: Golden) -> None:
    """Three numbers a gate stand beside each other, and the legend says what they are."""
    selection = Selection(1, spread=True)
    golden("gates/table_percentiles_at_80", plain(table(trace_of(ENGLISH[:3]), selection), 80))


def test_all_percentiles_at_120(golden: Golden) -> None:
    """With room enough all quantities have their percentiles."""
    view = table(trace_of(KOREAN[:3]), Selection(1, spread=True), "ko")
    golden("gates/table_percentiles_at_120", plain(view, 120, lines=5))


def test_a_unit_has_no_percentiles() -> None:
    """Where a unit is chosen its one number is shown."""
    trace = trace_of(ENGLISH)
    assert rows(trace, 80, Selection(0, 3)) == rows(trace, 80, Selection(0, 3, spread=True))


def test_syllables_stand_over_their_letters(golden: Golden) -> None:
    """Of jamo the syllable has a row with its bits, and its letters the gates in rows below."""
    golden("gates/table_jamo_at_80", plain(table(trace_of(JAMO), language="ko"), 80))


def test_a_gru_says_which_gates_it_lacks(golden: Golden) -> None:
    """A GRU's own gates are shown, with a sentence on those that it has not."""
    golden("gates/table_gru_at_60", plain(table(trace_of(KOREAN[:2], names=GRU)), 60))


def test_an_rnn_says_what_to_look_at_instead(golden: Golden) -> None:
    """Of a model without gates h is shown, with a sentence on where there are gates."""
    view = table(trace_of(KOREAN[:2], names=PLAIN), language="ko")
    golden("gates/table_rnn_at_80", plain(view, 80))


def test_shows_a_part_of_the_text() -> None:
    """From start to stop the rows are those of the whole text."""
    whole = rows(trace_of(ENGLISH), 80)
    part = rows(trace_of(ENGLISH), 80, Selection(0, start=2, stop=5))
    assert [*whole[:2], *whole[4:7]] == part[:5]


@pytest.mark.parametrize(("start", "stop"), [(1, 2), (0, 3), (2, None)])
def test_a_syllable_is_not_cut(start: int, stop: int | None) -> None:
    """A part that begins or ends within a syllable has all of its letters."""
    drawn = rows(trace_of(JAMO), 80, Selection(0, start=start, stop=stop))
    assert [["돌"], ["0", "ㄷ"]] == [drawn[2].split()[:1], drawn[3].split()[:2]]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_every_character_has_its_row(width: int) -> None:
    """Markup, emoji, jamo and controls are each shown at any width, as themselves or by name."""
    text = "[bold]:heart:\x1b\0\t가\u1100😀"
    shown = [line.split()[1] for line in rows(steady_trace(text), width)[2 : 2 + len(text)]]
    assert [*"[bold]:heart:", "U+001B", "U+0000", "⇥", "가", "ㄱ", "😀"] == shown


@pytest.mark.parametrize("width", range(20, 41))
@pytest.mark.parametrize("spread", [False, True])
def test_no_number_is_cut(width: int, *, spread: bool) -> None:
    """However narrow the terminal, a gate that is shown has all of its digits."""
    tables = [
        plain(table(steady_trace("\x1b\u1100."), Selection(0, spread=spread)), at)
        for at in (width, 200)
    ]
    narrow, wide = (set(re.split(r"\s+", each.split("1 keeps")[0])) for each in tables)
    assert set() == {word for word in narrow - wide if "." in word}


def test_guesses_fold_between_characters() -> None:
    """More guesses than fit stand below each other, none cut."""
    trace = steady_trace("가")
    trace.guesses[0] = [(c, 0.25) for c in "abcd"]
    folded = rows(trace, 80)[2:4]
    assert ["a 25% · b 25%", "c 25% · d 25%"] == [line[-13:] for line in folded]


def test_a_high_and_a_low_gate_differ_in_colour() -> None:
    """A gate of 1 has cividis' yellow for its ground, one of 0 its blue."""
    values = dict(steady_trace("가나").values)
    values["forget"] = np.array([[[1.0], [0.0]]], dtype=np.float32)
    view = table(replace(steady_trace("가나"), values=values))
    drawn = coloured(view, 80).splitlines()[2:4]
    assert ["48;2;254;232;56" in drawn[0], "48;2;0;34;78" in drawn[1]] == [True, True]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_line_of_a_wild_text_is_drawn(width: int) -> None:
    """Whatever the characters of a text, each has its own row."""
    drawn = rows(trace_of(AWFUL), width)
    places = [line.split()[0] for line in drawn[2 : 2 + len(AWFUL)]]
    assert list(map(str, range(len(AWFUL)))) == places
