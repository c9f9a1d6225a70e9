"""What every recurrent family does alike: layers one on top of the other, and their first weights.

A kernel reads a stretch with one layer and a cell reads one character; each family brings its own.
Shapes: T time, B batch, H hidden, L layers.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor, nn

from charlstm.models.base import Affine, Layer, Traced
from charlstm.models.dropout import Dropping

Weights = Sequence[Tensor]
# (x (T, B, E), h (1, B, H), weights of a layer) -> (y (T, B, H), h (1, B, H))
Kernel = Callable[[Tensor, Tensor, Weights], tuple[Tensor, Tensor]]
# (x (B, E), h (B, H), w_ih, w_hh, b_ih, b_hh) -> h (B, H)
Cell = Callable[..., Tensor]
# (x (T, B, E), h before each (T, B, H), weights of a layer) -> its gates by name, and h once more
Explain = Callable[[Tensor, Tensor, Weights], tuple[dict[str, Tensor], Tensor]]


def read_layers(
    kernel: Kernel,
    weights: Sequence[Weights],
    x: Tensor,
    h: Tensor,
    drop: Dropping,
) -> tuple[Tensor, Tensor]:
    """Read a stretch where h (L, B, H) is the whole state: (T, B, E) -> (T, B, H)."""
    last = []
    for layer, of_layer in enumerate(weights):
        x, after = kernel(x, h[layer : layer + 1], drop.weights(of_layer))
        x = drop.units(x)
        last.append(after)
    return x, torch.cat(last)


def step_layers(
    cell: Cell, weights: Sequence[Weights], x: Tensor, h: Tensor
) -> tuple[Tensor, Tensor]:
    """Read one character where h (L, B, H) is the whole state: (B, E) -> (B, H)."""
    last = []
    for before, of_layer in zip(h, weights, strict=True):
        x = cell(x, before, *of_layer)
        last.append(x)
    return x, torch.stack(last)


def trace_layers(
    kernel: Kernel, explain: Explain, weights: Sequence[Weights], x: Tensor, h: Tensor
) -> Traced:
    """Read a stretch where h (L, B, H) is the whole state, and tell what each layer did.

    The kernels keep their gates to themselves. But they depend only on x and on the h that was
    given out before it, so that one matrix product each brings them back.
    """
    layers, discrepancy = [], 0.0
    for of_layer, start in zip(weights, h, strict=True):
        y, _ = kernel(x, start[None], of_layer)
        gates, again = explain(x, torch.cat((start[None], y[:-1])), of_layer)
        discrepancy = max(discrepancy, float((again - y).detach().abs().max()))
        layers.append({**gates, "hidden": y})
        x = y
    return Traced(layers, (torch.stack([layer["hidden"][-1] for layer in layers]),), discrepancy)


def layers_of(weights: Sequence[Weights]) -> list[Layer]:
    """Sort the parameters of each layer by what they hear."""
    return [Layer(Affine(w_ih, b_ih), Affine(w_hh, b_hh)) for w_ih, w_hh, b_ih, b_hh in weights]


def initialize_layer(weights: Weights, blocks: int, generator: Generator) -> None:
    """Draw the weights of a layer of so many gates: recurrent ones orthogonal, no biases.

    Orthogonal: Saxe, McClelland & Ganguli 2014.
    """
    w_ih, w_hh, b_ih, b_hh = weights
    bound = w_hh.shape[1] ** -0.5
    nn.init.uniform_(w_ih, -bound, bound, generator=generator)
    for block in w_hh.detach().chunk(blocks):
        nn.init.orthogonal_(block, generator=generator)
    nn.init.zeros_(b_ih)
    nn.init.zeros_(b_hh)
