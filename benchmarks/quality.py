"""How well a held-out text is predicted after so much training, beside a Transformer.

    python benchmarks/quality.py --data FILE --minutes 1 3 10 --png FILE --json FILE

Each budget of minutes is a training of its own, whose learning rate ends with it, of

- charlstm: what `charlstm train FILE --minutes M` trains, by its own clock, validation and all;
- baby: GPT2LMHeadModel of transformers in the size that nanoGPT's README trains on a CPU;
- gpt: the same in the size that it trains on a GPU.

The Transformers learn as nanoGPT's do: AdamW with decay on matrices only, 100 steps of warm-up (a
training shorter than that is warm after its first tenth, as charlstm's is), a cosine down to a
tenth on the clock, clipping, sequences from random places. Unlike those they have biases. They
train in bf16 where a few steps are clearly faster so, and their clock stands still while that is
tried and while they are scored.

All learn from the same nine tenths with the same vocabulary, where a character that comes once is
read as the unknown half of the time, and are scored on the whole of the last tenth, in float32:
charlstm reads it in order; a Transformer in windows that overlap by half, so that each character is
counted once, with at least half a context before it unless the text begins there. Of a training the
best score counts, as both keep the best weights.
"""

import argparse
import dataclasses
import itertools
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
import transformers
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table
from torch import Generator, Tensor, nn
from torch.nn import functional as F
from training import machine

import charlstm
from charlstm.config import TextConfig
from charlstm.events import Evaluated, Started
from charlstm.text.batching import unknown_masks_of
from charlstm.text.corpus import build_corpus, split
from charlstm.text.files import read
from charlstm.text.vocabulary import UNKNOWN_ID, Vocabulary

_OURS = "charlstm"
_WARMUP = 100
_WORTHWHILE = 1.1
_TRIED = 8  # sequences; as good a measure as a large batch
_TOKENS = 8192  # scored at a time


@dataclass(frozen=True)
class Recipe:
    """How a Transformer looks and learns, context T, batch B, and how often it is scored."""

    layers: int
    heads: int
    width: int
    context: int
    batch: int
    dropout: float
    rate: float = 1e-3
    validations: int = 10


RECIPES = {
    "baby": Recipe(layers=4, heads=4, width=128, context=64, batch=12, dropout=0.0),
    "gpt": Recipe(layers=6, heads=6, width=384, context=256, batch=64, dropout=0.2),
}


@dataclass(frozen=True)
class Data:
    """A text in two: ids to learn from (N), ids to be scored on (M), and what they stand for.

    `unknown_masks` (2, V) tells which ids are the unknown in even steps, and which in odd ones.
    """

    train: Tensor
    heldout: Tensor
    vocabulary: Vocabulary
    unknown_masks: Tensor


@dataclass(frozen=True)
class Point:
    """A score on the way: after so many seconds and steps, −ln p a character on average."""

    seconds: float
    step: int
    nats: float

    @property
    def bits(self) -> float:
        """Return −log2 p a character."""
        return self.nats / math.log(2)


@dataclass(frozen=True)
class Training:
    """A training that is over, with its scores in order, and the best of them."""

    model: str
    minutes: float
    parameters: int
    precision: str
    points: Sequence[Point]
    best: Point


def main() -> None:
    """Train, score, and show."""
    options = _parser().parse_args()
    transformers.logging.set_verbosity_error()
    text = read([str(options.data)]).text
    data = data_of(text)
    setting = f"{machine()}, transformers {transformers.__version__}, seed {options.seed}"
    about = f"{options.data.stem}: {len(data.train):,} characters to learn from, "
    about += f"{len(data.heldout):,} held out, V = {len(data.vocabulary):,}"
    print(setting, about, sep="\n", flush=True)
    models = [_OURS, *RECIPES] if options.model == "all" else [options.model]
    changes = {key: getattr(options, key) for key in ("rate", "batch", "dropout", "validations")}
    changes = {key: value for key, value in changes.items() if value is not None}
    trainings = []
    for minutes, model in itertools.product(options.minutes, models):
        if model == _OURS:
            trainings.append(ours(options.data, minutes, options.seed))
        else:
            recipe = dataclasses.replace(RECIPES[model], **changes)
            trainings.append(transformer(model, recipe, data, minutes, options.seed))
    Console().print(table(trainings))
    if options.json:
        record = {"setting": setting, "text": about, "transformers_with": changes}
        every = {"trainings": [dataclasses.asdict(each) for each in trainings]}
        options.json.write_text(json.dumps(record | every, indent=1) + "\n", encoding="utf-8")
    if options.png:
        picture(trainings, f"{about}\n{setting}").savefig(options.png, dpi=150)


