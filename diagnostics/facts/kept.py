"""Graphs that stay in memory over the steps: what holds them, and the statement that put them there."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Mapping
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor, nn

from ...events import Event, Kind, Mark
from ...facts.kept import Kept
from ..graph import leaves_of
from ..loss_nodes import is_packed
from ..models import Sample, Token
from ..naming import attributes_of, local_names, ours_or_torch
from ..statements import Stored, body_of, shrinks, site_of, stores_into

if TYPE_CHECKING:
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC401",)
_EARLY = 3  # graphs of the first steps that are still there: enough where the source says that it goes on so
_MANY = 5  # enough without: the tokens of these ...
_OLD = 32  # ... span as many steps
_FIRST = 8  # steps that are early
_SEARCHES = 6  # of the running frames, at some 100 us
_FAR = 12  # frames
_ITEMS = 64  # of a container, from each end
_NODES = 2000


class Holder(NamedTuple):
    """What holds old graphs: a variable, its source text in `code`, and a line of it that is running (0: none)."""

    path: str
    code: CodeType
    line: int
    value: Any


class KeptGraphs:
    """Looks at the tokens of forward passes of long ago: they should be dead."""

    def __init__(self) -> None:
        self._searches = _SEARCHES

    def before_step(self, trace: Trace, tracked: Tracked) -> None:
        """In the attentive steps: are old graphs alive?"""
        self._look(trace, early=trace.steps < _FIRST * max(1, len(trace.optimizers)))

    def close(self, trace: Trace) -> None:
        """The end: a program that was short had too few steps to be sure before."""
        self._look(trace, early=False)
        self._look(trace, early=True)

    def _look(self, trace: Trace, *, early: bool) -> None:
        for given in trace.tokens.values() if self._searches else ():
            alive = _alive_in_a_row(given, trace.steps)
            if len(alive) >= (_EARLY if early else _MANY) and (early or trace.steps - alive[-1].step >= _OLD):
                self._searches -= 1
                self._tell(trace, alive, early)
                return

    def _tell(self, trace: Trace, alive: list[Token], early: bool) -> None:
        spare: Kept | None = None
        enough = _EARLY if early else _MANY
        for holder in _after_the_end(trace, alive, enough) if trace.finished else _holders(alive, enough):
            found = _statement(holder, trace.steps - alive[-1].step, early)
            if found is not None:
                mark = trace.sites.at(site_of(holder.code, found.node))
                self._told(trace, mark, Kept(found.what, holder.path))
                return
            if not early and spare is None and isinstance(holder.value, Tensor):
                spare = Kept("a loss or an output", holder.path)  # one tensor that goes back so far: it grows
        if spare is not None:
            self._told(trace, alive[0].mark, spare)

    def _told(self, trace: Trace, mark: Mark, facts: Kept) -> None:
        trace.court.at_once(facts.into, Event(Kind.KEEP, mark, facts=facts))
        self._searches = min(self._searches, 2)  # there may be a second one


def _alive_in_a_row(given: deque[Sample], now: int) -> list[Token]:
    """The tokens of earlier steps that are alive, latest first, up to the first dead one; one for each step."""
    alive: list[Token] = []
    for step, ref in reversed(given):
        if step >= now:
            continue
        token = ref()
        if token is None:
            break
        if not alive or alive[-1].step != token.step:
            alive.append(token)
    return alive


def _holders(alive: list[Token], enough: int) -> Iterator[Holder]:
    """The variables of the running frames from which graphs with so many of these tokens can be reached."""
    wanted = set(alive)
    running: list[FrameType] = []
    frame: FrameType | None = sys._getframe(1)
    for _ in range(_FAR):
        if frame is None:
            return
        if not ours_or_torch(frame):
            for holder in _in_frame(frame, wanted, enough):
                yield holder
                if frame.f_code.co_name == "<module>":  # a global name, stored into by a function
                    inside = [one for one in running if one.f_globals is frame.f_globals]
                    yield from (holder._replace(code=one.f_code, line=one.f_lineno) for one in inside)
            running.append(frame)
        frame = frame.f_back


def _after_the_end(trace: Trace, alive: list[Token], enough: int) -> Iterator[Holder]:
    """As _holders, where nothing of the program runs any more: what its names hold, stored near the model's call."""
    place = trace.sites.place(alive[0].mark)
    if place is not None:
        names = getattr(sys.modules.get("__main__"), "__dict__", {})
        yield from _in_names(names, place.code, 0, set(alive), enough)
    yield from _holders(alive, enough)


