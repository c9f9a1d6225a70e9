"""The steps of a story: a gate or state, what it did to the character, and the arithmetic."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from charlstm.cells import SHARE, CellInfo
from charlstm.drawing.pen import Pen
from charlstm.inspection.story.arithmetic import TIMES, Rounded
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
    for name, results in story.cell_info.steps:
        equations = (_equation(story.arithmetic[result], pen) for result in results)
        does = _does(story, name, pen)
        value = story.arithmetic[name].value
        yield Step(
            name, _kind(story.cell_info, name), value, does, tuple(equations), _place(story, name)
        )


def _does(story: Story, name: str, pen: Pen) -> str:
    """Return what a gate or state did to the character."""
    numbers, info = story.arithmetic, story.cell_info
    # Before the first character there is nothing that could be kept.
    verb = "nothing" if name == info.keeps and story.index == 0 else "does"
    rest = numbers["rest"].value if "rest" in numbers else Decimal(0)
    return pen(
        f"story.{info.family}.{name}.{verb}",
        share=_percent(numbers[name].value),
        before=f"{numbers['before'].value:+}",
        rest=_percent(rest),
    )


def _kind(info: CellInfo, name: str) -> str:
    """Return what kind of quantity a gate or state is."""
    for gate in info.gates:
        if gate.name == name:
            return "share" if gate.limits == SHARE else "signed"
    return "signed" if name == "hidden" else "size"


def _place(story: Story, name: str) -> int:
    numbers = {gate.name: gate.number for gate in story.cell_info.gates}
    return numbers.get(name, 0)


def _equation(result: Rounded, pen: Pen) -> str:
    calculation = result.calculation.replace(TIMES, pen.symbols.times)
    return f"{calculation} = {result}"


def _percent(share: Decimal) -> str:
    """Return a share of three places in percent, all of it."""
    return f"{(share * 100).normalize():f}%"
