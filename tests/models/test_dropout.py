"""Dropout with one mask for a whole sequence."""

import pytest
import torch
from torch import Generator, Tensor

from charlstm.models.dropout import Dropout, DropoutRng, drop_units, drop_weights

STREAMS = 5


@pytest.fixture
def x() -> Tensor:
    """Return (T, B, H) of which no number is 0."""
    return torch.rand(6, STREAMS, 40, generator=Generator().manual_seed(0)) + 0.5


def half(
    rate: float = 0.5, seed: int = 1, here: slice = slice(None), streams: int = STREAMS
) -> Dropout:
    """Drop a share, by default half, of units and weights."""
    return Dropout(rate, rate, DropoutRng(Generator().manual_seed(seed), streams, here))


def test_one_mask_for_the_whole_sequence(x: Tensor) -> None:
    """A unit that is dropped at one character is dropped at all, and one that is kept is kept."""
    kept = drop_units(x, half()) != 0
    assert torch.equal(kept[:1].expand_as(kept), kept)


def test_each_stream_has_a_mask_of_its_own(x: Tensor) -> None:
    """No two streams lose the same units."""
    kept = drop_units(x, half())[0] != 0
    assert STREAMS == len({tuple(row) for row in kept.tolist()})


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.75])
def test_what_is_kept_is_scaled(x: Tensor, rate: float) -> None:
    """Each number is either 0 or divided by the share that is kept."""
    y = drop_units(x, half(rate))
    torch.testing.assert_close(y, torch.where(y == 0, 0.0, x / (1 - rate)))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_drops_the_share_asked_for(rate: float) -> None:
    """Of many units about the asked share is dropped, to five standard deviations."""
    units = 20_000
    dropout = half(rate, streams=1)
    dropped = float((drop_units(torch.ones(1, 1, units), dropout) == 0).sum())
    bound = 5 * (units * rate * (1 - rate)) ** 0.5
    assert dropped == pytest.approx(units * rate, abs=bound)


def test_keeps_the_expectation(x: Tensor) -> None:
    """Averaged over many masks every number is what it was, to five standard deviations."""
    masks = 2000
    dropout = half()
    mean = torch.stack([drop_units(x[:1], dropout) for _ in range(masks)]).mean(0)
    # The scale of a mask, 0 or 2, has a standard deviation of 1.
    expected = torch.ones(1, STREAMS, 40)
    torch.testing.assert_close(mean / x[:1], expected, rtol=0, atol=5 * masks**-0.5)


def test_masks_change_from_sequence_to_sequence(x: Tensor) -> None:
    """One generator drops other units in the next sequence."""
    dropout = half()
    assert not torch.equal(drop_units(x, dropout), drop_units(x, dropout))


@pytest.mark.parametrize("here", [slice(0, 2), slice(2, 5), slice(4, 5), slice(0, 5)], ids=str)
def test_some_of_the_streams_have_the_masks_of_all(x: Tensor, here: slice) -> None:
    """Read alone, some streams drop, sequence after sequence, what they drop among all."""
    all_, some = half(), half(here=here)
    for _ in range(3):
        expected = drop_units(x, all_)[:, here]
        assert torch.equal(expected, drop_units(x[:, here], some))


def test_without_dropout_nothing_is_dropped(x: Tensor) -> None:
    """Without dropout the output is the input, untouched."""
    assert drop_units(x, None) is x


def test_a_rate_of_0_draws_nothing(x: Tensor) -> None:
    """With nothing to drop neither the numbers nor the generator change."""
    dropout = half(0.0)
    before = dropout.rng.generator.get_state()
    assert drop_units(x, dropout) is x
    assert torch.equal(before, dropout.rng.generator.get_state())


def test_what_is_given_stays_as_it_is(x: Tensor) -> None:
    """The numbers that were handed in are not changed in place."""
    before = x.clone()
    drop_units(x, half())
    assert torch.equal(before, x)


@pytest.fixture
def weights() -> list[Tensor]:
    """Return w_ih, w_hh, b_ih and b_hh of which no number is 0."""
    draw = Generator().manual_seed(0)
    shapes = [(280, 30), (280, 70), (280,), (280,)]
    return [torch.rand(shape, generator=draw) + 0.5 for shape in shapes]


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_drops_the_share_of_weights_asked_for(weights: list[Tensor], rate: float) -> None:
    """Of the weights between units about the share asked for is 0, to five standard deviations."""
    count, dropped = weights[1].numel(), drop_weights(weights, half(rate))
    bound = 5 * (count * rate * (1 - rate)) ** 0.5
    assert float((dropped[1] == 0).sum()) == pytest.approx(count * rate, abs=bound)


def test_weights_that_are_kept_are_scaled(weights: list[Tensor]) -> None:
    """Each weight between units is either 0 or divided by the share that is kept."""
    dropped = drop_weights(weights, half(0.25))[1]
    torch.testing.assert_close(dropped, torch.where(dropped == 0, 0.0, weights[1] / 0.75))


def test_only_weights_between_units_are_dropped(weights: list[Tensor]) -> None:
    """The weights of the inputs, and the biases, stay as they are; so do the parameters."""
    before = [part.clone() for part in weights]
    after = drop_weights(weights, half())
    assert all(a is b for k, (a, b) in enumerate(zip(after, weights, strict=True)) if k != 1)
    torch.testing.assert_close(weights, before, rtol=0, atol=0)


@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_without_dropout_or_rate_no_weight_is_dropped(weights: list[Tensor], rate: float) -> None:
    """Outside training, and with a rate of 0, the weights are the parameters."""
    dropout = None if rate else half(0.0)
    assert all(a is b for a, b in zip(drop_weights(weights, dropout), weights, strict=True))


def test_workers_that_share_the_streams_drop_the_same_weights(weights: list[Tensor]) -> None:
    """Whichever streams a worker has, it drops the same weights as the others."""
    first, second = (drop_weights(weights, half(here=here))[1] for here in (slice(2), slice(2, 5)))
    assert torch.equal(first, second)
