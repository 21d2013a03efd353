"""The wrapper table: calls of other libraries that stand for an event of the protocol."""

from __future__ import annotations

from ..events import Kind
from ..settings import Wrapper

WRAPPERS: dict[str, Wrapper] = {
    w.method: w
    for w in (
        Wrapper("manual_backward", Kind.BACKWARD, 0, "loss"),  # Lightning
        Wrapper("optimizer_step", Kind.STEP, 0, "optimizer"),  # torch_xla
    )
}
"""`X.backward(...)`, `X.step(...)` and `X.zero_grad(...)` need no entry: accelerator.backward(loss),
fabric.backward(loss), scaler.scale(loss).backward(), scaler.step(optimizer) and engine.step() are understood
from their receiver and first argument."""

OUT_OF_SIGHT = frozenset({"dist_autograd", "distributed_autograd"})
"""Receivers whose backward() leaves the gradients in a context of their own, not in .grad."""

KEEPS_ORDER = frozenset({"prepare", "initialize", "setup", "setup_optimizers", "distribute", "auto_wrap"})
"""Callees that return what they were given, wrapped, in the same order (accelerate, apex, fabric)."""

CLEARS_BY_ITSELF = frozenset({"deepspeed"})
"""Modules whose engines clear and step what they are given by themselves."""
