"""The units view, as it stands in a terminal."""

from dataclasses import replace

import pytest
from drawn import coloured, plain
from golden import Golden
from records.units import found, nothing

from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import UNICODE, Symbols, symbols_for
from charlstm.inspection.units.record import Finding, Units
from charlstm.inspection.units.view import UnitsView
from charlstm.messages import catalogue
from charlstm.text.properties import properties


def view(record: Units, language: str = "en", symbols: Symbols = UNICODE) -> UnitsView:
    return UnitsView(record, Pen(catalogue(language), symbols))


def draw(record: Units, width: int, language: str = "en", symbols: Symbols = UNICODE) -> str:
    return plain(view(record, language, symbols), width)


def above_legend(drawn: str, rows: int = 9) -> str:
    """Return the title and the findings without what their numbers mean."""
    return "\n".join(drawn.splitlines()[:rows])


def test_ranks_units_under_what_they_passed(golden: Golden) -> None:
    """What passed, what did not and what is given away each have their rows."""
    golden("units/english_at_80", draw(found(), 80))


def test_leaves_columns_out_at_60(golden: Golden) -> None:
    """At 60 columns p, AUC and the bars are left out, and the cost stays."""
    golden("units/english_at_60", above_legend(draw(found(), 60), rows=12))


def test_has_all_columns_at_120(golden: Golden) -> None:
    """At 120 columns there is room for every column, and for the bars."""
    golden("units/korean_at_120", draw(found(), 120, "ko"))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 120])
def test_no_row_is_broken(language: str, width: int) -> None:
    """At every width each finding has one row, from its property to its r."""
    drawn = draw(found(), width, language).splitlines()
    rows = [line for line in drawn if "L1/" in line or "L2/" in line]
    assert ["+0.83", "-0.40", "+0.12", "+0.30"] == [row.split("L")[1].split()[1] for row in rows]


AT_30 = """\
property         unit        r
inside double …  L1/0   +0.83"""


def test_shortens_the_property_where_hardly_anything_fits() -> None:
    """On narrow terminals the name of a property is cut, and never a number."""
    assert AT_30 in draw(found(), 30)


def test_writes_no_minus_before_nothing() -> None:
    """What rounds to nothing has a plus, in the table and in sentences."""
    finding = Finding("quotes", 0, 0, -0.001, 0.5, 0.2, 0.01, significant=True, cost=-0.00001)
    record = replace(found(), findings=(finding,))
    shown = [draw(record, 80), *view(record).sentences()]
    assert [] == [text for text in shown if "-0.00" in text]
    assert "+0.00" in shown[0]
    assert "+0.0000" in shown[0]


def test_says_plainly_that_nothing_passed(golden: Golden) -> None:
    """Where nothing beats its control that comes first, and there is no cost to show."""
    golden("units/nothing_passed_at_80", above_legend(draw(nothing(), 80), rows=10))


def test_is_plain_where_signs_are_lacking(golden: Golden) -> None:
    """With the plain signs the bars are signs that every encoding has."""
    drawn = draw(found(), 90, symbols=symbols_for("ascii"))
    golden("units/ascii_at_90", above_legend(drawn))
    assert drawn.isascii()


@pytest.mark.parametrize("color_system", ["256", "truecolor"])
def test_colours_r(color_system: str) -> None:
    """Where there are colours enough, the ground of r is its value."""
    assert "48;" in coloured(view(found()), 80, color_system)


def test_what_did_not_pass_is_not_coloured() -> None:
    """Only what passed, or is given away, has a coloured r."""
    assert "48;" not in coloured(view(replace(nothing(), given_findings=())), 80, "truecolor")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_sentences_say_the_same(language: str, golden: Golden) -> None:
    """Plain sentences have each finding with all its numbers, and what they mean."""
    name = {"en": "english", "ko": "korean"}[language]
    golden(f"units/sentences_{name}", "\n".join(view(found(), language).sentences()))


def test_every_property_has_a_name() -> None:
    """Every property that there is has a name in the catalogue."""
    names = {*properties("가", "nfc"), *properties("가", "nfd")}
    keys = {key for key in catalogue("en").sentences if key.startswith("units.property.")}
    assert {f"units.property.{name}" for name in names} == keys
