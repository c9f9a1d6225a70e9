"""charlstm: train a character model on your own text, and see how it remembers and forgets.

`charlstm.load("runs/korean")` opens a run that `charlstm train` made. Importing the package is
light: torch is loaded when a run is.
"""

from typing import TYPE_CHECKING

from charlstm.errors import CharlstmError, OptionError, RunError, TextError

if TYPE_CHECKING:
    from os import PathLike

    from charlstm.library import Model

__version__ = "0.1.0"

__all__ = ["CharlstmError", "OptionError", "RunError", "TextError", "__version__", "load"]


def load(path: "str | PathLike[str]") -> "Model":
    """Open a run folder, to sample from it, to trace it and to score it.

    Raises:
        RunError: the folder is missing or damaged; the message names the file.
    """
    from charlstm.library import Model

    return Model.load(path)
