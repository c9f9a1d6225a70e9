"""A table of scores: a row a run."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class ScoreRow:
    """How one run did on a text, as `evaluate --json` reports it."""

    run: str
    model: str
    chars: int
    bytes: int
    unknown_chars: int
    nats_per_char: float
    bits_per_char: float
    bits_per_byte: float
    perplexity: float


class ScoreTable:
    """Draws scores; lower is better everywhere."""

    def __init__(self, rows: Sequence[ScoreRow]) -> None:
        self.rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give Rich the table."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        table.add_column("run", overflow="fold")
        for heading in ("model", "chars", "unknown", "bits/char", "nats/char", "bits/byte", "ppl"):
            table.add_column(heading, justify="left" if heading == "model" else "right")
        for row in self.rows:
            table.add_row(*_cells(row))
        yield table


def _cells(row: ScoreRow) -> tuple[Text, ...]:
    return (
        Text(row.run, style="bold"),
        Text(row.model),
        Text(f"{row.chars:,}"),
        Text(f"{row.unknown_chars / row.chars:.2%}"),
        Text(f"{row.bits_per_char:.4f}"),
        Text(f"{row.nats_per_char:.4f}"),
        Text(f"{row.bits_per_byte:.4f}"),
        Text(f"{row.perplexity:.2f}"),
    )
