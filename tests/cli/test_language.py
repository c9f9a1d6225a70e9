"""The language of the command line: help, messages and mistakes in English and in Korean."""

import pickle
import re

import pytest
from conftest import Cli

from charlstm.cli.terminal import COLORS
from charlstm.errors import OptionError, RunError
from charlstm.inspection.gates.spec import SHOWS
from charlstm.inspection.views import VIEWS
from charlstm.library import Model
from charlstm.limits import FAMILIES, FORMS, KERNELS, OPTIMIZERS, PRECISIONS, SIZES, TARGETS
from charlstm.messages import catalogue

KO = catalogue("ko")
VERBS = ["train", "sample", "inspect", "evaluate"]
COMMANDS = [[], *([verb] for verb in VERBS)]
# Names, and values as they are typed.
ALLOWED = {
    *FORMS, *FAMILIES, *PRECISIONS, *KERNELS, *OPTIMIZERS, *SIZES,
    *COLORS, *VERBS, *VIEWS, *SHOWS, *TARGETS,
    "forget", "input", "update", "ribbon", "table",
    "charlstm", "torch", "JSON", "NumPy", "Ctrl", "runs", "corpora", "recall",
}  # fmt: skip
NAMES = re.compile(r"--[a-z-]+|<[a-z]+>|\[?[A-Z]{3,}\]?(\.\.\.)?|float32")


def english_in(text: str) -> set[str]:
    """Return the English words of a text that are neither names nor values."""
    return set(re.findall("[A-Za-z]{4,}", NAMES.sub("", text))) - ALLOWED


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_korean_help_is_korean(command: list[str], cli: Cli) -> None:
    """The help of every command has no English word in it where Korean is asked for."""
    assert 0 == cli(*command, "--help", "--lang", "ko")
    assert set() == english_in(cli.out)
    assert "옵션:" in cli.out


def test_english_is_found_in_english_help(cli: Cli) -> None:
    """English help would not pass for Korean."""
    cli("train", "--help")
    assert {"Train", "model", "Options", "exit"} <= english_in(cli.out)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_can_be_told_its_language(command: list[str], cli: Cli) -> None:
    """Every command has the option --lang."""
    cli(*command, "--help")
    assert "--lang en|ko" in cli.out


SAMPLE_HELP = """\
사용법: charlstm sample [OPTIONS] [RUN]

  새 글을 한 글자씩 씁니다.

인자:
  RUN  학습 결과 폴더. 없으면 runs/에서 가장 최근 것을 씁니다.

옵션:
  -p, --prompt <str>         이어서 쓸 글의 첫머리.
  -l, --length <int>         쓸 글자 수. [기본값: 500]
  -t, --temperature <float>  1보다 낮으면 나올 법한 글자를 더 자주, 1보다
                             높으면 덜 자주 씁니다. 0이면 언제나 확률이 가장
                             높은 글자를 씁니다. [기본값: 0.8]
  --top-k <int>              확률이 높은 글자 k개 가운데에서만 뽑습니다. 0이면
                             모든 글자에서 뽑습니다. [기본값: 0]
  --top-p <float>            확률의 합이 p가 되는 가장 적은 수의 글자
                             가운데에서만 뽑습니다. [기본값: 1.0]
  -n, --count <int>          쓸 글의 수. [기본값: 1]
  --seed <int>               시드가 같으면 같은 글을 씁니다. 없으면 쓸 때마다
                             다릅니다.
  --clamp <str>              게이트를 한 값에 고정합니다: forget=0, 한
                             층에서만 하려면 L1:input=0. 여러 번 쓸 수
                             있습니다.
  --ablate <str>             유닛을 뺍니다: L1/88, 평균값으로 바꾸려면
                             L1/88=mean. 여러 번 쓸 수 있습니다.
  --json                     결과를 JSON으로 출력합니다.
  --lang en|ko               영어(en)와 한국어(ko) 가운데 안내에 쓸 언어.
                             없으면 로캘을 따릅니다.
  -h, --help                 이 도움말을 보여 주고 끝냅니다.
"""


