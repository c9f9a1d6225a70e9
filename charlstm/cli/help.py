"""The page that --help prints.

Typer's own speaks English, and counts a syllable of Hangul as one cell.
"""

import re
import shutil
from collections.abc import Iterator, Sequence

import typer
from rich.cells import cell_len, set_cell_size
from typer.core import TyperGroup

from charlstm.messages import Catalogue

_NARROWEST, _WIDEST = 50, 78
_INDENT, _GAP, _WIDEST_NAME = 2, 2, 30

Row = tuple[str, str]


def page(context: typer.Context, messages: Catalogue) -> str:
    """Write the help of a command."""
    command = context.command
    columns = shutil.get_terminal_size().columns - 2
    width = max(_NARROWEST, min(columns, _WIDEST))
    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    parts = [
        [messages("help.usage", usage=usage)],
        list(_indented(command.help or "", width)),
        _section(messages("help.arguments"), _parameters(context, "argument"), width),
        _section(messages("help.options"), _parameters(context, "option"), width),
        _section(messages("help.commands"), _commands(context), width),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _parameters(context: typer.Context, kind: str) -> list[Row]:
    of_kind = [p for p in context.command.params if p.param_type_name == kind]
    records = [parameter.get_help_record(context) for parameter in of_kind]
    return [record for record in records if record]


def _commands(context: typer.Context) -> list[Row]:
    """List commands, with the first line of the help of each."""
    group = context.command
    commands = group.commands if isinstance(group, TyperGroup) else {}
    return [(name, (c.help or "").splitlines()[0]) for name, c in commands.items()]


def _section(heading: str, rows: Sequence[Row], width: int) -> list[str]:
    """Print rows below a heading: names to the left, their help to the right."""
    if not rows:
        return []
    longest = min(_WIDEST_NAME, max(cell_len(name) for name, _ in rows))
    left = _INDENT + longest + _GAP
    lines = [heading]
    for name, meaning in rows:
        shown = " " * _INDENT + name
        for line in _folded(meaning, width - left):
            if cell_len(shown) > left - _GAP:
                lines.append(shown)
                shown = ""
            lines.append(set_cell_size(shown, left) + line)
            shown = ""
    return lines


def _indented(text: str, width: int) -> Iterator[str]:
    for line in _folded(text, width - _INDENT):
        yield (" " * _INDENT + line).rstrip()


def _folded(text: str, width: int) -> Iterator[str]:
    """Fold each line of a text at its spaces, but not within brackets."""
    for line in text.splitlines():
        row = ""
        for word in re.findall(r"\[[^]]*\]|\S+", line):
            if row and cell_len(f"{row} {word}") > width:
                yield row
                row = ""
            row = f"{row} {word}" if row else word
        yield row
