"""The library as its user calls it: a run folder opened, and what can be done with it."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file

import charlstm
from charlstm.config import SampleConfig
from charlstm.library import Model
from charlstm.text.unicode_forms import normalized


@pytest.fixture(params=["korean", "english", "jamo"])
def trained(request: pytest.FixtureRequest) -> Model:
    model = request.getfixturevalue(request.param)
    assert isinstance(model, Model)
    return model


@pytest.fixture
def copied(korean: Model, tmp_path: Path) -> Path:
    """Return a run folder that may be changed."""
    return Path(shutil.copytree(korean.run.path, tmp_path / "run"))


def test_opens_a_run_by_path_or_name(korean: Model) -> None:
    """A run is opened by its path, and by the same as a string."""
    path = korean.run.path
    texts = [charlstm.load(where).sample(length=20).text for where in (path, str(path))]
    assert [korean.sample(length=20).text] * 2 == texts


def test_an_opened_run_is_what_was_trained(trained: Model) -> None:
    """An opened run reads a text, bit for bit, as it did before."""
    again = charlstm.load(trained.run.path)
    expected = trained.trace("돌쇠가 물었다. Tom")
    np.testing.assert_array_equal(expected.hidden, again.trace("돌쇠가 물었다. Tom").hidden)


def test_samples(trained: Model) -> None:
    """A sample has the asked length, and is what the stream of its settings yields."""
    sample = trained.sample("돌", length=12, temperature=0.5, top_k=5, top_p=0.9, seed=4)
    pieces = trained.stream("돌", SampleConfig(12, 0.5, 5, 0.9), seed=4)
    assert 12 == len(sample.text)
    assert "".join(piece.text for piece in pieces) == sample.text


def test_refuses_a_setting_that_there_is_not(korean: Model) -> None:
    """A setting that sampling has not is a TypeError that names it."""
    with pytest.raises(TypeError, match="top_q"):
        korean.sample(top_q=1)


def test_errors_are_in_the_words_of_python(korean: Model) -> None:
    """An error names the parameter that was given, and not an option of the command line."""
    with pytest.raises(charlstm.OptionError, match=r"^guesses: expected .*, found -1"):
        korean.trace("돌쇠", guesses=-1)
    with pytest.raises(charlstm.OptionError, match=r"^top_k: expected .*, found -1"):
        korean.sample(top_k=-1)


def test_logits_are_those_of_each_character(trained: Model) -> None:
    """Logits are (T, V), and what they predict is what the trace guesses."""
    text = "돌쇠 Tom"
    logits, traced = trained.logits(text), trained.trace(text, guesses=1)
    characters = trained.language_model.vocabulary.characters
    assert (len(traced.text), len(characters)) == logits.shape
    likeliest = [characters[i] for i in logits.argmax(-1)]
    assert [character for ((character, _),) in traced.guesses] == likeliest
    assert (0, len(characters)) == trained.logits("").shape


def test_a_text_can_be_read_on_from_a_state(trained: Model) -> None:
    """From the state after a text the model goes on as if it had read it now."""
    whole, state = trained.logits("돌쇠가 Tom"), trained.state("돌쇠가 ")
    np.testing.assert_allclose(trained.logits("Tom", state), whole[-3:], rtol=1e-4, atol=1e-5)
    assert [(2, 1, 12)] * 2 == [tuple(part.shape) for part in state]


def test_the_state_is_that_of_the_trace(korean: Model) -> None:
    """The last h and C of a trace are the state after its text."""
    traced = korean.trace("돌쇠가 물")
    h, c = korean.state("돌쇠가 물")
    np.testing.assert_allclose(traced.hidden[:, -1], h[:, 0], atol=1e-5)
    np.testing.assert_allclose(traced.cell[:, -1], c[:, 0], atol=1e-5)


def test_a_state_can_be_patched_from_another_text(korean: Model) -> None:
    """With C of another text the model predicts something else than after either."""
    (h, c), (_, other) = korean.state("돌쇠가 "), korean.state("물레는 늘 ")
    patched = korean.logits("돈다.", (h, other))
    for same in (
        korean.logits("돈다.", (h, c)),
        korean.logits("돈다.", korean.state("물레는 늘 ")),
    ):
        assert not np.allclose(patched, same)


def test_samples_500_characters_by_default(korean: Model) -> None:
    """Without further settings a sample has 500 characters, of seed 1."""
    sample = korean.sample()
    assert (500, 1, "") == (len(sample.text), sample.seed, sample.prompt)


def test_traces(trained: Model) -> None:
    """A trace has the text in the model's form, and gates for each of its characters."""
    traced = trained.trace("돌쇠 Tom")
    text = normalized("돌쇠 Tom", trained.form)
    assert (text, (2, len(text), 12)) == (traced.text, traced.forget.shape)


def test_traces_as_many_guesses_as_asked_for(korean: Model) -> None:
    """A trace has as many guesses a character as it is asked for."""
    assert [5, 5] == [len(row) for row in korean.trace("돌쇠", guesses=5).guesses]


def test_scores_a_text(trained: Model) -> None:
    """A score counts the characters of the text but the first, and costs something."""
    score = trained.evaluate("돌쇠 Tom")
    assert (5, len("쇠 Tom".encode())) == (score.chars, score.bytes)
    assert score.nats > 0


