"""What charlstm says, in every language it speaks.

A language is a folder of TOML files beside this one, its catalogue: a file for each part of the
tool, a key for each thing that is said. `words("ko")("gates.forget.meaning")` looks one up; values
go into braces as with `str.format`. A test holds the catalogues equal in keys and in values.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from charlstm.errors import OptionError

LANGUAGES = ("en", "ko")
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Words:
    """The catalogue of one language: sentences by key, such as "gates.forget.meaning"."""

    language: str
    sentences: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Say something, with values in it."""
        return self.sentences[key].format(**values)


@cache
def words(language: str) -> Words:
    """Open the catalogue of a language.

    Raises:
        OptionError: there is none.
    """
    if language not in LANGUAGES:
        raise OptionError("lang", f"one of {', '.join(LANGUAGES)}", language)
    sentences: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.toml")):
        sentences |= _flat(tomllib.loads(file.read_text(encoding="utf-8")), file.stem)
    return Words(language, sentences)


def spoken_here(environment: Mapping[str, str] = os.environ) -> str:
    """Tell which language the locale asks for: Korean where it is Korean, else English."""
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "ko" if next(filter(None, names), "").lower().startswith("ko") else "en"


def _flat(table: Mapping[str, object], name: str) -> dict[str, str]:
    return dict(_pairs(table, name))


def _pairs(table: Mapping[str, object], name: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _pairs(value, f"{name}.{key}")
        else:
            yield f"{name}.{key}", str(value)
