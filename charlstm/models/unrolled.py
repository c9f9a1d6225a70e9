"""What loops of our own have in common: their precision, and room for states.

torch's kernels for a whole stretch are slow on their way back where products are large, and for a
GRU it has none on a CPU. In a loop of our own each character costs one matrix product forwards and
one backwards, and what no character has to wait for is done for the whole stretch at once.
Products and gates are computed in the precision of autocast; what is carried from character to
character keeps the precision in which it is handed in.
"""

import torch
from torch import Tensor

slope_of_sigmoid = torch.ops.aten.sigmoid_backward.grad_input
slope_of_tanh = torch.ops.aten.tanh_backward.grad_input


def lowered(x: Tensor, *others: Tensor) -> list[Tensor]:
    """Give tensors in the precision of products: that of autocast, or else that of x."""
    low = torch.is_autocast_enabled("cpu")
    dtype = torch.get_autocast_dtype("cpu") if low else x.dtype
    return [part.to(dtype) for part in (x, *others)]


def states_from(first: Tensor, characters: int) -> Tensor:
    """Make room for a state before each character and after the last: (T+1, B, H)."""
    states = first.new_empty(characters + 1, *first.shape)
    states[0] = first
    return states