def test_scores_what_was_held_out(trained: Model) -> None:
    """Without a text the held-out one is scored, as if it had been given."""
    heldout = (trained.run.path / "heldout.txt").read_text(encoding="utf-8")
    assert trained.evaluate(heldout) == trained.evaluate()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", []), ("돌쇠가 Tom을 불러ㅎㅎ", ["T", "o", "m", "을", "불", "러", "ㅎ"])],
)
def test_lists_what_it_has_never_seen(korean: Model, text: str, expected: list[str]) -> None:
    """Unknown characters are listed once each, in the order in which they come."""
    assert expected == korean.unknown(text)


def test_lists_what_it_has_never_seen_in_its_own_form(korean: Model, jamo: Model) -> None:
    """A syllable never seen is unknown to a model of syllables, not to one of its letters."""
    assert (["놀"], []) == (korean.unknown("놀"), jamo.unknown("놀"))


def test_knows_its_settings(jamo: Model) -> None:
    """A model has its family, its form and the settings that it was trained with."""
    config = jamo.config
    assert ("lstm", "nfd", "nfd") == (config.model.family, jamo.form, config.text.form)
    assert 40 == config.training.steps


def test_counts_its_parameters(korean: Model) -> None:
    """The count of parameters is that of the numbers in the file of weights."""
    tensors = load_file(korean.run.path / "model.safetensors")
    expected = sum(tensor.numel() for tensor in tensors.values())
    assert expected == korean.parameter_count()


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("length", {"length": 0}),
        ("temperature", {"temperature": -0.1}),
        ("temperature", {"temperature": float("nan")}),
        ("temperature", {"temperature": float("inf")}),
        ("top_k", {"top_k": -1}),
        ("top_p", {"top_p": 0.0}),
        ("top_p", {"top_p": 1.5}),
        ("seed", {"seed": -1}),
        ("seed", {"seed": 2**63}),
    ],
)
def test_refuses_impossible_settings(korean: Model, field: str, settings: dict[str, float]) -> None:
    """A setting that nothing can be drawn by is refused by its name."""
    with pytest.raises(charlstm.OptionError) as caught:
        korean.sample(**settings)  # type: ignore[arg-type]
    assert field == caught.value.field


@pytest.mark.parametrize("seed", [0, 2**63 - 1])
def test_takes_every_seed(korean: Model, seed: int) -> None:
    """The least and the greatest seed are as good as any."""
    assert 5 == len(korean.sample(length=5, seed=seed).text)


def test_a_missing_run_is_named(tmp_path: Path) -> None:
    """Opening what is not there is an error that names it and how to make one."""
    with pytest.raises(charlstm.RunError, match=r"nowhere: expected a run folder.*charlstm train"):
        charlstm.load(tmp_path / "nowhere")


def test_a_file_is_no_run(tmp_path: Path) -> None:
    """A file in place of a folder is an error of the same kind."""
    (tmp_path / "run").write_text("", encoding="utf-8")
    with pytest.raises(charlstm.RunError, match="expected a run folder"):
        charlstm.load(tmp_path / "run")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    """A run without one of its files cannot be opened, and the error names the file."""
    (copied / name).unlink()
    with pytest.raises(charlstm.RunError, match=f"{name}: expected"):
        charlstm.load(copied)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_damaged_file_is_named(copied: Path, name: str) -> None:
    """A run one of whose files is cut short cannot be opened, and the error names the file."""
    whole = (copied / name).read_bytes()
    (copied / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(charlstm.RunError, match=f"{name}: expected"):
        charlstm.load(copied)


def test_a_run_without_its_held_out_text_can_be_used(copied: Path) -> None:
    """Only scoring the held-out text needs it, and then its absence is named."""
    (copied / "heldout.txt").unlink()
    model = charlstm.load(copied)
    assert 5 == len(model.sample(length=5).text)
    assert 2 == model.evaluate("돌쇠가").chars
    with pytest.raises(charlstm.RunError, match=r"heldout\.txt: expected"):
        model.evaluate()


def test_a_changed_held_out_text_is_noticed(copied: Path) -> None:
    """A held-out text that is no longer what it was is not scored in its place."""
    text = (copied / "heldout.txt").read_text(encoding="utf-8")
    (copied / "heldout.txt").write_text(text[::-1], encoding="utf-8")
    with pytest.raises(charlstm.RunError, match="changed"):
        charlstm.load(copied).evaluate()


@pytest.mark.parametrize("text", ["", "돌"])
def test_a_text_too_short_to_score_is_refused(korean: Model, text: str) -> None:
    """A text of fewer than two characters cannot be scored."""
    with pytest.raises(charlstm.TextError):
        korean.evaluate(text)


def test_an_empty_text_cannot_be_traced(korean: Model) -> None:
    """There is nothing to trace in an empty text."""
    with pytest.raises(charlstm.TextError):
        korean.trace("")


def test_using_a_run_changes_nothing_in_it(copied: Path) -> None:
    """Sampling, tracing and scoring leave every file of the run as it was."""
    before = {path.name: path.read_bytes() for path in copied.iterdir()}
    model = charlstm.load(copied)
    model.sample(length=5)
    model.trace("돌쇠")
    model.evaluate()
    assert before == {path.name: path.read_bytes() for path in copied.iterdir()}
