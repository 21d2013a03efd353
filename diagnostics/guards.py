"""When a seam must not look: while torch compiles, traces, transforms or captures what runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import torch
from torch import Tensor
from torch.nn import Parameter

is_compiling: Callable[[], bool] = torch.compiler.is_dynamo_compiling
"""Under torch.compile the compiler replaces this call by True and drops what stands behind it: no graph break.

One frame, where torch.compiler.is_compiling takes two; what that knows besides (an export that is not strict) `blind`
asks for.
"""


def _probe(path: str) -> Callable[..., Any] | None:
    """A private function of torch by its dotted name, None if this torch lacks it."""
    found: Any = torch
    for name in path.split("."):
        found = getattr(found, name, None)
    return found if callable(found) else None


def _nothing() -> None:
    return None


tracing = _probe("_C._get_tracing_state") or _nothing
"""None unless torch.jit traces what runs now. For the hot path, which saves the frame of blind()."""
transformed = _probe("_C._functorch.peek_interpreter_stack") or _nothing
"""None unless torch.func (grad, vmap ...) transforms what runs now."""
_compiler: Any = torch.compiler


def is_fx_tracing() -> bool:
    """Whether torch.fx traces what runs now: what modules are given are no tensors then. Its own function would log."""
    return bool(getattr(sys.modules.get("torch.fx._symbolic_trace"), "_is_fx_tracing_flag", False))


def blind() -> bool:
    """Whether torch traces, transforms or exports what runs now."""
    return tracing() is not None or transformed() is not None or bool(getattr(_compiler, "_is_compiling_flag", False))


def is_plain(tensor: Tensor) -> bool:
    """Whether its values can be read as they are: no subclass (distributed, fake ...), dense, and not on meta."""
    return type(tensor) in (Tensor, Parameter) and tensor.layout is torch.strided and not tensor.is_meta


def capturing() -> bool:
    """Whether a CUDA graph is being captured, in which no value may be read."""
    started: Callable[[], bool] = torch.cuda.is_initialized
    return started() and bool(torch.cuda.is_current_stream_capturing())


_set_strategy = _probe("_C._dynamo.eval_frame.set_code_exec_strategy")
_strategy = _probe("_C._dynamo.eval_frame._FrameExecStrategy")
_action: Any = _probe("_C._dynamo.eval_frame._FrameAction")


def never_compiled(function: Any) -> Any:
    """Keep torch.compile from compiling a function of ours that it meets between two graphs, or what that calls.

    Does what torch._dynamo.skip does, but without loading the compiler. Without it a compiled training step has one
    more graph break: at the backward() inside ours.
    """
    if _set_strategy is not None and _strategy is not None and _action is not None:
        _set_strategy(function.__code__, _strategy(_action.SKIP, _action.SKIP))
    return function


def inside_compiled() -> bool:
    """Whether the code that is running was called by a function that torch.compile compiled. Slow: walks the stack.

    Parts of such a function run without passing a seam, so that nothing follows from what is not seen.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") == "torch._dynamo.eval_frame":
            switched_off = "Disable" in frame.f_code.co_qualname  # torch's own optimizers are, once one has compiled
            if not switched_off:
                return True
        frame = frame.f_back
    return False
