"""Whose parameters the optimizers hold, and which of them ever get gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import nn

from ...events import Event, Kind, Mark
from ...facts.ownership import Ownership

if TYPE_CHECKING:
    from ..models import Called
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC506", "LC507")
_ENOUGH = 3  # looks


class Parameters:
    """Looks before the attentive steps, when gradients are there."""

    def __init__(self) -> None:
        self._looks: dict[int, int] = {}  # by model
        self._idle: dict[int, tuple[Called, set[str]]] = {}
        self._backward: Mark = 0

    def graph(self, trace: Trace, tensors: Any, nodes: list[Any], leaves: list[Any], mark: Mark) -> None:
        """Note where the backward is."""
        self._backward = mark

    def before_step(self, trace: Trace, tracked: Tracked) -> None:
        """Gradients are there: who has none, and who has some that nobody will use?"""
        if trace.unobserved:
            return
        held = frozenset().union(*(one.held for one in trace.optimizers))
        for called in list(trace.called.values()):
            module = called.ref()
            if called.model and called.tracked and module is not None:
                self._look(trace, tracked, called, module, held)

    def _look(self, trace: Trace, tracked: Tracked, called: Called, module: nn.Module, held: frozenset[int]) -> None:
        trained = [(name, p) for name, p in module.named_parameters() if p.requires_grad]
        filled = {name for name, p in trained if p.grad is not None}
        if not filled:
            return
        orphans = tuple(name for name, p in trained if p.grad is not None and id(p) not in held)
        mine = any(id(p) in held for _, p in trained)
        if orphans and (mine or self._nobody(trace, held)):
            self._tell(trace, tracked, called, orphans, gone=not mine)
        if mine:
            _, idle = self._idle.setdefault(id(called), (called, {name for name, _ in trained}))
            idle -= filled
            self._looks[id(called)] = self._looks.get(id(called), 0) + 1

    @staticmethod
    def _nobody(trace: Trace, held: frozenset[int]) -> bool:
        """Whether no model that runs has a parameter that an optimizer holds."""
        modules = [one.ref() for one in trace.called.values() if one.model]
        return not any(id(p) in held for module in modules if module is not None for p in module.parameters())

    @staticmethod
    def _tell(trace: Trace, tracked: Tracked, called: Called, orphans: tuple[str, ...], *, gone: bool) -> None:
        """At once if all optimizers were built in sight; else another one may hold them and step later."""
        if not all(one.built_at for one in trace.optimizers):
            return
        facts = Ownership(called.name, tracked.built_at, orphans, gone)
        trace.court.at_once(called.name, Event(Kind.STEP, tracked.built_at, facts=facts), repeats=2)

    def close(self, trace: Trace) -> None:
        """What was idle in all looks is idle."""
        for key, (called, idle) in self._idle.items():
            module = called.ref()
            if module is None or not idle or self._looks.get(key, 0) < _ENOUGH:
                continue
            now = tuple(name for name, p in module.named_parameters() if name in idle and p.requires_grad)
            late = [name for name, p in module.named_parameters() if name in now and p.grad is not None]
            if now and not late:
                facts = Ownership(called.name, idle=now)
                trace.court.at_once(called.name, Event(Kind.BACKWARD, self._backward, facts=facts))


PROBE = Parameters
