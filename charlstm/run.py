"""The run folder: everything one model is, in open formats.

    config.json         settings, format version, charlstm version
    tokenizer.json      the vocabulary, for plain `tokenizers`
    model.safetensors   the best weights so far by held-out loss, named as torch.nn.LSTM names them
    metrics.jsonl       one object per validation
    heldout.txt         the held-out part of the text, as it was cut off
    README.md           a model card
    .training           only while the run is trained, or after its training broke off

Each file is written whole: to a temporary file that then takes its name. What is read is checked,
and nothing in it is ever executed.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from charlstm.config import HeldOut, RunConfig
from charlstm.config_json import from_json, to_json
from charlstm.errors import NONE, OptionError, RunError, TextError
from charlstm.language_model import LanguageModel
from charlstm.models import build_model
from charlstm.models.base import Network
from charlstm.text.vocabulary import Vocabulary

CONFIG, TOKENIZER, WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"
METRICS, HELDOUT, CARD = "metrics.jsonl", "heldout.txt", "README.md"
_LOCK = ".training"


@dataclass(frozen=True)
class Run:
    """A run: its folder, its settings, and its model."""

    path: Path
    config: RunConfig
    model: LanguageModel


def load_run(path: Path) -> Run:
    """Read a run folder.

    Raises:
        RunError: it is missing or damaged; the message names the file and what is wrong with it.
    """
    if not is_folder(path):
        raise RunError("errors.run.missing", folder=path)
    config = _read_config(path)
    vocabulary = _read_vocabulary(path, config)
    network = build_model(config.model)
    _fill(network, path / WEIGHTS)
    return Run(path, config, LanguageModel(network, vocabulary, config.text.form))


def read_heldout(run: Run) -> str:
    """Read the part of the text that a run was scored on.

    Raises:
        RunError: it is missing, or no longer what it was.
    """
    path = run.path / HELDOUT
    data = _read(path)
    if held_out([data]) != run.config.heldout:
        characters = run.config.heldout.characters
        raise RunError("errors.run.heldout", file=path, characters=characters)
    return data.decode("utf-8")


def held_out(chunks: Iterable[bytes]) -> HeldOut:
    """Return what identifies a held-out part; every chunk of its bytes has whole characters."""
    characters, digest = 0, hashlib.sha256()
    for chunk in chunks:
        characters += len(chunk.decode("utf-8", "replace"))
        digest.update(chunk)
    return HeldOut(characters, digest.hexdigest())


def newest_run(folder: Path = Path("runs")) -> Path:
    """Return the run that was trained last.

    Raises:
        RunError: there is none.
    """
    weights = [file for file in folder.glob(f"*/{WEIGHTS}") if file.is_file()]
    if not weights:
        raise RunError("errors.run.none_trained", folder=folder)
    return max(weights, key=lambda file: file.stat().st_mtime).parent


def is_locked(path: Path) -> bool:
    """Whether a run is being trained, or was when its training broke off."""
    return (path / _LOCK).exists()


def free_name(folder: Path, name: str) -> Path:
    """Return the first of name, name-2, name-3 and so on that a folder does not have."""
    path, number = folder / name, 2
    while path.exists():
        path, number = folder / f"{name}-{number}", number + 1
    return path


def check_free(path: Path) -> None:
    """Check that a folder for a new run is empty, or not there.

    Raises:
        RunError: it is not, or it is no folder.
    """
    try:
        if path.exists() and not path.is_dir():
            raise RunError("errors.run.is_file", folder=path)
        there = sorted(file.name for file in path.iterdir()) if path.exists() else []
    except OSError as error:
        raise RunError("errors.run.unusable", folder=path, reason=error.strerror) from None
    if CONFIG in there:
        raise RunError("errors.run.taken", folder=path)
    if there:
        raise RunError("errors.run.in_use", folder=path, file=there[0])


@contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Make a folder for a new run, and lock it while the run is trained.

    A folder that has no weights in the end is removed again.

    Raises:
        RunError: there is something in the folder already, or it cannot be made.
    """
    check_free(path)
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / _LOCK).touch(exist_ok=False)
    except OSError as error:
        reason = error.strerror or error
        raise RunError("errors.run.no_place", folder=path, reason=reason) from None
    try:
        yield
    finally:
        (path / _LOCK).unlink(missing_ok=True)
        if not (path / WEIGHTS).exists():
            _remove(path, made)


