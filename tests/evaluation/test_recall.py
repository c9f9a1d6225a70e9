"""The text that asks for memory, and the questions about it."""

import re
from pathlib import Path

import pytest
import torch
from conftest import train_small

from charlstm.errors import RunError
from charlstm.evaluation.recall import recall_curve
from charlstm.library import Model
from charlstm.text.recall import DISTANCES, FARTHEST, LETTERS, corpus, questions

LINE = re.compile(rf"\[([{LETTERS}])([{LETTERS}]+)\]\1")


@pytest.fixture(scope="module")
def recalling(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Return a model that has read some of the text."""
    return train_small(tmp_path_factory.mktemp("runs") / "recall", corpus()[:20_000], steps=20)


def test_the_bundled_text_is_the_generated_one() -> None:
    """corpora/recall.txt is what the generator writes."""
    path = Path(__file__).parent.parent.parent / "corpora" / "recall.txt"
    assert corpus() == path.read_text(encoding="utf-8")


def test_each_line_says_its_key_again() -> None:
    """Every line is a key, 1 to 200 letters, and the key again."""
    lines = corpus().splitlines()
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found)
    lengths = {len(match[2]) for match in found if match}
    assert (1, FARTHEST) == (min(lengths), max(lengths))


@pytest.mark.parametrize("distance", DISTANCES)
def test_questions_have_their_distance(distance: int) -> None:
    """A question has so many letters between key and echo, and three other lines before it."""
    matches = [[*map(LINE.fullmatch, q.splitlines())] for q in questions(distance, 20, 2)]
    lengths = {tuple(len(match[2]) for match in lines if match) for lines in matches}
    assert {(20, 100, 5, distance)} == lengths


def test_no_long_question_is_in_the_text() -> None:
    """The questions are fresh: none that could hardly be by chance is a line of the corpus."""
    lines = set(corpus().splitlines())
    far = [distance for distance in DISTANCES if distance >= 10]
    asked = {question.splitlines()[-1] for d in far for question in questions(d, 500, 2)}
    assert set() == lines & asked


@torch.no_grad()
def test_accuracy_is_that_of_a_naive_reader(recalling: Model) -> None:
    """The share of keys recalled is that of reading each question alone, step by step."""
    model = recalling.language_model
    curve = recall_curve(model, "runs/recall", count=8)
    for distance, accuracy in zip(curve.distances[:5], curve.accuracy, strict=False):
        right = 0
        for question in questions(distance, 8, 2):
            state, logits = model.initial_state(), torch.zeros(1, 1)
            for i in model.encode(question[:-2]):
                logits, state = model.step(i[None], state)
            right += model.vocabulary.characters[int(logits.argmax())] == question[-2]
        assert right / 8 == accuracy


def test_accuracy_does_not_depend_on_how_many_are_read_at_once(
    recalling: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions read in parts, the last of them shorter, have the answers of all read at once."""
    curves = []
    for at_once in (3, 8):
        monkeypatch.setattr("charlstm.evaluation.recall._AT_ONCE", at_once)
        curves.append(recall_curve(recalling.language_model, "runs/recall", count=8))
    assert curves[0] == curves[1]


def test_refuses_a_run_of_another_text(korean: Model) -> None:
    """A model that does not know the letters cannot be asked."""
    with pytest.raises(RunError, match=r"recall\.txt"):
        korean.recall()