def ours(data: Path, minutes: float, seed: int) -> Training:
    """Train as a user does, and note each validation."""
    with tempfile.TemporaryDirectory() as folder:
        training = charlstm.train(data, output=Path(folder, "run"), minutes=minutes, seed=seed)
        events = list(training)
    (started,) = (event for event in events if isinstance(event, Started))
    evaluated = (event for event in events if isinstance(event, Evaluated))
    points = [Point(e.seconds, e.step, e.val_nats_per_char) for e in evaluated]
    return _over(_OURS, minutes, started.parameters, started.execution.precision, points)


def transformer(name: str, recipe: Recipe, data: Data, minutes: float, seed: int) -> Training:
    """Train a Transformer on the clock."""
    torch.manual_seed(seed)
    model = new_transformer(recipe, len(data.vocabulary))
    batches = sequences(data, recipe, Generator().manual_seed(seed))
    precision = faster(model, next(batches)[:_TRIED])
    judge = partial(score, model, data, recipe.context)
    points = learning(model, recipe, batches, 60 * minutes, precision, judge)
    parameters = sum(each.numel() for each in model.parameters())
    return _over(name, minutes, parameters, precision, points)


def data_of(text: str) -> Data:
    """Split and encode a text as `charlstm train` does."""
    parts = split(text, TextConfig())
    corpus = build_corpus(parts)
    vocabulary = corpus.vocabulary
    both = (corpus.train, vocabulary.encode(parts.heldout))
    train, heldout = (torch.from_numpy(ids.astype(np.int64)) for ids in both)
    return Data(train, heldout, vocabulary, torch.from_numpy(unknown_masks_of(corpus.counts)))


def new_transformer(recipe: Recipe, vocabulary: int) -> nn.Module:
    """Make a GPT-2 of a size, with weights drawn by torch's own generator."""
    config = transformers.GPT2Config(
        vocab_size=vocabulary,
        n_positions=recipe.context,
        n_embd=recipe.width,
        n_layer=recipe.layers,
        n_head=recipe.heads,
        use_cache=False,
        **dict.fromkeys(("resid_pdrop", "embd_pdrop", "attn_pdrop"), recipe.dropout),
        **dict.fromkeys(("bos_token_id", "eos_token_id")),
    )
    model: nn.Module = transformers.GPT2LMHeadModel(config)
    return model


def sequences(data: Data, recipe: Recipe, draw: Generator) -> Iterator[Tensor]:
    """Take sequences from random places, again and again: (B, T+1)."""
    most = len(data.train) - recipe.context
    for step in itertools.count():
        places = torch.randint(most, (recipe.batch, 1), generator=draw)
        ids = data.train[places + torch.arange(recipe.context + 1)]
        yield ids.masked_fill(data.unknown_masks[step % 2, ids], UNKNOWN_ID)


def surprisals(model: nn.Module, ids: Tensor) -> Tensor:
    """Return −ln p of each character but the first: (B, T+1) -> (B, T)."""
    logits = model(input_ids=ids[:, :-1]).logits.float()
    return F.cross_entropy(logits.transpose(1, 2), ids[:, 1:], reduction="none")


def mean_cost(model: nn.Module, ids: Tensor, precision: str) -> Tensor:
    """Return the loss, computed in a precision."""
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        return surprisals(model, ids).mean()


def faster(model: nn.Module, ids: Tensor) -> str:
    """Try which precision trains faster; the weights stay as they are."""
    seconds = {}
    for precision in ("float32", "bf16"):
        times = []
        for _ in range(3):
            begin = time.perf_counter()
            mean_cost(model, ids, precision).backward()  # type: ignore[no-untyped-call]
            times.append(time.perf_counter() - begin)
        seconds[precision] = min(times[1:])
    model.zero_grad()
    return "bf16" if seconds["bf16"] * _WORTHWHILE < seconds["float32"] else "float32"


def learning(  # noqa: PLR0913, PLR0917
    model: nn.Module,
    recipe: Recipe,
    batches: Iterator[Tensor],
    seconds: float,
    precision: str,
    judge: Callable[[], float],
) -> Iterator[Point]:
    """Train until the time is over, and score at even distances on the way and at the end."""
    optimizer = new_optimizer(model, recipe.rate)
    busy, progress, step, validations = 0.0, 0.0, 0, 0
    while progress < 1:
        begin = time.perf_counter()
        for group in optimizer.param_groups:
            group["lr"] = rate_at(recipe.rate, step, progress)
        optimizer.zero_grad()
        mean_cost(model, next(batches), precision).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        busy += time.perf_counter() - begin
        progress = min(1.0, busy / seconds)
        if int(progress * recipe.validations) > validations:
            validations = int(progress * recipe.validations)
            yield Point(busy, step, judge())


