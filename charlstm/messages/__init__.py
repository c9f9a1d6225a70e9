"""Everything that a user reads, by key, in every language.

A language is a folder of TOML files beside this one, its catalogue: a file for each part of the
tool, a key for each sentence. `catalogue("ko")("gates.lstm.forget.meaning")` looks one up; values
go into braces as with `str.format`. Tests hold the catalogues equal in keys and in values, and the
keys equal to those that the source looks up.
"""

import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ko")
_FOLDER = Path(__file__).parent


class Message:
    """A sentence of no language yet: a key of the catalogue, and the values that go in.

    A value may be a message itself. `str` returns it in English.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        self.key, self.values = key, values

    def __str__(self) -> str:
        """Return the sentence in English."""
        return catalogue("en").translate(self)


@dataclass(frozen=True)
class Catalogue:
    """The catalogue of one language: sentences by key, such as "gates.lstm.forget.meaning"."""

    language: str
    sentences: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence of a key, with values in it."""
        texts = {k: self.translate(v) if isinstance(v, Message) else v for k, v in values.items()}
        return self.sentences[key].format(**texts)

    def translate(self, message: Message) -> str:
        """Return a message in this language."""
        return self(message.key, **message.values)


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of one of LANGUAGES."""
    sentences: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.toml")):
        sentences |= dict(_flat(tomllib.loads(file.read_text(encoding="utf-8")), file.stem))
    return Catalogue(language, sentences)


def locale_language(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of the locale: Korean where it is Korean, else English."""
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, names), "") or _windows_locale()
    return "ko" if locale.lower().startswith("ko") else "en"


def _windows_locale() -> str:
    """Return the language that Windows is displayed in, such as ko_KR; nothing elsewhere."""
    if sys.platform != "win32":
        return ""
    import ctypes  # noqa: PLC0415  other systems need not load them
    from locale import windows_locale  # noqa: PLC0415

    return windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")


def _flat(table: Mapping[str, object], name: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.{key}")
        else:
            yield f"{name}.{key}", str(value)
