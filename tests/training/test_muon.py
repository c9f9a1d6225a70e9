"""Muon against a singular value decomposition, and against steps worked out with NumPy."""

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from charlstm.training.optimizers.muon import Matrix, Muon, orthogonal

SHAPES = [(8, 8), (24, 8), (8, 24), (1, 6), (6, 1), (1, 1)]
KINDS = [torch.float32, torch.bfloat16]
ROUNDING = {torch.float32: 1e-4, torch.bfloat16: 0.05}
RATE, DECAY, MOMENTUM = 0.1, 0.3, 0.9

Doubles = NDArray[np.float64]


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=Generator().manual_seed(seed))


def decomposed(rows: int, columns: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Draw the parts of a matrix U·S·Vᵀ whose singular values are 1 to 30 times the least."""
    least = min(rows, columns)
    u, _ = torch.linalg.qr(normal(rows, least, seed=seed).double())
    v, _ = torch.linalg.qr(normal(columns, least, seed=seed + 1).double())
    return u, 30 ** -torch.linspace(0, 1, least, dtype=torch.double), v


def polynomial(values: Doubles) -> Doubles:
    """Return what becomes of singular values: three rounds, each of other numbers."""
    values = values / np.sqrt((values**2).sum())
    values = 8.0934 * values - 23.6206 * values**3 + 17.4463 * values**5
    values = 3.6366 * values - 2.7219 * values**3 + 0.5365 * values**5
    return 2.6613 * values - 1.9772 * values**3 + 0.4526 * values**5


@pytest.mark.parametrize("dtype", KINDS, ids=str)
@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_singular_values_come_near_1(rows: int, columns: int, dtype: torch.dtype) -> None:
    """Singular values a thirtieth of others come to lie between 0.6 and 1.3, as all do."""
    u, s, v = decomposed(rows, columns, 1)
    values = torch.linalg.svdvals(orthogonal((u * s @ v.T)[None].to(dtype)).double())
    assert 0.6 < values.min() <= values.max() < 1.3


@pytest.mark.parametrize("dtype", KINDS, ids=str)
@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_singular_vectors_are_kept(rows: int, columns: int, dtype: torch.dtype) -> None:
    """Seen in the singular vectors of what was given, the result is diagonal and positive."""
    u, s, v = decomposed(rows, columns, 2)
    seen = u.T @ orthogonal((u * s @ v.T)[None].to(dtype))[0].double() @ v
    expected = torch.diag(seen.diagonal().abs())
    torch.testing.assert_close(seen, expected, rtol=0, atol=ROUNDING[dtype])


@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_singular_values_follow_the_polynomial(rows: int, columns: int) -> None:
    """Each singular value becomes what three rounds of polynomials make of it alone."""
    u, s, v = decomposed(rows, columns, 3)
    expected = polynomial(s.numpy())
    actual = (u.T @ orthogonal((u * s @ v.T)[None].float())[0].double() @ v).diagonal()
    np.testing.assert_allclose(actual.numpy(), expected, rtol=0, atol=1e-4)


def test_matrices_are_made_orthogonal_each_by_itself() -> None:
    """Together matrices become what each becomes alone, whatever their sizes."""
    matrices = normal(3, 6, 4) * torch.tensor([1e-3, 1.0, 1e3])[:, None, None]
    expected = torch.cat([orthogonal(each[None]) for each in matrices])
    torch.testing.assert_close(orthogonal(matrices), expected)


def test_what_is_made_orthogonal_stays_as_it_is() -> None:
    """The matrices that were handed in are not changed in place."""
    matrices = normal(2, 6, 4)
    orthogonal(matrices)
    assert torch.equal(normal(2, 6, 4), matrices)


def naive_step(weight: Doubles, gradient: Doubles, momentum: Doubles) -> tuple[Doubles, Doubles]:
    """Take a step on one matrix, and give it and its momentum after the step."""
    momentum = MOMENTUM * momentum + (1 - MOMENTUM) * gradient
    ahead = MOMENTUM * momentum + (1 - MOMENTUM) * gradient
    u, s, vt = np.linalg.svd(ahead, full_matrices=False)
    step = u * polynomial(s) @ vt * 0.2 * math.sqrt(max(weight.shape))
    return (1 - RATE * DECAY) * weight - RATE * step, momentum


def muon_of(parameter: Tensor, blocks: int, decay: float = DECAY) -> Muon:
    return Muon([Matrix(parameter, blocks)], RATE, decay, MOMENTUM, torch.float32)


@pytest.mark.parametrize(("rows", "columns"), [(5, 5), (5, 3), (3, 5)])
@pytest.mark.parametrize("blocks", [1, 3, 4])
def test_steps_are_those_worked_out_by_hand(blocks: int, rows: int, columns: int) -> None:
    """Three steps on the matrices of gates, each by itself, have momentum, decay and size."""
    parameter = normal(blocks * rows, columns)
    weights = [block.double().numpy() for block in parameter.clone().chunk(blocks)]
    momenta = [np.zeros_like(weight) for weight in weights]
    muon = muon_of(parameter, blocks)
    for seed in (1, 2, 3):
        parameter.grad = normal(blocks * rows, columns, seed=seed)
        gradients = parameter.grad.double().numpy().reshape(blocks, rows, columns)
        muon.step()
        for k in range(blocks):
            weights[k], momenta[k] = naive_step(weights[k], gradients[k], momenta[k])
    np.testing.assert_allclose(parameter.numpy(), np.concatenate(weights), rtol=0, atol=1e-4)


def stepped(gradient: Tensor, blocks: int) -> Tensor:
    """Return what a first step at a rate of RATE changes, without decay."""
    parameter = torch.zeros_like(gradient)
    parameter.grad = gradient.clone()
    muon_of(parameter, blocks, decay=0.0).step()
    return parameter


@pytest.mark.parametrize("factor", [1e-3, 0.5, 1e3])
def test_the_size_of_a_gradient_does_not_matter(factor: float) -> None:
    """A gradient many times as large makes the same step."""
    gradient = normal(12, 5)
    torch.testing.assert_close(
        stepped(factor * gradient, 3), stepped(gradient, 3), rtol=1e-3, atol=1e-5
    )


def test_the_size_of_a_gate_s_gradient_does_not_matter() -> None:
    """A gate with a gradient a thousandth of another's gets a step of the same size."""
    first, second = stepped(torch.cat((normal(4, 5), 1e-3 * normal(4, 5))), 2).chunk(2)
    torch.testing.assert_close(first, second, rtol=1e-3, atol=1e-5)


def test_what_one_gate_learns_changes_no_other() -> None:
    """With another gradient in one block only that block's step is another."""
    gradient = normal(12, 5)
    other = gradient.clone()
    other[4:8] = normal(4, 5, seed=1)
    same = (stepped(gradient, 3) == stepped(other, 3)).view(3, 4, 5)
    assert [True, False, True] == same.all(-1).all(-1).tolist()


@pytest.mark.parametrize(("rows", "columns"), [(64, 64), (64, 16), (16, 64)])
@pytest.mark.parametrize("blocks", [1, 4])
def test_a_step_is_as_long_as_one_of_adam(blocks: int, rows: int, columns: int) -> None:
    """The root mean square of a step is about 0.2 learning rates, whatever the shape."""
    step = stepped(normal(blocks * rows, columns), blocks)
    expected = 0.2 * RATE
    assert expected == pytest.approx(float(step.square().mean().sqrt()), rel=0.2)


def test_parameters_of_any_sizes_are_stepped_each_by_itself() -> None:
    """Parameters of equal and of other sizes change together as each does alone."""
    sizes = [(12, 5, 3), (8, 5, 2), (4, 7, 1), (5, 4, 1)]
    parameters, alone = [], []
    for seed, (rows, columns, blocks) in enumerate(sizes):
        gradient = normal(rows, columns, seed=seed)
        alone.append(stepped(gradient, blocks))
        parameters.append(torch.zeros_like(gradient))
        parameters[-1].grad = gradient
    matrices = [Matrix(p, size[2]) for p, size in zip(parameters, sizes, strict=True)]
    Muon(matrices, RATE, 0.0, MOMENTUM, torch.float32).step()
    torch.testing.assert_close(parameters, alone)


def test_without_a_gradient_nothing_changes() -> None:
    """A parameter that has no gradient does not even decay."""
    still, moved = normal(4, 5), normal(4, 5)
    moved.grad = normal(4, 5, seed=1)
    Muon([Matrix(still, 1), Matrix(moved, 1)], RATE, DECAY, MOMENTUM, torch.float32).step()
    assert torch.equal(still, normal(4, 5))
    assert not torch.equal(moved, normal(4, 5))


def test_a_gradient_of_0_makes_no_step() -> None:
    """Where there is nothing to learn a matrix does nothing but decay."""
    parameter = normal(4, 5)
    parameter.grad = torch.zeros(4, 5)
    muon_of(parameter, 2).step()
    torch.testing.assert_close(parameter, (1 - RATE * DECAY) * normal(4, 5))


def test_in_half_precision_steps_are_nearly_the_same() -> None:
    """Steps that are worked out in bf16 change float32 weights, by nearly as much."""
    gradient = normal(24, 8)
    parameter = torch.zeros(24, 8)
    parameter.grad = gradient
    Muon([Matrix(parameter, 3)], RATE, 0.0, MOMENTUM, torch.bfloat16).step()
    expected = stepped(gradient, 3)
    assert torch.float32 == parameter.dtype
    assert (parameter - expected).norm() < 0.05 * expected.norm()
