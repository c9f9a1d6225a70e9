"""Arrays as a file of NumPy's, also part by part: a long text's gates need not fit in memory."""

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


def write_parts(parts: Iterable[tuple[int, Arrays]], file: IO[bytes]) -> None:
    """Write arrays that come in parts of a text, with where each begins: (L, T, H) or (T).

    Parts come in any order; of two at the same place the later one is written. They are laid down
    in temporary files, one for each layer of each array, and put together at the end, uncompressed.
    """
    with ExitStack() as stack:
        columns: dict[str, _Column] = {}
        for start, part in parts:
            for name, array in part.items():
                if name not in columns:
                    columns[name] = _Column(array, stack)
                columns[name].put(start, array)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, column in columns.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    column.write(member)


class _Column:
    """One array that grows along T."""

    def __init__(self, first: NDArray[Any], stack: ExitStack) -> None:
        self.dtype, self.length = first.dtype, 0
        self.before, self.after = (first.shape[:1], first.shape[2:]) if first.ndim > 1 else ((), ())
        layers = self.before[0] if self.before else 1
        self.row = self.dtype.itemsize * math.prod(self.after)
        self.files = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(layers)]  # noqa: SIM115

    def put(self, start: int, array: NDArray[Any]) -> None:
        """Lay down a part."""
        layers = array if self.before else array[None]
        for layer, file in zip(layers, self.files, strict=True):
            file.seek(start * self.row)
            file.write(np.ascontiguousarray(layer).data)
        self.length = max(self.length, start + layers.shape[1])

    def write(self, member: IO[bytes]) -> None:
        """Write it all as NumPy does."""
        header = {
            "descr": np.lib.format.dtype_to_descr(self.dtype),
            "fortran_order": False,
            "shape": (*self.before, self.length, *self.after),
        }
        np.lib.format.write_array_header_1_0(member, header)
        for file in self.files:
            file.seek(0)
            shutil.copyfileobj(file, member, _COPIED_AT_ONCE)
