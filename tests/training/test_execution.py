"""Choosing workers, threads and precision: by a clock that the test tells how long steps take."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import pytest
import torch
from torch import Generator, Tensor

from charlstm.config import Execution, ModelConfig, Regularization, TrainConfig, TrainRequest
from charlstm.errors import OptionError
from charlstm.limits import FAMILIES
from charlstm.models import new_model
from charlstm.models.base import Network
from charlstm.training.execution import default_cache, measure

AUTO = TrainRequest()
TRAINING = TrainConfig(8, 10, 0.1, "muon", steps=1)


class Bench:
    """Stands for workers of whom the test says how many seconds a step takes them.

    Attributes:
        seconds: of a step of an execution.
        tried: the executions that were measured for the last choice, in order.
        lacking: precisions in which no step can be made.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.tried: list[Execution] = []
        self.seconds: Callable[[Execution], float] = lambda _: 1.0
        self.lacking: set[str] = set()

    def workers(
        self,
        model: Network,
        batch: int,
        execution: Execution,
        regularization: Regularization,
        generator: None,
    ) -> "FakeWorkers":
        """Make workers."""
        assert isinstance(model, Network)
        assert (Regularization(), None) == (regularization, generator)
        self.tried.append(execution)
        return FakeWorkers(self, batch, execution)

    def choose(  # noqa: PLR0913
        self,
        asked: TrainRequest = AUTO,
        *,
        cores: int = 2,
        cache: Path | None = None,
        model: Network | None = None,
        batch: int = 8,
        seq_length: int = 10,
    ) -> Execution:
        """Choose an execution."""
        self.tried.clear()
        ids = torch.zeros(seq_length + 1, batch, dtype=torch.long)
        some = model or model_of()
        return measure(asked, some, ids, TRAINING, cores=cores, cache=cache).execution


class FakeWorkers:
    """Learns nothing, and takes its time."""

    def __init__(self, bench: Bench, batch: int, execution: Execution) -> None:
        self.bench, self.batch, self.execution = bench, batch, execution
        self.ready = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def forward_backward(self, ids: Tensor) -> float:
        """Take as long as the test says, and much longer to make ready."""
        assert self.batch == ids.shape[1]
        # The loop of our own works everywhere.
        if self.execution.precision in self.bench.lacking and self.execution.kernel == "fused":
            raise RuntimeError
        self.bench.now += self.bench.seconds(self.execution) if self.ready else 100.0
        self.ready = True
        return 1.0


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench()
    monkeypatch.setattr("charlstm.training.timing.DataParallelWorkers", bench.workers)
    monkeypatch.setattr("charlstm.training.timing.time.perf_counter", lambda: bench.now)
    return bench


def model_of(family: str = "lstm", vocabulary: int = 20, hidden: int = 7) -> Network:
    config = ModelConfig(family, vocabulary, 5, hidden, 2, window=4)
    return new_model(config, Generator().manual_seed(0))


def asking(**asked: object) -> TrainRequest:
    return TrainRequest(**asked)  # type: ignore[arg-type]


def best(workers: int, precision: str) -> Callable[[Execution], float]:
    """Let steps of such executions take a second, and those of others two."""
    return lambda execution: (
        1.0 if (execution.workers, execution.precision) == (workers, precision) else 2.0
    )


def test_what_was_asked_for_is_taken(bench: Bench) -> None:
    """Where nothing is left open only that is measured."""
    expected = Execution(3, 5, "float32")
    assert expected == bench.choose(asking(workers=3, threads=5, precision="float32"))
    assert [expected] == bench.tried


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("workers", 2),
        ("workers", 64),
        ("threads", 3),
        ("precision", "float32"),
        ("precision", "bf16"),
    ],
)
def test_what_was_asked_for_is_not_varied(field: str, value: object, bench: Bench) -> None:
    """Every execution that is tried has what was asked for; what was left open is varied."""
    bench.choose(asking(**{field: value}), cores=4, batch=64)
    assert len(bench.tried) > 1
    assert {value} == {getattr(execution, field) for execution in bench.tried}


