"""What the gates of a family are called and do; models, records and drawings share it.

A gated cell keeps part of its memory m and writes part of a candidate into it:

    m ← keep · m + written
"""

from dataclasses import dataclass

Limits = tuple[float, float]

SHARE: Limits = (0.0, 1.0)  # σ
SIGNED: Limits = (-1.0, 1.0)  # tanh


@dataclass(frozen=True)
class Gate:
    """A gate or candidate, and the least and the most that its activation can be.

    `symbol` is its letter in the equations, and `number` its place among the four layers of an
    LSTM as they are usually explained, 1 to 4; 0 where it has none.
    """

    name: str
    symbol: str
    limits: Limits
    number: int = 0


@dataclass(frozen=True)
class CellInfo:
    """The gates of a family and the part that each plays.

    Attributes:
        family: its name in `config.FAMILIES`.
        gates: in the order of their rows in a layer's weights.
        keeps: the gate that multiplies the old memory.
        writes: the gate that multiplies the candidate; none in a GRU, which writes what its update
            gate does not keep.
        reads: the gate that multiplies the memory to give the output.
        memory: the state that the gates change, "cell" or "hidden".
        steps: for the story of one character, each gate or state in order, with the names of the
            results that are computed there.
    """

    family: str
    gates: tuple[Gate, ...] = ()
    keeps: str | None = None
    writes: str | None = None
    reads: str | None = None
    memory: str = "hidden"
    steps: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """Return the names of what is carried from one character to the next."""
        return ("hidden",) if self.memory == "hidden" else ("hidden", self.memory)

    @property
    def blocks(self) -> int:
        """Return the number of blocks of H rows in a layer's weights."""
        return max(1, len(self.gates))

    @property
    def shares(self) -> tuple[str, ...]:
        """Return the names of the gates between 0 and 1, the one that keeps first."""
        names = [gate.name for gate in self.gates if gate.limits == SHARE]
        return tuple(sorted(names, key=lambda name: name != self.keeps))

    def gate(self, name: str) -> Gate:
        """Return a gate by its name.

        Raises:
            KeyError: there is none.
        """
        for gate in self.gates:
            if gate.name == name:
                return gate
        raise KeyError(name)

    def rows(self, name: str, hidden: int) -> slice:
        """Return the rows of a gate in the weights of a layer of H units.

        Raises:
            KeyError: there is no such gate.
        """
        place = self.gates.index(self.gate(name))
        return slice(place * hidden, (place + 1) * hidden)
