"""Arrays as a file of NumPy's, also part by part: a long text's gates need not fit in memory.

Shapes: T time, L layers, H hidden.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

_COPIED_AT_ONCE = 1 << 18  # bytes

Arrays = Mapping[str, NDArray[Any]]


def write(arrays: Arrays, file: IO[bytes]) -> None:
    """Write arrays, compressed."""
    named: dict[str, Any] = dict(arrays)
    np.savez_compressed(file, **named)


def write_parts(parts: Iterable[tuple[int, Arrays]], length: int, file: IO[bytes]) -> None:
    """Write arrays that come in parts, with the index where each begins: (L, T, H) or (T).

    `length` is T in all. Parts come in any order; of two at the same place the later one is
    written. They are stored in temporary files and put together at the end, uncompressed.
    """
    with tempfile.TemporaryDirectory() as folder:
        columns: dict[str, Path] = {}
        for start, part in parts:
            for name, array in part.items():
                if name not in columns:
                    columns[name] = Path(folder, f"{name}.npy")
                    _create(columns[name], array, length)
                _store(columns[name], array, start)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, path in columns.items():
                with (
                    path.open("rb") as column,
                    archive.open(f"{name}.npy", "w", force_zip64=True) as member,
                ):
                    shutil.copyfileobj(column, member, _COPIED_AT_ONCE)


def _create(path: Path, first: NDArray[Any], length: int) -> None:
    shape = (length,) if first.ndim == 1 else (first.shape[0], length, *first.shape[2:])
    open_memmap(path, mode="w+", dtype=first.dtype, shape=shape)


def _store(path: Path, array: NDArray[Any], start: int) -> None:
    # Opened anew for each part, so that what was written does not stay in this process's memory.
    column, stop = open_memmap(path, mode="r+"), start + array.shape[-2 if array.ndim > 1 else 0]
    column[(slice(None),) * (array.ndim > 1) + (slice(start, stop),)] = array
