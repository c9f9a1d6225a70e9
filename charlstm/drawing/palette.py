"""Colours for numbers: the same to every eye, and legible on any terminal.

A coloured cell always sets both its ground and its ink, so that a light and a dark terminal show
the same; and a digit always stands in it.
"""

from rich.style import Style

# Terminals of 16 colours have no even steps: there digits and bars stand alone.
STEPLESS = {None, "standard", "windows"}

_Colour = tuple[float, float, float]

# Cividis (Nuñez, Anderton & Renslow 2018): even steps, also for colour-blind readers.
_CIVIDIS: tuple[_Colour, ...] = (
    (0, 34, 78),
    (53, 69, 108),
    (102, 105, 112),
    (148, 142, 119),
    (200, 184, 102),
    (254, 232, 56),
)
# From ColorBrewer's RdBu (Harrower & Brewer 2003): blue below 0, white at 0, red above.
_BLUE_RED: tuple[_Colour, ...] = (
    (33, 102, 172),
    (146, 197, 222),
    (247, 247, 247),
    (244, 165, 130),
    (178, 24, 43),
)


def shade(value: float) -> Style:
    """Return the style of a cell that holds a value in 0..1."""
    return _cell(_between(_CIVIDIS, value))


def shade_signed(value: float) -> Style:
    """Return the style of a cell that holds a value in −1..1."""
    return _cell(_between(_BLUE_RED, (value + 1) / 2))


def _between(colours: tuple[_Colour, ...], share: float) -> _Colour:
    place = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    low = min(int(place), len(colours) - 2)
    (r, g, b), (to_r, to_g, to_b) = colours[low], colours[low + 1]
    part = place - low
    return r + (to_r - r) * part, g + (to_g - g) * part, b + (to_b - b) * part


def _cell(colour: _Colour) -> Style:
    red, green, blue = (round(part) for part in colour)
    # Where black and white stand out equally (WCAG 2): contrast is 4.58 to 1 at the least.
    ink = "#000000" if _luminance(colour) > 0.179 else "#ffffff"
    return Style(color=ink, bgcolor=f"#{red:02x}{green:02x}{blue:02x}")


def _luminance(colour: _Colour) -> float:
    """Return the relative luminance of a colour, 0..1 (WCAG 2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