@pytest.mark.parametrize(
    ("cores", "batch", "expected"),
    [
        (1, 64, [(1, 1)]),
        (2, 64, [(1, 2), (2, 1)]),
        (3, 64, [(1, 3), (2, 1), (3, 1)]),
        (8, 64, [(1, 8), (2, 4), (4, 2), (8, 1)]),
        (12, 64, [(1, 12), (2, 6), (4, 3), (8, 1), (12, 1)]),
        (8, 8, [(1, 8), (2, 4)]),
        (8, 1, [(1, 8)]),
    ],
)
def test_cores_are_shared_out(
    cores: int, batch: int, expected: Sequence[tuple[int, int]], bench: Bench
) -> None:
    """So many workers with so many threads are tried in each way, with four streams each."""
    bench.choose(cores=cores, batch=batch)
    ways = [("float32", "fused"), ("bf16", "fused"), ("bf16", "unrolled")]
    assert [Execution(*execution, *way) for execution in expected for way in ways] == bench.tried


def test_the_loop_of_our_own_is_taken_where_it_is_the_fastest(bench: Bench, tmp_path: Path) -> None:
    """An unrolled execution that is the fastest is taken, and remembered as such."""
    bench.seconds = lambda execution: (
        1.0 if execution == Execution(2, 1, "bf16", "unrolled") else 2.0
    )
    for _ in range(2):
        assert Execution(2, 1, "bf16", "unrolled") == bench.choose(cache=tmp_path)
    assert 1 == len(bench.tried)


@pytest.mark.parametrize("kernel", ["fused", "unrolled"])
def test_a_kernel_that_was_asked_for_is_not_varied(kernel: str, bench: Bench) -> None:
    """Every execution that is tried has the kernel that was asked for."""
    bench.choose(asking(kernel=kernel))
    assert (4, {kernel}) == (len(bench.tried), {execution.kernel for execution in bench.tried})


@pytest.mark.parametrize("family", FAMILIES)
def test_a_loop_is_refused_where_the_memory_has_none(family: str) -> None:
    """Settings refuse a loop of our own for just those families that have none."""
    if model_of(family).core.unrolls:
        TrainRequest(model=family, kernel="unrolled")
    else:
        with pytest.raises(OptionError):
            TrainRequest(model=family, kernel="unrolled")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_window_is_refused_where_the_memory_has_none(family: str) -> None:
    """Settings refuse a window for every family but the fnn."""
    if family == "fnn":
        TrainRequest(model=family, window=5)
    else:
        with pytest.raises(OptionError, match="window"):
            TrainRequest(model=family, window=5)


@pytest.mark.parametrize("family", ["fnn", "rnn", "gru"])
def test_only_a_memory_with_a_loop_of_our_own_is_unrolled(family: str, bench: Bench) -> None:
    """For a family that has none the loop is not varied."""
    bench.choose(model=model_of(family))
    assert {"fused"} == {execution.kernel for execution in bench.tried}