def _in_frame(frame: FrameType, wanted: set[Token], enough: int) -> Iterator[Holder]:
    yield from _in_names(local_names(frame), frame.f_code, frame.f_lineno, wanted, enough)


def _in_names(names: Mapping[str, Any], code: CodeType, line: int, wanted: set[Token], enough: int) -> Iterator[Holder]:
    for name, value in list(names.items()):
        if name.startswith("__"):
            continue
        if _holds(value, wanted, enough):
            yield Holder(name, code, line, value)
        elif not isinstance(value, type | nn.Module | Tensor) or name == "self":
            yield from _in_object(name, value, code, line, wanted, enough)


def _in_object(name: str, owner: Any, code: CodeType, line: int, wanted: set[Token], enough: int) -> Iterator[Holder]:
    """One level of attributes: as the running function writes them, and as the class's own methods do."""
    for attribute, value in list(attributes_of(owner).items()):
        if isinstance(attribute, str) and _holds(value, wanted, enough):
            yield Holder(f"{name}.{attribute}", code, line, value)
            for method in [one for kind in type(owner).__mro__ for one in vars(kind).values()]:
                inner = getattr(method, "__code__", None)
                if isinstance(inner, CodeType):
                    yield Holder(f"self.{attribute}", inner, 0, value)


def _holds(value: Any, wanted: set[Token], enough: int) -> bool:
    """Whether so many of the graphs are reached from here, and are used up: nobody can propagate them again."""
    if isinstance(value, Tensor):
        return value.grad_fn is not None and _dead_weight([value], wanted, enough)
    if isinstance(value, deque) and value.maxlen is not None:
        return False  # a window: what is old falls out of it
    tensors = list(_members(value))
    return bool(tensors) and _dead_weight(tensors, wanted, enough)


def _members(value: Any, deep: int = 2) -> Iterator[Tensor]:
    """Tensors with graphs in a container, from both ends of it."""
    if isinstance(value, Tensor):
        if value.grad_fn is not None:
            yield value
    elif deep and isinstance(value, list | tuple | deque | set | Mapping):
        items = list(value.values() if isinstance(value, Mapping) else value)
        for item in items if len(items) <= 2 * _ITEMS else (*items[:_ITEMS], *items[-_ITEMS:]):
            yield from _members(item, deep - 1)


def _dead_weight(tensors: list[Tensor], wanted: set[Token], enough: int) -> bool:
    found: set[Token] = set()
    freed = False
    for tensor in tensors:
        nodes, _ = leaves_of(tensor, most=_NODES)
        for number, node in enumerate(nodes):
            token = node.metadata.get("loopcheck")
            if token in wanted:
                found.add(token)
                freed = freed or any(_freed(one) for one in (node, *nodes[: number + 4]))
    return freed and len(found) >= enough


def _freed(node: Any) -> bool:
    """Whether backward has freed what a node had saved: torch refuses to show it then."""
    for name in dir(node):
        if name.startswith("_saved_") and not is_packed(node, name):
            try:
                getattr(node, name)
            except RuntimeError:
                return True
    return False


def _statement(holder: Holder, span: int, early: bool) -> Stored | None:
    """The statement that stores graph upon graph. None if there is none, or if it may well be right.

    early: only the source can say that it goes on like this. Later a container has a member for most of `span` steps.
    """
    body = body_of(holder.code)
    container = not isinstance(holder.value, Tensor)
    if body is None or (container and shrinks(body, holder.path)):
        return None
    many = not early and (not container or len(holder.value) >= span // 2)
    for one in stores_into(body, holder.path, holder.line):
        if one.adds and (many or (one.always and not (container and _overwrites(one.node)))):
            return one
    return None


def _overwrites(node: Any) -> bool:
    """`kept[i] = loss` may come round to the same place again."""
    return type(node).__name__ == "Assign" and any(type(target).__name__ == "Subscript" for target in node.targets)


PROBE = KeptGraphs
