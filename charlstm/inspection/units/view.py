"""What single units track: a ranking, with all that speaks against each line beside it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

from charlstm.drawing.pen import Pen
from charlstm.drawing.table import Column, drawn, fitting, needed
from charlstm.inspection.units.record import Finding, Units

# The columns in their order; where there is no room those of the highest priority number go first.
_PRIORITIES = {
    "property": 0,
    "unit": 0,
    "r": 0,
    "bar": 5,
    "control": 2,
    "p": 3,
    "auc": 4,
    "cost": 1,
}
_JUSTIFY: Mapping[str, Literal["left"]] = {"property": "left", "unit": "left", "bar": "left"}
_BAR = 20


class _Section(NamedTuple):
    """Findings under one heading: "passing", "nothing" (passed), "failing" or "given"."""

    name: str
    findings: Sequence[Finding]


class UnitsView:
    """Draws what was found: what beat its control, what did not, what needs no memory."""

    def __init__(self, record: Units, pen: Pen) -> None:
        self.record, self.pen = record, pen
        passing = [finding for finding in record.findings if finding.significant]
        failing = [finding for finding in record.findings if not finding.significant]
        first = _Section("passing" if passing else "nothing", passing)
        others = (_Section("failing", failing), _Section("given", record.given_findings))
        self._sections = [first, *(section for section in others if section.findings)]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the ranking with what its numbers mean."""
        columns = self._columns(self.pen.on(console))
        kept = fitting(list(columns.values()), options.max_width)
        headings, *rows = drawn(self._cut(kept, options.max_width))
        yield Text(self._title(), style="bold")
        for place, section in enumerate(self._sections):
            yield Text(self._heading(section.name))
            yield from [headings] if place == 0 else []
            yield from rows[: len(section.findings)]
            del rows[: len(section.findings)]
        names = [name for name, column in columns.items() if column in kept]
        yield from (Text(meaning, style="dim") for meaning in self._legend(names))

    def sentences(self) -> Iterator[str]:
        """Yield the same in sentences."""
        yield f"{self._title()}."
        for name, findings in self._sections:
            yield self._heading(name)
            for finding in findings:
                cells = {key: cell.strip() for key, cell in self._cells(finding).items()}
                yield self.pen(f"units.sentence.{name}", **cells)
        yield from self._legend(name for name in self._columns(self.pen) if name != "bar")

    def _columns(self, pen: Pen) -> dict[str, Column]:
        """Return by name the columns that have anything in them."""
        rows = [
            (self._cells(finding), _styles(finding, name, pen))
            for name, findings in self._sections
            for finding in findings
        ]
        columns = {}
        for name, priority in _PRIORITIES.items():
            heading = pen(f"units.column.{name}")
            cells = [Text(row[name], styles.get(name, styles["row"])) for row, styles in rows]
            if priority == 0 or any(cell.plain for cell in cells):
                columns[name] = Column(
                    heading, cells, _JUSTIFY.get(name, "right"), priority=priority
                )
        return columns

    def _cut(self, columns: list[Column], width: int) -> list[Column]:
        """Return columns with the first, the property, cut to the room that the others leave."""
        first, *others = columns
        over = needed(columns) - width
        if over <= 0:
            return columns
        return [first.cut(max(first.width - over, 0), self.pen.symbols.cut), *others]

    def _cells(self, finding: Finding) -> dict[str, str]:
        """Return all numbers of a finding, by column."""
        given = math.isnan(finding.p)
        return {
            "property": self._property(finding.property),
            "unit": self.pen.unit_name(finding.layer, finding.unit),
            "r": f" {finding.r:+z.2f} ",
            "bar": "" if given else self._bar(abs(finding.r), finding.control),
            "control": "" if given else f"{finding.control:.2f}",
            "p": "" if given else f"{finding.p:.3f}",
            "auc": f"{finding.auc:.2f}",
            "cost": "" if finding.cost is None else f"{finding.cost:+z.4f}",
        }

    def _bar(self, size: float, control: float) -> str:
        """Return |r| as a bar: as far as chance goes, and beyond."""
        by_chance, beyond = self.pen.symbols.shades
        length = round(min(size, 1.0) * _BAR)
        first = min(length, round(control * _BAR))
        return by_chance * first + beyond * (length - first)

    def _title(self) -> str:
        layers, units = self.record.r.shape[1:]
        characters = f"{self.record.characters:,}"
        return self.pen("units.title", layers=layers, units=units, characters=characters)

    def _heading(self, section: str) -> str:
        if section != "passing":
            return self.pen(f"units.section.{section}")
        passing = int(self.record.significant.sum())
        pairs = f"{self.record.r.size:,}"
        return self.pen("units.section.passing", passing=f"{passing:,}", pairs=pairs)

    def _legend(self, columns: Iterable[str]) -> Iterator[str]:
        pen, record = self.pen, self.record
        by_chance, beyond = pen.symbols.shades
        values = {
            "activation": pen(f"units.activation.{record.activation}"),
            "pairs": f"{record.r.size:,}",
            "chance": by_chance,
            "beyond": beyond,
        }
        for name in columns:
            if name not in {"property", "unit"}:
                yield pen(f"units.meaning.{name}", **values)
        if record.constant:
            yield pen("units.constant", names=", ".join(map(self._property, record.constant)))
        yield pen("units.limit")

    def _property(self, name: str) -> str:
        return self.pen(f"units.property.{name}")


def _styles(finding: Finding, section: str, pen: Pen) -> Mapping[str, str | Style]:
    """Return the style of a finding's row, and of the cells that have another."""
    if section == "failing":
        return {"row": "dim"}
    return {"row": "", "property": "bold", "r": pen.shade_signed(finding.r)}
