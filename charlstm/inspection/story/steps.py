"""What is told of a character, stage by stage: a gate or state, what it did, and the arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from charlstm.drawing.symbols import Symbols
from charlstm.inspection.story.arithmetic import reckoned
from charlstm.inspection.story.record import Story
from charlstm.messages import Catalogue


@dataclass(frozen=True)
class Stage:
    """A gate or state by its name in the catalogue, its number, what it did, and the sums.

    `kind` is that of a quantity, and `place` the place among the four layers, 0 for none.
    """

    name: str
    kind: str
    value: Decimal
    does: str
    sums: tuple[str, ...] = ()
    place: int = 0

    @property
    def shown(self) -> str:
        """Write its number: shares without a sign."""
        return f"{self.value}" if self.kind == "share" else f"{self.value:+}"


def stages(story: Story, messages: Catalogue, symbols: Symbols) -> Iterator[Stage]:
    """Tell the stages in their order."""
    teller = _Teller(story, messages, symbols)
    return teller.lstm() if "forget" in story.values else teller.gru()


class _Teller:
    """Knows the numbers and the words."""

    def __init__(self, story: Story, messages: Catalogue, symbols: Symbols) -> None:
        self.messages = messages
        self.numbers = reckoned(story)
        self.first = story.index == 0
        self.times = symbols.times

    def lstm(self) -> Iterator[Stage]:
        """Tell what was kept, what was written, and what was said."""
        n = self.numbers
        kept = self._product("forget", "before", "kept")
        written = self._product("input", "candidate", "written")
        added = f"{n['kept']} {_plus(n['written'])} = {n['cell']}"
        said = (f"tanh({n['cell']}) = {n['tanh']}", self._product("output", "tanh", "hidden"))
        forgets = "forget.nothing" if self.first else "forget.does"
        yield self._stage("forget", "share", forgets, (kept,), 1)
        yield self._stage("input", "share", "input.does", (), 2)
        yield self._stage("candidate", "signed", "candidate.does", (written,), 3)
        yield self._stage("cell", "size", "cell.does", (added,))
        yield self._stage("output", "share", "output.does", said, 4)
        yield self._stage("hidden", "signed", "hidden.does", ())

    def gru(self) -> Iterator[Stage]:
        """Tell what the candidate saw, what was kept and what was taken."""
        n = self.numbers
        kept = self._product("update", "before", "kept")
        rest = f"1 - {n['update']} = {n['rest']}"
        written = self._product("rest", "candidate", "written")
        added = f"{n['kept']} {_plus(n['written'])} = {n['hidden']}"
        updates = "update.nothing" if self.first else "update.does"
        yield self._stage("reset", "share", "reset.does", ())
        yield self._stage("candidate", "signed", "gru.candidate.does", ())
        yield self._stage("update", "share", updates, (kept, rest, written))
        yield self._stage("hidden", "signed", "gru.hidden.does", (added,))

    def _stage(
        self, name: str, kind: str, key: str, sums: tuple[str, ...], place: int = 0
    ) -> Stage:
        value = self.numbers[name]
        before = f"{self.numbers['before']:+}"
        rest = _percent(self.numbers.get("rest", Decimal(0)))
        share = _percent(value)
        does = self.messages(f"story.{key}", share=share, before=before, rest=rest)
        return Stage(name, kind, value, does, sums, place)

    def _product(self, one: str, other: str, result: str) -> str:
        n = self.numbers
        return f"{n[one]} {self.times} {n[other]} = {n[result]}"


def _percent(share: Decimal) -> str:
    """Write a share of three places in percent, all of it."""
    return f"{(share * 100).normalize():f}%"


def _plus(number: Decimal) -> str:
    return f"- {-number}" if number < 0 else f"+ {number}"
