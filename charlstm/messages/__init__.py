"""What charlstm says, in every language it speaks.

A language is a folder of TOML files beside this one, its catalogue: a file for each part of the
tool, a key for each thing that is said. `catalogue("ko")("gates.forget.meaning")` looks one up;
values go into braces as with `str.format`. Tests hold the catalogues equal in keys and in values,
and the keys to those that the source has.
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
    """Something to be said in any language: a key of the catalogue, and the values that go in.

    A value may be a message itself. As a string it is English.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        self.key, self.values = key, values

    def __str__(self) -> str:
        """Say it in English."""
        return catalogue("en").say(self)


@dataclass(frozen=True)
class Catalogue:
    """The catalogue of one language: sentences by key, such as "gates.forget.meaning"."""

    language: str
    sentences: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Say something, with values in it."""
        said = {k: self.say(v) if isinstance(v, Message) else v for k, v in values.items()}
        return self.sentences[key].format(**said)

    def say(self, message: Message) -> str:
        """Say a message."""
        return self(message.key, **message.values)


@cache
def catalogue(language: str) -> Catalogue:
    """Open the catalogue of one of LANGUAGES."""
    sentences: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.toml")):
        sentences |= dict(_flat(tomllib.loads(file.read_text(encoding="utf-8")), file.stem))
    return Catalogue(language, sentences)


def locale_language(environment: Mapping[str, str] = os.environ) -> str:
    """Tell which language the locale asks for: Korean where it is Korean, else English."""
    names = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    locale = next(filter(None, names), "") or _windows_locale()
    return "ko" if locale.lower().startswith("ko") else "en"


def _windows_locale() -> str:
    """Name the language of Windows' own windows, such as ko_KR; nothing elsewhere."""
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
