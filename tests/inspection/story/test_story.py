"""Stories: the numbers against those of the trace, and the drawing as it stands in a terminal."""

import json
import math
import re
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
import torch
from drawn import coloured, plain
from golden import Golden
from hypothesis import given
from hypothesis import strategies as st
from records.gates import (
    AWFUL,
    CONTROLS,
    JAMO,
    KOREAN,
    LSTM,
    PLAIN,
    gru_story_trace,
    story_trace,
    trace_of,
)
from rich.cells import cell_len

from charlstm.config import ModelConfig
from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.errors import OptionError
from charlstm.inspection.gates.compute import trace
from charlstm.inspection.gates.record import Trace
from charlstm.inspection.story.compute import story
from charlstm.inspection.story.data import as_arrays, as_json, as_rows
from charlstm.inspection.story.record import Story
from charlstm.inspection.story.view import StoryView
from charlstm.language_model import LanguageModel
from charlstm.library import Model
from charlstm.messages import catalogue
from charlstm.models import info_of, new_model
from charlstm.text.vocabulary import Vocabulary

TEXT = "돌쇠가 물었다."
NUMBER = r"-?\d+\.\d{3}"


def draw(
    record: Story,
    width: int,
    language: str = "en",
    *,
    symbols: Symbols = UNICODE,
    lines: int | None = None,
) -> str:
    return plain(StoryView(record, Pen(catalogue(language), symbols)), width, lines)


def test_the_numbers_are_those_of_the_trace(korean: Model) -> None:
    """Every gate and state of every unit is that of the trace, before and after."""
    traced = korean.trace(TEXT)
    for layer, at, unit in np.ndindex(2, len(TEXT), 12):
        record = story(traced, at, layer, unit).values
        assert {n: float(traced.values[n][layer, at, unit]) for n in LSTM} == {
            n: record[n] for n in LSTM
        }
        before = float(traced.cell[layer, at - 1, unit]) if at else 0.0
        assert before == record["before"]


def test_what_was_kept_and_written_is_the_memory(korean: Model) -> None:
    """What was kept and what was written is together C, and o·tanh(C) is h."""
    traced = korean.trace(TEXT)
    for at, unit in np.ndindex(len(TEXT), 12):
        record = story(traced, at, None, unit).values
        assert record["cell"] == pytest.approx(record["kept"] + record["written"], abs=1e-5)
        assert record["hidden"] == pytest.approx(
            record["output"] * math.tanh(record["cell"]), abs=1e-5
        )


def test_of_a_gru_too() -> None:
    """Of a GRU what was kept and what was taken is together h."""
    config = ModelConfig("gru", 3, embedding=2, hidden=4, layers=2)
    network = new_model(config, torch.Generator().manual_seed(0))
    traced = trace(LanguageModel(network, Vocabulary.of("ab"), "nfc"), "abba")
    for layer, at, unit in np.ndindex(2, 4, 4):
        record = story(traced, at, layer, unit).values
        before = float(traced.hidden[layer, at - 1, unit]) if at else 0.0
        assert before == record["before"]
        assert record["hidden"] == pytest.approx(record["kept"] + record["written"], abs=1e-6)


def test_the_first_finds_no_memory(korean: Model) -> None:
    """Before the first character C is 0 and nothing was expected."""
    record = story(korean.trace(TEXT), 0)
    assert (0.0, 0.0, []) == (record.values["before"], record.values["kept"], record.expected)
    assert math.isnan(record.bits)


@pytest.mark.parametrize("at", range(len(TEXT)))
def test_the_unit_is_the_one_that_changed_most(korean: Model, at: int) -> None:
    """Without a unit the story is of the one whose memory the character changed most."""
    traced = korean.trace(TEXT)
    cells = np.concatenate([np.zeros((1, 12)), traced.cell[0]])
    record = story(traced, at, 0)
    assert (True, int(np.abs(np.diff(cells, axis=0))[at].argmax())) == (
        record.changed_most,
        record.unit,
    )


def test_a_chosen_unit_is_taken(korean: Model) -> None:
    """A unit that was asked for is the one, and the story does not claim more of it."""
    record = story(korean.trace(TEXT), 1, 0, 7)
    assert (0, 7, False) == (record.layer, record.unit, record.changed_most)


def test_guesses_before_and_after(korean: Model) -> None:
    """What was expected are the guesses after the character before."""
    traced = korean.trace(TEXT)
    record = story(traced, 3)
    assert (traced.guesses[2], traced.guesses[3]) == (record.expected, record.guesses)
    assert record.bits == float(traced.bits[3])


