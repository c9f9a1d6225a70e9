"""The catalogues: every language has every sentence, and the source looks up all and no others."""

import ast
import dataclasses
from string import Formatter

import pytest
from message_keys import error_keys, look_ups

from charlstm.cli import app
from charlstm.config import SampleConfig, TrainRequest
from charlstm.inspection.gates.quantities import quantities
from charlstm.limits import FAMILIES
from charlstm.messages import LANGUAGES, Message, catalogue, locale_language
from charlstm.models import info_of

KEYS = catalogue("en").sentences.keys()
LOOK_UPS = look_ups({key.split(".")[0] for key in KEYS})
# The help of a command is looked up by the command's own name.
HELP = {f"{getattr(command.callback, '__name__', '')}.help" for command in app.registered_commands}
# And that of an option by the field of the settings that it is for.
HELP |= {f"train.option.{field.name}" for field in dataclasses.fields(TrainRequest)}
HELP |= {f"sample.option.{field.name}" for field in dataclasses.fields(SampleConfig)}

GATED = [family for family in FAMILIES if info_of(family).keeps]


def is_looked_up(key: str) -> bool:
    """Whether any module looks up a key."""
    return key in HELP or any(module.has(key) for module in LOOK_UPS)


def holes(sentence: str) -> set[tuple[str, str | None, str | None]]:
    """Return the values that a sentence has in it, and how it writes them."""
    parsed = Formatter().parse(sentence)
    return {(name, form, conversion) for _, name, form, conversion in parsed if name is not None}


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
    names = [catalogue("ko")(f"gates.lstm.{name}.long") for name in ("forget", "input", "output")]
    assert ["망각 게이트", "입력 게이트", "출력 게이트"] == names


@pytest.mark.parametrize("family", GATED)
def test_every_family_with_gates_has_its_words(family: str) -> None:
    """The views name each gate and state of a family, and say which gates it lacks."""
    info = info_of(family)
    words = {f"gates.{family}.{quantity.word}" for quantity in quantities(info)}
    needed = {f"{word}.{kind}" for word in words for kind in ("short", "long", "meaning")}
    needed |= {f"story.{family}.{name}.does" for name, _ in info.steps}
    needed |= {f"story.{family}.{name}.name" for name in info.states}
    needed |= {f"story.{family}.{info.keeps}.nothing", f"story.legend.{family}"}
    if info.memory == "hidden":
        needed |= {f"gates.notice.{family}", f"memory.legend.{family}"}
    assert set() == needed - KEYS


def test_every_key_of_the_source_is_there() -> None:
    """What the source looks up is in the catalogue, and a computed key can be one that is."""
    written = {key for module in LOOK_UPS for key in module.written} | HELP
    assert len(written) > 250
    assert set() == written - KEYS
    forms = {form: pattern for module in LOOK_UPS for form, pattern in module.computed.items()}
    assert len(forms) > 20
    assert [] == [form for form in forms if not any(map(forms[form].fullmatch, KEYS))]


def test_every_key_is_looked_up() -> None:
    """Each sentence of the catalogue is used somewhere in the source."""
    assert [] == [key for key in KEYS if not is_looked_up(key)]


def test_a_key_that_is_not_looked_up_is_found() -> None:
    """A key that nothing looks up is found in whatever table it is, and so is a renamed one."""
    tables = {key.rpartition(".")[0] for key in KEYS}
    assert [] == [table for table in tables if is_looked_up(f"{table}.planted")]
    assert [] == [key for key in KEYS if is_looked_up(f"{key}_renamed")]


def test_errors_are_raised_by_their_keys() -> None:
    """No error of the user's is raised with a ready sentence."""
    keys = [key.value for key in error_keys() if isinstance(key, ast.Constant)]
    assert len(keys) > 50
    assert [] == [key for key in keys if not str(key).startswith("errors.")]
    assert not any(isinstance(key, ast.JoinedStr) for key in error_keys())


def test_a_message_may_be_in_a_message() -> None:
    """A value that is itself a message is translated into the same language."""
    message = Message("errors.text.empty", source=Message("errors.text.stdin"))
    assert "표준 입력: 글이 있어야 하는데 비어 있습니다. 내용이 있는 글을 주십시오" == catalogue(
        "ko"
    ).translate(message)
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
    """LC_ALL goes before LC_MESSAGES and that before LANG; an empty one is ignored."""
    assert language == locale_language(environment)
