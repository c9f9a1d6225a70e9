"""How fast training is: beside plain PyTorch, and beside what the processor can do at most.

    python benchmarks/training.py --shapes 2x256 3x512 --vocabularies 65 2000 --seconds 3 --rounds 7

Measured are characters per second of whole training steps (forward, loss, backward, optimiser) on
random characters, without dropout, of

- charlstm: its own training, with the workers, precision and kernel that it finds to be the
  fastest, and AdamW as the others have it; and once more with Muon, whose steps cost more;
- plain: Embedding, nn.LSTM, Linear, cross-entropy and Adam in the plainest loop over sequences, in
  float32 and in bf16 autocast;
- one by one: the same in float32, but nn.LSTM is called once a character (T = 1), and the losses of
  the sequence are added up for one backward pass. So do PyTorch's tutorials of character-level
  RNNs, one sequence at a time (B = 1); others do so with a batch, and that is measured as well.

All of a shape take turns, round after round, and a ratio is the median of the rounds' own ratios.

A character costs 6·W floating-point operations, W being the weights of the LSTM and of the head,
Σ 4H(in + H) + H·V: a multiplication and an addition each forwards, and twice as many backwards,
where what came in and the weight each want their gradient. The embedding is looked up. So many
operations a second, as a share of those of the fastest large torch.mm, are what training reaches.
"""

import argparse
import itertools
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

import charlstm
from charlstm.events import Started, Stepped

_OURS = "charlstm"
_DTYPES = {"bf16": torch.bfloat16, "float32": torch.float32}
_CHARACTERS = 500_000
_SIDE = 2048  # of the matrices that are multiplied
_NEVER = 10**12
_FIRST_CHARACTER = 0x4E00  # from there on there are characters enough


@dataclass(frozen=True)
class Case:
    """What is trained, and on how much at once: L, H, V, B, T."""

    layers: int
    hidden: int
    vocabulary: int
    batch: int
    seq_length: int
    seed: int

    @property
    def embedding(self) -> int:
        """Choose E."""
        return 128 if self.hidden <= 256 else 256

    @property
    def weights(self) -> int:
        """Count W, those of the LSTM and of the head; biases are no products."""
        inputs = [self.embedding] + [self.hidden] * (self.layers - 1)
        return sum(4 * self.hidden * (x + self.hidden) for x in inputs) + self.head

    @property
    def head(self) -> int:
        """Count the weights of the head."""
        return self.hidden * self.vocabulary

    def text(self) -> Tensor:
        """Draw the characters to train on: (N)."""
        draw = Generator().manual_seed(self.seed)
        return torch.randint(self.vocabulary, (_CHARACTERS,), generator=draw)


@dataclass(frozen=True)
class Program:
    """A training under way: each of `steps` makes one step and counts the characters it read.

    `settled` is the precision, and of charlstm the kernel as well.
    """

    name: str
    settled: str
    case: Case
    steps: Iterator[int]


_State = tuple[Tensor, ...]
# A program, and its characters a second in each round.
_One = tuple[Program, Sequence[float]]
_Measured = Sequence[_One]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    shapes = ["2x128", "2x256", "2x512", "3x512"]
    parser.add_argument("--shapes", nargs="+", default=shapes, help="layers x units")
    parser.add_argument("--vocabularies", nargs="+", type=int, default=[65, 2000])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seq-length", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{machine()}, seed {options.seed}")
    print(f"B = {options.batch}, T = {options.seq_length}, ", end="")
    print(f"medians of {options.rounds} rounds of {options.seconds:g} s, lowest and highest")
    rest = (options.batch, options.seq_length, options.seed)
    for shape in options.shapes:
        layers, hidden = map(int, shape.replace("×", "x").split("x"))
        cases = [Case(layers, hidden, v, *rest) for v in sorted(options.vocabularies)]
        with tempfile.TemporaryDirectory() as folder:
            _compare(cases, options.seconds, options.rounds, Path(folder))


