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
        def replacement(parameters: Any, limit: Any, *args: Any, **kwargs: Any) -> Any:
            if is_compiling() or dispatcher.failed:
                return original(parameters, limit, *args, **kwargs)
            if not isinstance(parameters, torch.Tensor):
                parameters = list(parameters)
            try:
                if not math.isinf(float(limit)):  # else only the norm was wanted
                    dispatcher.trace().clip([parameters] if isinstance(parameters, torch.Tensor) else parameters)
            except Exception as error:
                dispatcher.fault(error)
            return original(parameters, limit, *args, **kwargs)

        return replacement

    if hasattr(clip_grad, _INNER):
        yield clip_grad, _INNER, clip
    else:
        yield clip_grad, "clip_grad_norm_", clip
        yield torch.nn.utils, "clip_grad_norm_", clip
    yield clip_grad, "clip_grad_value_", clip
    yield torch.nn.utils, "clip_grad_value_", clip


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches)
