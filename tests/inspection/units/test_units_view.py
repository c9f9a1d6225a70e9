"""The units view, as it stands in a terminal."""

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console, RenderableType

from charlstm.drawing.symbols import symbols_for
from charlstm.inspection.units.record import Finding, Units
from charlstm.inspection.units.view import UnitsView
from charlstm.messages import catalogue
from charlstm.text.properties import properties


def draw(view: RenderableType, *, width: int) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    console.print(view)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def coloured(view: RenderableType, color_system: str) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        width=80,
        force_terminal=True,
        color_system=color_system,  # type: ignore[arg-type]
        legacy_windows=False,
        no_color=False,
    )
    console.print(view)
    return file.getvalue()


def found() -> Units:
    """Tell of two layers of two units, two properties that need memory and one that does not."""
    r = np.array([[[0.83, 0.1], [-0.4, 0.0]], [[0.05, 0.12], [0.0, 0.02]]], dtype=np.float32)
    return Units(
        activation="cell",
        characters=11020,
        properties=("quotes", "after_batchim"),
        given=("digit",),
        constant=("latin", "after_latin"),
        r=r,
        auc=(r + np.float32(1)) / np.float32(2),
        p=np.where(np.abs(r) > 0.2, 0.01, 0.5),
        given_r=np.full((1, 2, 2), 0.3, dtype=np.float32),
        given_auc=np.full((1, 2, 2), 0.7, dtype=np.float32),
        shifted=np.full((100, 2), 0.2, dtype=np.float32),
        control=np.array([0.2, 0.15], dtype=np.float32),
        threshold=0.2,
        findings=(
            Finding("quotes", 0, 0, 0.83, 0.97, 0.2, 0.0099, significant=True, cost=0.0123),
            Finding("quotes", 1, 0, -0.4, 0.3, 0.2, 0.0099, significant=True, cost=-0.0002),
            Finding("after_batchim", 0, 1, 0.12, 0.56, 0.15, 0.5, significant=False, cost=None),
        ),
        given_findings=(
            Finding("digit", 1, 1, 0.3, 0.7, math.nan, math.nan, significant=False, cost=None),
        ),
    )


def nothing() -> Units:
    """Tell of the same where nothing passed."""
    findings = (replace(each, significant=False, cost=None, p=0.4) for each in found().findings)
    return replace(
        found(), threshold=0.9, p=np.full((2, 2, 2), 0.4), findings=tuple(findings), constant=()
    )


ENGLISH_60 = """\
what single units track (layers: 2, units in each: 2,
characters read: 11,020)
2 of 8 pairs of unit and property beat the shifted control;
the clearest:
property                 unit        r  shifted    +bits
inside double quotes     L1/0   +0.83      0.20  +0.0123
inside double quotes     L2/0   -0.40      0.20  -0.0002
do not pass once all pairs tried are counted:
after a final consonant  L1/1   +0.12      0.15
known from the current character alone, so no memory is
needed (nothing taken out):
digit                    L2/1   +0.30
r: how closely tanh(C) goes with the property, -1 to 1,
beyond what the current character explains
shifted: what |r| the best unit reaches by chance, with the
property shifted along the text
+bits: what each character costs more when nothing hears the
unit; near 0, the model can do without
the same everywhere in this text, so not looked at: Latin
letter, after a Latin letter
To go with something is not to be used for it, and even an
untrained model follows a little."""

ENGLISH_80 = """\
what single units track (layers: 2, units in each: 2, characters read: 11,020)
2 of 8 pairs of unit and property beat the shifted control; the clearest:
property                 unit        r  shifted      p   AUC    +bits
inside double quotes     L1/0   +0.83      0.20  0.010  0.97  +0.0123
inside double quotes     L2/0   -0.40      0.20  0.010  0.30  -0.0002
do not pass once all pairs tried are counted:
after a final consonant  L1/1   +0.12      0.15  0.500  0.56
known from the current character alone, so no memory is needed (nothing taken
out):
digit                    L2/1   +0.30                   0.70
r: how closely tanh(C) goes with the property, -1 to 1, beyond what the current
character explains
shifted: what |r| the best unit reaches by chance, with the property shifted
along the text
p: how often shifting does as well anywhere, for all 8 pairs tried; at most 0.05
passes
AUC: how often the unit, less what the current character explains, is higher
where the property is there (above its median) than where not
+bits: what each character costs more when nothing hears the unit; near 0, the
model can do without
the same everywhere in this text, so not looked at: Latin letter, after a Latin
letter
To go with something is not to be used for it, and even an untrained model
follows a little."""

