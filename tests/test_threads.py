"""Choosing the number of threads to compute with."""

from collections.abc import Callable, Iterator

import pytest
import torch
from conftest import ENGLISH
from torch import Tensor, nn

from charlstm import threads
from charlstm.config import Execution, SampleConfig
from charlstm.library import Model


@pytest.fixture
def _two_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compute with two threads that nobody has asked for, and afterwards with as many as before."""
    before = torch.get_num_threads()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(threads, "_AT_IMPORT", 2)
    monkeypatch.setattr(threads, "_own", lambda: (2,))
    monkeypatch.setattr(threads, "_tried", None)
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def slow_down(monkeypatch: pytest.MonkeyPatch, alone: float) -> None:
    """Let a product take 0.005 s with several threads, and so many seconds with one alone."""
    clock = [0.0]

    def linear(x: Tensor, weight: Tensor) -> Tensor:
        clock[0] += alone if torch.get_num_threads() == 1 else 0.005
        return x @ weight.T

    monkeypatch.setattr("charlstm.threads.time.perf_counter", lambda: clock[0])
    monkeypatch.setattr("charlstm.threads.F.linear", linear)


@pytest.mark.usefixtures("_two_threads")
@pytest.mark.parametrize(("alone", "expected"), [(0.01, 2), (0.004, 2), (0.001, 1)])
def test_takes_one_thread_only_where_that_is_clearly_faster(
    monkeypatch: pytest.MonkeyPatch, alone: float, expected: int
) -> None:
    """All cores are used unless one thread alone is much faster than all of them."""
    slow_down(monkeypatch, alone)
    with threads.settled_threads() as settled:
        assert (2, expected == 1, False) == settled
        assert expected == torch.get_num_threads()


@pytest.mark.usefixtures("_two_threads")
def test_gives_the_threads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Afterwards there are as many threads as before."""
    slow_down(monkeypatch, 0.001)
    with threads.settled_threads():
        pass
    assert 2 == torch.get_num_threads()


@pytest.mark.usefixtures("_two_threads")
def test_leaves_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of threads in the environment is not reduced."""
    slow_down(monkeypatch, 0.001)
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    with threads.settled_threads() as settled:
        assert (2, False, True) == settled
        assert 2 == torch.get_num_threads()


@pytest.mark.usefixtures("_two_threads")
def test_leaves_what_a_caller_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of threads that differs from torch's own is not reduced."""
    slow_down(monkeypatch, 0.001)
    monkeypatch.setattr(threads, "_AT_IMPORT", 8)
    with threads.settled_threads() as settled:
        assert (2, False, True) == settled
        assert 2 == torch.get_num_threads()


@pytest.mark.usefixtures("_two_threads")
def test_leaves_what_a_caller_has_set_before_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of threads that torch would not have taken here is not reduced."""
    slow_down(monkeypatch, 0.001)
    monkeypatch.setattr(threads, "_own", lambda: (8, 4))
    with threads.settled_threads() as settled:
        assert (2, False, True) == settled


@pytest.mark.usefixtures("_two_threads")
def test_an_iterator_computes_with_its_threads() -> None:
    """Each item is computed with so many threads, and between two items there are all."""
    found = threads.each_with_threads((torch.get_num_threads() for _ in range(2)), 1)
    assert [(1, 2), (1, 2)] == [(inside, torch.get_num_threads()) for inside in found]


@pytest.mark.usefixtures("_two_threads")
@pytest.mark.parametrize(("seconds", "expected"), [(9, 2), (11, 1)])
def test_a_trial_is_remembered_for_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, seconds: float, expected: int
) -> None:
    """Cores that were not busy are tried again after ten seconds."""
    now = [0.0]
    monkeypatch.setattr("charlstm.threads.time.monotonic", lambda: now[0])
    slow_down(monkeypatch, 0.01)
    with threads.settled_threads():
        pass
    slow_down(monkeypatch, 0.001)
    now[0] = seconds
    with threads.settled_threads():
        assert expected == torch.get_num_threads()


@pytest.mark.parametrize(("fixed", "expected"), [(False, 6), (True, 2)])
def test_computes_with_the_threads_of_all_workers(*, fixed: bool, expected: int) -> None:
    """Beside workers there are as many threads as theirs together, unless a caller has set them."""
    settled = threads.Threads(2, fixed=fixed)
    assert expected == settled.beside(Execution(3, 2, "float32"))


@pytest.mark.usefixtures("_two_threads")
@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.logits("Tom"),
        lambda model: model.state("Tom"),
        lambda model: model.sample("Tom", length=2),
        lambda model: next(model.stream("Tom", SampleConfig(), 1)),
        lambda model: model.trace("Tom"),
        lambda model: next(model.traces("Tom")),
        lambda model: model.story("Tom", 1),
        lambda model: model.memory(ENGLISH[:100]),
        lambda model: model.units(ENGLISH),
        lambda model: model.profiles(ENGLISH),
        lambda model: model.track("Tom", 0, 1),
        lambda model: model.lookback("Tom"),
        lambda model: model.evaluate("Tom"),
        lambda model: model.context([1], ENGLISH),
        lambda model: next(model.placed_traces("Tom")),
        lambda model: model.changed(ablate=["L1/0=mean"]),
    ],
    ids=[
        "logits", "state", "sample", "stream", "trace", "traces", "story", "memory", "units",
        "profiles", "track", "lookback", "evaluate", "context", "placed_traces", "changed",
    ],
)  # fmt: skip
def test_whatever_reads_a_text_settles_threads(
    monkeypatch: pytest.MonkeyPatch, english: Model, ask: Callable[[Model], object]
) -> None:
    """Where cores are busy each method of a model computes with one thread."""
    found = []
    embed = nn.Embedding.forward

    def watched(self: nn.Embedding, ids: Tensor) -> Tensor:
        found.append(torch.get_num_threads())
        return embed(self, ids)

    monkeypatch.setattr(threads, "_are_busy", lambda: True)
    monkeypatch.setattr(nn.Embedding, "forward", watched)
    ask(english)
    assert {1} == set(found)
    assert 2 == torch.get_num_threads()
