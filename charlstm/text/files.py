"""From files to text: finding them, finding their encoding, and one kind of line end.

UTF-8 (with or without a byte-order mark), UTF-16 with one, and CP949 (which holds EUC-KR) are
found without being told. Nothing is ever decoded with losses: what fits none of them is an error.
"""

import codecs
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from charlstm.errors import OptionError, TextError

STDIN = "-"
_KOREAN = "cp949"
_SAMPLE = 200_000


@dataclass(frozen=True)
class Document:
    """One text as it was read: where from, in which encoding it was, and its characters."""

    name: str
    encoding: str
    text: str


@dataclass(frozen=True)
class Reading:
    """All that was read, and the files of a folder that were passed over, with the reason."""

    documents: tuple[Document, ...]
    skipped: tuple[str, ...]

    @property
    def text(self) -> str:
        """Give the documents one after the other, each beginning on a line of its own."""
        *firsts, last = (document.text for document in self.documents)
        return "".join(text if text.endswith("\n") else text + "\n" for text in firsts) + last


def read(sources: Sequence[str], encoding: str | None = None) -> Reading:
    """Read files, folders (each text file below them, in order of their paths) and - for stdin.

    Raises:
        TextError: something is missing, empty, not text, or in no known encoding.
        OptionError: there is no such encoding.
    """
    if encoding is not None:
        _check_encoding(encoding)
    documents: list[Document] = []
    skipped: list[str] = []
    for source in sources:
        if source != STDIN and Path(source).is_dir():
            found, passed = _read_folder(Path(source), encoding)
            documents += found
            skipped += passed
        else:
            documents.append(_whole(source, _bytes_of(source), encoding))
    return Reading(tuple(documents), tuple(skipped))


def decode(name: str, data: bytes, encoding: str | None = None) -> Document:
    """Decode the bytes of a text called `name`; CRLF and CR become LF.

    Raises:
        TextError: the bytes are not text, or in no known encoding; names the byte offset.
    """
    encoding = encoding or _find_encoding(name, data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise TextError(
            f"{name}: expected text in {encoding}, found {_byte(data, error.start)}; "
            "name its true encoding with --encoding"
        ) from None
    return Document(name, encoding, text.replace("\r\n", "\n").replace("\r", "\n"))


def _bytes_of(source: str) -> bytes:
    if source == STDIN:
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except FileNotFoundError:
        raise TextError(
            f"{source}: expected a text file or a folder, found nothing there"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TextError(f"{source}: expected a readable text file, found: {reason}") from None


def _whole(source: str, data: bytes, encoding: str | None) -> Document:
    name = "standard input" if source == STDIN else source
    document = decode(name, data, encoding)
    if not document.text:
        raise TextError(f"{name}: expected text, found an empty file; give one with text in it")
    return document


def _read_folder(folder: Path, encoding: str | None) -> tuple[list[Document], list[str]]:
    documents, skipped = [], []
    for path in _files_below(folder):
        data = _bytes_of(str(path))
        if not data:
            skipped.append(f"{path} (empty)")
        elif encoding is None and _is_binary(data):
            skipped.append(f"{path} (not text)")
        else:
            documents.append(_whole(str(path), data, encoding))
    if not documents:
        raise TextError(f"{folder}: expected a folder with text files, found none in it")
    return documents, skipped


def _files_below(folder: Path) -> Iterable[Path]:
    """List files in a settled order; hidden ones are not meant to be read."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _find_encoding(name: str, data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _is_binary(data):
        raise TextError(
            f"{name}: expected text, found a binary file ({_byte(data, _first_odd(data))}); "
            "give a text file, or name its encoding with --encoding"
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _find_korean(name, data, error.start)
    return "utf-8"


def _find_korean(name: str, data: bytes, offset: int) -> str:
    """Take CP949 only where the text then reads as Korean: its bytes allow nearly anything."""
    try:
        korean = _reads_as_korean(data.decode(_KOREAN))
    except UnicodeDecodeError:
        korean = False
    if korean:
        return _KOREAN
    guess = from_bytes(data[:_SAMPLE]).best()
    found = f", though it may be {guess.encoding}" if guess else ""
    raise TextError(
        f"{name}: expected text in UTF-8, UTF-16 with a byte-order mark, or CP949, "
        f"found {_byte(data, offset)}, which fits none of them{found}; "
        "name its encoding with --encoding"
    )


def _reads_as_korean(text: str) -> bool:
    """Tell Korean from what only decodes as it.

    Nearly all of a Korean text is among the 2,350 syllables and the signs of KS X 1001; bytes of
    another encoding fall on CP949's rare other syllables and on hanja as often.
    """
    foreign = [character for character in text[:_SAMPLE] if character > "\x7f"]
    usual = sum(_is_usual_korean(character) for character in foreign)
    return usual >= 0.9 * len(foreign)


def _is_usual_korean(character: str) -> bool:
    if "가" <= character <= "힣":
        return len(character.encode("euc_kr", "ignore")) == 2
    return not "\u3400" <= character <= "\u9fff" and not "\uf900" <= character <= "\ufaff"


def _is_binary(data: bytes) -> bool:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return not marked and b"\0" in data


def _first_odd(data: bytes) -> int:
    return data.index(b"\0")


def _byte(data: bytes, offset: int) -> str:
    return f"byte 0x{data[offset]:02X} at offset {offset}"


def _check_encoding(encoding: str) -> None:
    try:
        "".encode(encoding)
        text_encoding = codecs.lookup(encoding)._is_text_encoding  # noqa: SLF001
    except LookupError:
        text_encoding = False
    if not text_encoding:
        raise OptionError("encoding", "an encoding that Python knows, such as utf-8", encoding)
