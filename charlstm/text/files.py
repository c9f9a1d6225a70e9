"""Finding and reading texts: files, folders, standard input."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from charlstm.errors import TextError
from charlstm.events import TextRead
from charlstm.messages import Message
from charlstm.text.encodings import Document, check_encoding, decode, is_binary

STDIN = "-"


@dataclass(frozen=True)
class Skipped:
    """What was skipped in a folder. `reason` is "run", "binary" or "empty"."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Reading:
    """All that was read, and what was skipped."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]

    @property
    def text(self) -> str:
        """Return the documents one after the other, each beginning on a line of its own."""
        *firsts, last = (document.text for document in self.documents)
        return "".join(text if text.endswith("\n") else text + "\n" for text in firsts) + last


def what_was_read(reading: Reading, encoding: str | None) -> TextRead:
    """Return what was found out about texts, of which `encoding` was asked for."""
    found = reading.documents if encoding is None else ()
    return TextRead(
        encodings=tuple((document.name, document.encoding) for document in found),
        skipped=tuple((skipped.path, skipped.reason) for skipped in reading.skipped),
    )


def read(sources: Sequence[str], encoding: str | None = None) -> Reading:
    """Read files, folders (each text file below them, in order of their paths) and - for stdin.

    Raises:
        TextError: something is missing, empty, not text, or in no known encoding.
        OptionError: there is no such encoding.
    """
    if encoding is not None:
        check_encoding(encoding)
    documents: list[Document] = []
    skipped: list[Skipped] = []
    for source in sources:
        if source == STDIN:
            documents.append(read_document(STDIN, sys.stdin.buffer.read(), encoding))
        elif _is_folder(source):
            found, passed = _read_folder(Path(source), encoding)
            documents += found
            skipped += passed
        else:
            documents.append(read_document(source, _bytes_of(source), encoding))
    return Reading(tuple(documents), tuple(skipped))


def read_document(source: str, data: bytes, encoding: str | None = None) -> Document:
    """Decode one text.

    Raises:
        TextError: it is empty, not text, or in no known encoding.
    """
    name = Message("errors.text.stdin") if source == STDIN else source
    document = decode(name, data, encoding)
    if not document.text:
        raise TextError("errors.text.empty", source=name)
    return document


def _is_folder(source: str) -> bool:
    try:
        return source != "" and Path(source).is_dir()
    except OSError:
        return False


def _bytes_of(source: str) -> bytes:
    try:
        return Path(source).read_bytes()
    except FileNotFoundError:
        raise TextError("errors.text.missing", source=source) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TextError("errors.text.unreadable", source=source, reason=reason) from None


def _read_folder(folder: Path, encoding: str | None) -> tuple[list[Document], list[Skipped]]:
    documents = []
    runs = sorted(weights.parent for weights in folder.rglob("model.safetensors"))
    skipped = [Skipped(run, "run") for run in runs]
    for path in _files_below(folder):
        if not set(runs).isdisjoint(path.parents):
            continue
        data = _bytes_of(str(path))
        if is_binary(data, encoding):
            skipped.append(Skipped(path, "binary"))
            continue
        document = decode(str(path), data, encoding)
        if document.text:
            documents.append(document)
        else:
            skipped.append(Skipped(path, "empty"))
    if not documents:
        raise TextError("errors.text.folder", source=folder)
    return documents, skipped


def _files_below(folder: Path) -> list[Path]:
    """List files in a settled order; hidden ones are not meant to be read."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