def machine() -> str:
    """Name the day, the processor and what computes on it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    name = (names or [platform.processor() or platform.machine()])[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()}, {name}, "
        f"{os.cpu_count()} cores, {torch.backends.cpu.get_cpu_capability()}, "
        f"torch {torch.__version__}, {torch.get_num_threads()} threads"
    )


def ours(case: Case, optimizer: str, folder: Path) -> Program:
    """Train as `charlstm train` does, never validating."""
    file = folder / f"{case.hidden}-{case.vocabulary}.txt"
    file.write_text("".join(map(chr, case.text() + _FIRST_CHARACTER)), encoding="utf-8")
    training = charlstm.train(
        file,
        output=folder / f"{file.stem}-{optimizer}",
        embedding=case.embedding,
        hidden=case.hidden,
        layers=case.layers,
        dropout=0.0,
        val_fraction=0.001,
        batch_size=case.batch,
        seq_length=case.seq_length,
        optimizer=optimizer,
        steps=_NEVER,
        seed=case.seed,
    )
    events = iter(training)
    started = next(event for event in events if isinstance(event, Started))
    characters = case.batch * case.seq_length
    steps = (characters for event in events if isinstance(event, Stepped))
    name = _OURS if optimizer == "adamw" else f"{_OURS}, {optimizer}"
    execution = started.execution
    return Program(name, f"{execution.precision}, {execution.kernel}", case, steps)


def plain(case: Case, precision: str) -> Program:
    """Train `nn.LSTM` on whole sequences."""
    return Program(f"plain, {precision}", precision, case, _plain_steps(case, precision))


def one_by_one(case: Case, batch: int) -> Program:
    """Train `nn.LSTM` on a character at a time."""
    return Program(f"one by one, B = {batch}", "float32", case, _single_steps(case, batch))


class _Plain(nn.Module):
    """What a textbook has."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.embedding = nn.Embedding(case.vocabulary, case.embedding)
        self.lstm = nn.LSTM(case.embedding, case.hidden, case.layers)
        self.head = nn.Linear(case.hidden, case.vocabulary)

    def loss(self, ids: Tensor, state: _State | None) -> tuple[Tensor, _State]:
        """Read ids (T+1, B), and return the mean cross-entropy of all but the first."""
        y, state = self.lstm(self.embedding(ids[:-1]), state)
        loss = F.cross_entropy(self.head(y).flatten(0, 1), ids[1:].flatten())
        return loss, tuple(part.detach().float() for part in state)


def _plain_steps(case: Case, precision: str) -> Iterator[int]:
    torch.manual_seed(case.seed)
    model, state = _Plain(case), None
    optimizer = torch.optim.Adam(model.parameters())
    for ids in _sequences(case, case.batch):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
            loss, state = model.loss(ids, state)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield case.seq_length * case.batch


def _single_steps(case: Case, batch: int) -> Iterator[int]:
    torch.manual_seed(case.seed)
    model = _Plain(case)
    optimizer = torch.optim.Adam(model.parameters())
    for ids in _sequences(case, batch):
        optimizer.zero_grad()
        state, total = None, torch.zeros(())
        for character, following in itertools.pairwise(ids):
            y, state = model.lstm(model.embedding(character[None]), state)
            total = total + F.cross_entropy(model.head(y[0]), following)
        total.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield case.seq_length * batch


