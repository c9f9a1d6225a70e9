"""Every view where there are few colours or none, few signs, or nothing to see at all."""

import re
from collections.abc import Callable

import pytest
from drawn import coloured, plain
from golden import Golden
from records.gates import KOREAN, story_trace, trace_of
from records.lookback import record_of
from records.memory import followed, span_of
from records.track import rising
from records.units import found
from rich.text import Text

from charlstm.cli.terminal import results
from charlstm.drawing.pen import Pen
from charlstm.drawing.symbols import symbols_for
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.view import GatesView
from charlstm.inspection.lookback.view import LookbackView
from charlstm.inspection.memory.view import MemoryView
from charlstm.inspection.story.compute import story
from charlstm.inspection.story.view import StoryView
from charlstm.inspection.track.view import TrackView
from charlstm.inspection.units.view import UnitsView
from charlstm.inspection.views import Drawing
from charlstm.messages import catalogue

TEXT = "돌 쇠\n"
SPAN = span_of([0.5, 12.0, 150.0], [3.0, 8.0, 40.0], retention=followed("돌쇠가 물었다.", 1))
VIEWS: dict[str, Callable[[Pen], Drawing]] = {
    "table": lambda pen: GatesView(trace_of(TEXT), Selection(0), pen),
    "ribbon": lambda pen: GatesView(trace_of(TEXT), Selection(0, fold=True), pen),
    "strip": lambda pen: GatesView(trace_of(TEXT), Selection(0, strip="input"), pen),
    "story": lambda pen: StoryView(story(story_trace(KOREAN, 3), 3), pen),
    "memory": lambda pen: MemoryView(SPAN, pen),
    "units": lambda pen: UnitsView(found(), pen),
    "track": lambda pen: TrackView(rising(TEXT), pen),
    "lookback": lambda pen: LookbackView(record_of("돌쇠가 물", disagrees=1), pen),
    "picture": lambda pen: LookbackView(record_of("돌쇠가 물"), pen, at=4),
}
# How many lines each has above its legend.
LINES = {
    "table": 6,
    "ribbon": 7,
    "strip": 6,
    "story": 17,
    "memory": 46,
    "units": 9,
    "track": 4,
    "lookback": 8,
    "picture": 11,
}
EN, KO = catalogue("en"), catalogue("ko")
every_view = pytest.mark.parametrize("name", VIEWS)


@every_view
@pytest.mark.parametrize("width", [60, 120])
def test_sixteen_colours_show_what_none_do(name: str, width: int) -> None:
    """With sixteen colours all is drawn as without any: bold and dim, but no coloured ground."""
    view = VIEWS[name](Pen(KO))
    drawn = coloured(view, width, "standard")
    shown = (line.rstrip() for line in Text.from_ansi(drawn).plain.splitlines())
    assert plain(view, width).splitlines() == list(shown)
    assert not re.search(r"\x1b\[([0-9;]*;)?(4[0-8]|10[0-7])[;m]", drawn)


@every_view
def test_stands_on_korean_windows(name: str, golden: Golden) -> None:
    """With the signs that CP949 has digits or # stand for blocks, and all can be encoded."""
    view = VIEWS[name](Pen(KO, symbols_for("cp949")))
    drawn = plain(view, 80)
    golden(f"windows/{name}", plain(view, 80, LINES[name]))
    assert drawn == drawn.encode("cp949").decode("cp949")


@every_view
@pytest.mark.parametrize("language", ["en", "ko"])
def test_ascii_is_enough_for_english(name: str, language: str) -> None:
    """With the signs of ASCII a view has none but the letters of its text and language."""
    drawn = plain(VIEWS[name](Pen(catalogue(language), symbols_for("ascii"))), 60)
    assert all(c.isascii() or "\u3131" <= c <= "\ud7a3" or c == "÷" for c in drawn)


@every_view
@pytest.mark.parametrize("language", ["en", "ko"])
def test_sentences_have_no_picture(name: str, language: str) -> None:
    """Plain sentences have neither blocks nor signs for what cannot be seen."""
    sentences = "".join(VIEWS[name](Pen(catalogue(language))).sentences())
    assert not set("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉░␣↵⇥") & set(sentences)


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, "truecolor"),
        ({"TERM": "xterm"}, "256"),
        ({"TERM": "xterm-16color"}, "standard"),
        ({"TERM": "linux"}, "standard"),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, None),
    ],
)
def test_a_terminal_has_the_colours_that_it_says(
    environment: dict[str, str], colours: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment says how many colours a terminal has, and NO_COLOR turns them off."""
    for name in ("COLORTERM", "TERM", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert colours == results().color_system