ENGLISH_120 = """\
what single units track (layers: 2, units in each: 2, characters read: 11,020)
2 of 8 pairs of unit and property beat the shifted control; the clearest:
property                 unit        r  |r|                shifted      p   AUC    +bits
inside double quotes     L1/0   +0.83   ░░░░█████████████     0.20  0.010  0.97  +0.0123
inside double quotes     L2/0   -0.40   ░░░░████              0.20  0.010  0.30  -0.0002
do not pass once all pairs tried are counted:
after a final consonant  L1/1   +0.12   ░░                    0.15  0.500  0.56
known from the current character alone, so no memory is needed (nothing taken out):
digit                    L2/1   +0.30                                      0.70"""

KOREAN_60 = """\
유닛은 무엇을 따라가는가 (층: 2, 층마다 유닛: 2, 읽은 글자:
11,020)
유닛과 속성의 짝 8개 가운데 2개가 대조보다 뚜렷했습니다.
가장 뚜렷한 것:
속성                 유닛        r  대조      p    +비트
큰따옴표 안          L1/0   +0.83   0.20  0.010  +0.0123
큰따옴표 안          L2/0   -0.40   0.20  0.010  -0.0002
살핀 짝의 수를 헤아리면 통과하지 못한 것:
받침 있는 글자 다음  L1/1   +0.12   0.15  0.500
글자만 보아도 아는 것(기억이 필요 없어 빼지 않은 값):
숫자                 L2/1   +0.30
r: tanh(C) 값이 속성과 함께 움직이는 정도(-1에서 1까지).
지금 글자만으로 알 수 있는 몫은 뺐습니다
대조: 속성을 글을 따라 밀어 놓았을 때 가장 나은 유닛이
우연히 얻는 |r|
p: 살핀 짝 8개를 통틀어, 밀어 놓고도 이만큼 나오는 비율.
0.05 이하여야 통과합니다
+비트: 그 유닛의 출력을 없애면 글자마다 더 드는 비트. 0에
가까우면 없어도 됩니다
이 글에서 늘 같아서 살피지 않은 것: 로마자, 로마자 다음
함께 움직인다고 해서 쓰인다는 뜻은 아닙니다. 배우지 않은
모델도 조금은 따라갑니다."""

KOREAN_80 = """\
유닛은 무엇을 따라가는가 (층: 2, 층마다 유닛: 2, 읽은 글자: 11,020)
유닛과 속성의 짝 8개 가운데 2개가 대조보다 뚜렷했습니다. 가장 뚜렷한 것:
속성                 유닛        r  대조      p   AUC    +비트
큰따옴표 안          L1/0   +0.83   0.20  0.010  0.97  +0.0123
큰따옴표 안          L2/0   -0.40   0.20  0.010  0.30  -0.0002
살핀 짝의 수를 헤아리면 통과하지 못한 것:
받침 있는 글자 다음  L1/1   +0.12   0.15  0.500  0.56
글자만 보아도 아는 것(기억이 필요 없어 빼지 않은 값):
숫자                 L2/1   +0.30                0.70
r: tanh(C) 값이 속성과 함께 움직이는 정도(-1에서 1까지). 지금 글자만으로 알 수
있는 몫은 뺐습니다
대조: 속성을 글을 따라 밀어 놓았을 때 가장 나은 유닛이 우연히 얻는 |r|
p: 살핀 짝 8개를 통틀어, 밀어 놓고도 이만큼 나오는 비율. 0.05 이하여야
통과합니다
AUC: 지금 글자만으로 알 수 있는 몫을 뺀 유닛의 값이, 속성이 있는(중앙값보다 큰)
글자에서 그렇지 않은 글자에서보다 더 클 확률
+비트: 그 유닛의 출력을 없애면 글자마다 더 드는 비트. 0에 가까우면 없어도 됩니다
이 글에서 늘 같아서 살피지 않은 것: 로마자, 로마자 다음
함께 움직인다고 해서 쓰인다는 뜻은 아닙니다. 배우지 않은 모델도 조금은
따라갑니다."""

