"""How long a model remembers, as it stands in a terminal."""

from dataclasses import replace

import numpy as np
import pytest
from drawn import coloured, plain
from golden import Golden
from records.memory import ENGLISH, KOREAN, LAYERS, english_span, followed, korean_span, span_of
from rich.cells import cell_len

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.inspection.memory.histogram import Bin, bar
from charlstm.inspection.memory.record import MemorySpan
from charlstm.inspection.memory.view import MemoryView
from charlstm.messages import catalogue


def draw(span: MemorySpan, width: int, language: str = "en", symbols: Symbols = UNICODE) -> str:
    return plain(MemoryView(span, Pen(catalogue(language), symbols)), width)


def sentences(span: MemorySpan, language: str = "en") -> list[str]:
    return list(MemoryView(span, Pen(catalogue(language))).sentences())


def above_legend(drawn: str) -> str:
    """Leave out the last block, which says what the numbers mean."""
    return drawn.rpartition("\n\n")[0]


def test_in_english(golden: Golden) -> None:
    """At 80 columns layers stand below each other, and all distances have room."""
    golden("memory/english_at_80", draw(english_span(), 80))


def test_in_korean(golden: Golden) -> None:
    """In Korean columns line up by terminal cells, and only the text followed may be in another."""
    golden("memory/korean_at_80", draw(korean_span(), 80, "ko"))


def test_at_60(golden: Golden) -> None:
    """At 60 columns bars are shorter, and a column and a distance are left out."""
    golden("memory/english_at_60", above_legend(draw(korean_span(), 60)))


def test_at_120(golden: Golden) -> None:
    """At 120 columns two layers stand side by side, and more of the text is shown."""
    golden("memory/korean_at_120", above_legend(draw(english_span(), 120, "ko")))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("text", [KOREAN, ENGLISH, "a[bold]\x1b\0\t\u1100😀:heart:"])
def test_fits(text: str, width: int, language: str) -> None:
    """No line is wider than the terminal, whatever the text and the language."""
    span = span_of(*LAYERS, *LAYERS, retention=followed(text, 1))
    widths = [cell_len(line) for line in draw(span, width, language).splitlines()]
    assert max(widths) <= width


def test_is_plain_where_signs_are_lacking(golden: Golden) -> None:
    """With the plain signs there are digits for blocks and hashes for bars, and only ASCII."""
    drawn = draw(english_span(), 40, symbols=ASCII)
    golden("memory/ascii_at_40", above_legend(drawn))
    assert drawn.isascii()


def test_without_a_character_to_follow() -> None:
    """Where no character is followed there are neither its rows nor their legend."""
    drawn = draw(span_of(*LAYERS), 80)
    assert "after so many characters half is left" in drawn
    assert "is left after so many" not in drawn
    assert "beneath the text" not in drawn


def test_units_that_never_forget_have_a_row_of_their_own() -> None:
    """An infinite half-life is drawn as never, and counted among the long-term units."""
    with np.errstate(divide="ignore"):
        drawn = draw(span_of([np.inf, 20.0, 3.0]), 80).splitlines()
    shown = {line.split()[0]: line.split()[1:] for line in drawn[2:24] if line}
    assert ["1", "████████████", "0"] == shown["never"]
    assert ["2", "0"] == shown["long-term"]
    assert ["never", "*", "9.0", "never", "never", "1.5"] == shown["L1/0"]


def test_no_time_is_longer_than_what_was_read() -> None:
    """A half-life of more characters than were read is written as just that."""
    span = span_of(*LAYERS)
    drawn = draw(replace(span, trained=replace(span.trained, characters=500)), 80)
    row = next(line for line in drawn.splitlines() if line.startswith("L2/7"))
    assert ["L2/7", ">500", "*", "16.5", ">500", ">500", "4.5"] == row.split()


def test_no_mark_where_less_was_read_than_training_saw() -> None:
    """What is only known to outlast a short text has no mark, nor a legend of one."""
    span = span_of(*LAYERS)
    short = replace(span, trained=replace(span.trained, characters=40))
    row = next(line for line in draw(short, 80).splitlines() if line.startswith("L2/7"))
    assert ["L2/7", ">40", "16.5", ">40", ">40", "4.5"] == row.split()
    assert "*" not in draw(short, 80)
    found = "\n".join(sentences(short))
    assert "Unit L2/7: half-life >40, typical 16.5, T >40" in found
    assert "beyond" not in found


