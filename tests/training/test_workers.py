"""Data-parallel workers, against plain back-propagation through the whole batch."""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import pytest
import torch
from torch import Generator, Tensor
from torch.distributions import Categorical
from torch.nn import functional as F

from charlstm.config import Execution, ModelConfig, Regularization
from charlstm.limits import FAMILIES
from charlstm.models import new_model
from charlstm.models.base import Network, State, detached
from charlstm.models.dropout import Dropout, DropoutRng
from charlstm.training.workers import DataParallelWorkers

CHARACTERS = 20
DROPPING = Regularization(0.4, 0.4)


class Results(NamedTuple):
    """The results of some sequences: losses, gradients after each, and the state at the end."""

    losses: list[float]
    gradients: list[list[Tensor]]
    state: State


def seeded(seed: int) -> Generator:
    return Generator().manual_seed(seed)


def model_of(family: str = "lstm") -> Network:
    return new_model(ModelConfig(family, CHARACTERS, 5, 7, 2, window=4), seeded(0))


def workers_of(  # noqa: PLR0913, PLR0917
    model: Network,
    count: int = 2,
    batch: int = 4,
    generator: Generator | None = None,
    regularization: Regularization = Regularization(),  # noqa: B008  it is frozen
    threads: int = 1,
) -> DataParallelWorkers:
    """Return workers that compute in float32 with torch's kernel."""
    return DataParallelWorkers(
        model, batch, Execution(count, threads, "float32"), regularization, generator
    )


def sequences_of(batch: int) -> list[Tensor]:
    """Return three sequences (T+1, B), each of which continues the one before it."""
    ids = torch.randint(CHARACTERS, (25, batch), generator=seeded(1))
    return [ids[start : start + 9] for start in (0, 8, 16)]


def gradients_of(model: Network) -> list[Tensor]:
    gradients = [parameter.grad for parameter in model.parameters()]
    return [gradient.clone() for gradient in gradients if gradient is not None]


def in_one_batch(
    model: Network,
    sequences: Sequence[Tensor],
    regularization: Regularization,
) -> Results:
    """Read the whole batch in this thread, and back-propagate with torch's own functions."""
    batch = sequences[0].shape[1]
    results, rng = Results([], [], ()), DropoutRng(seeded(2), batch)
    dropout = Dropout(regularization.dropout, regularization.weight_dropout, rng)
    state = model.initial_state(batch)
    for ids in sequences:
        model.zero_grad()
        y, state = model.features(ids[:-1], state, dropout)
        logits = model.head(y)
        loss = F.cross_entropy(logits.flatten(0, 1), ids[1:].flatten())
        entropy = Categorical(logits=logits).entropy().mean()  # type: ignore[no-untyped-call]
        large, sure = regularization.activation_penalty, regularization.confidence_penalty
        whole = loss + large * y.square().mean() - sure * entropy
        whole.backward()
        state = detached(state)
        results.losses.append(loss.item())
        results.gradients.append(gradients_of(model))
    return results._replace(state=state)


def by_workers(  # noqa: PLR0913
    model: Network,
    sequences: Sequence[Tensor],
    count: int,
    precision: str = "float32",
    *,
    kernel: str = "fused",
    regularization: Regularization = DROPPING,
) -> Results:
    """Share the streams among so many workers."""
    results = Results([], [], ())
    execution, batch = Execution(count, 1, precision, kernel), sequences[0].shape[1]
    with DataParallelWorkers(model, batch, execution, regularization, seeded(2)) as workers:
        for ids in sequences:
            results.losses.append(workers.forward_backward(ids))
            results.gradients.append(gradients_of(model))
    state = tuple(torch.cat(parts, dim=-2) for parts in zip(*workers.states, strict=True))
    return results._replace(state=state)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("count", "batch"), [(1, 5), (2, 6), (2, 5), (3, 6), (3, 7), (4, 4)])
def test_gradients_are_those_of_the_whole_batch(family: str, count: int, batch: int) -> None:
    """Losses, gradients and carried states are those of one batch with the same units dropped."""
    expected = in_one_batch(model_of(family), sequences_of(batch), DROPPING)
    actual = by_workers(model_of(family), sequences_of(batch), count)
    torch.testing.assert_close(actual.losses, expected.losses, rtol=1e-5, atol=0)
    torch.testing.assert_close(actual.gradients, expected.gradients, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(actual.state, expected.state, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("family", "kernel"), [*((name, "fused") for name in FAMILIES), ("lstm", "unrolled")]
)
@pytest.mark.parametrize("penalties", [(3.0, 0.0), (0.0, 0.5), (3.0, 0.5)], ids=str)
@pytest.mark.parametrize("count", [1, 2])
def test_penalties_are_in_gradients_only(
    family: str, kernel: str, count: int, penalties: tuple[float, float]
) -> None:
    """Penalties on large outputs and on confidence are in gradients and not in losses."""
    asked = Regularization(0.4, 0.4, *penalties)
    expected = in_one_batch(model_of(family), sequences_of(5), asked)
    actual = by_workers(
        model_of(family), sequences_of(5), count, kernel=kernel, regularization=asked
    )
    torch.testing.assert_close(actual.losses, expected.losses, rtol=1e-5, atol=0)
    torch.testing.assert_close(actual.gradients, expected.gradients, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2])
