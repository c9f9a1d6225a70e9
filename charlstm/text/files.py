"""Finding and reading texts: files, folders, standard input."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from charlstm.errors import TextError
from charlstm.text.encodings import Document, check_encoding, decode, is_binary

STDIN = "-"


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
        check_encoding(encoding)
    documents: list[Document] = []
    skipped: list[str] = []
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
    name = "standard input" if source == STDIN else source
    document = decode(name, data, encoding)
    if not document.text:
        raise TextError(f"{name}: expected text, found nothing in it; give one with text in it")
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
        raise TextError(
            f"{source}: expected a text file or a folder, found nothing there"
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TextError(f"{source}: expected a readable text file, found: {reason}") from None


def _read_folder(folder: Path, encoding: str | None) -> tuple[list[Document], list[str]]:
    documents = []
    runs = sorted(weights.parent for weights in folder.rglob("model.safetensors"))
    skipped = [f"{run} (a run)" for run in runs]
    for path in _files_below(folder):
        if not set(runs).isdisjoint(path.parents):
            continue
        data = _bytes_of(str(path))
        if is_binary(data, encoding):
            skipped.append(f"{path} (not text)")
            continue
        document = decode(str(path), data, encoding)
        if document.text:
            documents.append(document)
        else:
            skipped.append(f"{path} (empty)")
    if not documents:
        raise TextError(f"{folder}: expected a folder with text files, found none in it")
    return documents, skipped


def _files_below(folder: Path) -> list[Path]:
    """List files in a settled order; hidden ones are not meant to be read."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
