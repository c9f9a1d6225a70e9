"""What all views share: specs, the options that they take, and the texts that they read."""

import re
import subprocess
import sys
from importlib import import_module

import pytest

from charlstm.errors import OptionError
from charlstm.inspection.views import VIEWS, ViewOptions, spec_of
from charlstm.library import Model

LIGHT = """
import sys
from charlstm.inspection.views import spec_of
spec_of("units", ["unit"])
sys.exit(str(sorted({"torch", "numpy", "rich", "charlstm.run"} & set(sys.modules))))
"""


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_a_folder_with_a_spec(view: str) -> None:
    """Each registered name has a folder of that name, whose spec has it."""
    assert view == spec_of(view, []).name
    for module in ("record", "data", "view"):
        import_module(f"charlstm.inspection.{view}.{module}")


def test_specs_are_light() -> None:
    """Which views there are is known without what computes and draws them."""
    finished = subprocess.run(
        [sys.executable, "-c", LIGHT], capture_output=True, text=True, check=False
    )
    assert "[]" == finished.stderr.strip()


@pytest.mark.parametrize(
    ("view", "given", "label"),
    [
        ("gates", ["unit"], "gates"),
        ("units", [], "units"),
        ("units", ["seed"], "units"),
        ("units", ["unit"], "units --unit"),
        ("units", ["layer", "unit"], "units --unit"),
    ],
)
def test_an_option_can_make_it_another_view(view: str, given: list[str], label: str) -> None:
    """With --unit the units view is that of one unit, and only the units view."""
    assert label == spec_of(view, given).label


@pytest.mark.parametrize(
    ("view", "given", "message"),
    [
        ("gate", [], "view: expected one of gates, story, memory, units, lookback"),
        ("gates", ["at"], "at: expected a view that takes it (story, memory, lookback)"),
        ("units", ["unit", "seed"], "seed: expected a view that takes it (memory, units)"),
        ("units", ["layer"], "layer: expected a view that takes it (gates, story, units --unit)"),
    ],
)
def test_refuses_what_a_view_does_not_take(view: str, given: list[str], message: str) -> None:
    """There must be such a view, and it must take the options that were given."""
    with pytest.raises(OptionError, match=re.escape(message)):
        spec_of(view, given)


@pytest.mark.parametrize("option", ["width", "json_", "against", "html"])
def test_options_of_every_view_are_nobodys(option: str) -> None:
    """An option that no spec names is taken by every view."""
    assert all(spec_of(view, [option]) for view in VIEWS)


@pytest.mark.parametrize(
    ("view", "options", "text", "reading"),
    [
        ("gates", ViewOptions(), "short", "long"),
        ("story", ViewOptions(at=1), "short", "long"),
        ("memory", ViewOptions(at=1), "short", "long"),
        ("memory", ViewOptions(), "", "short"),
        ("units", ViewOptions(), "", "short"),
    ],
)
def test_a_text_is_gone_through_or_measured(
    view: str, options: ViewOptions, text: str, reading: str, english: Model
) -> None:
    """A view that measures a text as a whole measures the one that was given."""
    request = spec_of(view, []).request(english, options, "short", "long")
    assert (text, reading) == (request.text, request.reading)


@pytest.mark.parametrize(
    ("view", "given", "options", "length"),
    [
        ("gates", [], ViewOptions(), 16),
        ("lookback", [], ViewOptions(), 40),
        ("units", ["unit"], ViewOptions(unit="1"), 400),
        ("memory", ["at"], ViewOptions(at=1), 240),
        ("memory", [], ViewOptions(), 0),
    ],
)
def test_without_a_text_it_is_of_the_heldout_part(
    view: str, given: list[str], options: ViewOptions, length: int, korean: Model
) -> None:
    """What is gone through is as long as suits the view; all of it is measured where none is."""
    request = spec_of(view, given).request(korean, options, None, None)
    heldout = (korean.run.path / "heldout.txt").read_text(encoding="utf-8")
    assert len(request.text) <= length
    assert request.text in heldout
    assert bool(request.text) == bool(length)
    assert request.reading is None
