"""What the documentation says is so."""

import re
import shutil
from pathlib import Path

import pytest

from charlstm.library import Model

ROOT = Path(__file__).parent.parent
READMES = ["README.md", "README.ko.md"]
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
SHELL = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", READMES)
def test_the_python_example_runs(
    name: str,
    korean: Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The example of the library runs as it is printed, and prints what it says."""
    shutil.copytree(korean.run.path, tmp_path / "runs" / "korean")
    monkeypatch.chdir(tmp_path)
    (example,) = PYTHON.findall((ROOT / name).read_text(encoding="utf-8"))
    exec(compile(example, name, "exec"), {})  # noqa: S102  our own documentation
    assert "(2, 8, 12)\n" in capsys.readouterr().out


def test_both_readmes_have_the_same_commands() -> None:
    """The Korean README has each command of the English one, in the same order."""
    english, korean = (SHELL.findall((ROOT / name).read_text(encoding="utf-8")) for name in READMES)
    assert english == korean


def test_contributing_is_short() -> None:
    """CONTRIBUTING.md stays under fifty lines."""
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) < 50


def test_dependencies_are_explained() -> None:
    """Each dependency is named in both READMEs."""
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^dependencies = \[\n(.*?)^\]", pyproject, re.DOTALL | re.MULTILINE)
    names = re.findall(r'"([a-z-]+)', listed)
    for readme in READMES:
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert [] == [name for name in names if f"| {name} |" not in text]
