"""When a seam must not look: while torch compiles, traces, transforms or captures what runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

is_compiling: Callable[[], bool] = torch.compiler.is_compiling
"""Under torch.compile the compiler replaces this call by True and drops what stands behind it: no graph break."""


def _probe(path: str) -> Callable[[], Any] | None:
    """A private function of torch by its dotted name, None if this torch lacks it."""
    found: Any = torch
    for name in path.split("."):
        found = getattr(found, name, None)
    return found if callable(found) else None


_tracing = _probe("_C._get_tracing_state")
_transformed = _probe("_C._functorch.peek_interpreter_stack")


def blind() -> bool:
    """Whether torch traces (torch.jit.trace) or transforms (torch.func) what runs now. Cost: 0.1 us."""
    if _tracing is not None and _tracing() is not None:
        return True
    return _transformed is not None and _transformed() is not None


def capturing() -> bool:
    """Whether a CUDA graph is being captured, in which no value may be read."""
    started: Callable[[], bool] = torch.cuda.is_initialized
    return started() and bool(torch.cuda.is_current_stream_capturing())