def test_the_unrolled_kernel_has_the_gradients_of_the_whole_batch(count: int) -> None:
    """With the unrolled kernel losses, gradients and carried states are the same."""
    expected = in_one_batch(model_of(), sequences_of(6), DROPPING)
    actual = by_workers(model_of(), sequences_of(6), count, kernel="unrolled")
    torch.testing.assert_close(actual.losses, expected.losses, rtol=1e-5, atol=0)
    torch.testing.assert_close(actual.gradients, expected.gradients, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(actual.state, expected.state, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2])
def test_the_kernel_of_the_execution_is_the_one_that_reads(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unrolled, torch's kernel is never called; fused, ours is never called."""
    ids = sequences_of(4)[0]
    for kernel, other in (("unrolled", "torch.lstm"), ("fused", "charlstm.models.lstm.read_lstm")):
        with monkeypatch.context() as patch:
            patch.setattr(other, None)
            execution = Execution(count, 1, "float32", kernel)
            with DataParallelWorkers(model_of(), 4, execution, Regularization(), None) as workers:
                assert workers.forward_backward(ids) > 0


@pytest.mark.parametrize("count", [1, 2])
def test_half_precision_is_near_but_not_the_same(count: int) -> None:
    """In bf16 losses and gradients are those of float32 to a few in a hundred, but not exactly."""
    # Not every processor has bf16 for an LSTM.
    expected = by_workers(model_of("fnn"), sequences_of(6), count)
    actual = by_workers(model_of("fnn"), sequences_of(6), count, "bf16")
    assert actual.losses == pytest.approx(expected.losses, rel=0.01)
    for mine, other in zip(actual.gradients[-1], expected.gradients[-1], strict=True):
        assert mine.dtype == torch.float32
        assert 0 < (mine - other).norm() < 0.05 * other.norm()


@pytest.mark.parametrize("precision", ["float32", "bf16"])
@pytest.mark.parametrize("family", ["fnn", "rnn", "gru"])
def test_results_are_repeatable(family: str, precision: str) -> None:
    """Two workers have the same results each time, bit for bit, whichever is done first."""
    first, *others = (by_workers(model_of(family), sequences_of(5), 2, precision) for _ in range(5))
    for other in others:
        torch.testing.assert_close(first, other, rtol=0, atol=0)


@pytest.mark.parametrize("count", [1, 2])
def test_the_unrolled_kernel_is_repeatable(count: int) -> None:
    """In bf16, which it has on every processor, the unrolled kernel is as repeatable."""
    first, second = (
        by_workers(model_of(), sequences_of(5), count, "bf16", kernel="unrolled") for _ in range(2)
    )
    torch.testing.assert_close(first, second, rtol=0, atol=0)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 6, 100])
def test_there_are_no_more_workers_than_streams(count: int) -> None:
    """Each stream has one worker, and each worker at least one stream."""
    with workers_of(model_of(), count, 5) as workers:
        streams = [list(range(5))[part] for part in workers.streams]
    assert list(range(5)) == [stream for part in streams for stream in part]
    assert [min(count, 5), True] == [len(streams), all(streams)]


@pytest.mark.parametrize("count", [1, 2])
def test_each_gradient_is_a_tensor_of_its_own(count: int) -> None:
    """No two gradients share memory: each can be changed in place."""
    model = model_of()
    by_workers(model, sequences_of(4), count)
    parameters = list(model.parameters())
    places = {p.grad.untyped_storage().data_ptr() for p in parameters if p.grad is not None}
    assert len(parameters) == len(places)


def test_gradients_are_not_added_to_those_before() -> None:
    """The earlier gradient of a parameter is replaced."""
    model = model_of()
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 1e6)
    expected = in_one_batch(model_of(), sequences_of(4)[:1], DROPPING)
    actual = by_workers(model, sequences_of(4)[:1], 2)
    torch.testing.assert_close(actual.gradients, expected.gradients, rtol=1e-4, atol=1e-6)


def test_weights_stay_as_they_are() -> None:
    """Workers set gradients and take no step."""
    model, expected = model_of(), list(model_of().parameters())
    by_workers(model, sequences_of(4), 2)
    torch.testing.assert_close(list(model.parameters()), expected, rtol=0, atol=0)


