"""charlstm: train a character model on your own text, and see how it remembers and forgets.

`charlstm.train("my.txt").wait()` trains a model, and `charlstm.load("runs/my")` opens one that was
trained before. Importing the package is light: torch is loaded when a model is trained or opened.
"""

from typing import TYPE_CHECKING, Any

from charlstm.config import TrainRequest
from charlstm.errors import CharlstmError, OptionError, RunError, TextError
from charlstm.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from charlstm.library import Model, Training

__all__ = [
    "CharlstmError",
    "OptionError",
    "RunError",
    "TextError",
    "TrainRequest",
    "__version__",
    "load",
    "train",
]


def load(path: "str | PathLike[str]") -> "Model":
    """Open a run folder, to sample from it, to trace it and to score it.

    Raises:
        RunError: the folder is missing or damaged; the message names the file.
    """
    from charlstm.library import Model

    return Model.load(path)


def train(
    texts: "str | PathLike[str] | Sequence[str | PathLike[str]]" = (),
    *,
    output: "str | PathLike[str] | None" = None,
    **settings: Any,  # noqa: ANN401
) -> "Training":
    """Plan a training on text files or folders, exactly as `charlstm train` does.

    Nothing happens before it is iterated over, for typed events, or waited for:

        model = charlstm.train("my.txt", minutes=5).wait()

    `settings` have the names of the command's options: the fields of `TrainRequest`, or a `request`
    with them. Without texts the bundled Korean tales are read; without `output` the run folder is
    runs/NAME.

    Raises:
        OptionError: a setting is impossible.
        TypeError: there is no such setting.
    """
    from charlstm.library import train

    return train(texts, output=output, **settings)
