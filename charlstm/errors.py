"""What can be wrong with what a user gives us.

    CharlstmError
    ├── OptionError   an option's value is impossible
    ├── TextError     a text cannot be read or is not enough
    └── RunError      a run folder is missing, damaged or in the way

Each message is one sentence: the thing, what was expected, what was found, what to do. The command
line alone turns them into an exit code; everything else that is raised is a defect of ours.
"""


class CharlstmError(Exception):
    """A fault that the user can mend."""


class OptionError(CharlstmError):
    """An option has a value that cannot be.

    `field` is the name in Python and in config.json; on the command line it is `--field`.
    """

    def __init__(self, field: str, expected: str, found: object) -> None:
        self.field, self.expected, self.found = field, expected, found
        option = "--" + field.replace("_", "-")
        super().__init__(f"{option}: expected {expected}, found {found}")


class TextError(CharlstmError):
    """A text is missing, empty, not text, in no known encoding, or too short."""


class RunError(CharlstmError):
    """A run folder is missing, damaged, or already there."""
