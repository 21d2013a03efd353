"""Gradient scalers (mixed precision): scale, get_scale, unscale_, step, update."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from torch.amp import grad_scaler

from ..guards import is_compiling
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    def idle(scaler: Any) -> bool:
        return is_compiling() or dispatcher.failed or not scaler.is_enabled()

    def tell(name: str, *args: Any) -> None:
        try:
            getattr(dispatcher.trace().around, name)(*args)
        except Exception as error:
            dispatcher.fault(error)

    def scale(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, outputs: Any) -> Any:
            result = original(self, outputs)
            if not idle(self):
                tell("scales", self, result)
            return result

        return replacement

    def unscale(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, optimizer: Any) -> Any:
            if idle(self):
                return original(self, optimizer)
            try:
                result = original(self, optimizer)
            except Exception as error:
                tell("refused", self, optimizer, error)
                raise
            tell("unscales", self, optimizer)
            return result

        return replacement

    def get_scale(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any) -> Any:
            if not idle(self):
                tell("reads_scale", self)
            return original(self)

        return replacement

    def step(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
            if idle(self):
                return original(self, optimizer, *args, **kwargs)
            trace = dispatcher.trace()
            tell("before_scaler_step", self, optimizer)
            before = trace.at, trace.laps, trace.steps
            try:
                result = original(self, optimizer, *args, **kwargs)
            except Exception as error:
                tell("refused", self, optimizer, error)
                raise
            tell("after_scaler_step", self, optimizer, (trace.at, trace.laps, trace.steps) == before)
            return result

        return replacement

    def update(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, *args: Any, **kwargs: Any) -> Any:
            if idle(self):
                return original(self, *args, **kwargs)
            tell("updates", self)
            try:
                return original(self, *args, **kwargs)
            except Exception as error:
                tell("refused", self, None, error)
                raise

        return replacement

    yield grad_scaler.GradScaler, "scale", scale
    yield grad_scaler.GradScaler, "unscale_", unscale
    yield grad_scaler.GradScaler, "get_scale", get_scale
    yield grad_scaler.GradScaler, "step", step
    yield grad_scaler.GradScaler, "update", update


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches)
