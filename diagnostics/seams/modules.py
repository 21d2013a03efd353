"""Forward passes: a module called from outside any other module; and train() and eval()."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from torch import nn

from ..guards import is_compiling, tracing, transformed
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    local = dispatcher.local

    def call(original: Any) -> Any:
        # every call of every module comes through here, so what lies inside another one leaves at once
        def replacement(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
            if is_compiling():
                return original(self, *args, **kwargs)
            trace = local.trace
            if trace is not None and trace.depth:
                return original(self, *args, **kwargs)
            if dispatcher.failed or tracing() is not None or transformed() is not None:
                return original(self, *args, **kwargs)
            if trace is None or trace.off:
                trace = dispatcher.trace()
            if trace.outbox:
                trace.outbox.deliver(trace.steps)
            trace.depth = 1
            try:
                output = original(self, *args, **kwargs)
            except Exception as error:
                trace.depth = 0
                _failed(trace, self, args, kwargs, error)
                raise
            finally:
                trace.depth = 0
            try:
                trace.forward(self, args, kwargs, output)
            except Exception as error:
                dispatcher.fault(error)
            return output

        return functools.wraps(original)(replacement)

    def _failed(trace: Any, module: nn.Module, args: Any, kwargs: Any, error: Exception) -> None:
        try:
            trace.failed_forward(module, args, kwargs, error)
        except Exception as fault:
            dispatcher.fault(fault)

    def train(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
            if is_compiling() or dispatcher.failed:
                return original(self, *args, **kwargs)
            trace = dispatcher.trace()
            if trace.in_train:  # it goes through all submodules: only the first call is the user's
                return original(self, *args, **kwargs)
            trace.in_train = True
            try:
                return original(self, *args, **kwargs)
            finally:
                trace.in_train = False
                trace.mode_epoch += 1
                trace.mode_at = dispatcher.sites.here(2)

        return replacement

    yield nn.Module, "__call__", call
    yield nn.Module, "train", train


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches)