def new_optimizer(model: nn.Module, rate: float) -> torch.optim.Optimizer:
    """Make AdamW, with decay on matrices only."""
    parameters = list(model.parameters())
    groups = [
        {"params": [each for each in parameters if each.ndim > 1], "weight_decay": 0.1},
        {"params": [each for each in parameters if each.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, rate, betas=(0.9, 0.99), fused=True)


def rate_at(rate: float, step: int, progress: float) -> float:
    """Return the learning rate of the step that comes next, `progress` (0..1) along."""
    warm = min(1.0, max((step + 1) / (_WARMUP + 1), 10 * progress))
    return rate * warm * (0.1 + 0.9 * (1 + math.cos(math.pi * progress)) / 2)


@torch.inference_mode()
def score(model: nn.Module, data: Data, context: int) -> float:
    """Return −ln p of each held-out character but the first, on average."""
    counted, overlap = len(data.heldout) - 1, context // 2
    windows = max(1, math.ceil((counted - context) / overlap) + 1)
    places = overlap * torch.arange(windows)[:, None] + torch.arange(context + 1)
    nats = torch.zeros(counted)
    model.eval()
    for some in torch.split(places, max(1, _TOKENS // context)):
        # Past the end anything can stand: nothing looks ahead.
        found = surprisals(model, data.heldout[some.clamp(max=counted)])
        # What the window before has counted, with more to go by, is not counted again.
        due = (some[:, :-1] < counted) & ((some[:, :1] == 0) | (torch.arange(context) >= overlap))
        nats[some[:, :-1][due]] = found[due]
    model.train()
    following = data.heldout[1:].numpy()
    choice = np.float32(math.log(data.vocabulary.outside))
    return float((nats.numpy() + (following == UNKNOWN_ID) * choice).mean(dtype=np.float64))


def table(trainings: Sequence[Training]) -> Table:
    """Draw what each training came to."""
    titles = ("model", "parameters", "precision", "steps", "seconds", "nats/char", "bits/char")
    drawn = Table(*titles)
    for column in drawn.columns[1:]:
        column.justify = "right"
    for each in trainings:
        end = each.points[-1]
        figures = (f"{each.parameters:,}", each.precision, f"{end.step:,}", f"{end.seconds:.1f}")
        drawn.add_row(each.model, *figures, f"{each.best.nats:.4f}", f"{each.best.bits:.4f}")
    return drawn


def picture(trainings: Sequence[Training], title: str) -> Figure:
    """Draw scores by time: thin what was scored on the way, joined what trainings came to."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot(xscale="log", xlabel="seconds of training")
    axes.set_ylabel("bits per held-out character")
    axes.set_title(title, fontsize=6)
    for which in ("major", "minor"):
        getattr(axes.xaxis, f"set_{which}_formatter")("{x:g}")
    for number, model in enumerate(dict.fromkeys(each.model for each in trainings)):
        of_model = [each for each in trainings if each.model == model]
        for each in of_model:
            seconds, bits = zip(*((p.seconds, p.bits) for p in each.points), strict=True)
            axes.plot(seconds, bits, color=f"C{number}", linewidth=0.7, alpha=0.6)
        ends = sorted((each.points[-1].seconds, each.best.bits) for each in of_model)
        axes.plot(*zip(*ends, strict=True), "o-", color=f"C{number}", label=model)
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    return figure


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minutes", type=float, nargs="+", required=True)
    parser.add_argument("--model", choices=["all", _OURS, *RECIPES], default="all")
    parser.add_argument("--png", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, help="learning rate of the Transformers")
    parser.add_argument("--batch", type=int, help="sequences that a Transformer reads in a step")
    parser.add_argument("--dropout", type=float, help="of the Transformers")
    parser.add_argument("--validations", type=int, help="of a Transformer on its way")
    return parser


def _over(
    model: str, minutes: float, parameters: int, precision: str, points: Iterable[Point]
) -> Training:
    """Train to the end, and tell of each score as it comes."""
    told = []
    for point in points:
        line = f"{model}, {minutes:g} min: {point.seconds:.1f} s, {point.nats:.4f} nats"
        print(line, file=sys.stderr, flush=True)
        told.append(point)
    best = min(told, key=lambda point: point.nats)
    return Training(model, minutes, parameters, precision, told, best)


if __name__ == "__main__":
    main()
