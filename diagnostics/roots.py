"""Where forward passes are observed: at every module, or only at the classes that a cruising loop calls itself.

At every module costs 2 us for each module inside the model, at each step; at the classes alone nothing. Setting an
attribute of a class costs some 170 us, because it clears the interpreter's caches, so it is done seldom.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

from torch import nn

NAME = "__call__"


class Roots:
    """The patch of nn.Module.__call__, which can be narrowed to some classes and widened again.

    make: builds what stands in place of an original; given None, of what nn.Module does when it is called, at that
    time (torch.fx and others put in their own for a while). Not thread-safe: the dispatcher holds its lock.
    """

    def __init__(self) -> None:
        self._wide: tuple[Any, Any] | None = None  # the original of nn.Module, and what stands in its place
        self._narrow: list[tuple[type, Any, Any]] = []  # class, its own original if it has one, what stands there
        self._make: Callable[[Any], Any] | None = None

    @property
    def classes(self) -> list[type]:
        """The classes that are observed; none: all modules are."""
        return [one for one, _, _ in self._narrow]

    def install(self, make: Callable[[Any], Any]) -> None:
        """Observe every module."""
        original = nn.Module.__dict__[NAME]
        self._make, self._wide = make, (original, make(original))
        setattr(nn.Module, NAME, self._wide[1])

    def narrow(self, classes: Iterable[type]) -> None:
        """Observe these classes only, unless torch has compiled something, for which this would be a change."""
        if self._wide is None or self._make is None or self._narrow or _has_compiled():
            return
        original, ours = self._wide
        if nn.Module.__dict__[NAME] is not ours:  # somebody has wrapped ours
            return
        for one in dict.fromkeys(classes):
            if one is nn.Module or not issubclass(one, nn.Module):
                return
        for one in dict.fromkeys(classes):
            own = one.__dict__.get(NAME)
            made = self._make(own)
            setattr(one, NAME, made)
            self._narrow.append((one, own, made))
        if self._narrow:
            setattr(nn.Module, NAME, original)

    def widen(self) -> None:
        """Observe every module again."""
        if not self._narrow or self._wide is None:
            return
        self._restore()
        current = nn.Module.__dict__[NAME]
        if current is not self._wide[0] and self._make is not None:  # somebody has put in his own: ours goes around it
            self._wide = current, self._make(current)
        setattr(nn.Module, NAME, self._wide[1])

    def remove(self) -> None:
        """Observe nothing."""
        self._restore()
        if self._wide is not None and nn.Module.__dict__[NAME] is self._wide[1]:
            setattr(nn.Module, NAME, self._wide[0])
        self._wide = None

    def _restore(self) -> None:
        for one, own, made in self._narrow:
            if one.__dict__.get(NAME) is not made:  # somebody has wrapped ours: theirs stays, and ours passes through
                continue
            if own is None:
                delattr(one, NAME)
            else:
                setattr(one, NAME, own)
        self._narrow.clear()


def _has_compiled() -> bool:
    counters = getattr(sys.modules.get("torch._dynamo.utils"), "counters", None)
    return bool(counters and counters.get("frames"))
