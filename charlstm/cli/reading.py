"""Which texts `inspect` reads: one that was given, a file, or a part of what was held out."""

import contextlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from charlstm.cli.options import read_text
from charlstm.cli.terminal import say, warn_of_unknown
from charlstm.errors import OptionError

if TYPE_CHECKING:
    from charlstm.cli.looks import ViewRequest
    from charlstm.library import Model
    from charlstm.messages import Catalogue

# How much of the held-out part to show where no text is given.
_EXCERPT = {"lookback": 40, "units": 400, "memory": 240}
_LINE = 16


@dataclass(frozen=True)
class TextRequest:
    """What was asked to be read: TEXT, --file, and how these are encoded.

    `at_large` says that things are found out from a text, and that none is gone through.
    """

    text: str | None
    file: str | None
    encoding: str | None
    at_large: bool

    def texts(self, model: "Model", view: str, messages: "Catalogue") -> tuple[str, str | None]:
        """Give a short text to go through, and a long one to find things out from if one was given.

        Raises:
            OptionError: two texts were given to find things out from, or an encoding for none.
            TextError: one cannot be read.
            RunError: none was given, and the held-out part is missing or was changed.
        """
        if self.at_large and self.text is not None and self.file is not None:
            raise OptionError("file", "errors.expected.one_text", self.file)
        if self.encoding is not None and self.file is None and self.text != "-":
            raise OptionError("encoding", "errors.expected.decoded", self.encoding)
        reading = None if self.file is None else read_text([self.file], self.encoding, messages)
        text = self.text
        if text == "-":
            text = _standard_input(self.encoding, messages).removesuffix("\n")
        elif text is not None:
            self._warn_of_file(text, messages)
        if self.at_large:
            return "", reading if text is None else text
        return _excerpt(model, view) if text is None else text, reading

    def _warn_of_file(self, text: str, messages: "Catalogue") -> None:
        """Say so where the name of a file is taken for the text."""
        # What cannot be a name, being too long, say, is none.
        with contextlib.suppress(OSError, ValueError):
            if Path(text).is_file():
                key = "as_text" if self.at_large else "as_text_gone_through"
                say(messages(f"messages.{key}", file=text))


def warn_of_all_unknown(
    shown: "Sequence[tuple[Model, ViewRequest]]", messages: "Catalogue"
) -> None:
    """Name what is read and a model has never seen; of two models, each by its name."""
    unknown: dict[str, dict[str, None]] = {}
    for model, request in shown:
        for text in (request.text, request.reading or ""):
            unknown.setdefault(model.name, {}).update(dict.fromkeys(model.unknown(text)))
    key = "messages.unknown.text" if len(unknown) == 1 else "messages.unknown.text_of"
    for name, characters in unknown.items():
        warn_of_unknown(list(characters), key, messages, run=name)


def _excerpt(model: "Model", view: str) -> str:
    """Take a part of what was held out."""
    from charlstm.run import read_heldout
    from charlstm.text.unicode_forms import normalized

    heldout = normalized(read_heldout(model.run), "none" if model.form == "none" else "nfc")
    # The first line may have begun before the part that was held out.
    lines = [line for line in heldout.splitlines(keepends=True)[1:] if len(line) > _LINE]
    excerpt = _EXCERPT.get(view, _LINE)
    if not lines:
        return heldout[:excerpt]
    start = heldout.index(lines[0])
    return heldout[start : start + excerpt] if view in _EXCERPT else lines[0][:excerpt]


def _standard_input(encoding: str | None, messages: "Catalogue") -> str:
    """Read a text to look at, in which NUL may be a character like any other."""
    from charlstm.text.encodings import check_encoding
    from charlstm.text.files import STDIN, read_document

    data = sys.stdin.buffer.read()
    if encoding is not None:
        check_encoding(encoding)
    else:
        with contextlib.suppress(UnicodeDecodeError):
            data.decode("utf-8")
            encoding = "utf-8"
    document = read_document(STDIN, data, encoding)
    if document.encoding not in {"utf-8", encoding}:
        say(messages("messages.encoding", source=document.name, encoding=document.encoding))
    return document.text
