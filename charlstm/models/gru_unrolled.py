"""The GRU's loop written out, to learn with: torch has no kernel of its own for it on a CPU.

The way back follows from the equations in `gru.py`; δ is the derivative of the loss, a what goes
into a gate, h' the state of the character before, and m = U_n h' + b'_n what r multiplies:

    δa_z = δh·(h' − n)·z(1 − z)     δa_n = δh·(1 − z)·(1 − n²)
    δa_r = δa_n·m·r(1 − r)          δm = δa_n·r
    δh' = δh·z + (δa_r, δa_z, δm) U + δ of what is heard of h'

Shapes: T time, B batch, E inputs, H hidden; the gates of a layer stand side by side: r, z, n.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from charlstm.models.recurrent import Weights
from charlstm.models.unrolled import lowered, slope_of_sigmoid, slope_of_tanh, states_from


def read_gru(x: Tensor, h: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    """Read a stretch with one layer: (T, B, E) -> (T, B, H), and h (1, B, H) after it."""
    y, h = _Unrolled.apply(x, h[0], *weights)  # type: ignore[no-untyped-call]
    return y, h[None]


class _Unrolled(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        x: Tensor,
        h: Tensor,
        *weights: Tensor,
    ) -> tuple[Tensor, Tensor]:
        x, low, w_ih, w_hh, b_ih, b_hh = lowered(x, h, *weights)
        gates = F.linear(x, w_ih, b_ih)
        hs, lows = states_from(h, len(x)), states_from(low, len(x))
        ms = torch.empty_like(lows[1:])
        r, z, n = gates.chunk(3, dim=-1)
        both = gates[..., : 2 * h.shape[-1]]
        u = w_hh.t()
        for t in range(len(x)):
            heard = torch.addmm(b_hh, lows[t], u)
            both[t].add_(heard[:, : both.shape[-1]]).sigmoid_()
            ms[t] = heard[:, both.shape[-1] :]
            n[t].addcmul_(r[t], ms[t]).tanh_()
            torch.lerp(n[t].to(h.dtype), hs[t], z[t].to(h.dtype), out=hs[t + 1])
            lows[t + 1] = hs[t + 1]
        ctx.save_for_backward(x, w_ih, w_hh, gates, lows, ms)
        return lows[1:], hs[-1].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *deltas: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401
        dy, dh = deltas
        x, w_ih, w_hh, gates, lows, ms = ctx.saved_tensors
        r, z, n = gates.chunk(3, dim=-1)
        # What δh or δa_n is multiplied by becomes δa in place.
        da, du = torch.empty_like(gates), torch.empty_like(gates)
        a_r, a_z, a_n = da.chunk(3, dim=-1)
        slope_of_sigmoid(ms, r, grad_input=a_r)
        slope_of_sigmoid(lows[:-1] - n, z, grad_input=a_z)
        slope_of_tanh(1 - z, n, grad_input=a_n)
        dm = du[..., -r.shape[-1] :]
        both = 2 * r.shape[-1]
        for t in reversed(range(len(x))):
            dh = dh + dy[t]
            low = dh.to(da.dtype)
            a_z[t].mul_(low)
            a_n[t].mul_(low)
            a_r[t].mul_(a_n[t])
            torch.mul(a_n[t], r[t], out=dm[t])
            du[t, :, :both] = da[t, :, :both]
            dh = dh * z[t] + du[t] @ w_hh
        da, du = da.flatten(0, 1), du.flatten(0, 1)
        ones = da.new_ones(len(da))
        dw_ih, dw_hh = da.t() @ x.flatten(0, 1), du.t() @ lows[:-1].flatten(0, 1)
        return (da @ w_ih).view_as(x), dh, dw_ih, dw_hh, da.t() @ ones, du.t() @ ones