def write_settings(
    path: Path, config: RunConfig, vocabulary: Vocabulary, heldout: Iterable[bytes]
) -> None:
    """Write what is known before training begins; the held-out part comes in chunks."""
    write_whole(path / CONFIG, _json(to_json(config), indent=2))
    write_whole(path / TOKENIZER, (vocabulary.to_json() + "\n").encode())
    with whole(path / HELDOUT) as file:
        file.writelines(heldout)


def write_weights(path: Path, network: Network) -> None:
    """Write the weights."""
    write_whole(path / WEIGHTS, save(network.state_dict(), {"format": "pt"}))


def write_metrics(path: Path, rows: list[dict[str, object]]) -> None:
    """Write what happened in training, one object a line."""
    write_whole(path / METRICS, b"".join(_json(row) for row in rows))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    with whole(path) as file:
        file.write(data)


@contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to write that takes its name only once all of it is written."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read_config(path: Path) -> RunConfig:
    file = path / CONFIG
    try:
        return from_json(json.loads(_read(file)))
    except OptionError as error:
        raise RunError(
            "errors.run.setting",
            file=file,
            field=error.field,
            expected=error.expected,
            found=error.found,
        ) from None
    except (ValueError, RecursionError):
        raise RunError("errors.run.not_settings", file=file) from None


def _read_vocabulary(path: Path, config: RunConfig) -> Vocabulary:
    file = path / TOKENIZER
    try:
        vocabulary = Vocabulary.from_json(_read(file).decode("utf-8"))
    except UnicodeDecodeError:
        raise RunError("errors.run.not_vocabulary", file=file) from None
    except TextError as error:
        raise RunError("errors.run.vocabulary", file=file, fault=error.message) from None
    expected, found = config.model.vocabulary, len(vocabulary)
    if found != expected:
        raise RunError("errors.run.vocabulary_size", file=file, expected=expected, found=found)
    return vocabulary


def _fill(network: Network, file: Path) -> None:
    try:
        tensors = load(_read(file))
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise RunError("errors.run.not_weights", file=file, reason=error) from None
    wanted = network.state_dict()
    if tensors.keys() != wanted.keys():
        expected, found = ", ".join(sorted(wanted)), ", ".join(sorted(tensors))
        raise RunError("errors.run.tensors", file=file, expected=expected, found=found or NONE)
    for name, tensor in tensors.items():
        _check_tensor(file, name, tensor, wanted[name])
    network.load_state_dict(tensors, assign=True)
    network.requires_grad_(requires_grad=False)


def _check_tensor(file: Path, name: str, found: Tensor, expected: Tensor) -> None:
    if found.shape != expected.shape or found.dtype != expected.dtype:
        shapes = {"expected": _shape(expected), "found": _shape(found)}
        raise RunError("errors.run.tensor", file=file, name=name, **shapes)
    if not bool(found.isfinite().all()):
        raise RunError("errors.run.not_finite", file=file, name=name)


def _shape(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise RunError("errors.run.no_file", file=file) from None
    except OSError as error:
        raise RunError("errors.run.unreadable", file=file, reason=error.strerror) from None


def _json(data: object, indent: int | None = None) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=indent) + "\n").encode()


def is_folder(path: Path) -> bool:
    """Whether there is a folder; a path that cannot be is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _remove(path: Path, folders: Sequence[Path]) -> None:
    """Remove what was written of a run that never came to be, and those folders, if empty."""
    for name in (CONFIG, TOKENIZER, METRICS, HELDOUT, CARD):
        (path / name).unlink(missing_ok=True)
    for folder in folders:
        if any(folder.iterdir()):
            break
        folder.rmdir()
