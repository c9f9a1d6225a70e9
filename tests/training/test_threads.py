"""Choosing the number of threads."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from charlstm.training import threads


@pytest.fixture
def two_threads() -> Iterator[None]:
    """Compute with two threads, and afterwards with as many as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
@pytest.mark.parametrize(("alone", "expected"), [(0.01, 2), (0.004, 2), (0.001, 1)])
def test_takes_one_thread_only_where_that_is_clearly_faster(
    monkeypatch: pytest.MonkeyPatch, alone: float, expected: int
) -> None:
    """All cores are used unless one thread alone is much faster than all of them."""
    clock = [0.0]

    def linear(x: Tensor, weight: Tensor) -> Tensor:
        clock[0] += alone if torch.get_num_threads() == 1 else 0.005
        return x @ weight.T

    monkeypatch.setattr("charlstm.training.threads.time.perf_counter", lambda: clock[0])
    monkeypatch.setattr("charlstm.training.threads.F.linear", linear)
    assert (2, expected == 1) == threads.detect_busy_cores()
    assert expected == torch.get_num_threads()
