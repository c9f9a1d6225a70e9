"""Data-parallel training in threads: each worker computes gradients for a part of the batch.

Threads that share a matrix product wait for each other at every product, thousands of times a
step. Workers wait once a step, for the sum of their gradients, which is that of the whole batch up
to rounding. As threads of one process they share the parameters. The sum is always taken in the
same order, so that a training can be repeated bit for bit.
Shapes: T time, B batch.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from types import TracebackType
from typing import NamedTuple

import torch
from torch import Generator, Tensor

from charlstm.config import Execution, Regularization
from charlstm.models.base import Network, State, detached
from charlstm.models.dropout import DropoutRng
from charlstm.training.loss import training_loss


class _Share(NamedTuple):
    """The results of one worker: its part of the mean loss, its gradients, and its new state."""

    loss: Tensor
    gradients: tuple[Tensor, ...]
    state: State


class DataParallelWorkers(AbstractContextManager["DataParallelWorkers"]):
    """Run forward and backward on parts of the batch in threads, and sum the gradients.

    Each worker carries the recurrent state of its own streams from call to call.

    Attributes:
        batch: B, the streams of all workers.
    """

    def __init__(
        self,
        model: Network,
        batch: int,
        execution: Execution,
        regularization: Regularization,
        generator: Generator | None,
    ) -> None:
        """Share the streams among the workers; no worker is left without one.

        Without a generator nothing is dropped.
        """
        self.model, self.batch, self.execution = model, batch, execution
        self.regularization = regularization
        self.parameters = list(model.parameters())
        count = min(execution.workers, batch)
        self.streams = [slice(k * batch // count, (k + 1) * batch // count) for k in range(count)]
        self.states = [model.initial_state(s.stop - s.start) for s in self.streams]
        # All workers draw the same masks, and each applies its part of them.
        self.rngs = [
            DropoutRng(_copied(generator), batch, s) if generator else None for s in self.streams
        ]
        self.pool = ThreadPoolExecutor(
            count, initializer=_compute_with, initargs=(execution.threads,)
        )

    def forward_backward(self, ids: Tensor) -> float:
        """Read ids (T+1, B), set each parameter's gradient, and return the mean loss in nats."""
        work = [self.pool.submit(self._read, k, ids) for k in range(len(self.streams))]
        shares = [each.result() for each in work]
        self.states = [share.state for share in shares]
        for parameter, *gradients in zip(
            self.parameters, *(s.gradients for s in shares), strict=True
        ):
            parameter.grad = _sum(gradients)
        return float(_sum([share.loss for share in shares]))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Shut the thread pool down."""
        self.pool.shutdown()

    def _read(self, worker: int, ids: Tensor) -> _Share:
        ids = ids[:, self.streams[worker]]
        low = self.execution.precision == "bf16"
        # Autocast's cache is shared by all threads, and the first that is done clears it: with it
        # the order of sums would depend on which that is.
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=low, cache_enabled=False):
            total, state = training_loss(
                self.model,
                ids,
                self.states[worker],
                self.regularization,
                self.rngs[worker],
                self.execution.kernel,
            )
        loss = total / ((len(ids) - 1) * self.batch)
        gradients = torch.autograd.grad(loss, self.parameters)
        return _Share(loss.detach(), gradients, detached(state))


def _compute_with(threads: int) -> None:
    """Set the number of threads that this thread computes with."""
    torch.set_num_threads(threads)
    # A thread takes over what any other has set when it first asks; so it has to ask now.
    torch.get_num_threads()


def _sum(parts: Sequence[Tensor]) -> Tensor:
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _copied(generator: Generator) -> Generator:
    copy = Generator()
    copy.set_state(generator.get_state())
    return copy
