"""Small handmade traces, and drawings of them as they stand in a terminal."""

import io

import numpy as np
from rich.console import Console, RenderableType
from rich.style import Style

from charlstm.cells import CellInfo
from charlstm.inspection.gates.record import Trace
from charlstm.models import info_of
from charlstm.models.lstm import INFO

KOREAN = "돌쇠가 물었다.\n"
ENGLISH = "The tide.\n"
JAMO = "\u1103\u1169\u11af a\u1100\u1161"  # 돌, a space, a, 가
AWFUL = (
    "[bold]:heart:\x1b[31m\0\t\r\x07\x7f\x9b\u202e\u200d\u2028\u3000\u0301\u1100가😀\u11a8\ufdfa\n"
)
LSTM = ("forget", "input", "candidate", "output", "cell", "hidden")
GRU = ("reset", "update", "candidate", "hidden")


def plain(view: RenderableType, width: int) -> str:
    """Draw without colours, and leave out spaces at line ends."""
    file = io.StringIO()
    Console(file=file, width=width, color_system=None, legacy_windows=False).print(view)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def coloured(view: RenderableType, width: int, colors: str) -> str:
    """Draw for a terminal with so many colours: standard (16), 256 or truecolor."""
    # Rich remembers how it wrote a style with fewer colours.
    Style._add.cache_clear()  # noqa: SLF001
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=True,
        color_system=colors,  # type: ignore[arg-type]
        legacy_windows=False,
        no_color=False,
    )
    console.print(view)
    return file.getvalue()


def trace_of(
    text: str, *, layers: int = 2, units: int = 12, names: tuple[str, ...] = LSTM
) -> Trace:
    """Make up a trace: gates run evenly from one end of their range to the other."""
    shape = (layers, len(text), units)
    course = np.linspace(0.0, 1.0, layers * len(text) * units).reshape(shape)
    ranges = {"candidate": (-1.0, 1.0), "cell": (0.0, 6.0), "hidden": (-0.9, 0.9)}
    values = {}
    for place, name in enumerate(names):
        least, most = ranges.get(name, (0.0, 1.0))
        there_and_back = course if place % 2 else course[:, ::-1, :]
        values[name] = (least + (most - least) * there_and_back).astype(np.float32)
    bits = np.array([np.nan, *(3.21 * t for t in range(1, len(text)))], dtype=np.float32)
    guesses = [[("쇠", 0.71), (" ", 0.06)] for _ in text]
    return Trace(_info(names), text, values, bits, guesses, 0.0)


def _info(names: tuple[str, ...]) -> CellInfo:
    if "forget" in names:
        return INFO
    return info_of("gru" if "update" in names else "rnn")
