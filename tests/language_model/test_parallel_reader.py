"""Reading in parts side by side, against reading in order."""

from functools import partial

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from charlstm.language_model.reading import MOST_PARTS, ParallelReader
from charlstm.models.base import State

LENGTHS = [1, 2, 255, 256, 257, 1023, 1024, 2047, 2048, 2049, 3000, 8193, 9000]


def empty_state(batch: int) -> State:
    return (torch.zeros(1, batch, 1, dtype=torch.double),)


def advance(ids: Tensor, state: State, keep: float) -> tuple[Tensor, State]:
    """Keep a share of the sum at each id and add it; return the sums."""
    (kept,) = state
    sums = []
    for row in ids:
        kept = keep * kept + row[:, None]
        sums.append(kept[0, :, 0])
    return torch.stack(sums), (kept,)


def in_order(ids: Tensor, keep: float) -> NDArray[np.float64]:
    sums, kept = [], 0.0
    for number in ids.tolist():
        kept = keep * kept + number
        sums.append(kept)
    return np.array(sums)


def ids_of(length: int) -> Tensor:
    return torch.arange(length) % 7 + 1


@pytest.mark.parametrize("most", [1, 2, 5, MOST_PARTS])
@pytest.mark.parametrize("length", LENGTHS)
def test_what_is_cut_can_be_joined(length: int, most: int) -> None:
    """Ids cut into parts and joined again are the ids, in their order."""
    ids = torch.arange(length)
    reader = ParallelReader(ids, most)
    assert (reader.length, reader.count) == reader.cut(ids).shape
    assert torch.equal(ids, reader.joined(reader.cut(ids)))


@pytest.mark.parametrize("length", LENGTHS)
def test_parts_stand_one_after_the_other(length: int) -> None:
    """Each part goes on where the one before it ends, and only the last has room to spare."""
    ids = torch.arange(length)
    reader = ParallelReader(ids)
    for number in range(reader.count):
        expected = ids[number * reader.length : (number + 1) * reader.length]
        assert torch.equal(expected, reader.ids[: len(expected), number])
        assert len(expected) == reader.length or number == reader.count - 1


@pytest.mark.parametrize(
    ("length", "expected"), [(1, 1), (2047, 1), (2048, 2), (3072, 3), (8192, 8), (100_000, 8)]
)
def test_long_texts_have_more_parts(length: int, expected: int) -> None:
    """There is a part for every thousand characters or so, and never more than eight."""
    assert expected == ParallelReader(torch.arange(length)).count


@pytest.mark.parametrize("keep", [0.0, 0.9, 0.999, 1.0], ids="keeps {}".format)
@pytest.mark.parametrize("length", LENGTHS)
def test_every_place_is_read_in_its_turn(length: int, keep: float) -> None:
    """The last block at each place has the sum of reading in order, however long it is kept."""
    ids = ids_of(length)
    reader = ParallelReader(ids)
    found = torch.full((reader.length, reader.count), torch.nan, dtype=torch.double)
    for which, rows, sums in reader.read(empty_state, partial(advance, keep=keep)):
        found[rows, which] = sums
    expected = in_order(ids, keep)
    np.testing.assert_allclose(reader.joined(found).numpy(), expected, rtol=1e-4)


def blocks_read(ids: Tensor, keep: float) -> int:
    """Count the blocks of 256 characters that are read of all parts."""
    return sum(
        len(each.parts)
        for each in ParallelReader(ids).read(empty_state, partial(advance, keep=keep))
    )


def test_a_memory_that_forgets_is_soon_read() -> None:
    """Of each part but the first only the first block is read again where little is kept."""
    assert 8 * 4 + 7 == blocks_read(ids_of(8192), 0.5)


def test_a_memory_without_a_past_is_read_once() -> None:
    """Where nothing at all is kept the parts after the first are begun again, no more."""
    assert blocks_read(ids_of(8192), 0.0) <= 8 * 4 + 7


def test_what_was_empty_stays_empty() -> None:
    """The state that reading begins with is not written to."""
    empty = empty_state(8)
    list(
        ParallelReader(ids_of(8192)).read(lambda n: (empty[0][:, :n],), partial(advance, keep=0.5))
    )
    assert torch.equal(empty_state(8)[0], empty[0])
