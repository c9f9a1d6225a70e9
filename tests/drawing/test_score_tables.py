"""The tables of evaluate, as they stand in a terminal."""

import io
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from charlstm.drawing.pen import Pen
from charlstm.drawing.scores import (
    ContextRow,
    ContextTable,
    RecallRow,
    RecallTable,
    ScoreRow,
    ScoreTable,
)
from charlstm.drawing.symbols import symbols_for
from charlstm.messages import catalogue

EN, KO = Pen(catalogue("en")), Pen(catalogue("ko"))


def draw(table: RenderableType, *, width: int = 80, colours: bool = False) -> str:
    file = io.StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=colours,
        color_system="truecolor" if colours else None,
        legacy_windows=False,
    )
    console.print(table)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


SCORE = ScoreRow("runs/가", "lstm", 1_308_525, 11_040, 25_760, 55, 2.70766, 3.90633, 1.6741, 14.994)


def test_scores() -> None:
    """A run has its numbers in one row."""
    expected = """\
run      model  bits/char  nats/char  bits/byte    ppl   chars  unknown  parameters
runs/가  lstm      3.9063     2.7077     1.6741  14.99  11,040    0.50%   1,308,525"""
    assert expected == draw(ScoreTable([SCORE], EN), width=100)


def test_narrow_scores_lose_no_digits() -> None:
    """Where there is no room the last columns are cut off, and no cell is squeezed."""
    expected = """\
run      model  bits/char  nats/char  bi
runs/가  lstm      3.9063     2.7077"""
    assert expected == draw(ScoreTable([SCORE], EN), width=40)


def context_row(*, shuffled: bool) -> ContextRow:
    return ContextRow(
        run="runs/a",
        model="rnn",
        targets=10_000,
        context={"1": 7.868, "4": 4.16, "all": 3.9},
        effective=None,
        shuffled={"1": 6.41, "4": 3.97} if shuffled else None,
    )


def test_context() -> None:
    """A run has its bits by length of context, and the least that is enough."""
    expected = """\
run     model     1     4   all   1 %
runs/a  rnn    7.87  4.16  3.90  none
bits per character of the last 10,000 characters, when only so many before each
were read; 1 %: the least that is no more than 1 % worse than all"""
    assert expected == draw(ContextTable([context_row(shuffled=False)], EN))


def test_context_of_texts_that_differ_in_length() -> None:
    """Runs that were scored on more and fewer characters are explained by both numbers."""
    rows = [context_row(shuffled=False), replace(context_row(shuffled=False), targets=384)]
    assert "of the last 384–10,000 characters" in draw(ContextTable(rows, EN))


@pytest.mark.parametrize("encoding", ["ascii", "cp949"])
def test_context_has_only_signs_that_can_be_written(encoding: str) -> None:
    """What an encoding does not have is not drawn."""
    rows = [context_row(shuffled=False), replace(context_row(shuffled=False), targets=384)]
    drawn = draw(ContextTable(rows, Pen(catalogue("en"), symbols_for(encoding))))
    assert "of the last 384-10,000 characters" in drawn
    assert drawn.isascii()


def test_context_shuffled() -> None:
    """With shuffling a second row says what the order of the rest is worth."""
    expected = """\
run              model     1     4   all   1 %
runs/a           rnn    7.87  4.16  3.90  none
  rest shuffled         6.41  3.97"""
    table = ContextTable([context_row(shuffled=True)], EN)
    assert expected == "\n".join(draw(table).splitlines()[:3])


RECALLED = RecallRow("runs/r", "lstm", 100_000, 500, 0.1, {"1": 1.0, "200": 0.114})


def test_recall() -> None:
    """A run has the share of keys it recalled by distance."""
    expected = """\
run     model     1  200
runs/r  lstm   100%  11%
keys recalled after so many letters, of 500 each; by chance 10%"""
    assert expected == draw(RecallTable([RECALLED], EN))


def test_korean_scores() -> None:
    """In Korean the headings are Korean, and the columns still stand under them."""
    expected = """\
학습 결과  모델  비트/글자  나트/글자  비트/바이트  혼란도    글자  모르는 글자   매개변수
runs/가    lstm     3.9063     2.7077       1.6741   14.99  11,040        0.50%  1,308,525"""
    assert expected == draw(ScoreTable([SCORE], KO), width=100)


def test_korean_context() -> None:
    """In Korean the heading of the whole context and the explanation are Korean."""
    expected = """\
학습 결과          모델     1     4  모두   1 %
runs/a             rnn   7.87  4.16  3.90  없음
  나머지를 뒤섞음        6.41  3.97
앞의 글자를 위의 수만큼만 읽었을 때, 마지막 10,000글자의 글자당 비트입니다. 1 %:
모두 읽었을 때보다 1 % 넘게 나쁘지는 않은 가장 짧은 길이"""
    assert expected == draw(ContextTable([context_row(shuffled=True)], KO))


def test_korean_recall() -> None:
    """In Korean recall is explained in Korean."""
    expected = """\
학습 결과  모델     1  200
runs/r     lstm  100%  11%
글자를 위의 수만큼 더 읽은 뒤에 열쇠 글자를 되살린 비율입니다. 질문은 거리마다
500개, 우연히 맞힐 비율은 10%"""
    assert expected == draw(RecallTable([RECALLED], KO))


def test_recall_is_coloured() -> None:
    """Where there are colours, all is yellow and nothing is blue."""
    row = draw(RecallTable([RECALLED], EN), colours=True).splitlines()[1]
    assert "48;2;254;232;56" in row
