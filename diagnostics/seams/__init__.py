"""The seams: where torch is opened to see what happens, one file each.

A seam's functions stand between the user's code and torch. Each calls the original exactly once with exactly what it
was given, returns what it returns and raises what it raises; what we do around it can fail only into `fault`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ..dispatcher import Dispatcher

Make = Callable[[Any], Any]
"""Takes the original and returns what stands in its place."""


class Seam(NamedTuple):
    """Where one part of torch is observed.

    missing(): what cannot be observed because this torch lacks the seam, None if all is there. patches(dispatcher):
    (owner, attribute, maker of the replacement). hooks(dispatcher): registers hooks; returns what removes them.
    """

    missing: Callable[[], str | None]
    patches: Callable[[Dispatcher], Iterable[tuple[Any, str, Make]]] = lambda dispatcher: ()
    hooks: Callable[[Dispatcher], Iterable[Callable[[], None]]] = lambda dispatcher: ()


def seams() -> list[Seam]:
    """All seams, found by walking this folder."""
    return [import_module(f"{__name__}.{entry.name}").SEAM for entry in pkgutil.iter_modules(__path__)]
