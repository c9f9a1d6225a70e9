"""Workers that share a model, against one reader of all streams and plain back-propagation."""

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
from charlstm.training.workers import Workers

CHARACTERS = 20
DROPPING = Regularization(0.4, 0.4)


class Learnt(NamedTuple):
    """What came of some stretches: losses, gradients after each, and the state at the end."""

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
) -> Workers:
    """Share streams among workers that compute in float32 with torch's kernel."""
    return Workers(model, batch, Execution(count, threads, "float32"), regularization, generator)


def stretches_of(batch: int) -> list[Tensor]:
    """Give three stretches (T+1, B), each of which goes on from the one before it."""
    ids = torch.randint(CHARACTERS, (25, batch), generator=seeded(1))
    return [ids[start : start + 9] for start in (0, 8, 16)]


def gradients_of(model: Network) -> list[Tensor]:
    gradients = [parameter.grad for parameter in model.parameters()]
    return [gradient.clone() for gradient in gradients if gradient is not None]


def by_one_reader(
    model: Network,
    stretches: Sequence[Tensor],
    regularization: Regularization,
) -> Learnt:
    """Read all streams at once in this thread, and back-propagate with torch's own functions."""
    batch = stretches[0].shape[1]
    learnt, rng = Learnt([], [], ()), DropoutRng(seeded(2), batch)
    dropout = Dropout(regularization.dropout, regularization.weight_dropout, rng)
    state = model.initial_state(batch)
    for ids in stretches:
        model.zero_grad()
        y, state = model.features(ids[:-1], state, dropout)
        logits = model.head(y)
        loss = F.cross_entropy(logits.flatten(0, 1), ids[1:].flatten())
        entropy = Categorical(logits=logits).entropy().mean()  # type: ignore[no-untyped-call]
        large, sure = regularization.activation_penalty, regularization.confidence_penalty
        whole = loss + large * y.square().mean() - sure * entropy
        whole.backward()
        state = detached(state)
        learnt.losses.append(loss.item())
        learnt.gradients.append(gradients_of(model))
    return learnt._replace(state=state)


def by_workers(  # noqa: PLR0913
    model: Network,
    stretches: Sequence[Tensor],
    count: int,
    precision: str = "float32",
    *,
    loop: str = "fused",
    regularization: Regularization = DROPPING,
) -> Learnt:
    """Share the streams among so many workers."""
    learnt = Learnt([], [], ())
    execution, batch = Execution(count, 1, precision, loop), stretches[0].shape[1]
    with Workers(model, batch, execution, regularization, seeded(2)) as workers:
        for ids in stretches:
            learnt.losses.append(workers.learn(ids))
            learnt.gradients.append(gradients_of(model))
    state = tuple(torch.cat(parts, dim=-2) for parts in zip(*workers.states, strict=True))
    return learnt._replace(state=state)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("count", "batch"), [(1, 5), (2, 6), (2, 5), (3, 6), (3, 7), (4, 4)])
def test_learn_what_one_reader_learns(family: str, count: int, batch: int) -> None:
    """Losses, gradients and carried states are those of one reader who drops the same units."""
    expected = by_one_reader(model_of(family), stretches_of(batch), DROPPING)
    actual = by_workers(model_of(family), stretches_of(batch), count)
    torch.testing.assert_close(actual.losses, expected.losses, rtol=1e-5, atol=0)
    torch.testing.assert_close(actual.gradients, expected.gradients, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(actual.state, expected.state, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("family", "loop"), [*((name, "fused") for name in FAMILIES), ("lstm", "unrolled")]
)
@pytest.mark.parametrize("penalties", [(3.0, 0.0), (0.0, 0.5), (3.0, 0.5)], ids=str)
@pytest.mark.parametrize("count", [1, 2])
def test_hold_what_is_penalised_against_a_model(
    family: str, loop: str, count: int, penalties: tuple[float, float]
) -> None:
    """Penalties on large answers and on being sure are in gradients and not in losses."""
    asked = Regularization(0.4, 0.4, *penalties)
    expected = by_one_reader(model_of(family), stretches_of(5), asked)
    actual = by_workers(model_of(family), stretches_of(5), count, loop=loop, regularization=asked)
    torch.testing.assert_close(actual.losses, expected.losses, rtol=1e-5, atol=0)
    torch.testing.assert_close(actual.gradients, expected.gradients, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2])
