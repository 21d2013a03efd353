"""DistributedDataParallel: which module lies inside which wrapper."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    def init(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: Any, module: Any, *args: Any, **kwargs: Any) -> Any:
            result = original(self, module, *args, **kwargs)
            if not dispatcher.failed:
                try:
                    dispatcher.wrappers[self] = id(module)
                except Exception as error:
                    dispatcher.fault(error)
            return result

        return replacement

    if _missing() is None:
        yield torch.nn.parallel.DistributedDataParallel, "__init__", init


def _missing() -> str | None:
    return None if torch.distributed.is_available() else "DistributedDataParallel: this torch was built without it"


SEAM = Seam(_missing, _patches)
