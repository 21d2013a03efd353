"""Training beside the DDP wrapper, and gradients that are never averaged."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...events import Event, Kind, Mark
from ...facts.parallel import DdpBypassed, NeverSynchronized
from ..graph import tokens_in
from ..models import Called, Token

if TYPE_CHECKING:
    from torch import Tensor

    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC901", "LC904")
_FEW = 3
_PATIENCE = 44  # steps without averaging: local SGD averages the parameters themselves, every so many


class Group:
    """A DDP wrapper that lives. held: the ids of its parameters; inside: the id of the module in it.

    alone: how many steps its gradients were not averaged; at: the last backward of those.
    """

    def __init__(self, wrapper: Any, inside: int) -> None:
        self.ref = weakref.ref(wrapper)
        self.inside = inside
        self.held = frozenset(id(p) for p in wrapper.parameters())
        self.alone = 0
        self.at: Mark = 0

    def synchronizes(self) -> bool:
        """Whether a backward now averages gradients, that is, runs outside of no_sync()."""
        return bool(getattr(self.ref(), "require_backward_grad_sync", True))


class Parallel:
    """Leaves at once where no wrapper was built.

    bypassed: optimizers whose gradients came past the wrapper, and the forward pass that did; unsynchronized: those
    whose gradients all came inside no_sync(), and the last backward.
    """

    def __init__(self) -> None:
        self._groups: dict[int, Group] = {}
        self._tokens: list[Token] | None = None  # of the backward that is about to run, if its graph was walked
        self._bypassed: dict[str, Called] = {}
        self._unsynchronized: dict[str, Mark] = {}
        self._by_hand = False  # the user's code has summed over processes since the last backward
        self._averages = False  # ... ever

    def graph(self, trace: Trace, tensors: Any, nodes: list[Any], leaves: list[Tensor], mark: Mark) -> None:
        """Which forward passes does this loss come from?"""
        if trace.wrappers:
            self._tokens = list(tokens_in(nodes))

    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: does a wrapper average the gradients of this one?"""
        if not trace.wrappers:
            return
        tokens, self._tokens = self._tokens, None
        self._by_hand = False
        route = trace.routes.get(mark)
        for group in self._living(trace):
            around = _beside(trace, group, tokens) if tokens else None
            for one in route.targets if route is not None else ():
                if not one.held.isdisjoint(group.held):
                    self._reaches(trace, one, group, mark, around)
        trace.expects_step |= bool(self._bypassed or self._unsynchronized)

    def _living(self, trace: Trace) -> Iterator[Group]:
        for wrapper, inside in list(trace.wrappers.items()):
            group = self._groups.get(id(wrapper))
            if group is None or group.ref() is not wrapper:
                group = self._groups[id(wrapper)] = Group(wrapper, inside)
            yield group

    def _reaches(self, trace: Trace, one: Tracked, group: Group, mark: Mark, around: Called | None) -> None:
        """A backward brings gradients from a wrapper's parameters, or from the module inside it."""
        if not trace.moves.fresh[one.state]:  # else they come on top of those that are there
            self._bypassed.pop(one.key, None)
            self._unsynchronized.pop(one.key, None)
        if around is not None:
            self._bypassed[one.key] = around
        elif group.synchronizes():
            group.alone = 0
            self._bypassed.pop(one.key, None)
            self._unsynchronized.pop(one.key, None)
            self._averages = True
        else:
            self._unsynchronized[one.key] = group.at = mark

    def stepping(self, trace: Trace, one: Tracked, mark: Mark) -> None:
        """The step uses gradients that were averaged, or not."""
        around, alone = self._bypassed.pop(one.key, None), self._unsynchronized.pop(one.key, 0)
        trace.expects_step |= bool(self._bypassed or self._unsynchronized)
        if trace.log.spoiled or self._by_hand:
            return
        if around is not None:
            event = Event(Kind.MODULE_CALL, around.last_at, facts=DdpBypassed(around.name))
            trace.court.at_once(around.name, event, repeats=2)
        elif alone:
            for group in self._groups.values():
                if group.at == alone:
                    group.alone += 1
                    if group.alone <= _PATIENCE and not self._averages:
                        trace.log.spoil()  # each of them counts
                    self._judged(trace, group, _PATIENCE)

    def reduces(self, trace: Trace) -> None:
        """The user's code sums tensors over all processes: gradients or parameters, it may well be."""
        self._by_hand = self._averages = True

    def close(self, trace: Trace) -> None:
        """The end: were the gradients of a wrapper never averaged?"""
        if trace.finished:
            for group in self._groups.values():
                self._judged(trace, group, _FEW)

    def _judged(self, trace: Trace, group: Group, enough: int) -> None:
        if group.alone >= enough and not self._averages:
            event = Event(Kind.BACKWARD, group.at, facts=NeverSynchronized(group.alone))
            trace.court.at_once("loss", event)


def _beside(trace: Trace, group: Group, tokens: list[Token]) -> Called | None:
    """The module inside a wrapper, if the loss comes from it and not from the wrapper."""
    wrapper, inside = trace.called.get(id(group.ref())), trace.called.get(group.inside)
    if inside is None or not inside.training or (wrapper is not None and _is_behind(wrapper, tokens)):
        return None
    return inside if _is_behind(inside, tokens) else None


def _is_behind(one: Called, tokens: list[Token]) -> bool:
    return any(ref() is token for ref in one.tokens for token in tokens)


PROBE = Parallel
