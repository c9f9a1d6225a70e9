"""The gate table, as it stands in a terminal."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console
from rich.style import Style

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII, UNICODE, Symbols
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.record import Floats, Trace
from charlstm.inspection.gates.sentences import sentences
from charlstm.inspection.gates.table import GateTable
from charlstm.messages import catalogue


def draw(
    trace: Trace,
    *,
    width: int,
    symbols: Symbols = UNICODE,
    unit: int | None = None,
    spread: bool = False,
) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    console.print(GateTable(trace, Selection(0, unit, spread), Pen(catalogue("en"), symbols)))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def coloured(trace: Trace, color_system: str) -> str:
    # Rich remembers how it wrote a style with fewer colours.
    Style._add.cache_clear()  # noqa: SLF001
    file = io.StringIO()
    console = Console(
        file=file,
        width=80,
        force_terminal=True,
        color_system=color_system,  # type: ignore[arg-type]
        legacy_windows=False,
        no_color=False,
    )
    console.print(GateTable(trace, Selection(0), Pen(catalogue("en"))))
    return file.getvalue()


def values(*at: float) -> Floats:
    """Give one layer of two units whose mean at each character is the value."""
    return np.array([[[value - 0.05, value + 0.05] for value in at]], dtype=np.float32)


def trace_of(text: str) -> Trace:
    length = len(text)
    return Trace(
        text,
        {
            "forget": values(*np.linspace(0.9, 0.1, length)),
            "input": values(*[0.25] * length),
            "candidate": values(*[-0.5] * length),
            "output": values(*[0.75] * length),
            "cell": values(*[1.25] * length),
            "hidden": values(*[0.5] * length),
        },
        bits=np.array([np.nan, *[3.21] * (length - 1)], dtype=np.float32),
        guesses=[[("쇠", 0.71), ("\n", 0.06)] for _ in text],
        discrepancy=0.0,
    )


AT_80 = """\
layer 1 of 1, mean of its 2 units
#  char  bits  ① forget  ② input   ③ candidate  ④ output   |C|  next
0  돌       –   0.90 █    0.25 ▃    -0.50        0.75 ▇   1.25  쇠 71% · ↵ 6%
1  쇠     3.2   0.50 ▅    0.25 ▃    -0.50        0.75 ▇   1.25  쇠 71% · ↵ 6%
2  .      3.2   0.10 ▁    0.25 ▃    -0.50        0.75 ▇   1.25  쇠 71% · ↵ 6%
① forget: 1 keeps all of the old memory, 0 erases it
② input: 1 writes all of the candidate, 0 nothing
③ candidate: what could be written, from -1 to 1
④ output: 1 outputs all of tanh(C), 0 nothing
|C|: size of the long-term memory
bits: how surprising the character was
A mean hides what single units do: look at one with --unit."""

AT_60 = """\
layer 1 of 1, mean of its 2 units
#  char    bits  ① forget  ② input   next
0  a          –   0.90 █    0.25 ▃   쇠 71% · ↵ 6%
1  U+001B   3.2   0.50 ▅    0.25 ▃   쇠 71% · ↵ 6%
2  ␣        3.2   0.10 ▁    0.25 ▃   쇠 71% · ↵ 6%"""

AT_40 = """\
layer 1 of 1, mean of its 2 units
#  char  bits  ① forget  ② input
0  돌       –   0.90 █    0.25 ▃
1  쇠     3.2   0.50 ▅    0.25 ▃
2  .      3.2   0.10 ▁    0.25 ▃
① forget: 1 keeps all of the old memory,
0 erases it
② input: 1 writes all of the candidate,
0 nothing
bits: how surprising the character was
"""

IN_ASCII = """\
layer 1 of 1, mean of its 2 units
#  char  bits  1 forget  2 input  3 candidate  4 output   |C|  next
0  \\n       -   0.90      0.25     -0.50        0.75     1.25  쇠 71% | \\n 6%
1  ' '    3.2   0.10      0.25     -0.50        0.75     1.25  쇠 71% | \\n 6%"""


def test_has_every_column_at_80() -> None:
    """At 80 columns all four gates, the cell and the guesses have room."""
    assert AT_80 == draw(trace_of("돌쇠."), width=80)


def test_leaves_out_what_has_no_room_at_60() -> None:
    """At 60 columns the forget and input gates and the guesses stay."""
    assert AT_60 == "\n".join(draw(trace_of("a\x1b "), width=60).splitlines()[:5])


def test_keeps_forget_and_input_at_40() -> None:
    """At 40 columns each character still shows its forget and input gate."""
    assert draw(trace_of("돌쇠."), width=40).startswith(AT_40)


def test_is_plain_where_signs_are_lacking() -> None:
    """With the plain marks the table has no bars and no signs beyond ASCII of its own."""
    assert IN_ASCII == "\n".join(draw(trace_of("\n "), width=90, symbols=ASCII).splitlines()[:4])


def test_shows_one_unit() -> None:
    """A single unit's values stand in place of the mean, and the title says so."""
    title, _, first = draw(trace_of("돌쇠"), width=80, unit=1).splitlines()[:3]
    assert ("layer 1 of 1, unit 1", "0.95 █") == (title, first[15:21])


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_every_character_has_its_row(width: int) -> None:
    """Markup, emoji, jamo and controls are each shown at any width, as themselves or by name."""
    text = "[bold]:heart:\x1b\0\t가\u1100😀"
    lines = draw(trace_of(text), width=width).splitlines()[2 : 2 + len(text)]
    shown = [line.split()[1] for line in lines]
    assert [*"[bold]:heart:", "U+001B", "U+0000", "⇥", "가", "ㄱ", "😀"] == shown


