"""Data loaders: each time one is run through."""

from __future__ import annotations

import contextlib
import functools
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from torch.utils.data import DataLoader

from ..guards import is_compiling
from . import Make, Seam

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher
    from ..trace import Trace


def _patches(dispatcher: Dispatcher) -> Iterator[tuple[Any, str, Make]]:
    running: weakref.WeakKeyDictionary[Any, weakref.ref[Any]] = weakref.WeakKeyDictionary()

    def _starts(trace: Trace, loader: Any) -> None:
        trace.leave()
        trace.recorder.iterates(trace, loader)
        others = any(ref() is not None for other, ref in running.items() if other is not loader)
        mark = dispatcher.sites.here(3)
        for told in trace.probes.get("loader_starts", ()):
            told(trace, loader, mark, others)

    def iterate(original: Any) -> Any:
        @functools.wraps(original)
        def replacement(self: DataLoader[Any]) -> Any:
            if is_compiling() or dispatcher.failed:
                return original(self)
            try:
                _starts(dispatcher.trace(), self)
            except Exception as error:
                dispatcher.fault(error)
            iterator = original(self)
            with contextlib.suppress(TypeError):  # neither hashable nor referable: somebody's own loader
                running[self] = weakref.ref(iterator)
            return iterator

        return replacement

    yield DataLoader, "__iter__", iterate


def _missing() -> str | None:
    return None


SEAM = Seam(_missing, _patches)
