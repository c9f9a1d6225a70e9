"""The gates view: which shape a trace is drawn in, its colours, and its sentences."""

import re

import pytest
from drawn import coloured, plain
from golden import Golden
from records.gates import AWFUL, CONTROLS, ENGLISH, GRU, JAMO, KOREAN, steady_trace, trace_of

from charlstm.drawing.layout import UNBOUNDED
from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.ribbon import Ribbon
from charlstm.inspection.gates.strip import Strip
from charlstm.inspection.gates.table import GateTable
from charlstm.inspection.gates.view import GatesView
from charlstm.messages import catalogue

EN, KO = Pen(catalogue("en")), Pen(catalogue("ko"))
SHAPES = {
    "table": Selection(),
    "percentiles": Selection(0, spread=True),
    "ribbon": Selection(fold=True),
    "strip": Selection(strip="candidate"),
}
every_shape = pytest.mark.parametrize("selection", SHAPES.values(), ids=SHAPES)


@pytest.mark.parametrize(
    ("length", "selection", "width", "shape"),
    [
        (60, Selection(0), 80, GateTable),
        (61, Selection(0), 80, Ribbon),
        (61, Selection(0), UNBOUNDED, GateTable),
        (61, Selection(0, fold=False), 80, GateTable),
        (61, Selection(0, fold=True), UNBOUNDED, Ribbon),
        (3, Selection(0, fold=True), 80, Ribbon),
        (100, Selection(0, start=90), 80, GateTable),
        (100, Selection(0, strip="input"), 80, Strip),
    ],
)
def test_the_shape_suits_what_is_shown(
    length: int, selection: Selection, width: int, shape: type[GateTable]
) -> None:
    """More than 60 characters make a ribbon, if there is a width and no other shape is chosen."""
    trace = trace_of("a" * length)
    expected = plain(shape(trace, selection, EN), width)
    assert expected == plain(GatesView(trace, selection, EN), width)


@every_shape
@pytest.mark.parametrize("colors", ["standard", "256", "truecolor"])
def test_numbers_have_a_ground_where_there_are_colours(colors: str, selection: Selection) -> None:
    """In whatever shape, 16 colours leave it to blocks and digits, and more are used."""
    drawn = coloured(GatesView(trace_of(KOREAN), selection, KO), 120, colors)
    assert (colors != "standard") == bool(re.search(r"[\[;]4[0-9]", drawn))


@every_shape
def test_the_signs_of_ascii_are_enough_for_english(selection: Selection) -> None:
    """In whatever shape, an English text can be drawn in ASCII alone."""
    trace = trace_of(ENGLISH)
    for guesses in trace.guesses:
        guesses[:] = [("e", 0.5), ("\n", 0.25)]
    assert plain(GatesView(trace, selection, Pen(catalogue("en"), ASCII)), 120).isascii()


@every_shape
@pytest.mark.parametrize("width", [1, 5, 10, 20])
def test_hardly_any_room_is_no_reason_to_fail(selection: Selection, width: int) -> None:
    """In whatever shape, the narrowest terminals get a drawing."""
    assert plain(GatesView(trace_of(JAMO), selection, KO), width)


@every_shape
@pytest.mark.parametrize("colors", ["standard", "truecolor"])
def test_nothing_reaches_the_terminal_raw(selection: Selection, colors: str) -> None:
    """No control of the text is printed, only our own colours."""
    drawn = coloured(GatesView(trace_of(AWFUL), selection, EN), 80, colors)
    assert set() == set(drawn.replace("\x1b[", "")) & CONTROLS


def test_sentences_name_characters_and_gates(golden: Golden) -> None:
    """Plain sentences say what they are of, and name each character and each of its gates."""
    sentences = GatesView(steady_trace("돌 "), Selection(0), EN).sentences()
    golden("gates/sentences_english", "\n".join(sentences))


def test_sentences_name_layers_and_letters(golden: Golden) -> None:
    """Plain sentences name the syllable of a letter, and the layers one after the other."""
    sentences = list(GatesView(trace_of(JAMO), Selection(), KO).sentences())
    golden("gates/sentences_korean", "\n".join(sentences[:2]))


def test_sentences_have_percentiles(golden: Golden) -> None:
    """Plain sentences have the three numbers of each gate."""
    sentences = list(GatesView(trace_of(ENGLISH[:3]), Selection(0, spread=True), EN).sentences())
    golden("gates/sentences_percentiles", sentences[2])


def test_sentences_end_with_what_they_do_not_mean() -> None:
    """The last sentence is a caveat, and of a GRU the one on the gates that it lacks."""
    *_, mean, gates = GatesView(trace_of(KOREAN, names=GRU), Selection(0), EN).sentences()
    assert mean.startswith("A mean hides")
    assert gates.startswith("A GRU has no")


def test_sentences_without_guesses() -> None:
    """Where no guesses were asked for none are announced."""
    trace = trace_of("a")
    trace.guesses[0] = []
    (_, line, *_) = GatesView(trace, Selection(0, 0), EN).sentences()
    assert line.endswith("|C| 0.00.")
