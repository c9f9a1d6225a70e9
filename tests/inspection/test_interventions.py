"""Changed models against a loop in float64 that replaces the gate or the unit."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
import torch
from conftest import KOREAN
from numpy.typing import NDArray
from torch import Generator, Tensor

from charlstm.config import ModelConfig, SampleConfig
from charlstm.errors import OptionError
from charlstm.evaluation import score
from charlstm.inspection.gates.compute import trace
from charlstm.inspection.interventions import (
    Ablation,
    Clamp,
    changed,
    parse_ablation,
    parse_clamp,
)
from charlstm.language_model import LanguageModel
from charlstm.library import Model
from charlstm.limits import FAMILIES
from charlstm.models import info_of, new_model
from charlstm.models.base import State
from charlstm.sampling.sampler import Sampler
from charlstm.text.vocabulary import Vocabulary

Doubles = NDArray[np.float64]
Weights = Mapping[str, Doubles]
# (name of a gate, the sum before its σ or tanh) -> its value
Gate = Callable[[str, Doubles], Doubles]
# h (…, H) -> what is read of it
Readable = Callable[[Doubles], Doubles]

UNITS, WINDOW = 7, 4
GATES = {name: [gate.name for gate in info_of(name).gates] for name in FAMILIES}
VOCABULARY = Vocabulary.of("abcdefghijklmnopqrs")
TEXT = np.random.default_rng(0).integers(20, size=11)
ALL = [Ablation(layer, unit) for layer in (1, 2) for unit in range(UNITS)]


def model_of(family: str) -> LanguageModel:
    """Make two layers of 7 units, with biases that are not 0 so that they can be mistaken."""
    config = ModelConfig(family, 20, 5, UNITS, 2, WINDOW)
    model = new_model(config, Generator().manual_seed(0)).double()
    noise = Generator().manual_seed(1)
    for parameter in model.parameters():
        if parameter.ndim == 1:
            parameter.detach().normal_(generator=noise)
    return LanguageModel(model, VOCABULARY, "nfc")


def sigmoid(x: Doubles) -> Doubles:
    return 1 / (1 + np.exp(-x))


def lstm(w: Weights, layer: int, xs: Doubles, gate: Gate, readable: Readable) -> list[Doubles]:
    w_ih, w_hh = w[f"lstm.weight_ih_l{layer}"], w[f"lstm.weight_hh_l{layer}"]
    bias = w[f"lstm.bias_ih_l{layer}"] + w[f"lstm.bias_hh_l{layer}"]
    h, c, found = np.zeros(UNITS), np.zeros(UNITS), []
    for x in xs:
        i, f, g, o = np.split(w_ih @ x + w_hh @ readable(h) + bias, 4)
        c = gate("forget", f) * c + gate("input", i) * gate("candidate", g)
        h = gate("output", o) * np.tanh(c)
        found.append(h)
    return found


def gru(w: Weights, layer: int, xs: Doubles, gate: Gate, readable: Readable) -> list[Doubles]:
    w_ih, w_hh = w[f"gru.weight_ih_l{layer}"], w[f"gru.weight_hh_l{layer}"]
    b_ih, b_hh = w[f"gru.bias_ih_l{layer}"], w[f"gru.bias_hh_l{layer}"]
    h, found = np.zeros(UNITS), []
    for x in xs:
        x_r, x_z, x_n = np.split(w_ih @ x + b_ih, 3)
        h_r, h_z, h_n = np.split(w_hh @ readable(h) + b_hh, 3)
        update = gate("update", x_z + h_z)
        candidate = gate("candidate", x_n + gate("reset", x_r + h_r) * h_n)
        h = update * h + (1 - update) * candidate
        found.append(h)
    return found


def rnn(w: Weights, layer: int, xs: Doubles, _: Gate, readable: Readable) -> list[Doubles]:
    w_ih, w_hh = w[f"rnn.weight_ih_l{layer}"], w[f"rnn.weight_hh_l{layer}"]
    bias = w[f"rnn.bias_ih_l{layer}"] + w[f"rnn.bias_hh_l{layer}"]
    h, found = np.zeros(UNITS), []
    for x in xs:
        h = np.tanh(w_ih @ x + w_hh @ readable(h) + bias)
        found.append(h)
    return found


def fnn(w: Weights, layer: int, xs: Doubles, _: Gate, __: Readable) -> list[Doubles]:
    weight, bias = w[f"fnn.{layer}.weight"], w[f"fnn.{layer}.bias"]
    if layer == 0:
        padded = np.concatenate((np.zeros((WINDOW - 1, xs.shape[1])), xs))
        xs = np.array([padded[t : t + WINDOW].reshape(-1) for t in range(len(xs))])
    return [np.tanh(weight @ x + bias) for x in xs]


READ = {"fnn": fnn, "rnn": rnn, "gru": gru, "lstm": lstm}


def naive(
    family: str,
    clamped: Mapping[tuple[int, str], float] | None = None,
    replaced: Mapping[tuple[int, int], float] | None = None,
    ids: Sequence[int] | NDArray[np.integer] = TEXT,
) -> tuple[Doubles, Doubles]:
    """Read a text with clamped gates and replaced units: logits (T, V), and h (L, T, H).

    Gates and units are given with their layer, counted from 1.
    """
    weights = {name: value.numpy() for name, value in model_of(family).network.state_dict().items()}
    xs, layers = weights["embedding.weight"][ids], []
    for layer in (1, 2):

        def gate(name: str, before: Doubles, layer: int = layer) -> Doubles:
            if clamped and (layer, name) in clamped:
                return np.full_like(before, clamped[layer, name])
            return np.tanh(before) if name == "candidate" else sigmoid(before)

        def readable(h: Doubles, layer: int = layer) -> Doubles:
            h = h.copy()
            for (of_layer, unit), value in (replaced or {}).items():
                if of_layer == layer:
                    h[..., unit] = value
            return h

        layers.append(np.array(READ[family](weights, layer - 1, xs, gate, readable)))
        xs = readable(layers[-1])
    return xs @ weights["head.weight"].T + weights["head.bias"], np.array(layers)


@torch.no_grad()
def logits_of(model: LanguageModel) -> Doubles:
    logits, _ = model.read(torch.tensor(TEXT)[:, None], model.initial_state())
    found: Doubles = logits[:, 0].numpy()
    return found


CLAMPS = [
    *[("lstm", gate, value) for gate in ("forget", "input", "output") for value in (0, 0.3, 1)],
    *[("lstm", "candidate", value) for value in (-1, -0.3, 0, 1)],
    *[("gru", gate, value) for gate in ("reset", "update") for value in (0, 0.3, 1)],
    *[("gru", "candidate", value) for value in (-1, -0.3, 0, 1)],
]


@pytest.mark.parametrize(("family", "gate", "value"), CLAMPS)
def test_a_clamped_gate_is_one_replaced_at_each_character(
    family: str, gate: str, value: float
) -> None:
    """Holding a gate in all layers says what a loop says in which the gate is that number."""
    expected, _ = naive(family, clamped={(1, gate): value, (2, gate): value})
    actual = logits_of(changed(model_of(family), [Clamp(None, gate, value)]))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("family", ["gru", "lstm"])
@pytest.mark.parametrize("layer", [1, 2])
def test_a_clamp_of_one_layer_leaves_the_other(family: str, layer: int) -> None:
    """Holding every gate of one layer leaves the gates of the other to themselves."""
    gates = {gate: 0.1 * place for place, gate in enumerate(GATES[family], start=1)}
    expected, _ = naive(family, clamped={(layer, gate): value for gate, value in gates.items()})
    clamps = [Clamp(layer, gate, value) for gate, value in gates.items()]
    actual = logits_of(changed(model_of(family), clamps))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layer", [1, 2])
def test_an_ablated_unit_is_0(family: str, layer: int) -> None:
    """Ablating a unit gives what a loop gives in which the unit is 0 wherever it is read."""
    expected, _ = naive(family, replaced={(layer, 4): 0.0})
    actual = logits_of(changed(model_of(family), ablations=[Ablation(layer, 4)]))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("layer", [1, 2])
def test_a_unit_becomes_its_mean(family: str, layer: int) -> None:
    """Mean ablation gives what a loop gives with the unit's mean over a text of several chunks."""
    other = np.random.default_rng(1).integers(20, size=1100)
    _, hidden = naive(family, ids=other)
    expected, _ = naive(family, replaced={(layer, 4): hidden[layer - 1, :, 4].mean()})
    ablation = Ablation(layer, 4, mean=True)
    actual = logits_of(
        changed(model_of(family), ablations=[ablation], mean_over=torch.tensor(other))
    )
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("family", ["gru", "lstm"])
def test_clamps_and_ablations_go_together(family: str) -> None:
    """Means are those of the clamped model with all its units; some units are 0."""
    gate = GATES[family][0]
    _, hidden = naive(family, clamped={(1, gate): 0.5})
    replaced = {(1, 2): hidden[0, :, 2].mean(), (1, 3): 0.0, (2, 6): hidden[1, :, 6].mean()}
    expected, _ = naive(family, clamped={(1, gate): 0.5}, replaced=replaced)
    ablations = [Ablation(1, 2, mean=True), Ablation(1, 3), Ablation(2, 6, mean=True)]
    model = changed(model_of(family), [Clamp(1, gate, 0.5)], ablations, torch.tensor(TEXT))
    np.testing.assert_allclose(logits_of(model), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_without_any_unit_only_the_bias_is_left(family: str) -> None:
    """With every unit ablated the logits are the head's bias at every character."""
    model = changed(model_of(family), ablations=ALL)
    expected = model.network.head.bias.detach().expand(len(TEXT), -1)
    np.testing.assert_array_equal(logits_of(model), expected.numpy())


@pytest.mark.parametrize("family", ["gru", "lstm"])
@pytest.mark.parametrize("reading", ["step", "traced"])
@torch.no_grad()
def test_every_way_of_reading_agrees(family: str, reading: str) -> None:
    """A changed model has the same logits read at once, character by character, and traced."""
    clamps = [Clamp(None, "candidate", -0.5), Clamp(2, GATES[family][1], 1.0)]
    model = changed(model_of(family), clamps, [Ablation(1, 3, mean=True)], torch.tensor(TEXT))
    state, ids = model.initial_state(), torch.tensor(TEXT)[:, None]
    if reading == "step":
        found = []
        for character in ids:
            logits, state = model.step(character, state)
            found.append(logits)
        actual = torch.stack(found)
    else:
        traced = model.trace(ids, state)
        assert traced.discrepancy < 1e-12
        actual = model.logits(traced.layers[-1]["hidden"])
    np.testing.assert_allclose(actual[:, 0].numpy(), logits_of(model), rtol=0, atol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_original_is_untouched(family: str) -> None:
    """The model that was changed keeps every one of its parameters, bit for bit."""
    model, clamps = model_of(family), [Clamp(None, gate, 0.0) for gate in GATES[family]]
    changed(model, clamps, [Ablation(1, 0), Ablation(2, 0, mean=True)], torch.tensor(TEXT))
    for name, value in model_of(family).network.state_dict().items():
        assert torch.equal(value, model.network.state_dict()[name])


@pytest.mark.parametrize("family", FAMILIES)
def test_no_change_is_a_copy(family: str) -> None:
    """Without clamps and ablations a model of the same parameters comes out, and not itself."""
    model = model_of(family)
    copy = changed(model)
    assert copy.network is not model.network
    np.testing.assert_array_equal(logits_of(copy), logits_of(model))


@pytest.mark.parametrize(
    ("gate", "value"),
    [(g, v) for g in ("forget", "input", "output") for v in (0, 1)]
    + [("candidate", v) for v in (-1, 0, 1)],
)
def test_limits_are_exact_in_a_trace(korean: Model, gate: str, value: float) -> None:
    """A gate held at a limit is that number in float32, to the last bit."""
    model = changed(korean.language_model, [Clamp(None, gate, value)])
    traced = trace(model, "돌쇠가 물었다.")
    np.testing.assert_array_equal(traced.values[gate], np.float32(value))


def test_without_forget_gate_the_cell_is_what_was_just_written(korean: Model) -> None:
    """With forget=0 the long-term memory C is i·g exactly."""
    model = changed(korean.language_model, [parse_clamp("forget=0")])
    traced = trace(model, "돌쇠가 물었다.")
    np.testing.assert_array_equal(traced.cell, traced.input * traced.candidate)


def after(model: LanguageModel, cell: float) -> tuple[Tensor, State]:
    """Read with the fused kernel from a long-term memory full of a number."""
    h, c = model.initial_state()
    with torch.inference_mode():
        return model.read(torch.arange(1, 9)[:, None], (h, c + cell))


def test_the_fused_kernel_forgets_all(korean: Model) -> None:
    """With forget=0 nothing of the hugest memory is left in the output of the fused kernel."""
    model = changed(korean.language_model, [parse_clamp("forget=0")])
    assert torch.equal(after(model, 0.0)[0], after(model, 1e30)[0])


def test_the_fused_kernel_keeps_all(korean: Model) -> None:
    """With forget=1 and input=0 the fused kernel hands on C bit for bit."""
    model = changed(korean.language_model, [parse_clamp("forget=1"), parse_clamp("input=0")])
    _, (_, c) = after(model, 0.123)
    assert torch.equal(c, torch.full_like(c, 0.123))


def test_the_later_clamp_holds() -> None:
    """Of two clamps of one gate the later one counts."""
    clamps = [Clamp(None, "forget", 0.0), Clamp(2, "forget", 0.25)]
    expected, _ = naive("lstm", clamped={(1, "forget"): 0.0, (2, "forget"): 0.25})
    actual = logits_of(changed(model_of("lstm"), clamps))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12)


def test_a_changed_model_is_scored(korean: Model) -> None:
    """Without its output gate a trained model predicts its text worse."""
    mute = changed(korean.language_model, [parse_clamp("output=0")])
    assert score(mute, KOREAN).bits_per_char > korean.evaluate(KOREAN).bits_per_char


def test_a_changed_model_writes(korean: Model) -> None:
    """A sampler takes a changed model, which writes another text."""
    mute = changed(korean.language_model, [parse_clamp("output=0")])
    sample = Sampler(mute).sample("달", SampleConfig(length=50), 1)
    assert sample.text != korean.sample("달", length=50, seed=1).text


@pytest.mark.parametrize(
    ("text", "clamp"),
    [
        ("forget=0", Clamp(None, "forget", 0.0)),
        ("L1:input=0.5", Clamp(1, "input", 0.5)),
        ("L12:candidate=-1", Clamp(12, "candidate", -1.0)),
    ],
)
def test_reads_a_clamp_and_writes_it(text: str, clamp: Clamp) -> None:
    """A clamp is read from what it writes."""
    assert (clamp, text) == (parse_clamp(text), str(clamp))


@pytest.mark.parametrize(
    ("text", "ablation"),
    [("L1/88", Ablation(1, 88)), ("L2/0=mean", Ablation(2, 0, mean=True))],
)
def test_reads_an_ablation_and_writes_it(text: str, ablation: Ablation) -> None:
    """An ablation is read from what it writes."""
    assert (ablation, text) == (parse_ablation(text), str(ablation))


@pytest.mark.parametrize(
    "text",
    ["", "forget", "forget=", "=1", "forget=much", "1:forget=0", "L:forget=0", "L1/forget=0"],
)
def test_refuses_what_is_no_clamp(text: str) -> None:
    """What is not written like a clamp is refused by the name of the option."""
    with pytest.raises(OptionError, match="clamp: expected a gate and its value, such as"):
        parse_clamp(text)


@pytest.mark.parametrize(
    "text", ["", "88", "L1", "L1/", "L1/x", "L1/88=0", "L1:88", "l1/88", "L/1"]
)
def test_refuses_what_is_no_ablation(text: str) -> None:
    """What is not written like an ablation is refused by the name of the option."""
    with pytest.raises(OptionError, match="ablate: expected a layer and its unit, such as"):
        parse_ablation(text)


OF_LSTM = "one of input, forget, candidate, output"
IN_VAIN = (
    "a model with gates (gru: reset, update, candidate; lstm: input, forget, candidate, output)"
)
REFUSED = [
    ("lstm", "update=0", f"clamp: expected {OF_LSTM}, found 'update'"),
    ("lstm", "forget=1.5", "clamp: expected forget from 0 to 1, found 1.5"),
    ("lstm", "forget=nan", "clamp: expected forget from 0 to 1, found nan"),
    ("gru", "candidate=-2", "clamp: expected candidate from -1 to 1, found -2"),
    ("gru", "L3:reset=0", "clamp: expected a layer from L1 to L2, found L3"),
    ("gru", "L0:reset=0", "clamp: expected a layer from L1 to L2, found L0"),
    ("rnn", "forget=0", f"clamp: expected {IN_VAIN}, found rnn"),
    ("fnn", "forget=0", f"clamp: expected {IN_VAIN}, found fnn"),
]


@pytest.mark.parametrize(("family", "clamp", "message"), REFUSED)
def test_refuses_a_gate_that_cannot_be_held(family: str, clamp: str, message: str) -> None:
    """A gate, a layer or a value that the model does not have is named with those it has."""
    with pytest.raises(OptionError) as caught:
        changed(model_of(family), [parse_clamp(clamp)])
    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("ablations", "message"),
    [
        (["L3/0"], "ablate: expected a layer from L1 to L2, found L3"),
        (["L0/0"], "ablate: expected a layer from L1 to L2, found L0"),
        (["L1/7"], "ablate: expected a unit from 0 to 6, found 7"),
        (["L1/1", "L1/1=mean"], "ablate: expected each unit once, found L1/1=mean"),
        (["L1/1=mean"], "ablate: expected a text to take the mean over, found none"),
    ],
)
@pytest.mark.parametrize("family", FAMILIES)
def test_refuses_a_unit_that_cannot_be_taken_away(
    family: str, ablations: list[str], message: str
) -> None:
    """A unit that is not there or named twice, and a mean of nothing, are refused."""
    with pytest.raises(OptionError) as caught:
        changed(model_of(family), ablations=[parse_ablation(text) for text in ablations])
    assert message == str(caught.value)


@pytest.mark.parametrize("family", FAMILIES)
def test_layers_are_those_that_the_model_reads_with(family: str) -> None:
    """A family's layers are all the parameters of its core, themselves."""
    core = model_of(family).network.core
    ours = {id(value) for layer in core.layers() for part in layer if part for value in part}
    assert {id(value) for value in core.module.parameters()} == ours