@pytest.mark.parametrize(
    ("at", "layer", "unit", "message"),
    [
        (9, None, None, "at: expected a character from 0 to 8, found 9"),
        (-1, None, None, "at: expected a character from 0 to 8, found -1"),
        (0, 2, None, "layer: expected a layer from 0 to 1, found 2"),
        (0, 0, 12, "unit: expected a unit from 0 to 11, found 12"),
    ],
)
def test_what_is_not_there_cannot_be_told(
    at: int, layer: int | None, unit: int | None, message: str
) -> None:
    """A place, layer or unit that the trace has not is an impossible option."""
    with pytest.raises(OptionError, match=re.escape(message)):
        story(trace_of(KOREAN), at, layer, unit)


def test_without_gates_there_is_no_story() -> None:
    """Of an RNN or FNN a sentence says what to look at instead."""
    with pytest.raises(OptionError, match=r"view: expected gates or lookback .* --model lstm"):
        story(trace_of(KOREAN, names=PLAIN), 0)


def test_what_was_kept_written_and_output(golden: Golden) -> None:
    """What was kept, written and output stands in words and in numbers."""
    golden("story/english_at_80", draw(story(story_trace(), 2), 80))


def test_a_unit_that_was_chosen(golden: Golden) -> None:
    """The Korean story says the same, of a unit that was chosen."""
    golden("story/korean_at_60", draw(story(story_trace(), 2, 0, 1), 60, "ko"))


def test_words_fold_beside_the_numbers(golden: Golden) -> None:
    """What finds no room in a line goes on below its beginning."""
    golden("story/english_at_60", draw(story(story_trace("The tide"), 2), 60, lines=20))


def test_the_first_character(golden: Golden) -> None:
    """Of the first character nothing old is kept, and nothing was expected."""
    golden("story/first_at_120", draw(story(story_trace("The tide", 0), 0), 120, lines=16))


def test_a_letter_on_a_narrow_terminal(golden: Golden) -> None:
    """A letter has its syllable beside it; on a narrow terminal steps stand below each other."""
    golden("story/jamo_at_40", draw(story(story_trace(JAMO, 6), 6), 40, "ko", lines=26))


def test_a_gru(golden: Golden) -> None:
    """A GRU has a story of its own."""
    golden("story/gru_english_at_80", draw(story(gru_story_trace(), 3, 0), 80))
    golden("story/gru_korean_at_120", draw(story(gru_story_trace(), 3, 0), 120, "ko"))


def test_is_plain_where_signs_are_lacking(golden: Golden) -> None:
    """With the signs of ASCII the story is ASCII, down to the sign for times."""
    record = story(story_trace("a \x1b", 2), 2)
    golden("story/ascii_at_80", draw(record, 80, symbols=ASCII, lines=16))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_sentences_have_the_arithmetic(language: str, golden: Golden) -> None:
    """Plain sentences have every step with its arithmetic."""
    sentences = StoryView(story(story_trace(), 2), Pen(catalogue(language))).sentences()
    golden(f"story/sentences_{language}", "\n".join(sentences))


gates = st.floats(0, 1, width=32)
signed = st.floats(-1, 1, width=32)


def lstm_story(f: float, i: float, g: float, o: float, before: float) -> Story:
    cell = f * before + i * g
    values = {
        "forget": f,
        "input": i,
        "candidate": g,
        "output": o,
        "cell": cell,
        "hidden": o * math.tanh(cell),
        "before": before,
        "kept": f * before,
        "written": i * g,
    }
    return story_of("lstm", values)


def story_of(family: str, values: dict[str, float]) -> Story:
    """Return the story of a character in a trace that has such values before and after it."""
    info = info_of(family)
    names = [gate.name for gate in info.gates] + list(info.states)
    at = {name: np.array([[[0.0], [values[name]]]], dtype=np.float32) for name in names}
    at[info.memory][0, 0, 0] = values["before"]
    bits = np.array([np.nan, 1.0], dtype=np.float32)
    return story(Trace(info, "ab", at, bits, [[], []], 0.0), 1)


