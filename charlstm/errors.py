"""Errors that the user can fix.

    CharlstmError
    ├── OptionError   an option's value is impossible
    ├── TextError     a text cannot be read or is not enough
    └── RunError      a run folder is missing, damaged or in the way

An error has a key of the catalogue and the values of its sentence, so that it can be said in any
language; `str` is it in English. Each is one sentence: the thing, what was expected, what was
found, what to do. The command line alone turns them into an exit code; any other exception is a bug
of charlstm's.
"""

from charlstm.messages import Message

NONE = Message("errors.none")
# What is called otherwise on the command line.
_OPTIONS = {"guesses": "top", "lengths": "context"}


def out_of_memory(error: BaseException) -> bool:
    """Return whether memory was lacking, for which torch raises a RuntimeError."""
    phrases = ("allocate memory", "not enough memory")
    return isinstance(error, MemoryError) or any(phrase in str(error) for phrase in phrases)


class CharlstmError(Exception):
    """An error the user can fix."""

    def __init__(self, key: str, /, **values: object) -> None:
        self.message = Message(key, **values)

    def __str__(self) -> str:
        """Return the sentence in English."""
        return str(self.message)


class OptionError(CharlstmError):
    """A setting or parameter has an impossible value.

    `field` is its name in Python and in config.json, which `str` uses; `message` has the name of
    the option. What was expected instead is a key of the catalogue, with its values.
    """

    def __init__(self, field: str, expected: str, /, found: object, **values: object) -> None:
        self.field, self.expected, self.found = field, Message(expected, **values), found
        option = "--" + _OPTIONS.get(field, field).replace("_", "-")
        super().__init__("errors.option", option=option, expected=self.expected, found=found)

    def __str__(self) -> str:
        """Return the sentence in English, with the name in Python."""
        values = {"option": self.field, "expected": self.expected, "found": self.found}
        return str(Message("errors.option", **values))


class TextError(CharlstmError):
    """A text is missing, empty, not text, in no known encoding, or too short."""


class RunError(CharlstmError):
    """A run folder is missing, damaged, or already there."""