KOREAN_120 = """\
유닛은 무엇을 따라가는가 (층: 2, 층마다 유닛: 2, 읽은 글자: 11,020)
유닛과 속성의 짝 8개 가운데 2개가 대조보다 뚜렷했습니다. 가장 뚜렷한 것:
속성                 유닛        r  |r|                대조      p   AUC    +비트
큰따옴표 안          L1/0   +0.83   ░░░░█████████████  0.20  0.010  0.97  +0.0123
큰따옴표 안          L2/0   -0.40   ░░░░████           0.20  0.010  0.30  -0.0002
살핀 짝의 수를 헤아리면 통과하지 못한 것:
받침 있는 글자 다음  L1/1   +0.12   ░░                 0.15  0.500  0.56
글자만 보아도 아는 것(기억이 필요 없어 빼지 않은 값):
숫자                 L2/1   +0.30                                   0.70"""


@pytest.mark.parametrize(
    ("language", "width", "expected"),
    [
        ("en", 60, ENGLISH_60),
        ("en", 80, ENGLISH_80),
        ("en", 120, ENGLISH_120),
        ("ko", 60, KOREAN_60),
        ("ko", 80, KOREAN_80),
        ("ko", 120, KOREAN_120),
    ],
)
def test_ranks_units_under_what_they_passed(language: str, width: int, expected: str) -> None:
    """What passed, what did not and what is given away each have their rows, as they fit."""
    drawn = draw(UnitsView(found(), catalogue(language)), width=width)
    assert expected.splitlines() == drawn.splitlines()[: len(expected.splitlines())]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [20, 30, 40, 60, 80, 120])
def test_no_row_is_broken(language: str, width: int) -> None:
    """At every width each finding has one row, from its property to its r."""
    drawn = draw(UnitsView(found(), catalogue(language)), width=width).splitlines()
    rows = [line for line in drawn if "L1/" in line or "L2/" in line]
    assert ["+0.83", "-0.40", "+0.12", "+0.30"] == [row.split("L")[1].split()[1] for row in rows]


AT_30 = """\
property         unit        r
inside double …  L1/0   +0.83
inside double …  L2/0   -0.40"""


def test_shortens_the_property_where_hardly_anything_fits() -> None:
    """On narrow terminals the name of a property is cut, and never a number."""
    assert AT_30 in draw(UnitsView(found(), catalogue("en")), width=30)


def test_writes_no_minus_before_nothing() -> None:
    """What rounds to nothing has a plus, in the table and in sentences."""
    finding = Finding("quotes", 0, 0, -0.001, 0.5, 0.2, 0.01, significant=True, cost=-0.00001)
    view = UnitsView(replace(found(), findings=(finding,)), catalogue("en"))
    shown = [draw(view, width=80), *view.sentences()]
    assert [] == [text for text in shown if "-0.00" in text]
    assert "+0.00" in shown[0]
    assert "+0.0000" in shown[0]


NOTHING = """\
what single units track (layers: 2, units in each: 2, characters read: 11,020)
Nothing here beats its shifted control.
property                 unit        r  |r|                shifted      p   AUC
do not pass once all pairs tried are counted:
inside double quotes     L1/0   +0.83   ░░░░█████████████     0.20  0.400  0.97
inside double quotes     L2/0   -0.40   ░░░░████              0.20  0.400  0.30
after a final consonant  L1/1   +0.12   ░░                    0.15  0.400  0.56
known from the current character alone, so no memory is needed (nothing taken
out):
digit                    L2/1   +0.30                                      0.70"""


def test_says_plainly_that_nothing_passed() -> None:
    """Where nothing beats its control that is said first, and there is no cost to show."""
    drawn = draw(UnitsView(nothing(), catalogue("en")), width=80)
    assert NOTHING.splitlines() == drawn.splitlines()[:10]


