"""The keys of the catalogue that the source looks up, found by reading the source.

A key is written out, or computed by an f-string that begins with a table of the catalogue, such as
f"gates.legend.{kind}". What goes into its braces has to be a string of the same module, or of one
that COMPUTED_FROM names. So a key that nothing looks up any more is found, whatever its table.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import charlstm
from charlstm.limits import FAMILIES

PACKAGE = Path(charlstm.__file__).parent
# Where the values of computed keys are written, if not in the module that computes the key.
_CELLS = tuple(f"models/{family}.py" for family in FAMILIES)
COMPUTED_FROM: dict[str, tuple[str, ...]] = {
    "gates.notice.{}": _CELLS,
    "gates.title.{}": ("inspection/gates/quantities.py",),
    "gates.legend.{}": ("inspection/gates/quantities.py",),
    "gates.{}.{}.{}": _CELLS,
    "gates.{}.{}.short": _CELLS,
    "gates.{}.{}.long": _CELLS,
    "gates.{}.{}.meaning": _CELLS,
    "story.{}.{}.name": _CELLS,
    "story.{}.{}.{}": _CELLS,
    "story.legend.{}": _CELLS,
    "lookback.at.{}": ("inspection/lookback/compute.py",),
    "lookback.plain.{}": ("inspection/lookback/compute.py",),
    "lookback.title.{}": ("inspection/lookback/compute.py",),
    "memory.legend.{}": _CELLS,
    "messages.skipped.{}": ("text/files.py",),
    "progress.reason.{}": ("training/trainer.py",),
    "train.regularization.{}": ("config.py",),
    "units.activation.{}": ("models/lstm.py",),
    "units.property.{}": ("text/properties.py",),
}
_KEY = re.compile(r"(\w+)(\.\w+)+")
_COMPUTED = re.compile(r"(\w+)\.[\w.]*\{\}[\w.{}]*")


@dataclass(frozen=True)
class LookUps:
    """The keys that a module writes out, and the forms of those that it computes."""

    written: frozenset[str]
    computed: dict[str, re.Pattern[str]]

    def has(self, key: str) -> bool:
        """Whether the module looks up a key."""
        return key in self.written or any(form.fullmatch(key) for form in self.computed.values())


def look_ups(parts: set[str]) -> list[LookUps]:
    """Return what each module looks up in the given parts of a catalogue, such as "gates"."""
    return [_look_ups(file, parts) for file in sorted(PACKAGE.rglob("*.py"))]


def _look_ups(file: Path, parts: set[str]) -> LookUps:
    written = (s for s in _strings(file) if _KEY.fullmatch(s) and s.split(".")[0] in parts)
    joined = (_form(node) for node in _nodes(file) if isinstance(node, ast.JoinedStr))
    forms = {form for form in joined if _COMPUTED.fullmatch(form) and form.split(".")[0] in parts}
    return LookUps(frozenset(written), {form: _pattern(form, file) for form in forms})


def _pattern(form: str, file: Path) -> re.Pattern[str]:
    """Return what matches the keys that an f-string of a file can be."""
    sources = [file, *(PACKAGE / name for name in COMPUTED_FROM.get(form, ()))]
    values = [re.escape(s) for source in sources for s in _strings(source)]
    return re.compile(re.escape(form).replace(r"\{\}", f"(?:{'|'.join(values)})"))


def _form(node: ast.JoinedStr) -> str:
    """Return an f-string with {} for each value in it."""
    return "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)


@cache
def _strings(file: Path) -> Sequence[str]:
    """Return the strings, and the names of fields, that could be a key or a part of one."""
    strings = {n.value for n in _nodes(file) if isinstance(n, ast.Constant)}
    fields = (n.target for n in _nodes(file) if isinstance(n, ast.AnnAssign))
    strings |= {field.id for field in fields if isinstance(field, ast.Name)}
    return sorted(s for s in strings if isinstance(s, str) and re.fullmatch(r"\w+(\.\w+)*", s))


@cache
def _nodes(file: Path) -> Sequence[ast.AST]:
    return list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


def error_keys() -> Iterator[ast.expr]:
    """Yield the keys that errors of the user are raised with."""
    places = {"TextError": 0, "RunError": 0, "OptionError": 1}
    for file in PACKAGE.rglob("*.py"):
        for call in _nodes(file):
            name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
            if isinstance(call, ast.Call) and name in places:
                yield call.args[places[name]]
