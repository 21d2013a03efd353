"""Data loaders: each time one is run through."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from torch.utils.data import DataLoader

from ..guards import is_compiling
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    def iterate(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: DataLoader[Any]) -> Any:
            if not (is_compiling() or dispatcher.failed):
                try:
                    trace = dispatcher.trace()
                    trace.recorder.iterates(trace, self)
                except Exception as error:
                    dispatcher.fault(error)
            return original(self)

        return replacement

    yield DataLoader, "__iter__", iterate


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches)
