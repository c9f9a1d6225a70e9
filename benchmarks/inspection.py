"""How long it takes to look inside, beside the forward pass of the same model on the same text.

    python benchmarks/inspection.py --characters 100000 --hidden 512

Every gate of every unit is written to a file of NumPy's, and single units are searched for what
they track; the model is new and the text the bundled English one, as often as needed. The peak of
resident memory is that of the whole process up to then.
"""

import argparse
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
from torch import Generator

from charlstm.config import ModelConfig
from charlstm.inspection.gates.compute import placed_traces
from charlstm.inspection.npz import write_parts
from charlstm.inspection.units.compute import units
from charlstm.language_model import LanguageModel
from charlstm.language_model.reading import read_in_chunks
from charlstm.models import new_model
from charlstm.text.bundled import bundled
from charlstm.text.vocabulary import Vocabulary


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--characters", type=int, default=100_000)
    parser.add_argument("--hidden", type=int, default=512)
    parser.add_argument("--layers", type=int, default=2)
    options = parser.parse_args()
    text = bundled("english").read_text(encoding="utf-8")
    text = (text * (1 + options.characters // len(text)))[: options.characters]
    vocabulary = Vocabulary.of(text)
    config = ModelConfig("lstm", len(vocabulary), 256, options.hidden, options.layers)
    network = new_model(config, Generator().manual_seed(1)).requires_grad_(requires_grad=False)
    model = LanguageModel(network, vocabulary, "none")
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, torch {torch.__version__}, ", end=""
    )
    print(f"{torch.get_num_threads()} threads, {options.layers}×{options.hidden}, ", end="")
    print(f"{len(text):,} characters, seed 1")
    forward = _report("forward pass", lambda: read(model, text), None)
    _report("all gates to .npz", lambda: write(model, text), forward)
    _report("units", lambda: units(model, text, np.random.default_rng(1)), forward)


@torch.inference_mode()
def read(model: LanguageModel, text: str) -> None:
    """Read the text in order, in chunks."""
    for _ in read_in_chunks(model, model.encode(text)[:, None], model.initial_state()):
        pass


def write(model: LanguageModel, text: str) -> None:
    """Write every gate of every unit."""
    with tempfile.TemporaryDirectory() as folder, Path(folder, "gates.npz").open("wb") as file:
        write_parts(placed_traces(model, text), len(text), file)


def _report(name: str, work: Callable[[], object], forward: float | None) -> float:
    begin = time.perf_counter()
    work()
    seconds = time.perf_counter() - begin
    ratio = "" if forward is None else f"{seconds / forward:6.2f} × the forward pass"
    # In bytes on macOS, elsewhere in KiB.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
    print(f"{name:<20}{seconds:8.1f} s  peak {peak:5.2f} GB  {ratio}", flush=True)
    return seconds


if __name__ == "__main__":
    main()
