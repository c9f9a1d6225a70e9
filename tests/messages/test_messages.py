"""The catalogues: every language says everything, and nothing is said that is not in them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import charlstm
from charlstm.messages import LANGUAGES, Message, catalogue, locale_language

SOURCES = [
    path.read_text(encoding="utf-8") for path in Path(charlstm.__file__).parent.rglob("*.py")
]
KEYS = catalogue("en").sentences.keys()
PARTS = {key.split(".")[0] for key in KEYS}
HOLE = r"[\w.]+"  # whatever a value puts into a key
ERRORS = {"TextError": 0, "RunError": 0, "OptionError": 1}


def holes(sentence: str) -> set[tuple[str, str | None, str | None]]:
    """Give the values that a sentence has, and how it writes them."""
    parsed = Formatter().parse(sentence)
    return {(name, form, conversion) for _, name, form, conversion in parsed if name is not None}


def pattern_of(node: ast.expr) -> str:
    """Give the form of the keys that a string of the source can be."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    if isinstance(node, ast.JoinedStr):
        return "".join(map(pattern_of, node.values))
    return HOLE


def patterns_in(source: str) -> Iterator[str]:
    """Give the forms of all strings that could be keys."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        ):
            yield pattern_of(node)


def is_key_like(pattern: str) -> bool:
    """Tell whether a string of the source looks up a sentence."""
    part, *rest = pattern.split(r"\.")
    return part in PARTS and bool(rest) and all(re.fullmatch(r"\w+", r) or r == HOLE for r in rest)


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_everything_that_english_says(language: str) -> None:
    """A catalogue has just the keys of the English one."""
    assert catalogue("en").sentences.keys() == catalogue(language).sentences.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_takes_the_values_that_english_takes(language: str) -> None:
    """A sentence has the same values in it in every language."""
    english, other = catalogue("en").sentences, catalogue(language).sentences
    assert {k: holes(s) for k, s in english.items()} == {k: holes(s) for k, s in other.items()}


def test_korean_names_the_gates_as_the_story_does() -> None:
    """The Korean catalogue has the terms that Korean texts on deep learning have."""
    said = [catalogue("ko")(f"gates.{name}.long") for name in ("forget", "input", "output")]
    assert ["망각 게이트", "입력 게이트", "출력 게이트"] == said


def test_every_key_of_the_source_is_there() -> None:
    """What the source looks up is in the catalogue."""
    looked_up = {p for source in SOURCES for p in patterns_in(source) if is_key_like(p)}
    assert len(looked_up) > 100
    assert [] == [p for p in looked_up if not any(re.fullmatch(p, key) for key in KEYS)]


def test_no_key_is_unused() -> None:
    """What is in the catalogue is said somewhere."""
    looked_up = {
        p for source in SOURCES for p in patterns_in(source) if p.replace(HOLE, "").strip("\\.")
    }
    assert set() == {key for key in KEYS if not any(re.fullmatch(p, key) for p in looked_up)}


def test_errors_are_raised_by_their_keys() -> None:
    """No error of the user's is raised with a ready sentence."""
    calls = [n for s in SOURCES for n in ast.walk(ast.parse(s)) if isinstance(n, ast.Call)]
    raised = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ERRORS]
    keys = [pattern_of(call.args[ERRORS[call.func.id]]) for call in raised]  # type: ignore[attr-defined]
    assert len(keys) > 50
    assert [] == [key for key in keys if not key.startswith(r"errors\.") and key != HOLE]


def test_a_message_may_be_in_a_message() -> None:
    """A value that is itself a message is said in the same language."""
    message = Message("errors.text.empty", source=Message("errors.text.stdin"))
    assert "표준 입력: 글이 있어야 하는데 비어 있습니다. 내용이 있는 글을 주십시오" == catalogue(
        "ko"
    ).say(message)
    assert str(message).startswith("standard input: expected text")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko"),
    ],
)
def test_speaks_as_the_locale_does(environment: dict[str, str], language: str) -> None:
    """LC_ALL goes before LC_MESSAGES and that before LANG; an empty one says nothing."""
    assert language == locale_language(environment)
