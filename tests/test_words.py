"""The catalogues: every language says everything, and nothing is said that is not in them."""

from string import Formatter

import pytest

from charlstm.errors import OptionError
from charlstm.words import LANGUAGES, spoken_here, words


def holes(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_says_everything_that_english_says(language: str) -> None:
    """A catalogue has just the keys of the English one."""
    assert words("en").sentences.keys() == words(language).sentences.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_takes_the_values_that_english_takes(language: str) -> None:
    """A sentence has the same values in it in every language."""
    english, other = words("en").sentences, words(language).sentences
    assert {k: holes(s) for k, s in english.items()} == {k: holes(s) for k, s in other.items()}


def test_korean_names_the_gates_as_the_story_does() -> None:
    """The Korean catalogue has the terms that Korean texts on deep learning have."""
    said = [words("ko")(f"gates.{name}.long") for name in ("forget", "input", "output")]
    assert ["망각 게이트", "입력 게이트", "출력 게이트"] == said


def test_refuses_a_language_that_it_does_not_speak() -> None:
    """An unknown language is an impossible option."""
    with pytest.raises(OptionError, match="--lang: expected one of en, ko, found fr"):
        words("fr")


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
    assert language == spoken_here(environment)
