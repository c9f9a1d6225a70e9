"""Traces and stories, made up of gates that run evenly or stand still."""

import math

import numpy as np

from charlstm.cells import CellInfo
from charlstm.inspection.gates.record import Trace
from charlstm.models import info_of

KOREAN = "돌쇠가 물었다.\n"
ENGLISH = "The tide.\n"
JAMO = "\u1103\u1169\u11af a\u1100\u1161"  # 돌, a space, a, 가
AWFUL = (
    "[bold]:heart:\x1b[31m\0\t\r\x07\x7f\x9b\u202e\u200d\u2028\u3000\u0301\u1100가😀\u11a8\ufdfa\n"
)
CONTROLS = set("\x1b\0\t\r\x07\x7f\x9b\u202e\u200d\u2028")
LSTM = ("forget", "input", "candidate", "output", "cell", "hidden")
GRU = ("reset", "update", "candidate", "hidden")
PLAIN = ("hidden",)


def trace_of(
    text: str, *, layers: int = 2, units: int = 12, names: tuple[str, ...] = LSTM
) -> Trace:
    """Return a trace whose gates run evenly from one end of their range to the other."""
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
    return info_of({LSTM: "lstm", GRU: "gru"}.get(names, "rnn"))


def steady_trace(text: str) -> Trace:
    """Return a trace of one layer of two units, where only the forget gate moves: 0.9 to 0.1."""
    means = {"input": 0.25, "candidate": -0.5, "output": 0.75, "cell": 1.25, "hidden": 0.5}
    courses = {"forget": np.linspace(0.9, 0.1, len(text))}
    courses |= {name: np.full(len(text), mean) for name, mean in means.items()}
    apart = np.array([-0.05, 0.05])
    values = {
        name: (course[None, :, None] + apart).astype(np.float32) for name, course in courses.items()
    }
    bits = np.array([np.nan, *[3.21] * (len(text) - 1)], dtype=np.float32)
    guesses = [[("쇠", 0.71), ("\n", 0.06)] for _ in text]
    return Trace(info_of("lstm"), text, values, bits, guesses, 0.0)


def story_trace(text: str = KOREAN, at: int = 2) -> Trace:
    """Return a trace of one layer of three units, of which unit 1 changes most at the place."""
    made = trace_of(text, layers=1, units=3)
    for name, value in {
        "forget": 0.934,
        "input": 0.412,
        "candidate": 0.601,
        "output": 0.702,
    }.items():
        made.values[name][0, at] = [0.5, value, 0.5]
    if at:
        made.values["cell"][0, at - 1] = [0.1, 0.8041, 0.1]
    before = made.values["cell"][0, at - 1][1] if at else 0.0
    cell = 0.934 * before + 0.412 * 0.601
    made.values["cell"][0, at] = [0.1, cell, 0.1]
    made.values["hidden"][0, at] = [0.1, 0.702 * math.tanh(cell), 0.1]
    return made


def gru_story_trace() -> Trace:
    """Return a trace of a GRU whose h follows from its gates at character 3."""
    made = trace_of(KOREAN, names=GRU)
    update, candidate, hidden = made.update, made.candidate, made.hidden
    hidden[0, 3] = update[0, 3] * hidden[0, 2] + (1 - update[0, 3]) * candidate[0, 3]
    return made
