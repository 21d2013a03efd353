"""Graphs that live on for many steps: a loss or output that is kept with its graph."""

from __future__ import annotations

import ast
import gc
import sys
import weakref
from collections.abc import Iterable, Iterator, Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

from torch import Tensor

from ...events import Event, Kind, Mark
from ...facts.kept import Kept
from ..graph import leaves_of, tokens_in
from ..models import Token
from ..source import Source

if TYPE_CHECKING:
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC401",)
_AGE = 4  # steps, from which on a graph is old
_MANY = 3  # different steps whose graphs are alive
_SHARE = 0.75  # of all that could be
_LOOKS = 3  # times that a suspicion is followed up, for it collects garbage
_DEEP = 3  # levels of containers
_WIDE = 4096  # members of one container
_FRAMES = 12


class KeptGraphs:
    """Looks in the attentive steps and at the end which of the sampled forward passes still have their graph."""

    def __init__(self) -> None:
        self._looks = _LOOKS

    def before_step(self, trace: Trace, tracked: Tracked) -> None:
        """Are graphs of long ago alive?"""
        if trace.steps > _AGE:
            self._look(trace, [ref for ref in trace.tokens if trace.steps - _step(ref) >= _AGE])

    def close(self, trace: Trace) -> None:
        """The end: how many graphs are alive of those that were sampled, but for the last?"""
        self._look(trace, [ref for ref in trace.tokens if trace.steps - _step(ref) >= 1])

    def _look(self, trace: Trace, refs: list[weakref.ref[Token]]) -> None:
        if not self._looks or not _suspicious(trace, refs):
            return
        self._looks -= 1
        gc.collect()  # what only garbage holds is not kept
        if not _suspicious(trace, refs):
            return
        alive = {token for ref in refs if (token := ref()) is not None}
        found = _holder(alive)
        if found is None:
            return
        self._looks = 0
        at, what, into = _statement(trace, found, max(alive, key=lambda token: token.number).mark)
        trace.court.at_once(what, Event(Kind.KEEP, at, facts=Kept(what, into)))


def _step(ref: weakref.ref[Token]) -> int:
    token = ref()
    return token.step if token is not None else 0


def _suspicious(trace: Trace, refs: list[weakref.ref[Token]]) -> bool:
    """Whether most of the steps that were sampled have a graph that is alive."""
    alive = {token.step for ref in refs if (token := ref()) is not None}
    sampled = {step for step in trace.sampled_steps if trace.steps - step >= _AGE} or set(trace.sampled_steps)
    return len(alive) >= _MANY and len(alive) >= _SHARE * min(len(sampled), len(refs))


def _holder(alive: set[Token]) -> str | None:
    """The user's name for what holds these graphs: a tensor, a container, or an attribute of something."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_FRAMES):
        if frame is None:
            break
        if not _is_foreign(frame):
            for names in (frame.f_locals, frame.f_globals):
                for name, value in list(names.items()):
                    if found := _holds(name, value, alive):
                        return found
        frame = frame.f_back
    main = getattr(sys.modules.get("__main__"), "__dict__", {})  # a script that has come to its end
    return next((found for name, value in list(main.items()) if (found := _holds(name, value, alive))), None)


def _is_foreign(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in ("loopcheck", "torch")


def _holds(name: str, value: Any, alive: set[Token]) -> str | None:
    if name.startswith("__"):
        return None
    if _kept_in(value) and _count(value, alive) >= _MANY:
        return name
    inner = getattr(value, "__dict__", None)
    if isinstance(inner, dict) and not isinstance(value, type) and type(value).__name__ != "module":
        for attribute, held in list(inner.items()):
            if _kept_in(held) and _count(held, alive) >= _MANY:
                return f"{name}.{attribute}"
    return None


def _kept_in(value: Any) -> bool:
    return isinstance(value, Tensor | Mapping) or (isinstance(value, Iterable) and hasattr(value, "__len__"))


def _count(value: Any, alive: set[Token]) -> int:
    tensors = list(_tensors(value, _DEEP))
    if not any(tensor.grad_fn is not None for tensor in tensors):
        return 0
    nodes, _ = leaves_of(tensors)
    return len({token.step for token in tokens_in(nodes) if token in alive})


def _tensors(value: Any, deep: int) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif deep and isinstance(value, str | bytes):
        return
    elif deep and isinstance(value, Mapping):
        for part in list(value.values())[:_WIDE]:
            yield from _tensors(part, deep - 1)
    elif (deep and isinstance(value, list | tuple | set | frozenset)) or type(value).__name__ == "deque":
        for part in list(value)[:_WIDE]:
            yield from _tensors(part, deep - 1)


def _statement(trace: Trace, name: str, forward: Mark) -> tuple[Mark, str, str]:
    """The statement that keeps something there, what it keeps, and where; else the forward pass."""
    site = trace.sites.site(forward)
    for place in (site, trace.sites.site(trace.backward_at)):
        if place is None:
            continue
        source = Source(place)
        for word in (name, f"self.{name.rpartition('.')[2]}"):
            found = source.keeping(word)
            if found is not None:
                statement, value = found
                return trace.sites.at(source.site(statement)), ast.unparse(value), word
    return forward, "what was computed here", name


PROBE = KeptGraphs