@pytest.mark.parametrize("precision", ["float32", "bf16"])
@pytest.mark.parametrize("workers", [1, 2])
def test_the_fastest_is_taken(workers: int, precision: str, bench: Bench) -> None:
    """The execution whose steps are the shortest is taken, wherever it stands."""
    bench.seconds = best(workers, precision)
    assert Execution(workers, 2 // workers, precision) == bench.choose()


def test_of_crews_as_fast_as_each_other_the_first_is_taken(bench: Bench) -> None:
    """Where nothing makes a difference there is one worker, and float32."""
    assert Execution(1, 2, "float32") == bench.choose()


@pytest.mark.parametrize(("seconds", "expected"), [(0.97, "float32"), (0.9, "bf16")])
def test_a_little_faster_is_not_enough(seconds: float, expected: str, bench: Bench) -> None:
    """What is tried later must be clearly faster."""
    bench.seconds = lambda execution: seconds if execution.precision == "bf16" else 1.0
    assert Execution(1, 2, expected) == bench.choose()


def test_a_step_that_was_held_up_does_not_count(bench: Bench) -> None:
    """The best of an execution's steps says how fast it is."""
    times = iter([9.0, 1.0, 9.0])
    bench.seconds = lambda execution: next(times) if execution == Execution(2, 1, "bf16") else 1.5
    assert Execution(2, 1, "bf16") == bench.choose()


def test_the_answer_is_remembered(bench: Bench, tmp_path: Path) -> None:
    """Asked again it says the same without measuring, even if another execution is faster now."""
    folder = tmp_path / "new" / "folder"
    bench.seconds = best(2, "bf16")
    first = bench.choose(cache=folder)
    bench.seconds = best(1, "float32")
    assert (first, [first]) == (bench.choose(cache=folder), bench.tried)


def test_without_a_memory_it_is_measured_each_time(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a folder nothing is kept anywhere."""
    monkeypatch.chdir(tmp_path)
    for workers in (1, 2):
        bench.seconds = best(workers, "bf16")
        assert workers == bench.choose().workers
    assert [] == list(tmp_path.iterdir())


def test_what_was_not_measured_is_not_kept(bench: Bench, tmp_path: Path) -> None:
    """Where everything was asked for there is nothing to remember."""
    bench.choose(asking(workers=1, threads=1, precision="float32"), cache=tmp_path)
    assert [] == list(tmp_path.iterdir())


def test_other_weights_and_settings_are_the_same_question(bench: Bench, tmp_path: Path) -> None:
    """How fast an execution is does not depend on weights, on the learning rate, or on the seed."""
    bench.choose(cache=tmp_path)
    model = model_of()
    model.initialize(Generator().manual_seed(5))
    bench.choose(asking(learning_rate=0.5, seed=7), cache=tmp_path, model=model)
    assert 1 == len(bench.tried)


@pytest.mark.parametrize(
    "other",
    [
        {"model": model_of(hidden=8)},
        {"model": model_of(vocabulary=21)},
        {"model": model_of("gru")},
        {"batch": 9},
        {"seq_length": 11},
        {"cores": 3},
        {"asked": asking(threads=1)},
        {"asked": asking(workers=2)},
        {"asked": asking(precision="float32")},
    ],
    ids=["H", "V", "family", "B", "T", "cores", "threads", "workers", "precision"],
)
def test_another_question_is_measured(
    other: dict[str, object], bench: Bench, tmp_path: Path
) -> None:
    """Another shape, or another thing left open, is measured and kept beside the first."""
    bench.choose(cache=tmp_path)
    bench.choose(cache=tmp_path, **other)  # type: ignore[arg-type]
    assert (True, 2) == (len(bench.tried) > 1, len(list(tmp_path.iterdir())))


@pytest.mark.parametrize(
    "changed",
    ["torch.__version__", "platform.node", "platform.processor"],
)
def test_on_another_machine_it_is_measured(
    changed: str, bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another torch or another machine was fastest with is not taken over."""
    bench.choose(cache=tmp_path)
    monkeypatch.setattr(changed, "9.9" if "version" in changed else lambda: "another")
    bench.choose(cache=tmp_path)
    assert len(bench.tried) > 1


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "{",
        "null",
        "[]",
        "5",
        "[" * 100_000,
        "{}",
        '{"workers": 2, "threads": 1}',
        '{"workers": 2, "threads": 1, "precision": "bf16", "colour": 1}',
        '{"workers": 2, "threads": 1, "precision": "int4"}',
        '{"workers": 2.0, "threads": 1, "precision": "bf16"}',
        '{"workers": 50, "threads": 1, "precision": "bf16"}',
        '{"workers": 2.5, "threads": 1, "precision": "bf16"}',
        '{"workers": [2], "threads": {}, "precision": null}',
        "\udcff\udcfe",
    ],
    ids=lambda damaged: ascii(damaged[:40]),
)
def test_a_damaged_answer_is_measured_anew(damaged: str, bench: Bench, tmp_path: Path) -> None:
    """A file that holds no execution that could be taken is written again."""
    bench.choose(cache=tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damaged.encode("utf-8", "surrogateescape"))
    bench.seconds = best(2, "bf16")
    expected = Execution(2, 1, "bf16")
    assert (expected, True) == (bench.choose(cache=tmp_path), len(bench.tried) > 1)
    assert (expected, [expected]) == (bench.choose(cache=tmp_path), bench.tried)


