"""What typer finds wrong with a command line, put into words.

Typer says it in English only. Its commonest sentences are known here by their form; any other is
passed on as it is.
"""

import re

import typer

from charlstm.messages import Message

_SENTENCES = {
    "mistakes.option": r"No such option: (?P<option>\S+)",
    "mistakes.option_like": r"No such option: (?P<option>\S+) \(Possible options: (?P<known>.+)\)",
    "mistakes.command": r"No such command (?P<command>.+?)\.",
    "mistakes.command_like": r"No such command (?P<command>.+?)\. Did you mean (?P<known>.+)\?",
    "mistakes.no_value": r"Option (?P<option>.+) requires an argument\.",
    "mistakes.value": r"Option (?P<option>.+) does not take a value\.",
    "mistakes.int": r"Invalid value for (?P<option>.+?): (?P<value>.+) is not a valid int\.",
    "mistakes.float": r"Invalid value for (?P<option>.+?): (?P<value>.+) is not a valid float\.",
    "mistakes.extra": r"Got unexpected extra argument\(s\) \((?P<arguments>.*)\)",
}


def mistake(error: typer.TyperException) -> Message:
    """Say what is wrong, and where there is help."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "charlstm"
    return Message("mistakes.see", mistake=_known(error.format_message().strip()), command=command)


def _known(sentence: str) -> Message | str:
    for key, form in _SENTENCES.items():
        if found := re.fullmatch(form, sentence, re.DOTALL):
            return Message(key, **found.groupdict())
    return sentence.rstrip(".")
