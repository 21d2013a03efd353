"""Learning-rate schedulers: built and stepped. One that steps others counts once."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from torch.optim import lr_scheduler

from ..guards import is_compiling
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    def step(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, *args: Any, **kwargs: Any) -> Any:
            if is_compiling() or dispatcher.failed:
                return original(self, *args, **kwargs)
            trace = dispatcher.trace()
            if trace.in_scheduler or _is_initial(self):
                return original(self, *args, **kwargs)
            try:
                trace.scheduler_step(self, bool(args or kwargs))
            except Exception as error:
                dispatcher.fault(error)
            trace.in_scheduler = True
            try:
                return original(self, *args, **kwargs)
            finally:
                trace.in_scheduler = False

        return replacement

    def init(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, *args, **kwargs)
            if not dispatcher.failed:
                try:
                    dispatcher.trace().scheduler_built(self)
                except Exception as error:
                    dispatcher.fault(error)
            return result

        return replacement

    yield lr_scheduler.LRScheduler, "__init__", init
    for one in vars(lr_scheduler).values():
        if isinstance(one, type) and "step" in one.__dict__ and one.__module__ == lr_scheduler.__name__:
            yield one, "step", step


def _is_initial(scheduler: Any) -> bool:
    """Whether this is the step that a scheduler makes when it is built."""
    return bool(getattr(scheduler, "_is_initial", False)) or getattr(scheduler, "_step_count", 1) == 0


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches)
