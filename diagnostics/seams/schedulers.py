"""Learning-rate schedulers: built and stepped. One that steps others counts once.

torch's own warnings about schedulers name the caller of step(), so nothing of ours may stand between the two: where
this torch has it, what the common step() calls inside is ours.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import LRScheduler

from ..guards import is_compiling
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher

_INNER = "_update_lr"  # older ones lack it


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    def step(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, *args: Any, **kwargs: Any) -> Any:
            if is_compiling() or dispatcher.failed:
                return original(self, *args, **kwargs)
            trace = dispatcher.trace()
            if trace.around.in_scheduler:  # by another scheduler, or by its own __init__
                return original(self, *args, **kwargs)
            try:
                trace.around.scheduler_step(self, any(given is not None for given in (*args, *kwargs.values())))
            except Exception as error:
                dispatcher.fault(error)
            return _inside(trace, original, self, *args, **kwargs)

        return replacement

    def initial(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, *args: Any, **kwargs: Any) -> Any:
            if is_compiling() or dispatcher.failed:
                return original(self, *args, **kwargs)
            return _inside(dispatcher.trace(), original, self, *args, **kwargs)

        return replacement

    def init(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, *args, **kwargs)
            if not dispatcher.failed:
                try:
                    dispatcher.trace().around.scheduler_built(self)
                except Exception as error:
                    dispatcher.fault(error)
            return result

        return replacement

    if hasattr(LRScheduler, "_initial_step"):
        yield LRScheduler, "_initial_step", initial
    for one in vars(lr_scheduler).values():
        if not (isinstance(one, type) and one.__module__ == lr_scheduler.__name__):
            continue
        if "step" in one.__dict__:
            yield one, _INNER if one is LRScheduler and hasattr(one, _INNER) else "step", step
        if one in (LRScheduler, lr_scheduler.SequentialLR, lr_scheduler.ChainedScheduler):
            yield one, "__init__", init


def _inside(trace: Any, original: Any, *args: Any, **kwargs: Any) -> Any:
    """Call it; what it steps inside is not the user's doing."""
    before, trace.around.in_scheduler = trace.around.in_scheduler, True
    try:
        return original(*args, **kwargs)
    finally:
        trace.around.in_scheduler = before


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches)
