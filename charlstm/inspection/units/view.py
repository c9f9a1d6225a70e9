"""What single units track: a ranking, with all that speaks against each line beside it."""

import math
from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style
from rich.text import Text

from charlstm.drawing.layout import UNBOUNDED, at_left, at_right, line, shortened, widest
from charlstm.drawing.names import unit_name
from charlstm.drawing.palette import STEPLESS, shade_signed
from charlstm.drawing.symbols import UNICODE, Symbols
from charlstm.inspection.units.record import Finding, Units
from charlstm.messages import Catalogue

_GAP = 2
_ORDER = ("property", "unit", "r", "bar", "control", "p", "auc", "cost")
# Where there is no room for all, the last of these are left out, the first three never.
_WEIGHTIEST = ("property", "unit", "r", "cost", "control", "p", "auc", "bar")
_LEAST = _WEIGHTIEST[:3]
_LEFT = {"property", "unit", "bar"}
_BAR = 20

Cells = Mapping[str, str]


class UnitsView:
    """Draws what was found: what beat its control, what did not, what needs no memory."""

    def __init__(self, record: Units, messages: Catalogue, symbols: Symbols = UNICODE) -> None:
        self.record, self.messages, self.symbols = record, messages, symbols
        passing = [finding for finding in record.findings if finding.significant]
        failing = [finding for finding in record.findings if not finding.significant]
        sections = (
            ("passing" if passing else "nothing", passing),
            ("failing", failing),
            ("given", record.given_findings),
        )
        # The first says that nothing passed where nothing did; the others are there or not.
        self.sections = [section for section in sections if section[1] or section is sections[0]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the ranking with what its numbers mean."""
        coloured = console.color_system not in STEPLESS
        rows = {finding: self._cells(finding) for finding in self._every()}
        widths = self._fitting(list(rows.values()), options.max_width)
        yield Text(self._title(), style="bold")
        for number, (name, findings) in enumerate(self.sections):
            yield Text(self._heading(name))
            if number == 0:
                yield self._line(self._headings(), widths, "bold", {})
            for finding in findings:
                shaded = coloured and (finding.significant or name == "given")
                r = shade_signed(finding.r) if shaded else Style.null()
                style, bold = ("dim", "") if name == "failing" else ("", "bold")
                yield self._line(rows[finding], widths, style, {"property": bold, "r": r})
        yield from (Text(line, style="dim") for line in self._legend(widths))

    def sentences(self) -> Iterator[str]:
        """Tell the same in sentences."""
        yield f"{self._title()}."
        for name, findings in self.sections:
            yield self._heading(name)
            for finding in findings:
                cells = {key: cell.strip() for key, cell in self._cells(finding).items()}
                yield self._say(f"sentence.{name}", **cells)
        columns = self._fitting([self._cells(finding) for finding in self._every()], UNBOUNDED)
        yield from self._legend(name for name in columns if name != "bar")

    def _every(self) -> list[Finding]:
        return [finding for _, findings in self.sections for finding in findings]

    def _cells(self, finding: Finding) -> dict[str, str]:
        """Say everything of a finding, by column."""
        given = math.isnan(finding.p)
        return {
            "property": self._property(finding.property),
            "unit": unit_name(finding.layer, finding.unit),
            "r": f" {finding.r:+z.2f} ",
            "bar": "" if given else self._bar(abs(finding.r), finding.control),
            "control": "" if given else f"{finding.control:.2f}",
            "p": "" if given else f"{finding.p:.3f}",
            "auc": f"{finding.auc:.2f}",
            "cost": "" if finding.cost is None else f"{finding.cost:+z.4f}",
        }

    def _headings(self) -> dict[str, str]:
        return {name: self._say(f"column.{name}") for name in _ORDER} | {"r": " r"}

    def _fitting(self, rows: list[dict[str, str]], width: int) -> dict[str, int]:
        """Choose the columns that have anything and room for it, and tell how wide each is."""
        headings = self._headings()
        widths = {
            name: widest([row[name] for row in (headings, *rows)])
            for name in _WEIGHTIEST
            if name in _LEAST or any(row[name] for row in rows)
        }
        while len(widths) > len(_LEAST) and sum(widths.values()) > _room(width, len(widths)):
            widths.popitem()
        # The unit and its r are never cut: the property is.
        over = sum(widths.values()) - _room(width, len(widths))
        widths["property"] = max(widths["property"] - max(over, 0), 0)
        return {name: widths[name] for name in _ORDER if name in widths}

    def _bar(self, size: float, control: float) -> str:
        """Draw |r|: as far as chance goes, and beyond."""
        by_chance, beyond = self.symbols.shades
        length = round(min(size, 1.0) * _BAR)
        first = min(length, round(control * _BAR))
        return by_chance * first + beyond * (length - first)

    def _title(self) -> str:
        layers, units = self.record.r.shape[1:]
        characters = f"{self.record.characters:,}"
        return self._say("title", layers=layers, units=units, characters=characters)

    def _heading(self, name: str) -> str:
        if name != "passing":
            return self._say(name)
        passing = int(self.record.significant.sum())
        return self._say(name, passing=f"{passing:,}", pairs=f"{self.record.r.size:,}")

    def _legend(self, columns: Iterable[str]) -> Iterator[str]:
        by_chance, beyond = self.symbols.shades
        values = {
            "activation": self._say(f"activation.{self.record.activation}"),
            "pairs": f"{self.record.r.size:,}",
            "chance": by_chance,
            "beyond": beyond,
        }
        for name in columns:
            if name not in {"property", "unit"}:
                yield self._say(f"meaning.{name}", **values)
        if self.record.constant:
            names = ", ".join(map(self._property, self.record.constant))
            yield self._say("constant", names=names)
        yield self._say("meaning.limit")

    def _property(self, name: str) -> str:
        return self._say(f"property.{name}")

    def _line(
        self, cells: Cells, widths: Mapping[str, int], style: str, styles: Mapping[str, str | Style]
    ) -> Text:
        """Set cells side by side; of a property only what fits."""
        parts = Text(" " * _GAP).join(
            Text(
                aligned(shortened(cells[name], width, self.symbols.cut), width),
                styles.get(name, ""),
            )
            for name, width in widths.items()
            for aligned in (at_left if name in _LEFT else at_right,)
        )
        return line(parts, style=style)

    def _say(self, key: str, **values: object) -> str:
        return self.messages(f"units.{key}", **values)


def _room(width: int, columns: int) -> int:
    return width - _GAP * (columns - 1)
