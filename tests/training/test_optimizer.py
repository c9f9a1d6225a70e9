"""Which parameters take whose steps."""

import dataclasses

import pytest
import torch
from torch import Generator, Tensor

from charlstm.config import ModelConfig, TrainConfig
from charlstm.limits import FAMILIES
from charlstm.models import new_model
from charlstm.models.base import Network
from charlstm.training.optimizer import Optimizer
from charlstm.training.optimizers.muon import Muon

GATES = {"fnn": 1, "rnn": 1, "gru": 3, "lstm": 4}


@pytest.fixture(params=FAMILIES)
def model(request: pytest.FixtureRequest) -> Network:
    config = ModelConfig(request.param, 20, 5, 7, 2, window=4)
    return new_model(config, Generator().manual_seed(0))


def config_of(decay: float = 0.01) -> TrainConfig:
    return TrainConfig(8, 10, 1.6e-2, "muon", steps=1, weight_decay=decay)


def optimizer_of(
    model: Network, config: TrainConfig | None = None, precision: str = "float32"
) -> Optimizer:
    return Optimizer(model, config or config_of(), precision)


def names_in(optimizer: torch.optim.Optimizer, model: Network) -> set[str]:
    """Name the parameters that an optimiser changes."""
    theirs = {id(p) for group in optimizer.param_groups for p in group["params"]}
    return {name for name, p in model.named_parameters() if id(p) in theirs}


def weights(model: Network) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in model.named_parameters()}


def set_gradients(model: Network) -> None:
    noise = Generator().manual_seed(1)
    for parameter in model.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=noise)


def test_muon_has_the_memory_s_matrices(model: Network) -> None:
    """The weights of the memory, and no other parameters, take the steps of Muon."""
    muon, _ = optimizer_of(model).parts
    around = ("embedding.", "head.")
    expected = {n for n in weights(model) if "weight" in n and not n.startswith(around)}
    assert isinstance(muon, Muon)
    assert expected == names_in(muon, model)


def test_adam_has_all_the_rest(model: Network) -> None:
    """The embedding, the head and all biases take the steps of AdamW."""
    muon, adam = optimizer_of(model).parts
    assert isinstance(adam, torch.optim.AdamW)
    assert set(weights(model)) - names_in(muon, model) == names_in(adam, model)


def test_every_gate_is_a_matrix_of_its_own(model: Network, request: pytest.FixtureRequest) -> None:
    """A matrix of the memory has a block for each gate of its family."""
    muon, _ = optimizer_of(model).parts
    gates = GATES[request.node.callspec.params["model"]]
    assert {gates} == {group["blocks"] for group in muon.param_groups}


@pytest.mark.parametrize(
    ("precision", "dtype"), [("float32", torch.float32), ("bf16", torch.bfloat16)]
)
def test_muon_computes_in_the_precision_of_training(
    model: Network, precision: str, dtype: torch.dtype
) -> None:
    """In bf16 Muon makes its matrices orthogonal in bf16."""
    muon, _ = optimizer_of(model, precision=precision).parts
    assert isinstance(muon, Muon)
    assert dtype == muon.dtype


def test_only_matrices_decay(model: Network) -> None:
    """With no gradient at all a step shrinks matrices, the embedding too, and leaves biases."""
    before = weights(model)
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer_of(model, config_of(decay=0.5)).step(0.1)
    expected = {name: w if "bias" in name else 0.95 * w for name, w in before.items()}
    torch.testing.assert_close(weights(model), expected)


def test_both_take_the_rate_of_the_step(model: Network) -> None:
    """Twice the rate changes every parameter twice as much."""
    before, changes = weights(model), []
    for rate in (0.001, 0.002):
        model.load_state_dict(before)
        set_gradients(model)
        optimizer_of(model, config_of(decay=0.0)).step(rate)
        changes.append({name: w - before[name] for name, w in weights(model).items()})
    expected = {name: 2 * change for name, change in changes[0].items()}
    torch.testing.assert_close(changes[1], expected, rtol=1e-3, atol=1e-6)


def test_every_parameter_is_changed(model: Network) -> None:
    """No number of a model is left out."""
    before = weights(model)
    set_gradients(model)
    optimizer_of(model).step(0.01)
    assert all(bool((w != before[name]).all()) for name, w in weights(model).items())


def test_adamw_can_have_all(model: Network) -> None:
    """Asked for AdamW alone, it has every parameter."""
    (adam,) = optimizer_of(model, dataclasses.replace(config_of(), optimizer="adamw")).parts
    assert isinstance(adam, torch.optim.AdamW)
    assert set(weights(model)) == names_in(adam, model)
