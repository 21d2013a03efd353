"""Measured facts, one file each. A file's PROBE builds the object that listens to the trace of one thread."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module


def probes(codes: frozenset[str]) -> Iterator[object]:
    """New probes for one thread: those that serve a rule that is on. Each file has PROBE (a class) and its CODES."""
    for entry in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{entry.name}")
        if codes & frozenset(module.CODES):
            yield module.PROBE()
