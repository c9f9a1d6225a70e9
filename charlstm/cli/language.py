"""The language of the command line: the one asked for, and the commands put into it.

Help is written before options are parsed, so --lang is looked for first. The help of a command and
of its parameters is a key of the catalogue, until `put_into` puts a sentence in its place.
"""

import itertools
from collections.abc import Sequence
from typing import cast

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from charlstm.cli.help import page
from charlstm.config import check_language
from charlstm.words import LANGUAGES, Words, spoken_here, words

# Options that typer itself adds, with an English help.
_TYPERS_OWN = {
    "install_completion": "help.option.install_completion",
    "show_completion": "help.option.show_completion",
}


def words_for(arguments: Sequence[str]) -> Words:
    """Open the catalogue of the last --lang that is spoken; without one, of the locale."""
    options = itertools.takewhile(lambda argument: argument != "--", arguments)
    language = spoken_here()
    for option, following in itertools.pairwise((*options, "")):
        name, equals, attached = option.partition("=")
        asked = attached if equals else following
        if name == "--lang" and asked in LANGUAGES:
            language = asked
    return words(language)


def spoken(context: typer.Context) -> Words:
    """Give a command the words that it speaks with."""
    return cast("Words", context.obj)


def put_into(words: Words, command: TyperCommand | TyperGroup, **values: object) -> None:
    """Put a command and all below it into words, and give each the options --lang and --help.

    `values` are what the sentences of help may have in them.
    """
    command.help = words(str(command.help), **values)
    for parameter in command.params:
        if isinstance(parameter, (TyperArgument, TyperOption)):
            _put_parameter(words, parameter, values)
    command.add_help_option = False
    command.params += [_lang_option(words), _help_option(words)]
    if isinstance(command, TyperGroup):
        for below in command.commands.values():
            put_into(words, cast("TyperCommand", below), **values)


def _put_parameter(
    words: Words, parameter: TyperArgument | TyperOption, values: dict[str, object]
) -> None:
    key = _TYPERS_OWN.get(parameter.name or "", str(parameter.help))
    parameter.help = words(key, **values)
    default = str(parameter.default)
    if parameter.show_default and default not in {"None", "False", ""}:
        parameter.help = words("help.default", help=parameter.help, default=default)
    parameter.show_default = False


def _lang_option(words: Words) -> TyperOption:
    return TyperOption(
        param_decls=["--lang"],
        metavar="|".join(LANGUAGES),
        help=words("help.option.lang"),
        expose_value=False,
        callback=_check,
    )


def _help_option(words: Words) -> TyperOption:
    return TyperOption(
        param_decls=["-h", "--help"],
        is_flag=True,
        is_eager=True,
        help=words("help.option.help"),
        expose_value=False,
        callback=_show_help,
    )


def _check(_context: typer.Context, _option: TyperOption, language: str | None) -> None:
    if language is not None:
        check_language(language)


def _show_help(context: typer.Context, _option: TyperOption, asked: bool) -> None:  # noqa: FBT001
    if asked:
        typer.echo(page(context, spoken(context)))
        raise typer.Exit
