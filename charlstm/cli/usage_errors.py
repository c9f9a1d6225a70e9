"""What typer finds wrong with a command line, as a message of the catalogue.

Typer writes it in English only. What its errors carry as attributes is taken from these; for what
they only say, the sentence is matched. Any other sentence is passed on as it is.
"""

import re

import typer

from charlstm.messages import Message

_SENTENCES = {
    "usage_errors.command": r"No such command (?P<command>.+?)\.",
    "usage_errors.command_like": r"No such command (?P<command>.+?)\. Did you mean (?P<known>.+)\?",
    "usage_errors.extra": r"Got unexpected extra argument\(s\) \((?P<arguments>.*)\)",
}
_NUMBERS = ("int", "float")


def usage_error(error: typer.TyperException) -> Message:
    """Return what is wrong, and where there is help."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "charlstm"
    return Message("usage_errors.see", error=_of(error), command=command)


def _of(error: typer.TyperException) -> Message | str:
    if isinstance(error, typer.BadParameter):
        return _bad_value(error) or _as_written(error)
    # Typer does not give out the classes of the following two.
    option = getattr(error, "option_name", None)
    if option is None:
        return _as_written(error)
    if hasattr(error, "possibilities"):
        known = ", ".join(sorted(error.possibilities or ()))
        key = "option_like" if known else "option"
        return Message(f"usage_errors.{key}", option=option, known=known)
    key = "no_value" if "requires" in error.message else "value"
    return Message(f"usage_errors.{key}", option=repr(option))


def _bad_value(error: typer.BadParameter) -> Message | None:
    """Return that a value is no number, where that is what is wrong."""
    kind = error.param.type.name if error.param else ""
    if kind not in _NUMBERS or error.param is None or error.ctx is None:
        return None
    value = error.message.removesuffix(f" is not a valid {kind}.")
    return Message(
        f"usage_errors.{kind}", option=error.param.get_error_hint(error.ctx), value=value
    )


def _as_written(error: typer.TyperException) -> Message | str:
    sentence = error.format_message().strip()
    for key, form in _SENTENCES.items():
        if found := re.fullmatch(form, sentence, re.DOTALL):
            return Message(key, **found.groupdict())
    return sentence.rstrip(".")
