"""The language of the command line: choose it, and translate the commands.

Help is written before options are parsed, so --lang is looked for first. The help of a command and
of its parameters is a key of the catalogue, until `translate` puts a sentence in its place.
"""

import itertools
from collections.abc import Sequence
from typing import cast

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from charlstm.cli.help import page
from charlstm.limits import check_language
from charlstm.messages import LANGUAGES, Catalogue, catalogue, locale_language

# Options that typer itself adds, with an English help.
_TYPERS_OWN = {
    "install_completion": "help.option.install_completion",
    "show_completion": "help.option.show_completion",
}


def catalogue_for(arguments: Sequence[str]) -> Catalogue:
    """Return the catalogue of the last --lang there is; without one, that of the locale."""
    options = itertools.takewhile(lambda argument: argument != "--", arguments)
    language = locale_language()
    for option, following in itertools.pairwise((*options, "")):
        name, equals, attached = option.partition("=")
        asked = attached if equals else following
        if name == "--lang" and asked in LANGUAGES:
            language = asked
    return catalogue(language)


def messages_of(context: typer.Context) -> Catalogue:
    """Return the catalogue that a command's context has."""
    return cast("Catalogue", context.obj)


def translate(messages: Catalogue, command: TyperCommand | TyperGroup, **values: object) -> None:
    """Translate a command and all below it, and add the options --lang and --help to each.

    `values` are what the sentences of help may have in them.
    """
    command.help = messages(str(command.help), **values)
    for parameter in command.params:
        if isinstance(parameter, (TyperArgument, TyperOption)):
            _translate_parameter(messages, parameter, values)
    command.add_help_option = False
    command.params += [_lang_option(messages), _help_option(messages)]
    if isinstance(command, TyperGroup):
        for below in command.commands.values():
            translate(messages, cast("TyperCommand", below), **values)


def _translate_parameter(
    messages: Catalogue, parameter: TyperArgument | TyperOption, values: dict[str, object]
) -> None:
    key = _TYPERS_OWN.get(parameter.name or "", str(parameter.help))
    parameter.help = messages(key, **values)
    default = str(parameter.default)
    if parameter.show_default and default not in {"None", "False", ""}:
        parameter.help = messages("help.default", help=parameter.help, default=default)
    parameter.show_default = False


def _lang_option(messages: Catalogue) -> TyperOption:
    return TyperOption(
        param_decls=["--lang"],
        metavar="|".join(LANGUAGES),
        help=messages("help.option.lang"),
        expose_value=False,
        callback=_check,
    )


def _help_option(messages: Catalogue) -> TyperOption:
    return TyperOption(
        param_decls=["-h", "--help"],
        is_flag=True,
        is_eager=True,
        help=messages("help.option.help"),
        expose_value=False,
        callback=_show_help,
    )


def _check(_context: typer.Context, _option: TyperOption, language: str | None) -> None:
    if language is not None:
        check_language(language)


def _show_help(context: typer.Context, _option: TyperOption, asked: bool) -> None:  # noqa: FBT001
    if asked:
        typer.echo(page(context, messages_of(context)))
        raise typer.Exit
