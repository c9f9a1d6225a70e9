"""The precision of matrix products, for those who write their own way back.

Autocast reaches neither products in place nor a way back that is run outside of it: there, tensors
are lowered by hand.
"""

import torch
from torch import Tensor


def lowered(x: Tensor, *others: Tensor) -> list[Tensor]:
    """Give tensors in the precision of autocast; where there is none, in that of x."""
    low = torch.is_autocast_enabled("cpu")
    dtype = torch.get_autocast_dtype("cpu") if low else x.dtype
    return [part.to(dtype) for part in (x, *others)]
