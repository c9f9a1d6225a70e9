"""Renderings kept as files: `pytest --update-golden` writes them anew."""

from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


class Golden:
    """Compare what was drawn with tests/golden/NAME.txt, or write that file where asked to."""

    def __init__(self, *, update: bool) -> None:
        self._update = update

    def __call__(self, name: str, drawn: str) -> None:
        """Assert that a rendering is the one that is kept under a name."""
        file = FOLDER / f"{name}.txt"
        if self._update:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(drawn + "\n", encoding="utf-8")
        assert file.read_text(encoding="utf-8").removesuffix("\n") == drawn
