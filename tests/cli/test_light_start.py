"""Help comes at once: torch is not even looked for."""

import subprocess
import sys

import pytest

from charlstm.library import Model

COMMANDS = [[], ["train"], ["sample"], ["inspect"], ["evaluate"]]
PROBE = """
import sys
from charlstm.cli import run
code = run(sys.argv[1:])
heavy = {"torch", "safetensors", "tokenizers", "numpy", "charset_normalizer"} & set(sys.modules)
sys.exit(f"{code} {sorted(heavy)}")
"""


def heavy_imports(*arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=False
    )
    return finished.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_needs_no_heavy_library(command: list[str]) -> None:
    """Help is printed before any heavy library was imported."""
    assert "0 []" == heavy_imports(*command, "--help")


def test_the_probe_sees_heavy_imports() -> None:
    """A command that reads a run does import torch, and the probe says so."""
    assert "torch" in heavy_imports("sample", ".")


@pytest.mark.parametrize("also", ["", "torch._dynamo"])
def test_sampling_does_not_load_torch_s_compiler(also: str, korean: Model) -> None:
    """`sample` runs without torch._dynamo, which takes seconds to load; the probe would see it."""
    code = f"""
import sys
from charlstm.cli import run
{f"import {also}" if also else ""}
run(["sample", {str(korean.run.path)!r}, "--length", "5"])
sys.exit(str("torch._dynamo" in sys.modules))
"""
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert str(bool(also)) == finished.stderr.splitlines()[-1]


def test_importing_the_package_is_light() -> None:
    """`import charlstm` alone loads no heavy library."""
    code = "import charlstm, sys; sys.exit(str({'torch', 'numpy', 'rich'} & set(sys.modules)))"
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert "set()" == finished.stderr.strip()