def test_shows_one_gate_where_hardly_anything_fits() -> None:
    """On the narrowest terminals the character is shown, and the first of its gates."""
    rows = draw(trace_of("가\n"), width=20).splitlines()
    assert ["char  ① forget", "가     0.90 █", "↵      0.10 ▁"] == rows[2:5]


@pytest.mark.parametrize("width", range(20, 41))
@pytest.mark.parametrize("spread", [False, True])
def test_no_number_is_cut(width: int, *, spread: bool) -> None:
    """However narrow the terminal, a gate that is shown has all of its digits."""
    rows = [
        draw(trace_of("\x1b\u1100."), width=at, spread=spread).split("layer")[1].split("1 keeps")[0]
        for at in (width, 200)
    ]
    narrow, wide = (set(re.split(r"\s+", row)) for row in rows)
    assert set() == {word for word in narrow - wide if "." in word}


def test_guesses_fold_between_characters() -> None:
    """More guesses than fit stand below each other, none cut."""
    trace = trace_of("가")
    trace.guesses[0] = [(c, 0.25) for c in "abcd"]
    folded = draw(trace, width=80).splitlines()[2:4]
    assert ["a 25% · b 25%", "c 25% · d 25%"] == [line[-13:] for line in folded]


@pytest.mark.parametrize("color_system", ["256", "truecolor"])
def test_colours_the_gates(color_system: str) -> None:
    """Where there are colours enough, a gate's ground is its value."""
    assert "48;" in coloured(trace_of("가"), color_system)


def test_sixteen_colours_leave_it_to_the_bars() -> None:
    """With 16 colours, whose steps are uneven, no ground is coloured."""
    assert "\x1b[4" not in coloured(trace_of("가"), "standard")


def test_a_high_and_a_low_gate_differ_in_colour() -> None:
    """A gate of 1 has cividis' yellow for its ground, one of 0 its blue."""
    values_of = trace_of("가나").values
    values_of["forget"][:] = np.array([[[1.0], [0.0]]])
    rows = coloured(replace(trace_of("가나"), values=values_of), "truecolor").splitlines()[2:4]
    assert ["48;2;254;232;56" in rows[0], "48;2;0;34;78" in rows[1]] == [True, True]


SENTENCES = """\
layer 1 of 1, mean of its 2 units.
0: 돌, first character; forget gate 0.90, input gate 0.25, output gate 0.75, candidate -0.50, \
|C| 1.25; next: 쇠 71%, newline 6%.
1: space, surprise 3.2 bits; forget gate 0.10, input gate 0.25, output gate 0.75, \
candidate -0.50, |C| 1.25; next: 쇠 71%, newline 6%."""


def test_sentences_tell_the_same() -> None:
    """Plain sentences say of what they tell, and name each character and each of its gates."""
    assert (
        SENTENCES.splitlines()
        == list(sentences(trace_of("돌 "), Selection(0), Pen(catalogue("en"))))[:3]
    )
