"""The texts that come with charlstm."""

from pathlib import Path

from charlstm.errors import TextError

_PACKAGE = Path(__file__).parent.parent


def bundled(name: str) -> Path:
    """Find a bundled text: in the installed package, or beside it in a checkout.

    Raises:
        TextError: it is not there.
    """
    for folder in (_PACKAGE / "corpora", _PACKAGE.parent / "corpora"):
        if (folder / f"{name}.txt").is_file():
            return folder / f"{name}.txt"
    raise TextError("errors.text.bundled", file=f"corpora/{name}.txt")