@pytest.mark.parametrize("count", [1, 2])
def test_the_generator_is_not_drawn_from(count: int) -> None:
    """Workers copy the generator: neither it nor torch's own advances."""
    generator = seeded(3)
    before, chance = generator.get_state(), torch.random.get_rng_state()
    with workers_of(model_of(), count, 4, generator, DROPPING) as workers:
        workers.forward_backward(sequences_of(4)[0])
    assert torch.equal(before, generator.get_state())
    assert torch.equal(chance, torch.random.get_rng_state())


def test_masks_change_from_sequence_to_sequence() -> None:
    """The same sequence from the same state has another loss under the next masks."""
    ids = sequences_of(4)[0]
    with workers_of(model_of(), generator=seeded(2), regularization=DROPPING) as workers:
        empty = list(workers.states)
        first = workers.forward_backward(ids)
        workers.states = empty
        assert first != workers.forward_backward(ids)


@pytest.mark.parametrize("family", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("kernel", ["fused", "unrolled"])
def test_weights_between_units_are_dropped(family: str, kernel: str) -> None:
    """With a share of weights to drop the loss is another, and another with each generator."""
    ids, losses = sequences_of(4)[0], set()
    execution, weights = Execution(2, 1, "float32", kernel), Regularization(weight_dropout=0.5)
    for generator in (None, seeded(1), seeded(2)):
        with DataParallelWorkers(model_of(family), 4, execution, weights, generator) as workers:
            losses.add(workers.forward_backward(ids))
    assert 3 == len(losses)


def test_without_a_generator_nothing_is_dropped() -> None:
    """Workers without a generator read as if there were no dropout."""
    ids = sequences_of(4)[0]
    with workers_of(model_of(), regularization=DROPPING) as workers:
        loss = workers.forward_backward(ids)
    expected = in_one_batch(model_of(), [ids], Regularization()).losses
    assert expected == pytest.approx([loss], rel=1e-5)


def test_gradients_are_computed_where_the_caller_needs_none() -> None:
    """Gradients are computed even within torch.no_grad."""
    model = model_of()
    with torch.no_grad():
        actual = by_workers(model, sequences_of(4), 2)
    expected = by_workers(model_of(), sequences_of(4), 2)
    torch.testing.assert_close(actual, expected, rtol=0, atol=0)


@pytest.mark.parametrize("stream", [0, 3])
def test_an_error_reaches_the_caller(stream: int) -> None:
    """Whichever worker fails, its error is raised in the caller's thread."""
    ids = sequences_of(4)[0].clone()
    ids[2, stream] = CHARACTERS
    with (
        workers_of(model_of()) as workers,
        pytest.raises(IndexError),
    ):
        workers.forward_backward(ids)


def test_an_error_leaves_states_and_gradients() -> None:
    """After a failure of one worker neither states nor gradients have changed."""
    model, ids = model_of(), sequences_of(4)[0].clone()
    ids[2, 3] = CHARACTERS
    with workers_of(model) as workers:
        before = list(workers.states)
        with pytest.raises(IndexError):
            workers.forward_backward(ids)
        torch.testing.assert_close(workers.states, before, rtol=0, atol=0)
    assert all(parameter.grad is None for parameter in model.parameters())


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def test_no_thread_is_left() -> None:
    """On exit the threads have ended."""
    before = threads()
    with workers_of(model_of(), 3) as workers:
        workers.forward_backward(sequences_of(4)[0])
        assert before < threads()
    assert before == threads()


def test_no_thread_is_left_after_an_error() -> None:
    """The threads have ended after an error, too."""
    before, ids = threads(), torch.full((9, 4), CHARACTERS)
    with (
        pytest.raises(IndexError),
        workers_of(model_of(), 3) as workers,
    ):
        workers.forward_backward(ids)
    assert before == threads()


@pytest.mark.parametrize("threads_each", [1, 2])
def test_each_worker_has_its_threads(monkeypatch: pytest.MonkeyPatch, threads_each: int) -> None:
    """Workers compute with the threads of the execution, and the caller still with its own."""
    model, before, seen = model_of(), torch.get_num_threads(), []
    features = model.features

    def watched(
        ids: Tensor, state: State, dropout: Dropout | None, kernel: str
    ) -> tuple[Tensor, State]:
        seen.append(torch.get_num_threads())
        return features(ids, state, dropout, kernel)

    monkeypatch.setattr(model, "features", watched)
    with workers_of(model, threads=threads_each) as workers:
        workers.forward_backward(sequences_of(4)[0])
    assert [threads_each] * 2 == seen
    assert before == torch.get_num_threads()


def test_a_worker_keeps_its_threads() -> None:
    """What the caller sets later, even before a worker computes anything, changes no worker."""
    before = torch.get_num_threads()
    with workers_of(model_of(), threads=1) as workers:
        workers.pool.submit(int).result()
        torch.set_num_threads(3)
        found = workers.pool.submit(torch.get_num_threads).result()
        torch.set_num_threads(before)
    assert 1 == found