def rounded(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.001"), ROUND_HALF_UP)


def check_by_hand(lines: list[str]) -> int:
    """Check every line of arithmetic to the last digit, and count them."""
    checked = 0
    for line in lines:
        for one, sign, other, result in re.findall(
            rf"({NUMBER}|1) ([×+-]) ({NUMBER}) = ({NUMBER})", line
        ):
            a, b = Decimal(one), Decimal(other)
            right = {"×": rounded(a * b), "+": a + b, "-": a - b}[sign]
            assert right == Decimal(result), line
            checked += 1
        for argument, result in re.findall(rf"tanh\(({NUMBER})\) = ({NUMBER})", line):
            assert f"{math.tanh(float(argument)):.3f}" == result.replace("-0.000", "0.000"), line
            checked += 1
    return checked


@given(gates, gates, signed, gates, st.floats(-50, 50, width=32))
def test_every_line_can_be_checked_by_hand(
    f: float, i: float, g: float, o: float, before: float
) -> None:
    """Whatever the numbers, every line of the arithmetic is right to the last digit shown."""
    assert 5 == check_by_hand(draw(lstm_story(f, i, g, o, before), 80).splitlines())


@given(gates, gates, signed, signed)
def test_every_line_of_a_gru_can_be_checked_by_hand(
    r: float, z: float, n: float, before: float
) -> None:
    """Whatever the numbers, a GRU's arithmetic is right to the last digit shown."""
    values = {"reset": r, "update": z, "candidate": n, "before": before}
    values |= {"kept": z * before, "written": (1 - z) * n, "hidden": z * before + (1 - z) * n}
    record = story_of("gru", values)
    assert 4 == check_by_hand(draw(record, 80).splitlines())


@given(gates, gates, signed, gates, st.floats(-3, 3, width=32))
def test_the_arithmetic_is_near_the_model(
    f: float, i: float, g: float, o: float, before: float
) -> None:
    """What comes out of the rounded numbers is what the model has, but for a few thousandths."""
    record = lstm_story(f, i, g, o, before)
    lines = draw(record, 80).splitlines()
    (cell,) = [float(line.split()[1]) for line in lines if line.startswith("C ")]
    (hidden,) = [float(line.split()[1]) for line in lines if line.startswith("h ")]
    assert record.values["cell"] == pytest.approx(cell, abs=0.005)
    assert record.values["hidden"] == pytest.approx(hidden, abs=0.006)


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        (0.2, "surprise 0.2 bits: it was expected"),
        (1.0, "surprise 1.0 bits, like one of 2 equally likely characters"),
        (2000.0, "surprise 2000.0 bits: all but impossible"),
    ],
)
def test_surprise_is_written_as_a_choice(bits: float, expected: str) -> None:
    """Bits are written as a choice among equally likely characters, as long as that helps."""
    traced = trace_of(KOREAN)
    traced.bits[2] = bits
    assert expected in draw(story(traced, 2), 80).splitlines()


@pytest.mark.parametrize("width", [1, 10, 20, 40, 60, 80, 120, 200])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_line_is_too_wide(language: str, width: int) -> None:
    """Each line fits the terminal, down to the narrowest that has room for a number."""
    for at in range(len(AWFUL)):
        lines = draw(story(trace_of(AWFUL), at), width, language).splitlines()
        assert lines
        assert width < 20 or max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("colors", ["standard", "256", "truecolor"])
def test_nothing_reaches_the_terminal_raw(colors: str) -> None:
    """No control of the text is printed, only our own colours."""
    for at in range(len(AWFUL)):
        drawn = coloured(StoryView(story(trace_of(AWFUL), at), Pen(catalogue("ko"))), 80, colors)
        assert set() == set(drawn.replace("\x1b[", "")) & CONTROLS


def test_colours() -> None:
    """Gates have their ground where there are colours enough, and none at 16."""
    view = StoryView(story(story_trace(), 2), Pen(catalogue("en")))
    assert "48;2;" in coloured(view, 80, "truecolor")
    assert ";4" not in coloured(view, 80, "standard")


def test_json_has_every_number() -> None:
    """The object has the character, both guesses, and the numbers in full."""
    record = story(story_trace(), 2)
    written = json.loads(json.dumps(as_json(record), allow_nan=False))
    assert ["index", "char", "bits", "expected", "next"] == list(written)[:5]
    assert [2, "가", 1, 1, True] == [
        written[name] for name in ("index", "char", "layer", "unit", "changed_most")
    ]
    assert record.values == written["values"]


def test_json_of_the_first_has_no_bits() -> None:
    """The first character's bits are null."""
    assert as_json(story(story_trace(), 0))["bits"] is None


def test_rows_have_every_number() -> None:
    """There is a row of names and one of numbers."""
    record = story(story_trace(), 2)
    names, numbers = as_rows(record)
    row = {str(name): number for name, number in zip(names, numbers, strict=True)}
    assert [2, "가", 1, 1] == [row[name] for name in ("index", "char", "layer", "unit")]
    assert record.values == {name: row[name] for name in record.values}


def test_arrays_have_every_number() -> None:
    """Each number is an array without a dimension, and none holds an object."""
    arrays = as_arrays(story(story_trace(), 2))
    assert {"before", "kept", "written", "bits", "index", "layer", "unit", *LSTM} == set(arrays)
    assert {()} == {array.shape for array in arrays.values()}
    assert not any(array.dtype.hasobject for array in arrays.values())
