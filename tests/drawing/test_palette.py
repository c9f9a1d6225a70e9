"""Colours that everybody can read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color

from charlstm.drawing.palette import shade, shade_signed


def luminance(color: Color | None) -> float:
    assert color is not None
    linear = []
    for channel in color.get_truecolor():
        part = channel / 255
        linear.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@given(st.floats(-2, 2))
def test_ink_stands_out(value: float) -> None:
    """On every ground the ink has a contrast of at least 4.5 to 1 (WCAG 2, level AA)."""
    for style in (shade(value), shade_signed(value)):
        dark, light = sorted((luminance(style.color), luminance(style.bgcolor)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


@given(st.floats(0, 0.99))
def test_more_is_lighter(value: float) -> None:
    """A higher share has a lighter ground, for eyes of any kind."""
    assert luminance(shade(value).bgcolor) < luminance(shade(value + 0.01).bgcolor)


@pytest.mark.parametrize(
    ("value", "expected"), [(-1.0, "#2166ac"), (0.0, "#f7f7f7"), (1.0, "#b2182b")]
)
def test_signs_have_their_colours(value: float, expected: str) -> None:
    """Blue is below nothing, white is nothing, red above."""
    color = shade_signed(value).bgcolor
    assert color is not None
    assert expected == color.name
