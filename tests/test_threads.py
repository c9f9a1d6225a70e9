"""Choosing the number of threads to compute with."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from charlstm import threads
from charlstm.config import Execution


@pytest.fixture
def _two_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compute with two threads that nobody has asked for, and afterwards with as many as before."""
    before = torch.get_num_threads()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(threads, "_AT_IMPORT", 2)
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
@pytest.mark.parametrize(("fixed", "expected"), [(False, 6), (True, 2)])
def test_computes_with_the_threads_of_all_workers(*, fixed: bool, expected: int) -> None:
    """Beside workers there are as many threads as theirs together, unless a caller has set them."""
    settled = threads.Threads(2, fixed=fixed)
    with threads.threads_for(Execution(3, 2, "float32"), settled):
        assert expected == torch.get_num_threads()
    assert 2 == torch.get_num_threads()
