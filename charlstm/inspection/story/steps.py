"""The steps of a story: a gate or state, what it did to the character, and the arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from charlstm.drawing.pen import Pen
from charlstm.inspection.story.arithmetic import arithmetic
from charlstm.inspection.story.record import Story


@dataclass(frozen=True)
class Step:
    """A gate or state by its name in the catalogue, its number, what it did, and the equations.

    `kind` is that of a quantity, and `place` the place among the four layers, 0 for none.
    """

    name: str
    kind: str
    value: Decimal
    does: str
    equations: tuple[str, ...] = ()
    place: int = 0

    @property
    def shown(self) -> str:
        """Its number: shares without a sign."""
        return f"{self.value}" if self.kind == "share" else f"{self.value:+}"


def steps(story: Story, pen: Pen) -> Iterator[Step]:
    """Yield the steps in their order."""
    writer = _Writer(story, pen)
    return writer.lstm() if "forget" in story.values else writer.gru()


class _Writer:
    """Writes steps: it has the numbers and the words."""

    def __init__(self, story: Story, pen: Pen) -> None:
        self.pen = pen
        self.numbers = arithmetic(story)
        self.first = story.index == 0

    def lstm(self) -> Iterator[Step]:
        """Yield what was kept, what was written, and what was given out."""
        n = self.numbers
        kept = self._product("forget", "before", "kept")
        written = self._product("input", "candidate", "written")
        added = f"{n['kept']} {_plus(n['written'])} = {n['cell']}"
        given_out = (f"tanh({n['cell']}) = {n['tanh']}", self._product("output", "tanh", "hidden"))
        forgets = "forget.nothing" if self.first else "forget.does"
        yield self._step("forget", "share", forgets, (kept,), 1)
        yield self._step("input", "share", "input.does", (), 2)
        yield self._step("candidate", "signed", "candidate.does", (written,), 3)
        yield self._step("cell", "size", "cell.does", (added,))
        yield self._step("output", "share", "output.does", given_out, 4)
        yield self._step("hidden", "signed", "hidden.does", ())

    def gru(self) -> Iterator[Step]:
        """Yield what the candidate saw, what was kept and what was taken."""
        n = self.numbers
        kept = self._product("update", "before", "kept")
        rest = f"1 - {n['update']} = {n['rest']}"
        written = self._product("rest", "candidate", "written")
        added = f"{n['kept']} {_plus(n['written'])} = {n['hidden']}"
        updates = "update.nothing" if self.first else "update.does"
        yield self._step("reset", "share", "reset.does", ())
        yield self._step("candidate", "signed", "gru.candidate.does", ())
        yield self._step("update", "share", updates, (kept, rest, written))
        yield self._step("hidden", "signed", "gru.hidden.does", (added,))

    def _step(
        self, name: str, kind: str, key: str, equations: tuple[str, ...], place: int = 0
    ) -> Step:
        value = self.numbers[name]
        does = self.pen(
            f"story.{key}",
            share=_percent(value),
            before=f"{self.numbers['before']:+}",
            rest=_percent(self.numbers.get("rest", Decimal(0))),
        )
        return Step(name, kind, value, does, equations, place)

    def _product(self, one: str, other: str, result: str) -> str:
        n = self.numbers
        return f"{n[one]} {self.pen.symbols.times} {n[other]} = {n[result]}"


def _percent(share: Decimal) -> str:
    """Return a share of three places in percent, all of it."""
    return f"{(share * 100).normalize():f}%"


def _plus(number: Decimal) -> str:
    return f"- {-number}" if number < 0 else f"+ {number}"
