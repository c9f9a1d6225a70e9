"""What the documentation says is so."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
import render

from charlstm.library import Model

ROOT = Path(__file__).parent.parent
LANGUAGES = ["en", "ko"]
READMES = {"en": ROOT / "README.md", "ko": ROOT / "README.ko.md"}
OTHERS = ["CONTRIBUTING.md", "benchmarks/README.md", "benchmarks/TRIED.md", "corpora/README.md"]
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LONGEST = 170


def documents() -> list[Path]:
    """List every page that a reader of the repository may open."""
    return [*READMES.values(), *sorted((ROOT / "docs").glob("*/*.md")), *map(ROOT.joinpath, OTHERS)]


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks_of(page: Path, language: str) -> list[str]:
    return [block.body for block in render.blocks(read(page)) if block.language == language]


def without_blocks(page: Path) -> str:
    """Leave fenced blocks out: what looks like a heading or a link there is none."""
    text = read(page)
    for block in reversed(render.blocks(text)):
        text = text[: block.start] + text[block.end :]
    return text


def anchors(page: Path) -> set[str]:
    """Name the headings of a page as GitHub does: small letters, hyphens, numbers for doubles."""
    found: set[str] = set()
    counts: Counter[str] = Counter()
    for heading in HEADING.findall(without_blocks(page)):
        name = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        found.add(f"{name}-{counts[name]}" if counts[name] else name)
        counts[name] += 1
    return found


def is_there(page: Path, link: str) -> bool:
    """Return whether what a page links to is in the repository."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Each link within the repository leads to a file that exists and a heading it has."""
    links = [link for link in LINK.findall(without_blocks(page)) if "://" not in link]
    assert [] == [link for link in links if not is_there(page, link)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_readmes_are_short(language: str) -> None:
    """A README stays a front door."""
    assert len(read(READMES[language]).splitlines()) <= LONGEST


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_lists_every_page(language: str) -> None:
    """The table of a README has each page of docs/ in its language once."""
    there = sorted((ROOT / "docs" / language).glob("*.md"))
    assert there == sorted(page for page in render.pages() if page.parent.name == language)


def test_pages_are_in_both_languages() -> None:
    """English and Korean have the same pages, in the same order."""
    english, korean = (
        [page.name for page in render.pages() if page.parent.name == language]
        for language in LANGUAGES
    )
    assert english == korean


def test_both_languages_have_the_same_commands() -> None:
    """A Korean page has each command of the English one, in the same order."""
    names = sorted(page.name for page in (ROOT / "docs" / "en").glob("*.md"))
    pairs = [(READMES["en"], READMES["ko"])]
    pairs += [(ROOT / "docs" / "en" / name, ROOT / "docs" / "ko" / name) for name in names]
    commands = [tuple(blocks_of(page, "sh") for page in pair) for pair in pairs]
    assert [] == [
        pair[0].name
        for pair, both in zip(pairs, commands, strict=True)
        if len({*map(str, both)}) > 1
    ]


@pytest.mark.parametrize("page", render.pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_outputs_have_their_commands(page: Path) -> None:
    """A text block is what the commands before it print, or it is marked as not rendered."""
    blocks = render.blocks(read(page))
    rendered = {output.start for _, output in render.shown(read(page))}
    texts = [block for block in blocks if block.language == "text" and not block.marked]
    assert [] == [block.body for block in texts if block.start not in rendered]


@pytest.mark.parametrize(
    "page", ["README.md", "README.ko.md", "docs/en/python.md", "docs/ko/python.md"]
)
def test_the_python_examples_run(
    page: str,
    korean: Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The examples of a page run as they are printed, in their order, and print what they say."""
    shutil.copytree(korean.run.path, tmp_path / "runs" / "korean")
    (tmp_path / "corpora").symlink_to(ROOT / "corpora", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for example in blocks_of(ROOT / page, "python"):
        exec(compile(example, page, "exec"), names)  # noqa: S102  our own documentation
    assert "(2, 8, 12)\n" in capsys.readouterr().out


@pytest.mark.parametrize("language", LANGUAGES)
def test_dependencies_are_explained(language: str) -> None:
    """Each dependency has its reason in a table."""
    (listed,) = re.findall(
        r"^dependencies = \[\n(.*?)^\]", read(ROOT / "pyproject.toml"), re.DOTALL | re.MULTILINE
    )
    text = read(ROOT / "docs" / language / "how-it-works.md")
    names = re.findall(r'"([a-z-]+)', listed)
    assert [] == [name for name in names if f"| {name} |" not in text]


@pytest.mark.parametrize(
    "page", ["CONTRIBUTING.md", "docs/en/how-it-works.md", "docs/ko/how-it-works.md"]
)
def test_rooms_are_there(page: str) -> None:
    """Each room that a table names is a folder or a file of the package."""
    rows = re.findall(r"^\| (`[^|]+`) \|", read(ROOT / page), re.MULTILINE)
    rooms = [room.rstrip("/") for row in rows for room in re.findall(r"`([a-z_]+/?)`", row)]
    package = ROOT / "charlstm"
    assert rooms
    assert [] == [
        room
        for room in rooms
        if not any((package / each).exists() for each in (room, f"{room}.py"))
    ]


def test_contributing_is_short() -> None:
    """CONTRIBUTING.md stays under fifty lines."""
    assert len(read(ROOT / "CONTRIBUTING.md").splitlines()) < 50


def test_rendering_puts_output_in_place(tmp_path: Path) -> None:
    """The script replaces what a block printed before, and leaves marked blocks as they are."""
    page = "```sh\necho new\n```\n\n```text\nold\n```\n\n<!-- not rendered -->\n```text\nold\n```\n"
    shell = render.Shell({}, tmp_path)
    assert (page.replace("old", "new", 1), [6]) == render.rendered(page, "en", shell)


def test_trainings_are_found_once() -> None:
    """Of the commands that train a run the first counts, wherever in a line it stands."""
    pages = [
        "```sh\npip install . && charlstm train && charlstm sample\n```\n",
        "```sh\ncharlstm train --epochs 2\ncharlstm train tale.txt -o runs/mine\n```\n",
    ]
    expected = {
        "runs/korean": "charlstm train",
        "runs/mine": "charlstm train tale.txt -o runs/mine",
    }
    assert expected == render.trainings(pages)