def test_a_file_in_the_folder_s_place_is_no_error(bench: Bench, tmp_path: Path) -> None:
    """Where no folder can be made it is measured each time, and nothing is lost."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for cache in (tmp_path / "file", tmp_path / "file" / "below"):
        for _ in range(2):
            bench.choose(cache=cache)
            assert len(bench.tried) > 1
    assert "mine" == (tmp_path / "file").read_text(encoding="utf-8")


def test_a_folder_that_cannot_be_written_to_is_no_error(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing may be written it is measured each time."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "write_text", refuse)
    for workers in (1, 2):
        bench.seconds = best(workers, "bf16")
        assert workers == bench.choose(cache=tmp_path).workers


def test_answers_are_kept_in_the_user_s_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of answers is one of charlstm's own in the user's cache."""
    monkeypatch.setattr("charlstm.training.execution.user_cache_path", lambda app: tmp_path / app)
    assert tmp_path / "charlstm" == default_cache().parent


@pytest.mark.parametrize("family", FAMILIES)
def test_measuring_leaves_no_trace(family: str) -> None:
    """A real choice leaves the model's weights, no gradients, torch's chance and its threads."""
    model, before = model_of(family), list(model_of(family).parameters())
    chance, threads = torch.random.get_rng_state(), torch.get_num_threads()
    ids = torch.randint(20, (7, 8), generator=Generator().manual_seed(1))
    execution = measure(asking(threads=1), model, ids, TRAINING, cores=2, cache=None).execution
    assert (execution.workers in {1, 2}, execution.threads) == (True, 1)
    torch.testing.assert_close(list(model.parameters()), before, rtol=0, atol=0)
    assert all(parameter.grad is None for parameter in model.parameters())
    assert torch.equal(chance, torch.random.get_rng_state())
    assert threads == torch.get_num_threads()


def test_what_a_processor_lacks_is_not_taken(bench: Bench) -> None:
    """Where no step can be made in bf16 the training is in float32."""
    bench.lacking, bench.seconds = {"bf16"}, best(2, "bf16")
    assert "float32" == bench.choose().precision


@pytest.mark.parametrize("execution", [{}, {"workers": 1, "threads": 1}])
def test_what_a_processor_lacks_cannot_be_asked_for(
    execution: dict[str, int], bench: Bench
) -> None:
    """Asked for bf16 where there is none, the error names the option."""
    bench.lacking = {"bf16"}
    with pytest.raises(OptionError) as caught:
        bench.choose(asking(precision="bf16", **execution))
    assert "precision" == caught.value.field


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes."),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."),
    ],
    ids=str,
)
def test_too_little_memory_is_not_taken_for_a_lack(
    error: Exception, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is too little memory for any step that is said, and not that bf16 is lacking."""

    def fail(*_: object) -> float:
        raise error

    monkeypatch.setattr(FakeWorkers, "forward_backward", fail)
    with pytest.raises(type(error)):
        bench.choose(asking(precision="bf16"))


def test_a_crew_that_memory_is_too_little_for_is_passed_over(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker trains where there is no room for two."""
    compute = FakeWorkers.forward_backward

    def crowded(workers: FakeWorkers, ids: Tensor) -> float:
        if workers.execution.workers > 1:
            raise MemoryError
        return compute(workers, ids)

    monkeypatch.setattr(FakeWorkers, "forward_backward", crowded)
    assert 1 == bench.choose().workers


def test_a_defect_is_not_taken_for_a_lack(bench: Bench) -> None:
    """Where no step can be made in any precision it is none of them that is at fault."""
    bench.lacking = {"float32", "bf16"}
    with pytest.raises(RuntimeError):
        bench.choose(asking(kernel="fused"))


def test_the_seconds_of_a_step_are_handed_on(bench: Bench, tmp_path: Path) -> None:
    """How long a step takes is told with the choice, a remembered one too."""
    bench.seconds = lambda execution: 0.25 if execution.workers == 2 else 0.5
    ids = torch.zeros(11, 8, dtype=torch.long)
    for _ in range(2):
        found = measure(AUTO, model_of(), ids, TRAINING, cores=2, cache=tmp_path)
        assert (2, 0.25) == (found.execution.workers, found.seconds)


def test_there_are_no_more_workers_than_streams(bench: Bench) -> None:
    """However many were asked for, what is taken is what works."""
    assert 3 == bench.choose(asking(workers=64), batch=3).workers


def test_threads_that_were_asked_for_leave_fewer_workers(bench: Bench) -> None:
    """With four threads each, two workers at most are tried on eight cores."""
    bench.choose(asking(threads=4), cores=8, batch=64)
    assert {1, 2} == {execution.workers for execution in bench.tried}
