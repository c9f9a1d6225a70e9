"""The score with little context, against one reader a target."""

import math

import numpy as np
import pytest
import torch
from conftest import KOREAN

from charlstm.errors import TextError
from charlstm.evaluation.context import ContextCurve, _Readers, context_curve
from charlstm.library import Model
from charlstm.models.base import as_ids
from charlstm.text.unicode_forms import normalized, pieces
from charlstm.text.vocabulary import Vocabulary

LENGTHS = [1, 3, 8]
TARGETS = 60


@torch.no_grad()
def naive_bits(model: Model, text: str, target: int, context: str) -> float:
    """Read a context from an empty memory and price the target's ids one by one."""
    run = model.run
    vocabulary, network = run.vocabulary, run.model
    said = vocabulary.encode(normalized(text[target], model.form)).astype(int).tolist()
    state, logits = network.initial_state(1), torch.zeros(1, len(vocabulary))
    for i in vocabulary.encode(context).astype(int).tolist():
        logits, state = network.step(as_ids([i]), state)
    bits = 0.0
    for i in said:
        bits -= float(logits[0].log_softmax(-1)[i]) / math.log(2)
        logits, state = network.step(as_ids([i]), state)
    return bits


@pytest.mark.parametrize("fixture", ["korean", "jamo"])
def test_equals_one_reader_a_target(fixture: str, request: pytest.FixtureRequest) -> None:
    """Each length's bits are those of readers that start so many characters before each target."""
    model: Model = request.getfixturevalue(fixture)
    run, text = model.run, KOREAN[:400]
    curve = context_curve(run.model, run.vocabulary, text, model.form, LENGTHS, targets=TARGETS)
    for length, bits in zip(curve.lengths, curve.bits, strict=True):
        each = [
            naive_bits(model, text, t, normalized(text[t - length : t], model.form))
            for t in range(400 - TARGETS, 400)
        ]
        assert np.mean(each) == pytest.approx(bits, abs=1e-4)


@pytest.mark.parametrize("fixture", ["korean", "jamo"])
def test_full_context_is_the_whole_past(fixture: str, request: pytest.FixtureRequest) -> None:
    """With all of the context the bits are those of one reader from the beginning."""
    model: Model = request.getfixturevalue(fixture)
    run, text = model.run, KOREAN[:400]
    curve = context_curve(run.model, run.vocabulary, text, model.form, [2], targets=TARGETS)
    each = [
        naive_bits(model, text, t, normalized(text[:t], model.form))
        for t in range(400 - TARGETS, 400)
    ]
    assert np.mean(each) == pytest.approx(curve.full, abs=1e-4)


def test_shuffling_what_is_all_the_same_changes_nothing(korean: Model) -> None:
    """Where the far past is one character over and over, its order does not matter."""
    run, text = korean.run, "돌" * 700
    source = np.random.default_rng(0)
    curve = context_curve(
        run.model, run.vocabulary, text, "nfc", LENGTHS, shuffle=source, targets=TARGETS
    )
    expected = [naive_bits(korean, text, 600, "돌" * (256 + length)) for length in LENGTHS]
    assert curve.shuffled is not None
    assert expected == pytest.approx(curve.shuffled, abs=1e-4)


def test_shuffling_depends_on_the_seed_alone(korean: Model) -> None:
    """The same seed shuffles alike, another differently."""
    run, text = korean.run, KOREAN[:700]
    one, two, three = (
        context_curve(
            run.model,
            run.vocabulary,
            text,
            "nfc",
            [1],
            shuffle=np.random.default_rng(seed),
            targets=TARGETS,
        ).shuffled
        for seed in (1, 1, 2)
    )
    assert one == two
    assert one != three


def test_refuses_a_text_shorter_than_the_context(korean: Model) -> None:
    """A text that has no characters with so much before them is refused with the numbers."""
    run = korean.run
    with pytest.raises(TextError, match="at least 150 characters for a context of 100, found 120"):
        context_curve(run.model, run.vocabulary, KOREAN[:120], "nfc", [100])


@pytest.mark.parametrize(
    ("bits", "expected"), [((3.0, 2.019, 2.0), 4), ((3.0, 2.9, 2.8), None), ((2.0, 2.0, 2.0), 1)]
)
def test_effective_context_is_the_least_within_one_percent(
    bits: tuple[float, ...], expected: int | None
) -> None:
    """The effective context is the least length with at most 1 % more bits than all."""
    assert expected == ContextCurve(10, (1, 4, 16), bits, 2.0).effective


@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_shuffles_just_what_is_before_each_reader(form: str, korean: Model) -> None:
    """Each reader first reads the 256 ids before its start, in an order of its own."""
    text = "".join(chr(0xAC00 + 28 * i) for i in range(390))
    vocabulary = Vocabulary.of(normalized(text, form))
    readers = _Readers(korean.run.model, vocabulary, pieces(text, form), [1], 10)
    starts = np.array([300, 350, 389])
    shuffled = readers._shuffled(starts, np.random.default_rng(0))  # noqa: SLF001
    for start, ids in zip(starts, shuffled.T, strict=True):
        read = normalized(vocabulary.decode(ids.tolist()), "nfc")
        assert len(read) >= 128
        assert set(read) <= set(text[start - 256 : start])
        assert read not in text
