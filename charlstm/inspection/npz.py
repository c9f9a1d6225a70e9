"""Arrays as a file of NumPy's, also part by part: a long text's gates need not fit in memory.

Shapes: T time, L layers, H hidden.
"""

import math
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import IO, Any

import numpy as np
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
    with ExitStack() as stack:
        columns: dict[str, _Column] = {}
        for start, part in parts:
            for name, array in part.items():
                if name not in columns:
                    opened = stack.enter_context(tempfile.TemporaryFile())
                    columns[name] = _Column(opened, array, length)
                columns[name].put(start, array)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, column in columns.items():
                column.file.seek(0)
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    shutil.copyfileobj(column.file, member, _COPIED_AT_ONCE)


class _Column:
    """One array as a file of NumPy's whose parts are written in any order.

    A memory map would do the same, but takes twice as long for a page at a time.
    """

    def __init__(self, file: IO[bytes], first: NDArray[Any], length: int) -> None:
        self.file, self.length = file, length
        shape = (length,) if first.ndim == 1 else (first.shape[0], length, *first.shape[2:])
        descr = np.lib.format.dtype_to_descr(first.dtype)
        header = {"descr": descr, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        self.begin, self.row = file.tell(), first.dtype.itemsize * math.prod(shape[2:])

    def put(self, start: int, array: NDArray[Any]) -> None:
        """Write a part: a run of rows in each layer."""
        for layer, rows in enumerate(array if array.ndim > 1 else array[None]):
            self.file.seek(self.begin + (layer * self.length + start) * self.row)
            self.file.write(np.ascontiguousarray(rows).data)