def _sequences(case: Case, batch: int) -> Iterator[Tensor]:
    """Walk through the text in B places at once, again and again: (T+1, B)."""
    streams = case.text()[: _CHARACTERS // batch * batch].view(batch, -1).T.contiguous()
    starts = range(0, len(streams) - case.seq_length, case.seq_length)
    return (streams[start : start + case.seq_length + 1] for start in itertools.cycle(starts))


def _compare(cases: Sequence[Case], seconds: float, rounds: int, folder: Path) -> None:
    """Let all programs of a shape take turns, and print how they did."""
    programs = [program for case in cases for program in _programs(case, folder)]
    for program in programs:
        # The first steps make ready.
        next(program.steps)
        next(program.steps)
    speeds: list[list[float]] = [[] for _ in programs]
    peaks = dict.fromkeys(_DTYPES, 0.0)
    for _ in range(rounds):
        for precision in peaks:
            peaks[precision] = max(peaks[precision], _peak(precision, seconds / 2))
        for program, of_program in zip(programs, speeds, strict=True):
            of_program.append(_speed(program, seconds))
    measured = list(zip(programs, speeds, strict=True))
    first = [(p, s) for p, s in measured if p.name == _OURS]
    for ours_, of_ours in first:
        _print_case([each for each in measured if each[0].case == ours_.case], of_ours, peaks)
    for larger in first[1:]:
        _print_growth(first[0], larger, peaks)


def _programs(case: Case, folder: Path) -> list[Program]:
    batches = sorted({case.batch, 1}, reverse=True)
    plains = [plain(case, precision) for precision in ("float32", "bf16")]
    return [
        ours(case, "adamw", folder),
        ours(case, "muon", folder),
        *plains,
        *(one_by_one(case, batch) for batch in batches),
    ]


def _speed(program: Program, seconds: float) -> float:
    """Measure characters a second, over at least one step."""
    begin = time.perf_counter()
    characters = next(program.steps)
    while time.perf_counter() < begin + seconds:
        characters += next(program.steps)
    return characters / (time.perf_counter() - begin)


def _peak(precision: str, seconds: float) -> float:
    """Measure operations a second of the fastest of many products of large matrices."""
    a, b = torch.full((2, _SIDE, _SIDE), 0.5, dtype=_DTYPES[precision])
    out, best, end = torch.empty_like(a), 0.0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        begin = time.perf_counter()
        torch.mm(a, b, out=out)
        best = max(best, 2 * _SIDE**3 / (time.perf_counter() - begin))
    return best


def _print_case(measured: _Measured, of_ours: Sequence[float], peaks: Mapping[str, float]) -> None:
    """Print what was measured of one case, beside ours and beside the matrix product."""
    case = measured[0][0].case
    rates = ", ".join(f"{name} {peak / 1e9:,.0f} GFLOP/s" for name, peak in peaks.items())
    print(f"\n{case.layers}×{case.hidden}, E = {case.embedding}, V = {case.vocabulary:,}: ", end="")
    print(f"{6 * case.weights / 1e6:.1f} MFLOP a character; torch.mm {rates}")
    print(f"{'':<28}{'characters/s':>12}{'charlstm is faster':>32}{'of bf16':>9}")
    for program, speeds in measured:
        speed = statistics.median(speeds)
        share = speed * 6 * case.weights / peaks["bf16"]
        name = program.name + (f", {program.settled}" if program.name == _OURS else "")
        print(f"{name:<28}{speed:12,.0f}{_ratio(of_ours, speeds):>32}{share:9.1%}", flush=True)


def _print_growth(small: _One, large: _One, peaks: Mapping[str, float]) -> None:
    """Print what a larger vocabulary costs, and how much of that is arithmetic."""
    (one, fast), (other, slow) = small, large
    grown = other.case.weights / one.case.weights
    extra = 1 / statistics.median(slow) - 1 / statistics.median(fast)
    products = 6 * (other.case.head - one.case.head) / peaks["bf16"]
    print(f"\n{one.case.layers}×{one.case.hidden}: V = {other.case.vocabulary:,} ", end="")
    print(f"instead of {one.case.vocabulary:,}: charlstm {_ratio(fast, slow)} slower, ", end="")
    print(f"{grown:.2f} × the arithmetic; at the rate of torch.mm in bf16 ", end="")
    print(f"the head's would take {products / extra:.0%} of the {extra * 1e6:.2f} µs more")


def _ratio(one: Sequence[float], other: Sequence[float]) -> str:
    """Return the median of the ratios of each round, the lowest and the highest."""
    ratios = [a / b for a, b in zip(one, other, strict=True)]
    return f"{statistics.median(ratios):.2f} × ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    main()
