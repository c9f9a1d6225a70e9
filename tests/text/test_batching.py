"""Streams: which characters are read, when, and by which reader."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from charlstm.text.batching import StreamBatcher, fitting, unknown_masks_of
from charlstm.text.vocabulary import Ids

sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
shapes = st.tuples(st.integers(1, 400), st.integers(1, 40), st.integers(1, 80))


def places(length: int) -> NDArray[np.uint16]:
    """Return ids each of which is its own place in the text."""
    return np.arange(length, dtype=np.uint16)


def batcher_fitting(
    ids: Ids, batch_size: int, seq_length: int, unknown_masks: NDArray[np.bool_] | None = None
) -> StreamBatcher:
    """Return the batches of a text, or as large ones as there is room for."""
    return StreamBatcher(ids, *fitting(len(ids), batch_size, seq_length), unknown_masks)


@settings(deadline=None, max_examples=50)
@given(sizes, st.integers(1, 9), st.integers(0, 3))
def test_reads_every_character_once_a_round(size: tuple[int, int], steps: int, rounds: int) -> None:
    """Where the streams fill the text evenly, each round reads every character exactly once."""
    batch, seq_length = size
    length = batch * seq_length * steps
    streams = StreamBatcher(places(length), batch, seq_length)
    reads = [streams.read(step)[:-1] for step in range(rounds * steps, (rounds + 1) * steps)]
    assert list(range(length)) == sorted(np.concatenate(reads).flatten().tolist())


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 60), sizes)
def test_reads_every_character_as_often(length: int, size: tuple[int, int]) -> None:
    """Where they do not, every character is read as often by the time the readers are back."""
    batch, seq_length = size
    streams = StreamBatcher(places(length), batch, seq_length)
    reads = np.concatenate([streams.read(step)[:-1] for step in range(length)])
    assert [batch * seq_length] * length == np.bincount(reads.flatten(), minlength=length).tolist()


@settings(deadline=None, max_examples=50)
@given(shapes, st.integers(0, 1000))
def test_a_reader_walks_on(shape: tuple[int, int, int], step: int) -> None:
    """Each reader begins where it stopped the step before, with the same character."""
    length, batch, seq_length = shape
    streams = batcher_fitting(
        places(length), batch, seq_length, unknown_masks_of(np.ones(length, int))
    )
    assert streams.read(step)[-1].tolist() == streams.read(step + 1)[0].tolist()


@settings(deadline=None, max_examples=50)
@given(shapes, st.integers(0, 1000))
def test_each_row_follows_the_one_before(shape: tuple[int, int, int], step: int) -> None:
    """Each row holds the characters after those of the row before, the last one too."""
    length, batch, seq_length = shape
    read = batcher_fitting(places(length), batch, seq_length).read(step)
    assert ((read[:-1] + 1) % length).tolist() == read[1:].tolist()


@settings(deadline=None, max_examples=50)
@given(shapes)
def test_readers_stand_evenly(shape: tuple[int, int, int]) -> None:
    """At first the readers stand evenly spaced, to within one character, from the text's start."""
    length, batch, seq_length = shape
    streams = batcher_fitting(places(length), batch, seq_length)
    starts = streams.read(0)[0].tolist()
    gaps = set(np.diff([*starts, length]).tolist())
    assert (0, True) == (
        starts[0],
        gaps <= {length // streams.batch_size, -(-length // streams.batch_size)},
    )


@settings(deadline=None, max_examples=50)
@given(shapes, st.integers(0, 1000))
def test_gives_one_row_more_than_a_sequence(shape: tuple[int, int, int], step: int) -> None:
    """A read has T+1 rows of B ids, wide enough for any use."""
    length, batch, seq_length = shape
    streams = batcher_fitting(places(length), batch, seq_length)
    read = streams.read(step)
    assert ((streams.seq_length + 1, streams.batch_size), np.dtype(np.int64)) == (
        read.shape,
        read.dtype,
    )


def test_reads_what_it_is_told() -> None:
    """Two readers of eight characters read three each, and the one after."""
    streams = StreamBatcher(places(8), batch_size=2, seq_length=3)
    assert [[3, 7], [4, 0], [5, 1], [6, 2]] == streams.read(1).tolist()


def test_knows_how_much_a_step_reads() -> None:
    """A step reads B sequences of T characters."""
    assert 6 == StreamBatcher(places(8), batch_size=2, seq_length=3).characters_per_step


@pytest.mark.parametrize(
    ("length", "asked", "expected"),
    [
        (10_000, (32, 64), (32, 64)),
        (2048, (32, 64), (32, 64)),
        (2047, (32, 64), (32, 63)),
        (256, (32, 64), (32, 8)),
        (90, (32, 64), (11, 8)),
        (90, (4, 64), (4, 22)),
        (15, (32, 64), (1, 15)),
        (7, (32, 64), (1, 7)),
        (1, (32, 64), (1, 1)),
    ],
)
def test_fits_a_text(length: int, asked: tuple[int, int], expected: tuple[int, int]) -> None:
    """A text too short for what was asked for gets fewer and shorter streams."""
    streams = batcher_fitting(places(length), *asked)
    assert expected == (streams.batch_size, streams.seq_length)


@settings(deadline=None, max_examples=50)
@given(shapes)
def test_reads_no_character_twice_a_step(shape: tuple[int, int, int]) -> None:
    """However short the text, no step reads the same character twice."""
    length, batch, seq_length = shape
    read = batcher_fitting(places(length), batch, seq_length).read(0)[:-1].flatten().tolist()
    assert len(read) == len(set(read))


def test_characters_that_come_once_take_turns() -> None:
    """Every second character that comes once stands in in even readings, others in odd ones."""
    counts = np.array([0, 2, 1, 1, 5, 1, 0])
    even, odd = unknown_masks_of(counts).astype(int).tolist()
    assert [0, 0, 0, 1, 0, 0, 0] == even
    assert [0, 0, 1, 0, 0, 1, 0] == odd


def test_what_comes_once_is_the_unknown_in_every_other_reading() -> None:
    """In four readings each such character is read twice as itself and twice as the unknown."""
    ids = np.array([1, 2, 1, 3], dtype=np.uint8)
    streams = StreamBatcher(
        ids, batch_size=1, seq_length=4, unknown_masks=np.array([[0, 0, 1, 0], [0, 0, 0, 1]], bool)
    )
    readings = [streams.read(step)[:-1, 0].tolist() for step in range(4)]
    assert [[1, 0, 1, 3], [1, 2, 1, 0]] * 2 == readings


@settings(deadline=None, max_examples=50)
@given(shapes, st.integers(0, 1))
def test_what_comes_once_is_the_unknown_every_other_time(
    shape: tuple[int, int, int], first: int
) -> None:
    """Whoever reads a place, such a character there is by turns the unknown and itself."""
    length, batch, seq_length = shape
    # Ids that begin at 1, none of which is the unknown.
    ids, turns = places(length) + 1, np.zeros((2, length + 1), bool)
    turns[first] = True
    streams = batcher_fitting(ids, batch, seq_length, turns)
    plain = batcher_fitting(ids, batch, seq_length)
    readings: dict[int, list[bool]] = {}
    for step in range(4 * length // streams.characters_per_step + 1):
        # Row by row, as time goes by.
        for read, itself in zip(streams.read(step)[:-1], plain.read(step)[:-1], strict=True):
            for seen, number in zip(read.tolist(), itself.tolist(), strict=True):
                readings.setdefault(number, []).append(seen == 0)
    for of_one in readings.values():
        assert [time % 2 == first for time in range(len(of_one))] == of_one
