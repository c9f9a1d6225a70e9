"""The pen: what a character, a guess or a unit is written as, and when it has colours."""

import io

import pytest
from rich.console import Console
from rich.style import Style

from charlstm.drawing.palette import shade, shade_signed
from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import ASCII
from charlstm.messages import catalogue

EN = Pen(catalogue("en"))
KO = Pen(catalogue("ko"), ASCII)


def test_a_pen_returns_sentences_of_its_language() -> None:
    """A key gives the sentence of the catalogue, with its values."""
    assert ("layer 2", "2층") == tuple(pen("gates.columns.layer", layer=2) for pen in (EN, KO))


@pytest.mark.parametrize(
    ("colours", "coloured"),
    [("truecolor", True), ("256", True), ("standard", False), (None, False)],
)
def test_a_pen_is_coloured_where_colours_have_even_steps(
    colours: str | None, *, coloured: bool
) -> None:
    """On a console of 256 colours or more a pen shades, on any other it does not."""
    console = Console(file=io.StringIO(), force_terminal=True, color_system=colours)  # type: ignore[arg-type]
    pen = EN.on(console)
    styles = [pen.shade(0.2), pen.shade_signed(0.2), pen.shade_as("signed", 0.2)]
    expected = [shade(0.2), shade_signed(0.2), shade_signed(0.2)]
    assert (coloured, expected if coloured else [Style.null()] * 3) == (pen.coloured, styles)


def test_a_size_has_no_shade() -> None:
    """What has no upper limit is not coloured."""
    assert Style.null() == Pen(catalogue("en"), coloured=True).shade_as("size", 0.2)


@pytest.mark.parametrize(
    ("character", "glyph", "letter", "inline", "name"),
    [
        ("가", "가", "가", "가", "가"),
        (" ", "␣", "␣", " ", "space"),
        ("\n", "↵", "↵", "↵", "newline"),
        ("\u1100", "ㄱ 초성", "ㄱ", "ㄱ", "ㄱ 초성"),
        ("\x1b", "U+001B", "U+001B", "U+001B", "U+001B"),
    ],
)
def test_a_character_is_written_for_its_place(
    character: str, glyph: str, letter: str, inline: str, name: str
) -> None:
    """A character has a glyph, a short form, a form within text, and a name to be read aloud."""
    pen = EN
    written = (pen.glyph(character), pen.letter(character), pen.inline(character))
    assert (glyph, letter, inline, name) == (*written, pen.name_of(character))


def test_guesses_have_their_probabilities() -> None:
    """Guesses stand side by side, or are listed by names that can be read aloud."""
    guesses = [("쇠", 0.71), (" ", 0.001)]
    assert "쇠 71% · ␣ <1%" == EN.guesses(guesses)
    assert "쇠 71% | ' ' <1%" == KO.guesses(guesses)
    assert "쇠 71%, 빈칸 <1%" == KO.guess_names(guesses)


def test_units_count_from_0_and_layers_from_1() -> None:
    """The name of a unit has its layer counted from 1."""
    assert "L1/88" == Pen.unit_name(0, 88)