def test_a_holder_that_never_forgets_is_flagged() -> None:
    """A typical half-life without end is drawn as never, beyond what training saw, and first."""
    with np.errstate(divide="ignore"):
        drawn = draw(span_of([2.0, 3.0, np.inf]), 80).splitlines()
    row = next(n for n, line in enumerate(drawn) if line.startswith("hold longest")) + 1
    assert ["L1/0", "never", "*", "2.0", "15%"] == drawn[row].split()


def test_without_holders_there_is_no_table_of_them() -> None:
    """Where no unit writes anything there is no table of holders, nor a legend of one."""
    span = span_of(*LAYERS)
    silent = replace(span.trained, mean_written=np.zeros((2, 8)))
    assert "hold longest" not in draw(replace(span, trained=silent), 80)


def test_only_what_is_beyond_is_flagged() -> None:
    """Where no half-life exceeds the sequence length of training there is no mark."""
    assert "*" not in draw(span_of([1.0, 64.0], held=1), 80)


def test_a_gru_is_drawn_by_its_update_gate(golden: Golden) -> None:
    """A GRU's z takes the place of f, and the legend says so."""
    drawn = draw(span_of([1.0, 15.0], gates={"update": 0.6, "reset": 0.1}), 90)
    golden("memory/gru_at_90", drawn)


def test_no_word_of_a_gru_for_an_lstm() -> None:
    """Of an LSTM nothing is said about GRUs."""
    assert "GRU" not in draw(english_span(), 80)


JAMO = """\
         달ㅂ 초성ㅜ 중성ㄹ 종성이
layer 1    ███████▆▆▆▆▆▆▆▅▅▅▅▅▅▅▃▃"""


def test_jamo_are_put_together_around_the_one_followed() -> None:
    """Around a jamo that is followed there are syllables, each with what is left at its end."""
    jamo = "\u1103\u1161\u11af\u1107\u116e\u11af\u110b\u1175"
    shown = draw(span_of(*LAYERS, retention=followed(jamo, 3)), 80)
    assert "left of character 3, ㅂ 초성, after" in shown
    assert JAMO in shown


@pytest.mark.parametrize("color_system", ["256", "truecolor"])
def test_colours_what_is_left(color_system: str) -> None:
    """Where there are colours enough, a share's ground is its value, with digits on it."""
    drawn = coloured(MemoryView(english_span(), Pen(catalogue("en"))), 80, color_system)
    assert "48;" in drawn
    assert "m8 \x1b" in coloured(MemoryView(korean_span(), Pen(catalogue("en"))), 80, color_system)


@pytest.mark.parametrize(
    ("share", "drawn"),
    [(0.0, ""), (0.001, "▏"), (0.5, "██"), (0.53, "██▏"), (0.97, "███▉"), (1.0, "████")],
)
def test_bars_are_as_long_as_their_share(share: float, drawn: str) -> None:
    """A bar has eighths of a cell; what is not nothing is seen."""
    assert drawn == bar(share, 4, Pen(catalogue("en")))


@pytest.mark.parametrize(
    ("low", "high", "count"), [(0, 1, 1), (1, 2, 2), (5, 10, 0), (10, 20, 1), (500, np.inf, 2)]
)
def test_a_bin_has_its_lower_end(low: float, high: float, count: int) -> None:
    """A half-life at an end counts in the bin above; the last bin has all above 500 but never."""
    half_lives = np.array([0.5, 1.0, 1.99, 10.0, 500.0, 1e9, np.inf])
    assert count == Bin(low, high).count(half_lives)
    assert 1 == Bin(np.inf, np.inf).count(half_lives)


def test_sentences_say_the_same(golden: Golden) -> None:
    """Plain sentences have every number that is drawn, and say what none of them means."""
    golden("memory/sentences", "\n".join(sentences(span_of([0.5, 12.0, 150.0]))))


FOLLOWED = [
    "Layer 1, left of character 2, space: 70% after 1, 53% after 2, 31% after 5.",
    "Layer 2, left of character 2, space: 94% after 1, 90% after 2, 80% after 5.",
    (
        "Left after 7 characters in the units that kept it longest, of those that wrote the mean "
        "or more: L2/0 93%, L1/0 48%, L1/1 1%."
    ),
]


def test_sentences_follow_a_character() -> None:
    """Plain sentences name the character followed, a space by its name, and what is left."""
    found = sentences(span_of(*LAYERS, retention=followed("to be read", 2)))
    assert FOLLOWED == [line for line in found if "eft" in line][:3]


def test_sentences_in_korean_have_neither_blocks_nor_english() -> None:
    """Plain sentences in Korean are without bars, and end as sentences do."""
    found = sentences(korean_span(), "ko")
    assert all(line.endswith(".") for line in found)
    assert not set("▁▂▃▄▅▆▇█▏▎") & set("".join(found))