def test_help_of_sample_in_korean(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Help is laid out by the cells that Hangul takes."""
    monkeypatch.setenv("COLUMNS", "80")
    cli("sample", "--help", "--lang", "ko")
    assert SAMPLE_HELP == cli.out


def test_help_speaks_as_the_locale_does(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the locale is Korean, help is, too."""
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    cli("--help")
    assert cli.out.startswith("사용법: charlstm [OPTIONS] COMMAND [ARGS]...\n")


def test_lang_goes_before_the_locale(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """--lang en is English in a Korean locale, before the command as well."""
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    cli("--lang=en", "train", "--help")
    assert cli.out.startswith("Usage: charlstm train [OPTIONS] [TEXT...]\n")


def test_lang_may_be_a_text(cli: Cli, english: Model) -> None:
    """After -- what looks like --lang is a text."""
    assert 0 == cli("inspect", "--json", "--", english.run.path, "--lang")
    assert "the text: the model does not know -" in cli.err


def test_refuses_an_unknown_language(cli: Cli) -> None:
    """A language that is not spoken is an impossible option."""
    assert 2 == cli("sample", "--lang", "fr")
    assert "charlstm: --lang: expected one of en, ko, found 'fr'\n" == cli.err


MISTAKES = {
    "--bogus": (
        "No such option: --bogus; see charlstm --help",
        "--bogus 옵션은 없습니다 (도움말: charlstm --help)",
    ),
    "sample --promt x": (
        "No such option: --promt (Possible options: --prompt); see charlstm sample --help",
        "--promt 옵션은 없습니다. 비슷한 옵션: --prompt (도움말: charlstm sample --help)",
    ),
    "bogus": (
        "No such command 'bogus'; see charlstm --help",
        "'bogus' 명령은 없습니다 (도움말: charlstm --help)",
    ),
    "trian": (
        "No such command 'trian'. Did you mean 'train'?; see charlstm --help",
        "'trian' 명령은 없습니다. 비슷한 명령: 'train' (도움말: charlstm --help)",
    ),
    "train --epochs": (
        "Option '--epochs' requires an argument; see charlstm --help",
        "'--epochs' 옵션에는 값이 있어야 합니다 (도움말: charlstm --help)",
    ),
    "train --epochs many": (
        "Invalid value for '--epochs': 'many' is not a valid float; see charlstm train --help",
        "'--epochs' 옵션의 값은 수여야 합니다. 받은 값: 'many' (도움말: charlstm train --help)",
    ),
    "train --steps 1.5": (
        "Invalid value for '--steps': '1.5' is not a valid int; see charlstm train --help",
        "'--steps' 옵션의 값은 정수여야 합니다. 받은 값: '1.5' (도움말: charlstm train --help)",
    ),
    "sample a b": (
        "Got unexpected extra argument(s) (b); see charlstm sample --help",
        (
            "b: 무엇인지 모르겠습니다. 빈칸이 든 글이라면 따옴표로 묶으십시오 "
            "(도움말: charlstm sample --help)"
        ),
    ),
}


@pytest.mark.parametrize("arguments", MISTAKES)
def test_mistakes_are_named_in_either_language(arguments: str, cli: Cli) -> None:
    """What is wrong with a command line is said in English and in Korean."""
    said = []
    for language in ("en", "ko"):
        assert 2 == cli("--lang", language, *arguments.split())
        said.append(cli.err)
    assert [f"charlstm: {sentence}\n" for sentence in MISTAKES[arguments]] == said


def test_errors_are_said_in_korean(cli: Cli) -> None:
    """What the user can fix is said in the language asked for."""
    assert 2 == cli("sample", "nowhere", "--lang", "ko")
    assert (
        "charlstm: nowhere: 모델 폴더가 없습니다. 이렇게 만드십시오: charlstm train\n"
    ) == cli.err


def test_impossible_options_are_said_in_korean(cli: Cli) -> None:
    """An impossible value is refused in the language asked for, by the option's name."""
    assert 2 == cli("train", "--val-fraction", "0.9", "--lang", "ko")
    assert "charlstm: --val-fraction: 0보다 크고 0.5 이하여야 합니다 (받은 값: 0.9)\n" == cli.err


def test_messages_are_said_in_korean(cli: Cli, english: Model) -> None:
    """What is said on the way is in the language asked for."""
    assert 0 == cli("sample", english.run.path, "-p", "Ωψχφυτσ", "-l", 1, "--lang", "ko")
    assert (
        "charlstm: 첫머리: 모델이 배우지 않은 글자가 있어 모르는 글자로 읽습니다: Ω (U+03A9), "
        "ψ (U+03C8), χ (U+03C7), φ (U+03C6), υ (U+03C5) 외 2개\n"
    ) == cli.err


def test_an_error_can_be_said_in_any_language() -> None:
    """As a string an error is English and in Python's words; its message is in any language."""
    error = OptionError("top_k", "errors.expected.whole", -1, low=0, high=9)
    assert "top_k: expected a whole number from 0 to 9, found -1" == str(error)
    english = catalogue("en").translate(error.message)
    assert "--top-k: expected a whole number from 0 to 9, found -1" == english
    assert "--top-k: 0에서 9까지의 정수여야 합니다 (받은 값: -1)" == KO.translate(error.message)


@pytest.mark.parametrize(
    "error",
    [
        OptionError("top_k", "errors.expected.whole", -1, low=0, high=9),
        RunError("errors.run.missing", folder="runs/a"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_can_be_sent(error: Exception) -> None:
    """An error that went from one process to another says the same."""
    assert str(error) == str(pickle.loads(pickle.dumps(error)))  # noqa: S301  our own
