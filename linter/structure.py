"""Faults of structure, seen without following any flow: how modules are defined, and how they are called."""

from __future__ import annotations

from .collector import Collector
from .direct_calls import find_direct_calls
from .dropouts import find_dropouts
from .index import Index
from .unregistered import find_unregistered


def find_structural(index: Index, collector: Collector) -> None:
    """Ask the judge about each module class of the file, and each direct call of a forward."""
    find_direct_calls(index, collector)
    find_dropouts(index, collector)
    find_unregistered(index, collector)
