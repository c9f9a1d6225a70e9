"""How much memory a training takes for each character of its text.

    python benchmarks/memory.py --characters 100000000

The bundled tales are repeated until a text is so long. The same tiny model is trained for a few
steps on that text and on a quarter of it, each in a process of its own. What the long one takes
more, divided by what it has more of characters, is the memory per character, beyond the model and
torch themselves: while training (the process's own memory after a step or a validation, whichever
is more, and all ids, although the system drops those that it needs room for) and at the highest
(resident memory, with reading, splitting, encoding and validation). Texts have to be so long
because the 0.2 GB that torch takes before its first step hide what is read in less.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

import charlstm
from charlstm.events import Evaluated, Started, Stepped
from charlstm.text.bundled import bundled


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--characters", type=int, default=100_000_000)
    parser.add_argument("--corpus", default="korean", help="korean or english")
    parser.add_argument("--form", default="nfc")
    parser.add_argument("--file", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.file:
        print(json.dumps(train(options.file, options.form)))
        return
    few = options.characters // 4
    short, long = (measure(n, options) for n in (few, options.characters))
    more = options.characters - few
    print(f"{datetime.now(UTC):%Y-%m-%d}, {sys.platform}, torch {torch.__version__}, ", end="")
    print(f"{options.corpus}, form {options.form}, {options.characters:,} characters")
    for name in ("training", "highest"):
        each = (long[name] - short[name]) / more
        print(f"{name:<10}{each:6.2f} bytes a character ({long[name] / 1e6:,.0f} MB in all)")


def measure(characters: int, options: argparse.Namespace) -> dict[str, int]:
    """Train on a text of so many characters in a process of its own."""
    text = bundled(options.corpus).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "text.txt")
        file.write_text((text * (1 + characters // len(text)))[:characters], encoding="utf-8")
        command = [sys.executable, __file__, "--file", str(file), "--form", options.form]
        result = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
        found: dict[str, int] = json.loads(result.stdout)
    return found


def train(file: str, form: str) -> dict[str, int]:
    """Train for three steps, and return the memory while training and at the highest."""
    training = charlstm.train(
        file,
        output=Path(file).with_suffix(""),
        form=form,
        size="tiny",
        steps=3,
        precision="float32",
        workers=1,
        threads=1,
    )
    own = ids = 0
    for event in training:
        if isinstance(event, Started):
            size = np.min_scalar_type(event.model.vocabulary - 1).itemsize
            ids = round(event.train_chars * event.ids_per_char) * size
        elif isinstance(event, Stepped | Evaluated):
            own = max(own, _memory("RssAnon"))
    return {"training": own + ids, "highest": _memory("VmHWM")}


def _memory(field: str) -> int:
    """Read a figure of this process, in bytes; Linux alone has it."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
