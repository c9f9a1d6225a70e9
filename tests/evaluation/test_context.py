"""The score with little context, against reading for each target alone."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from conftest import KOREAN

from charlstm.errors import TextError
from charlstm.evaluation.context import ContextCurve, _Targets, context_curve
from charlstm.language_model import LanguageModel
from charlstm.library import Model
from charlstm.text.unicode_forms import normalized, pieces
from charlstm.text.vocabulary import Vocabulary

LENGTHS = [1, 3, 8]
TARGETS = 60


@torch.no_grad()
def naive_bits(model: Model, text: str, target: int, context: str) -> float:
    """Read a context from an empty state and add up the target's ids one by one."""
    reader = model.language_model
    state, logits = reader.initial_state(), torch.zeros(1, len(reader.vocabulary))
    for i in reader.encode(context):
        logits, state = reader.step(i[None], state)
    bits = 0.0
    for i in reader.encode(text[target]):
        bits -= float(logits[0].log_softmax(-1)[i]) / math.log(2)
        logits, state = reader.step(i[None], state)
    return bits


@pytest.mark.parametrize("fixture", ["korean", "jamo"])
def test_equals_reading_for_each_target_alone(fixture: str, request: pytest.FixtureRequest) -> None:
    """Each length's bits are those of reading from so many characters before each target on."""
    model: Model = request.getfixturevalue(fixture)
    text = KOREAN[:400]
    curve = context_curve(model.language_model, text, LENGTHS, targets=TARGETS)
    for length, bits in zip(curve.lengths, curve.bits, strict=True):
        each = [
            naive_bits(model, text, t, normalized(text[t - length : t], model.form))
            for t in range(400 - TARGETS, 400)
        ]
        assert np.mean(each) == pytest.approx(bits, abs=1e-4)


@pytest.mark.parametrize("fixture", ["korean", "jamo"])
@torch.no_grad()
def test_full_context_is_the_whole_past(fixture: str, request: pytest.FixtureRequest) -> None:
    """With all of the context the bits are those of reading from the beginning."""
    model: Model = request.getfixturevalue(fixture)
    text, reader = KOREAN[:400], model.language_model
    curve = context_curve(reader, text, [2], targets=TARGETS)
    before = len(reader.encode(text[: 400 - TARGETS]))
    state, bits, ids = reader.initial_state(), 0.0, reader.encode(text)
    for place, (i, following) in enumerate(pairwise(ids)):
        logits, state = reader.step(i[None], state)
        if place + 1 >= before:
            bits -= float(logits[0].log_softmax(-1)[following]) / math.log(2)
    assert bits / TARGETS == pytest.approx(curve.full, abs=1e-4)


def test_shuffling_what_is_all_the_same_changes_nothing(korean: Model) -> None:
    """Where the far past is one character over and over, its order does not matter."""
    text, source = "돌" * 700, np.random.default_rng(0)
    curve = context_curve(korean.language_model, text, LENGTHS, shuffle=source, targets=TARGETS)
    expected = [naive_bits(korean, text, 600, "돌" * (256 + length)) for length in LENGTHS]
    assert curve.shuffled is not None
    assert expected == pytest.approx(curve.shuffled, abs=1e-4)


def test_shuffling_depends_on_the_seed_alone(korean: Model) -> None:
    """The same seed shuffles alike, another differently."""
    one, two, three = (
        context_curve(
            korean.language_model,
            KOREAN[:700],
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
    with pytest.raises(TextError, match="at least 150 characters for a context of 100, found 120"):
        context_curve(korean.language_model, KOREAN[:120], [100])


@pytest.mark.parametrize(
    ("bits", "expected"), [((3.0, 2.019, 2.0), 4), ((3.0, 2.9, 2.8), None), ((2.0, 2.0, 2.0), 1)]
)
def test_effective_context_is_the_least_within_one_percent(
    bits: tuple[float, ...], expected: int | None
) -> None:
    """The effective context is the least length with at most 1 % more bits than all."""
    assert expected == ContextCurve(10, (1, 4, 16), bits, 2.0).effective


@pytest.mark.parametrize("form", ["nfc", "nfd"])
def test_shuffles_just_what_is_before_each_start(form: str, korean: Model) -> None:
    """First the 256 ids before each start are read, in an order of their own."""
    text = "".join(chr(0xAC00 + 28 * i) for i in range(390))
    vocabulary = Vocabulary.of(normalized(text, form))
    model = LanguageModel(korean.language_model.network, vocabulary, form)
    targets = _Targets(model, pieces(text, form), [1], 10)
    starts = np.array([300, 350, 389])
    shuffled = targets._shuffled(starts, np.random.default_rng(0))  # noqa: SLF001
    for start, ids in zip(starts, shuffled.T, strict=True):
        read = normalized(vocabulary.decode(ids.tolist()), "nfc")
        assert len(read) >= 128
        assert set(read) <= set(text[start - 256 : start])
        assert read not in text
