"""Forward passes: a module called from outside any other module; and train() and eval()."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from torch import nn

from ..guards import is_compiling, tracing, transformed
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher


def _hooks(dispatcher: Dispatcher) -> Iterator[Callable[[], None]]:
    local = dispatcher.local
    base = nn.Module

    def call(original: Any) -> Any:
        # every call of every module comes through here, so what lies inside another one leaves at once
        def replacement(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
            if is_compiling():
                return (original or base.__call__)(self, *args, **kwargs)
            trace = local.trace
            if trace is not None and trace.depth:
                return (original or base.__call__)(self, *args, **kwargs)
            if dispatcher.failed or tracing() is not None or transformed() is not None:
                return (original or base.__call__)(self, *args, **kwargs)
            if trace is None or trace.off:
                trace = dispatcher.trace()
            if trace.outbox:
                trace.deliver()
            evaluated = trace.evaluations and not self.training
            if evaluated:
                _evaluated(trace.before_evaluation, self)
            trace.depth = 1
            try:
                output = (original or base.__call__)(self, *args, **kwargs)
            except Exception as error:
                trace.depth = 0
                _failed(trace, self, args, kwargs, error)
                raise
            finally:
                trace.depth = 0
            if evaluated:
                _evaluated(trace.after_evaluation, self)
            if trace.plan[trace.at] == id(self):
                trace.at += 1
                if trace.sampling:
                    _sampled(trace, self, output)
                return output
            try:
                trace.forward(self, args, kwargs, output)
            except Exception as error:
                dispatcher.fault(error)
            return output

        return functools.wraps(original or base.__call__)(replacement)

    def _evaluated(tell: Callable[[nn.Module], None], module: nn.Module) -> None:
        try:
            tell(module)
        except Exception as fault:
            dispatcher.fault(fault)

    def _sampled(trace: Any, module: nn.Module, output: Any) -> None:
        try:
            trace.cruising_forward(module, output)
        except Exception as fault:
            dispatcher.fault(fault)

    def _failed(trace: Any, module: nn.Module, args: Any, kwargs: Any, error: Exception) -> None:
        try:
            trace.failed_forward(module, args, kwargs, error)
        except Exception as fault:
            dispatcher.fault(fault)

    dispatcher.roots.install(call)
    yield dispatcher.roots.remove


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    def train(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: nn.Module, mode: bool = True) -> Any:
            if is_compiling() or dispatcher.failed:
                return original(self, mode)
            trace = dispatcher.trace()
            if trace.in_train:  # it goes through all submodules: only the first call is the user's
                return original(self, mode)
            trace.in_train = True
            try:
                result = original(self, mode)
            finally:
                trace.in_train = False
            try:
                if trace.plan[trace.at] == id(self) + (2 if mode else 1):
                    trace.at += 1
                else:
                    trace.set_mode(self, mode)
            except Exception as error:
                dispatcher.fault(error)
            return result

        return replacement

    yield nn.Module, "train", train


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches, _hooks)