def test_learn_unrolled_what_one_reader_learns(count: int) -> None:
    """With the memory's own loop losses, gradients and carried states are the same."""
    expected = by_one_reader(model_of(), stretches_of(6), DROPPING)
    actual = by_workers(model_of(), stretches_of(6), count, loop="unrolled")
    torch.testing.assert_close(actual.losses, expected.losses, rtol=1e-5, atol=0)
    torch.testing.assert_close(actual.gradients, expected.gradients, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(actual.state, expected.state, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2])
def test_the_loop_that_the_crew_says_is_the_one_that_reads(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unrolled, torch's kernel is never called; otherwise the loop of our own is never called."""
    ids = stretches_of(4)[0]
    for loop, other in (("unrolled", "torch.lstm"), ("fused", "charlstm.models.lstm.read_lstm")):
        with monkeypatch.context() as patch:
            patch.setattr(other, None)
            execution = Execution(count, 1, "float32", loop)
            with Workers(model_of(), 4, execution, Regularization(), None) as workers:
                assert workers.learn(ids) > 0


@pytest.mark.parametrize("count", [1, 2])
def test_learn_nearly_the_same_in_half_precision(count: int) -> None:
    """In bf16 losses and gradients are those of float32, to a few in a hundred."""
    # Not every processor has bf16 for an LSTM.
    expected = by_workers(model_of("fnn"), stretches_of(6), count)
    actual = by_workers(model_of("fnn"), stretches_of(6), count, "bf16")
    assert actual.losses == pytest.approx(expected.losses, rel=0.01)
    for mine, other in zip(actual.gradients[-1], expected.gradients[-1], strict=True):
        assert mine.dtype == torch.float32
        assert (mine - other).norm() < 0.05 * other.norm()


@pytest.mark.parametrize("precision", ["float32", "bf16"])
@pytest.mark.parametrize("family", ["fnn", "rnn", "gru"])
def test_say_the_same_twice(family: str, precision: str) -> None:
    """Two workers come to the same numbers each time, bit for bit, whoever is done first."""
    first, *others = (by_workers(model_of(family), stretches_of(5), 2, precision) for _ in range(5))
    for other in others:
        torch.testing.assert_close(first, other, rtol=0, atol=0)


@pytest.mark.parametrize("count", [1, 2])
def test_an_unrolled_loop_says_the_same_twice(count: int) -> None:
    """In bf16, which it has everywhere, our own loop is as repeatable."""
    first, second = (
        by_workers(model_of(), stretches_of(5), count, "bf16", loop="unrolled") for _ in range(2)
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
    by_workers(model, stretches_of(4), count)
    parameters = list(model.parameters())
    places = {p.grad.untyped_storage().data_ptr() for p in parameters if p.grad is not None}
    assert len(parameters) == len(places)


def test_gradients_are_not_added_to_those_before() -> None:
    """What a parameter's gradient was is forgotten."""
    model = model_of()
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 1e6)
    expected = by_one_reader(model_of(), stretches_of(4)[:1], DROPPING)
    actual = by_workers(model, stretches_of(4)[:1], 2)
    torch.testing.assert_close(actual.gradients, expected.gradients, rtol=1e-4, atol=1e-6)


def test_weights_stay_as_they_are() -> None:
    """Workers set gradients and take no step."""
    model, expected = model_of(), list(model_of().parameters())
    by_workers(model, stretches_of(4), 2)
    torch.testing.assert_close(list(model.parameters()), expected, rtol=0, atol=0)


@pytest.mark.parametrize("count", [1, 2])
def test_the_generator_is_not_drawn_from(count: int) -> None:
    """Workers copy the generator: neither it nor torch's own advances."""
    generator = seeded(3)
    before, chance = generator.get_state(), torch.random.get_rng_state()
    with workers_of(model_of(), count, 4, generator, DROPPING) as workers:
        workers.learn(stretches_of(4)[0])
    assert torch.equal(before, generator.get_state())
    assert torch.equal(chance, torch.random.get_rng_state())


def test_masks_change_from_stretch_to_stretch() -> None:
    """The same stretch from the same state costs something else under the next masks."""
    ids = stretches_of(4)[0]
    with workers_of(model_of(), generator=seeded(2), regularization=DROPPING) as workers:
        empty = list(workers.states)
        first = workers.learn(ids)
        workers.states = empty
        assert first != workers.learn(ids)


@pytest.mark.parametrize("family", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("loop", ["fused", "unrolled"])
def test_weights_between_units_are_dropped(family: str, loop: str) -> None:
    """With a share of weights to drop a stretch costs something else, and each time anew."""
    ids, losses = stretches_of(4)[0], set()
    execution, weights = Execution(2, 1, "float32", loop), Regularization(weight_dropout=0.5)
    for generator in (None, seeded(1), seeded(2)):
        with Workers(model_of(family), 4, execution, weights, generator) as workers:
            losses.add(workers.learn(ids))
    assert 3 == len(losses)


def test_without_a_generator_nothing_is_dropped() -> None:
    """Workers without a generator read as if there were no dropout."""
    ids = stretches_of(4)[0]
    with workers_of(model_of(), regularization=DROPPING) as workers:
        loss = workers.learn(ids)
    expected = by_one_reader(model_of(), [ids], Regularization()).losses
    assert expected == pytest.approx([loss], rel=1e-5)


def test_learn_where_the_caller_does_not() -> None:
    """Gradients are worked out even where the caller asks torch for none."""
    model = model_of()
    with torch.no_grad():
        actual = by_workers(model, stretches_of(4), 2)
    expected = by_workers(model_of(), stretches_of(4), 2)
    torch.testing.assert_close(actual, expected, rtol=0, atol=0)


@pytest.mark.parametrize("stream", [0, 3])
def test_an_error_reaches_the_caller(stream: int) -> None:
    """Whichever worker fails, its error is raised where learning was asked for."""
    ids = stretches_of(4)[0].clone()
    ids[2, stream] = CHARACTERS
    with (
        workers_of(model_of()) as workers,
        pytest.raises(IndexError),
    ):
        workers.learn(ids)


def test_an_error_leaves_states_and_gradients() -> None:
    """Where a worker failed nothing was learnt, by the others either."""
    model, ids = model_of(), stretches_of(4)[0].clone()
    ids[2, 3] = CHARACTERS
    with workers_of(model) as workers:
        before = list(workers.states)
        with pytest.raises(IndexError):
            workers.learn(ids)
        torch.testing.assert_close(workers.states, before, rtol=0, atol=0)
    assert all(parameter.grad is None for parameter in model.parameters())


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def test_no_thread_is_left() -> None:
    """When workers are let go their threads have ended."""
    before = threads()
    with workers_of(model_of(), 3) as workers:
        workers.learn(stretches_of(4)[0])
        assert before < threads()
    assert before == threads()


def test_no_thread_is_left_after_an_error() -> None:
    """Workers are let go where something went wrong, too."""
    before, ids = threads(), torch.full((9, 4), CHARACTERS)
    with (
        pytest.raises(IndexError),
        workers_of(model_of(), 3) as workers,
    ):
        workers.learn(ids)
    assert before == threads()


@pytest.mark.parametrize("threads_each", [1, 2])
def test_each_worker_has_its_threads(monkeypatch: pytest.MonkeyPatch, threads_each: int) -> None:
    """Workers compute with as many threads as the crew says, and the caller still with its own."""
    model, before, seen = model_of(), torch.get_num_threads(), []
    features = model.features

    def watched(
        ids: Tensor, state: State, dropout: Dropout | None, kernel: str
    ) -> tuple[Tensor, State]:
        seen.append(torch.get_num_threads())
        return features(ids, state, dropout, kernel)

    monkeypatch.setattr(model, "features", watched)
    with workers_of(model, threads=threads_each) as workers:
        workers.learn(stretches_of(4)[0])
    assert [threads_each] * 2 == seen
    assert before == torch.get_num_threads()
