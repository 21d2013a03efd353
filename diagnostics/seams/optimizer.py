"""Optimizers: built, cleared, stepped."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from torch import nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from ..cruise import NO_PLAN
from ..guards import is_compiling
from ..naming import local_names
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    local = dispatcher.local

    def zero_grad(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
            if is_compiling() or dispatcher.failed:
                return original(self, *args, **kwargs)
            trace = local.trace
            if trace is None or trace.off:
                trace = dispatcher.trace()
            if trace.outbox:
                trace.deliver()
            result = original(self, *args, **kwargs)
            if trace.plan[trace.at] == id(self):
                trace.at += 1
                return result
            try:
                trace.zero_grad(self)
            except Exception as error:
                dispatcher.fault(error)
            return result

        return replacement

    def module_zero_grad(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
            result = original(self, *args, **kwargs)
            if is_compiling() or dispatcher.failed:
                return result
            trace = dispatcher.trace()
            if trace.plan[trace.at] == -id(self):
                trace.at += 1
                return result
            try:
                trace.module_zero_grad(self)
            except Exception as error:
                dispatcher.fault(error)
            return result

        return replacement

    def init(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
            result = original(self, *args, **kwargs)
            if not dispatcher.failed:
                try:
                    trace = dispatcher.trace()
                    if trace.tracked(self) is None:
                        trace.meet(self, built_at=dispatcher.sites.here(2), new=True)
                except Exception as error:
                    dispatcher.fault(error)
            return result

        return replacement

    yield Optimizer, "zero_grad", zero_grad
    yield Optimizer, "__init__", init
    yield nn.Module, "zero_grad", module_zero_grad


def _hooks(dispatcher: Dispatcher) -> Iterator[Callable[[], None]]:
    local = dispatcher.local

    def before(optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if is_compiling() or dispatcher.failed:
            return
        try:
            trace = local.trace
            if trace is None or trace.off:
                trace = dispatcher.trace()
            if trace.in_step == id(optimizer) and _is_within(optimizer):
                trace.nested += 1  # a subclass calls the step() of its base: that is one step
                return
            trace.in_step, trace.nested = id(optimizer), 0
            if trace.plan[trace.at] == ~id(optimizer) and len(args) + len(kwargs) <= 1:
                trace.at += 1
                return
            trace.before_step(optimizer, len(args) + len(kwargs) > 1 and _closure(args, kwargs))
        except Exception as error:
            dispatcher.fault(error)

    def after(optimizer: Optimizer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if is_compiling() or dispatcher.failed:
            return
        try:
            trace = local.trace
            if trace is None or trace.off:
                trace = dispatcher.trace()
            if trace.nested:
                trace.nested -= 1
                return
            trace.in_step = 0
            if trace.plan is not NO_PLAN and not (len(args) + len(kwargs) > 1 and _closure(args, kwargs)):
                if trace.plan[trace.at] is None:  # the cycle is over
                    trace.lap()
                return
            trace.after_step(optimizer, len(args) + len(kwargs) > 1 and _closure(args, kwargs))
        except Exception as error:
            dispatcher.fault(error)

    yield register_optimizer_step_pre_hook(before).remove
    yield register_optimizer_step_post_hook(after).remove


def _is_within(optimizer: Optimizer) -> bool:
    """Whether a step() of this optimizer is running further out: if it has raised, it is not."""
    frame: FrameType | None = sys._getframe(2)
    code = frame.f_code if frame is not None else None  # torch's wrapper around each step()
    frame = frame.f_back if frame is not None else None
    while frame is not None:
        if frame.f_code is code and next(iter(local_names(frame).get("args", ())), None) is optimizer:
            return True
        frame = frame.f_back
    return False


def _closure(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Is this step given a closure? args[0] is the optimizer."""
    return any(callable(given) for given in (*args[1:], *kwargs.values()))


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches, _hooks)
