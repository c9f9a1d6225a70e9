"""The LSTM's loop written out for training: faster than torch's kernel for wide layers.

The backward pass of torch's kernel is slow for large products. Here each character costs one matrix
product forward and one backward, and everything that does not depend on the character before is
computed for the whole sequence at once. Products and gates are computed in the precision of
autocast, C in its own.

The backward pass follows from the equations in `lstm.py`; δ is the derivative of the loss, z the
input of a gate's σ or tanh, C' the cell state of the character before:

    δz_o = δh·tanh(C)·o(1 − o)      δC = δC of the character after + δh·o·(1 − tanh² C)
    δz_i = δC·g·i(1 − i)            δz_f = δC·C'·f(1 − f)            δz_g = δC·i·(1 − g²)
    δC' = δC·f                      δh' = δz U + δ of h' as an output

Shapes: T time, B batch, E inputs, H hidden; the gates of a layer stand side by side: i, f, g, o.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from charlstm.models.autocast import lowered

_gradient_of_sigmoid = torch.ops.aten.sigmoid_backward.grad_input
_gradient_of_tanh = torch.ops.aten.tanh_backward.grad_input


def read_lstm(
    x: Tensor, h: Tensor, c: Tensor, weights: Sequence[Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """Read a sequence with one layer: (T, B, E) → (T, B, H), and h and C (B, H) after it."""
    y, h, c = _Unrolled.apply(x, h, c, *weights)  # type: ignore[no-untyped-call]
    return y, h, c


class _Unrolled(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,  # noqa: ANN401
        x: Tensor,
        h: Tensor,
        c: Tensor,
        *weights: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        w_ih, w_hh, b_ih, b_hh = weights
        x, h, w_ih, w_hh, bias = lowered(x, h, w_ih, w_hh, b_ih + b_hh)
        gates = F.linear(x, w_ih, bias)
        hs, cs = _states_from(h, len(x)), _states_from(c, len(x))
        tanh_c = torch.empty_like(hs[1:])
        i, f, g, o = gates.chunk(4, dim=-1)
        u = w_hh.t()
        for t, z in enumerate(gates.unbind()):
            z.addmm_(hs[t], u)
            i[t].sigmoid_()
            f[t].sigmoid_()
            g[t].tanh_()
            o[t].sigmoid_()
            torch.mul(cs[t], f[t], out=cs[t + 1])
            cs[t + 1].add_(i[t] * g[t])
            tanh_c[t].copy_(cs[t + 1]).tanh_()
            torch.mul(o[t], tanh_c[t], out=hs[t + 1])
        ctx.save_for_backward(x, w_ih, w_hh, gates, hs, cs, tanh_c)
        return hs[1:], hs[-1].clone(), cs[-1].clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *deltas: Tensor) -> tuple[Tensor, ...]:  # noqa: ANN401
        dy, dh, dc = deltas
        x, w_ih, w_hh, gates, hs, cs, tanh_c = ctx.saved_tensors
        i, f, g, o = gates.chunk(4, dim=-1)
        # What δC or δh is multiplied by becomes δz in place.
        dz = torch.empty_like(gates)
        z_i, z_f, z_g, z_o = dz.chunk(4, dim=-1)
        _gradient_of_sigmoid(g, i, grad_input=z_i)
        _gradient_of_sigmoid(cs[:-1].to(gates.dtype), f, grad_input=z_f)
        _gradient_of_tanh(i, g, grad_input=z_g)
        _gradient_of_sigmoid(tanh_c, o, grad_input=z_o)
        into_c = torch.ops.aten.tanh_backward(o, tanh_c)
        from_c = dz.view(*dz.shape[:2], 4, -1)[:, :, :3]
        dh, dc = dh + dy[-1], dc.clone()
        for t in reversed(range(len(x))):
            dc.addcmul_(dh, into_c[t])
            z_o[t].mul_(dh)
            from_c[t].mul_(dc.to(dz.dtype)[:, None])
            dc.mul_(f[t])
            dh = torch.addmm(dy[t - 1], dz[t], w_hh) if t else dz[t] @ w_hh
        dz = dz.flatten(0, 1)
        dw_ih, dw_hh = (dz.t() @ inputs.flatten(0, 1) for inputs in (x, hs[:-1]))
        db = dz.t() @ dz.new_ones(len(dz))
        return (dz @ w_ih).view_as(x), dh, dc, dw_ih, dw_hh, db, db.clone()


def _states_from(first: Tensor, characters: int) -> Tensor:
    """Allocate a state before each character and after the last: (T+1, B, H)."""
    states = first.new_empty(characters + 1, *first.shape)
    states[0] = first
    return states
