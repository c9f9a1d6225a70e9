"""The house rules that a machine can hold: who imports whom, how long a file may be."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import charlstm

PACKAGE = Path(charlstm.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# Rooms that every room may import; each of them only those before it.
COMMON = ("messages", "errors", "limits", "config", "config_json", "events", "version", "cells")
# room: the rooms and libraries that it may import, besides those and the standard library
TABLE = {
    "messages": set(),
    "errors": set(),
    "limits": set(),
    "config": set(),
    "config_json": set(),
    "events": set(),
    "version": set(),
    "cells": set(),
    "text": {"numpy", "tokenizers", "charset_normalizer"},
    "models": {"torch"},
    "language_model": {"text", "models", "numpy", "torch"},
    "threads": {"torch"},
    "run": {"text", "models", "language_model", "safetensors", "torch"},
    "evaluation": {"text", "models", "language_model", "numpy", "torch"},
    "training": {
        "text", "models", "language_model", "run", "evaluation", "threads", "torch",
        "platformdirs",
    },
    "sampling": {"text", "models", "language_model", "torch"},
    "drawing": {"rich"},
    "inspection": {
        "text", "models", "language_model", "run", "drawing", "numpy", "torch", "rich",
    },
    "library": {
        "numpy", "torch", "text", "models", "language_model", "threads", "run", "evaluation",
        "sampling", "inspection", "training",
    },
    "cli": {
        "text", "run", "inspection", "library", "drawing", "rich", "typer",
    },
    "__init__": {"library"},
    "__main__": {"cli"},
}  # fmt: skip


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def is_allowed(module: str, room: str) -> bool:
    top, _, rest = module.partition(".")
    if top in sys.stdlib_module_names:
        return True
    if top != "charlstm":
        return top in TABLE[room]
    inner = rest.split(".")[0] or "charlstm"
    common = COMMON[: COMMON.index(room)] if room in COMMON else COMMON
    return inner in {room, *common} | TABLE[room] or rest in TABLE[room]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    """A room imports only the rooms and libraries that the table gives it."""
    room = room_of(path)
    modules = set(imports_of(path.read_text(encoding="utf-8")))
    assert set() == {module for module in modules if not is_allowed(module, room)}


@pytest.mark.parametrize(
    ("module", "room"),
    [
        ("torch", "drawing"),
        ("charlstm.cli", "text"),
        ("charlstm.training.trainer", "drawing"),
        ("charlstm.errors", "messages"),
    ],
)
def test_the_table_can_refuse(module: str, room: str) -> None:
    """An import against the table is found out."""
    assert not is_allowed(module, room)


def is_drawn_or_kept(path: Path) -> bool:
    """Whether a file of a view's folder is for its record, its data, its drawing or its spec."""
    inner = path.relative_to(PACKAGE).parts
    computes = path.stem in {"__init__", "compute"}
    return inner[0] == "inspection" and len(inner) == 3 and not computes


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if is_drawn_or_kept(path)],
    ids=lambda path: str(path.relative_to(PACKAGE / "inspection")),
)
def test_only_what_computes_a_view_knows_models(path: Path) -> None:
    """Records, data, drawings and specs of views import neither torch nor models."""
    modules = set(imports_of(path.read_text(encoding="utf-8")))
    heavy = ("torch", "charlstm.models", "charlstm.language_model", "charlstm.run")
    assert set() == {module for module in modules if module.startswith(heavy)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_stay_short(path: Path) -> None:
    """No file of the package has more than 300 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_functions_stay_short(path: Path) -> None:
    """No function of the package has more than 60 lines."""
    lengths = {
        node.name: (node.end_lineno or 0) - node.lineno + 1
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {} == {name: length for name, length in lengths.items() if length > 60}


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parent.rglob("test_*.py")), ids=lambda p: p.name
)
def test_tests_say_what_they_hold(path: Path) -> None:
    """Each test has a docstring of one line."""
    tests = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    silent = [test.name for test in tests if "\n" in (ast.get_docstring(test) or "\n")]
    assert [] == silent
