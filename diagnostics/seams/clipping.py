"""Clipping of gradients. Also seen where clip_grad_norm_ was imported by name: what that calls inside is ours."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.utils import clip_grad

from ..guards import is_compiling
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher

_INNER = "_clip_grads_with_norm_"


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    def clip(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(*args: Any, **kwargs: Any) -> Any:
            if is_compiling() or dispatcher.failed:
                return original(*args, **kwargs)
            given = args[0] if args else kwargs.get("parameters")
            if isinstance(given, Iterator):  # it can be read only once
                given = list(given)
                args, kwargs = ((given, *args[1:]), kwargs) if args else (args, {**kwargs, "parameters": given})
            try:
                if not math.isinf(float(_limit(args, kwargs))):  # else only the norm was wanted
                    dispatcher.trace().around.clip([given] if isinstance(given, torch.Tensor) else list(given or ()))
            except Exception as error:
                dispatcher.fault(error)
            return original(*args, **kwargs)

        return replacement

    if hasattr(clip_grad, _INNER):
        yield clip_grad, _INNER, clip
    else:
        yield clip_grad, "clip_grad_norm_", clip
        yield torch.nn.utils, "clip_grad_norm_", clip
    yield clip_grad, "clip_grad_value_", clip
    yield torch.nn.utils, "clip_grad_value_", clip


def _limit(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return args[1] if len(args) > 1 else kwargs.get("clip_value", kwargs.get("max_norm", 0.0))


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches)
