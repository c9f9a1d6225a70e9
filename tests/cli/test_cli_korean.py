"""`inspect --lang ko`: every view is in Korean, and nothing in it is left in English."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import KOREAN, Cli, reading_of

from charlstm.library import Model
from charlstm.messages import catalogue

# What stands above each view.
TITLES = {
    "gates": "2개 층 가운데 2층, 유닛 12개의 평균",
    "gates --layer all --show percentiles": "2개 층 각각, 유닛 12개의 10·50·90백분위수",
    "gates --show strip": "2개 층 가운데 2층, 유닛 12개의 망각 게이트",
    "gates --ribbon": "2개 층 가운데 2층, 유닛 12개의 평균",
    "story --at 1": "1번 글자: 쇠 (앞에는 돌)",
    "memory": "얼마나 오래 기억하는가: 유닛의 반감기(글자 수)",
    "memory --at 1": "얼마나 오래 기억하는가: 유닛의 반감기(글자 수)",
    "units": "유닛은 무엇에 반응하는가 (층: 2, 층마다 유닛: 12, 읽은 글자: 1,360)",
    "units --unit L1/3": "유닛 L1/3: 글자마다 읽은 뒤의 tanh(C)",
    "lookback": "예측마다 앞의 어느 글자가 중요했나",
    "lookback --at 2": "'가'(2번) 다음의 예측",
}
# What may stand in Korean too: names of options, families, files and formulas.
FOREIGN = re.compile(
    r"--(model|unit|at|context|view lookback)|evaluate|lstm|gru|LSTM|GRU|tanh|ln|AUC|L\d+|U\+\w+"
)


def fragments(language: str) -> Iterator[str]:
    """Yield what stands between the values of sentences, if it is more than a word or two."""
    for sentence in catalogue(language).sentences.values():
        parts = re.split(r"\{.*?\}", sentence)
        yield from (part for part in parts if len(re.findall(r"[a-z]{2,}", part)) > 2)


@pytest.fixture
def reading(tmp_path: Path) -> Path:
    """Return a file with enough text to find out what units track."""
    path = tmp_path / "tales.txt"
    path.write_text(KOREAN, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["drawn", "plain"])
@pytest.mark.parametrize("asked", TITLES)
def test_a_view_is_in_korean(asked: str, form: str, cli: Cli, korean: Model, reading: Path) -> None:
    """The drawing has its title, neither it nor the sentences have an English word."""
    options = ["--lang", "ko", *(["--plain"] if form == "plain" else [])]
    asking = reading_of(asked, "돌쇠가 늘", reading)
    assert 0 == cli("inspect", korean.run.path, *asking, *options)
    assert form == "plain" or TITLES[asked] in cli.out
    assert [] == [part for part in fragments("en") if part in cli.out]
    assert [] == re.findall(r"[A-Za-z]{2,}", FOREIGN.sub("", cli.out))


@pytest.mark.parametrize("family", ["gru", "rnn", "fnn", "jamo"])
def test_what_other_families_lack_is_said_in_korean(
    family: str, cli: Cli, request: pytest.FixtureRequest
) -> None:
    """The notice beneath the gates is Korean, whatever the family and the form."""
    assert 0 == cli("inspect", request.getfixturevalue(family).run.path, "돌쇠", "--lang", "ko")
    assert [] == re.findall(r"[A-Za-z]{2,}", FOREIGN.sub("", cli.out))
    assert "습니다" in cli.out


def test_english_would_be_found() -> None:
    """The fragments that are looked for are in the English catalogue."""
    assert " of the old memory, " in set(fragments("en"))
    assert len(set(fragments("en"))) > 200


def test_the_locale_decides(cli: Cli, korean: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the locale is Korean no option is needed, and --lang en is heeded."""
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    cli("inspect", korean.run.path, "돌쇠")
    assert TITLES["gates"] in cli.out
    cli("inspect", korean.run.path, "돌쇠", "--lang", "en")
    assert "layer 2 of 2, mean of its 12 units" in cli.out
