"""The precision of autocast, for products that autocast does not reach.

Those are products in place and the backward pass of a function of our own.
"""

import torch
from torch import Tensor


def lowered(x: Tensor, *others: Tensor) -> list[Tensor]:
    """Return tensors in the precision of autocast; where that is off, in the precision of x."""
    low = torch.is_autocast_enabled("cpu")
    dtype = torch.get_autocast_dtype("cpu") if low else x.dtype
    return [part.to(dtype) for part in (x, *others)]