IN_ASCII = """\
property                 unit        r  |r|                shifted      p   AUC    +bits
inside double quotes     L1/0   +0.83   ----#############     0.20  0.010  0.97  +0.0123
inside double quotes     L2/0   -0.40   ----####              0.20  0.010  0.30  -0.0002"""


def test_is_plain_where_signs_are_lacking() -> None:
    """With the plain marks the bars are signs that every encoding has."""
    drawn = draw(UnitsView(found(), catalogue("en"), symbols_for("ascii")), width=90)
    assert IN_ASCII.splitlines() == drawn.splitlines()[2:5]
    assert drawn.isascii()


@pytest.mark.parametrize("color_system", ["256", "truecolor"])
def test_colours_r(color_system: str) -> None:
    """Where there are colours enough, the ground of r is its value."""
    assert "48;" in coloured(UnitsView(found(), catalogue("en")), color_system)


def test_what_did_not_pass_is_not_coloured() -> None:
    """Only what passed, or is given away, has a coloured r."""
    drawn = coloured(UnitsView(replace(nothing(), given_findings=()), catalogue("en")), "truecolor")
    assert "48;" not in drawn


def test_sixteen_colours_leave_it_to_the_digits() -> None:
    """With 16 colours, whose steps are uneven, no ground is coloured."""
    assert "\x1b[4" not in coloured(UnitsView(found(), catalogue("en")), "standard")


SENTENCES_EN = [
    "what single units track (layers: 2, units in each: 2, characters read: 11,020).",
    "2 of 8 pairs of unit and property beat the shifted control; the clearest:",
    (
        "inside double quotes: unit L1/0, r +0.83, AUC 0.97, shifted 0.20, p 0.010; "
        "without the unit +0.0123 bits per character."
    ),
    (
        "inside double quotes: unit L2/0, r -0.40, AUC 0.30, shifted 0.20, p 0.010; "
        "without the unit -0.0002 bits per character."
    ),
    "do not pass once all pairs tried are counted:",
    "after a final consonant: unit L1/1, r +0.12, AUC 0.56, shifted 0.15, p 0.500.",
    "known from the current character alone, so no memory is needed (nothing taken out):",
]

SENTENCES_KO = [
    "유닛은 무엇을 따라가는가 (층: 2, 층마다 유닛: 2, 읽은 글자: 11,020).",
    "유닛과 속성의 짝 8개 가운데 2개가 대조보다 뚜렷했습니다. 가장 뚜렷한 것:",
    (
        "큰따옴표 안: 유닛 L1/0, r +0.83, AUC 0.97, 대조 0.20, p 0.010. "
        "이 유닛을 빼면 글자마다 +0.0123비트."
    ),
    (
        "큰따옴표 안: 유닛 L2/0, r -0.40, AUC 0.30, 대조 0.20, p 0.010. "
        "이 유닛을 빼면 글자마다 -0.0002비트."
    ),
    "살핀 짝의 수를 헤아리면 통과하지 못한 것:",
    "받침 있는 글자 다음: 유닛 L1/1, r +0.12, AUC 0.56, 대조 0.15, p 0.500.",
    "글자만 보아도 아는 것(기억이 필요 없어 빼지 않은 값):",
]


@pytest.mark.parametrize(("language", "expected"), [("en", SENTENCES_EN), ("ko", SENTENCES_KO)])
def test_sentences_tell_the_same(language: str, expected: list[str]) -> None:
    """Plain sentences tell each finding with all its numbers, and what they mean."""
    told = list(UnitsView(found(), catalogue(language)).sentences())
    assert expected == told[:7]
    assert told[-1] == catalogue(language)("units.meaning.limit")


def test_every_property_has_a_name() -> None:
    """Every property that there is has a name in the catalogue."""
    names = {*properties("가", "nfc"), *properties("가", "nfd")}
    said = {key for key in catalogue("en").sentences if key.startswith("units.property.")}
    assert {f"units.property.{name}" for name in names} == said
