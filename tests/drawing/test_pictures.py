"""Pictures: pages and drawings of what a terminal shows, literally and by the cell."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from drawn import plain
from golden import Golden
from records.gates import steady_trace
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from charlstm.drawing.html import as_html
from charlstm.drawing.pen import Pen
from charlstm.drawing.picture import INK, PAPER, Look, Span, lines_of
from charlstm.drawing.svg import as_svg
from charlstm.inspection.gates.quantities import Selection
from charlstm.inspection.gates.table import GateTable
from charlstm.messages import catalogue

Write = Callable[[RenderableType, int, str, str], str]

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('&amp;')</script> ]]> \"x\" --> <!-- &#27; </pre></svg>"


def lines_of_page(page: str) -> list[str]:
    """Cut the lines out of a page, as they are written."""
    return page.partition("<pre>\n")[2].partition("\n</pre>")[0].split("\n")


class Reader(HTMLParser):
    """Keeps the tags of a page with the names of their attributes, and the text of its lines."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a tag."""
        self.tags.append((tag, *(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        """Take up a text."""
        self.text += data if ("pre",) in self.tags else ""


def texts_of(drawing: str) -> list[ET.Element]:
    return list(ET.fromstring(drawing).iter(f"{SVG}text"))  # noqa: S314  our own


def as_text(drawing: str) -> str:
    """Put the words of a drawing back into the cells that their places say."""
    lines: dict[int, str] = {}
    for element in texts_of(drawing):
        text = element.text or ""
        x, line = float(element.attrib["x"]), (int(element.attrib["y"]) - 33) // 20
        middle = cell_len(text) * 9 / 2 if element.get("text-anchor") == "middle" else 0
        at = (x - middle - 18) / 9
        assert at == int(at)
        before = lines.get(line, "")
        lines[line] = before + " " * (int(at) - cell_len(before)) + text
    return "\n".join(lines.get(line, "") for line in range(max(lines) + 1))


TABLE = GateTable(steady_trace("돌쇠가 물었다.\n“A漢😀á”"), Selection(0), Pen(catalogue("en")))
MIXED = Text.assemble("a 가", (" 0.9 ▇", "#000000 on #fee838"), (" 나b", "dim"))
PAGE_LINE = (
    'a <span class="w">가</span>'
    '<span class="g" style="color:#000000;background:#fee838"> 0.9 <span class="n bar">▇</span>'
    '</span><span style="color:var(--dim)"> <span class="w">나</span>b</span>'
)


def test_a_page_has_each_look_and_each_wide_character_in_its_own_span() -> None:
    """Looks are spans, and Hangul and bars stand in boxes of two cells and of one."""
    assert [PAGE_LINE] == lines_of_page(as_html(MIXED, 80, "망각", "ko"))


def test_a_drawing_has_each_word_at_its_cell(golden: Golden) -> None:
    """Words begin where their cells do, and Hangul stands in the middle of its two."""
    golden("pictures/svg", as_svg(MIXED, 80, "망각", "ko"))


def test_a_page_says_what_it_is() -> None:
    """A page has its encoding, its language and its title, and fetches nothing."""
    page = as_html(MIXED, 80, "망각", "ko")
    for part in ('<html lang="ko">', '<meta charset="utf-8">', "<title>망각</title>"):
        assert part in page
    assert [] == re.findall(r"https?:|url\(|@import|<link|<script|src=", page)


def test_a_page_is_light_or_dark_as_its_reader_wishes() -> None:
    """Text without a colour of its own takes the page's, which follows the reader's scheme."""
    page = as_html(Text("plain"), 80, "", "en")
    assert "@media (prefers-color-scheme: dark)" in page
    assert "color: var(--ink); background: var(--paper);" in page
    assert ["plain"] == lines_of_page(page)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_drawing_is_what_the_terminal_shows(width: int) -> None:
    """Every character of the gate table is in the cell of the drawing that it has in a terminal."""
    assert plain(TABLE, width) == as_text(as_svg(TABLE, width, "", "ko"))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_page_is_what_the_terminal_shows(width: int) -> None:
    """The text of a page is that of the terminal, line by line."""
    reader = Reader(as_html(TABLE, width, "", "ko"))
    assert plain(TABLE, width) == reader.text.split("\n", 1)[1].rstrip("\n")


def test_boxes_are_as_wide_as_cells() -> None:
    """All that is not ASCII stands in a box, of two cells if it takes two and else of one."""
    table = Table("이름", "값")
    table.add_row("망각 é", "–①↵漢😀▁")
    page = "".join(lines_of_page(as_html(table, 40, "", "ko")))
    boxes = re.findall(r'<span class="(w|n)(?: bar)?">(.)</span>', page)
    assert all(cell_len(character) == (2 if kind == "w" else 1) for kind, character in boxes)
    assert re.sub(r'<span class="(w|n|n bar)">.</span>', "", page).isascii()


def test_a_mark_stays_with_its_letter() -> None:
    """A combining mark is in the box of the character that it stands above."""
    page = as_html(Text("ae\u0301◌\u0301b"), 80, "", "en")
    expected = 'a<span class="n">e\u0301</span><span class="n">◌\u0301</span>b'
    assert [expected] == lines_of_page(page)


@pytest.mark.parametrize("write", [as_html, as_svg])
def test_nothing_gets_out_of_its_text(write: Write) -> None:
    """Tags, quotes, entities and ends of comments are shown and mean nothing."""
    harmless, hostile = (write(Text(text), 99, text, "en") for text in ("x", HOSTILE))
    if write is as_html:
        assert Reader(harmless).tags == Reader(hostile).tags
        assert Reader(hostile).text.strip() == HOSTILE
    else:
        assert as_text(hostile) == HOSTILE
    assert "<script" not in hostile
    assert "<!--" not in hostile


@pytest.mark.parametrize("write", [as_html, as_svg])
def test_the_language_stays_an_attribute(write: Write) -> None:
    """A language cannot close its own quotes."""
    assert 'lang="&quot; x=&quot;"' in write(Text(""), 9, "", '" x="')


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x9b", "\ud800", "\uffff"])
@pytest.mark.parametrize("write", [as_html, as_svg])
def test_what_no_page_may_hold_is_replaced(write: Write, control: str) -> None:
    """Controls and halves of characters in a title become the sign for what cannot be shown."""
    written = write(Text("x"), 80, f"a{control}b", "en")
    assert "<title>a\ufffdb</title>" in written
    assert written.encode("utf-8")


def test_a_drawing_is_well_formed_xml() -> None:
    """A reader of XML finds the drawing, its title and its language."""
    root = ET.fromstring(as_svg(Text(HOSTILE), 99, HOSTILE, "ko"))  # noqa: S314  our own
    assert (f"{SVG}svg", HOSTILE) == (root.tag, root.findtext(f"{SVG}title"))
    assert "ko" == root.attrib["{http://www.w3.org/XML/1998/namespace}lang"]


@pytest.mark.parametrize("shown", [Text(""), Text("가"), Group(Text("가나다"), Text("a"))])
def test_a_drawing_is_as_large_as_what_is_in_it(shown: RenderableType) -> None:
    """A drawing has the cells of its longest line and the height of its lines, and a margin."""
    lines = [cell_len("".join(span.text for span in line)) for line in lines_of(shown, 80)]
    root = ET.fromstring(as_svg(shown, 80, "", "ko"))  # noqa: S314  our own
    expected = (36 + 9 * max(lines), 36 + 20 * len(lines))
    assert expected == (int(root.attrib["width"]), int(root.attrib["height"]))


@pytest.mark.parametrize("write", [as_html, as_svg])
def test_a_picture_heeds_no_setting_of_the_machine(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says of colours, widths and terminals, the picture is the same."""
    expected = write(TABLE, 80, "돌쇠", "ko")
    for name, value in {
        "NO_COLOR": "1", "FORCE_COLOR": "0", "TERM": "dumb", "COLUMNS": "20", "COLORTERM": "",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert expected == write(TABLE, 80, "돌쇠", "ko")


@pytest.mark.parametrize(
    ("style", "look"),
    [
        ("bold italic", Look(bold=True, italic=True)),
        ("underline strike", Look(lines="underline line-through")),
        ("dim #102030", Look("#102030", dim=True)),
        ("reverse", Look(PAPER, INK)),
        ("reverse #102030 on #a0b0c0", Look("#a0b0c0", "#102030")),
        ("red", Look("#d64040")),
        ("white on blue", Look("#ffffff", "#4278d6")),
        ("default on default", Look()),
    ],
)
def test_looks_are_those_of_the_style(style: str, look: Look) -> None:
    """Colours, weight, slant and lines are kept, and reverse changes ink and ground."""
    assert [[Span(0, "x", look)]] == lines_of(Text("x", style=style), 80)


def test_blanks_at_the_end_are_left_out_unless_they_have_a_ground() -> None:
    """A line ends with its last character or its last ground."""
    lines = lines_of(Group(Text("a  "), Text("b  ", style="on #102030"), Text("   ")), 80)
    assert ["a", "b  ", ""] == ["".join(span.text for span in line) for line in lines]


def test_an_empty_first_line_is_kept() -> None:
    """What begins with an empty line does so on the page."""
    assert ["", "a"] == lines_of_page(as_html(Group(Text(""), Text("a")), 80, "", "en"))


@pytest.mark.parametrize(
    ("style", "css"),
    [
        ("reverse", 'class="g" style="color:var(--paper);background:var(--ink)"'),
        ("bold italic", 'style="font-weight:bold;font-style:italic"'),
        ("dim #102030", 'style="color:#102030b3"'),
        ("underline", 'style="text-decoration:underline"'),
    ],
)
def test_looks_in_css(style: str, css: str) -> None:
    """Each look is written as CSS on its span."""
    assert [f"<span {css}>x</span>"] == lines_of_page(as_html(Text("x", style=style), 80, "", "en"))


@pytest.mark.parametrize(
    ("style", "attributes"),
    [
        ("reverse", 'fill="#ffffff"'),
        ("bold italic", 'font-weight="bold" font-style="italic"'),
        ("underline strike", 'text-decoration="underline line-through"'),
    ],
)
def test_looks_in_svg(style: str, attributes: str) -> None:
    """Each look is written as attributes of its texts."""
    assert f"<g {attributes}><text " in as_svg(Text("x", style=style), 80, "", "en")
