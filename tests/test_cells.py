"""What gates do, said of a cell that is not there."""

import pytest

from charlstm.cells import SHARE, SIGNED, CellInfo, Gate
from charlstm.limits import FAMILIES
from charlstm.models import cell_named, info_of

CELL = CellInfo(
    family="new",
    gates=(Gate("write", "w", SHARE), Gate("what", "c", SIGNED), Gate("keep", "k", SHARE)),
    keeps="keep",
    memory="store",
)


def test_rows_are_those_of_the_gate() -> None:
    """The rows of a gate follow from its place and the number of units."""
    assert [slice(0, 5), slice(5, 10), slice(10, 15)] == [
        CELL.rows(name, 5) for name in ("write", "what", "keep")
    ]


def test_the_gate_that_keeps_is_the_first_of_the_shares() -> None:
    """Shares are the gates between 0 and 1, the one that keeps before the others."""
    assert ("keep", "write") == CELL.shares


def test_states_are_h_and_the_memory() -> None:
    """A cell with a memory besides h carries both."""
    assert (("hidden", "store"), ("hidden",)) == (CELL.states, CellInfo("plain").states)


def test_there_is_a_block_of_rows_without_a_gate() -> None:
    """A layer without gates has the rows of h alone."""
    assert (3, 1) == (CELL.blocks, CellInfo("plain").blocks)


def test_a_gate_that_is_not_there_is_no_gate() -> None:
    """A name that no gate has is a KeyError."""
    with pytest.raises(KeyError):
        CELL.gate("forget")


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_says_what_its_gates_do(family: str) -> None:
    """Each family has its own name, and the parts that it names are gates of it."""
    info = info_of(family)
    assert family == info.family
    for name in filter(None, (info.keeps, info.writes, info.reads)):
        assert SHARE == info.gate(name).limits


@pytest.mark.parametrize("family", ["gru", "lstm"])
def test_the_steps_of_the_story_are_of_the_equations(family: str) -> None:
    """Every gate, every state and every result of the equations is in the story once."""
    cell = cell_named(family)
    gates = {gate.name: 0.5 for gate in cell.info.gates}
    found = cell.update({**gates, "before": 0.25}, lambda x: x)
    steps, results = zip(*cell.info.steps, strict=True)
    assert sorted({*gates, *cell.info.states}) == sorted(steps)
    assert sorted(found) == sorted(result for some in results for result in some)
