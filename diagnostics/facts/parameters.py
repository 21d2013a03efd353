"""Whose parameters the optimizers hold, and which of them ever get gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from torch import Tensor, nn

from ...events import Event, Kind, Mark
from ...facts.ownership import Ownership
from ..fingerprints import Fingerprint, fingerprints

if TYPE_CHECKING:
    from ..models import Called
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC506", "LC507")
_ENOUGH = 3  # looks


class _Idle(NamedTuple):
    """Parameters of a model without a gradient in all looks so far, each as it was in the first one."""

    called: Called
    left: dict[str, Fingerprint]


class _Orphans(NamedTuple):
    """Parameters that no optimizer held, as they were before a step of this optimizer."""

    optimizer: str
    steps: int
    left: dict[str, Fingerprint]


class Parameters:
    """Looks before the attentive steps, when gradients are there."""

    def __init__(self) -> None:
        self._looks: dict[int, int] = {}  # by model
        self._idle: dict[int, _Idle] = {}
        self._orphans: dict[int, _Orphans] = {}
        self._kept_by_hand: set[int] = set()  # models that somebody trains without an optimizer
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
        trained: dict[str, Tensor] = {name: p for name, p in module.named_parameters() if p.requires_grad}
        filled = {name for name, p in trained.items() if p.grad is not None}
        if not filled:
            return
        orphans = {name: p for name, p in trained.items() if name in filled and id(p) not in held}
        mine = any(id(p) in held for p in trained.values())
        if orphans and (mine or self._nobody(trace, held)):
            self._orphaned(trace, tracked, called, orphans, gone=not mine)
        if mine:
            self._rests(called, {name: p for name, p in trained.items() if name not in filled})

    def _rests(self, called: Called, empty: dict[str, Tensor]) -> None:
        """Keep of the idle ones those that have no gradient this time either."""
        key = id(called)
        if key not in self._idle:
            self._idle[key] = _Idle(called, fingerprints(empty))
        left = self._idle[key].left
        for name in [name for name in left if name not in empty]:
            del left[name]
        self._looks[key] = self._looks.get(key, 0) + 1

    @staticmethod
    def _nobody(trace: Trace, held: frozenset[int]) -> bool:
        """Whether the optimizers hold nothing that is trained: no parameter of a model that runs, and no gradient.

        With gradients they train what is no model's: an image, a prompt, a latent.
        """
        modules = [one.ref() for one in trace.called.values() if one.model]
        runs = any(id(p) in held for module in modules if module is not None for p in module.parameters())
        return not runs and all(one.all_empty() for one in trace.optimizers)

    def _orphaned(
        self, trace: Trace, tracked: Tracked, called: Called, orphans: dict[str, Tensor], *, gone: bool
    ) -> None:
        """Told in the second look, if nobody has changed them in between: by hand, or by a class of one's own.

        Only if all optimizers were built in sight; else another one may hold them and step later.
        """
        key = id(called)
        if key in self._kept_by_hand or not all(one.built_at for one in trace.optimizers):
            return
        before = self._orphans.get(key)
        if before is None:
            self._orphans[key] = _Orphans(tracked.key, tracked.steps, fingerprints(orphans))
            return
        if before.optimizer != tracked.key or before.steps == tracked.steps:
            return
        now = fingerprints({name: p for name, p in orphans.items() if name in before.left})
        if any(before.left[name].differs(one) for name, one in now.items()):
            self._kept_by_hand.add(key)
        elif now:
            facts = Ownership(called.name, tracked.built_at, tuple(now), gone)
            trace.court.at_once(called.name, Event(Kind.STEP, tracked.built_at, facts=facts))

    def close(self, trace: Trace) -> None:
        """What was idle in all looks, and is as it was in the first one, is idle."""
        for key, (called, left) in self._idle.items():
            module = called.ref()
            if module is None or not left or self._looks.get(key, 0) < _ENOUGH:
                continue
            now = {name: p for name, p in module.named_parameters() if name in left and p.requires_grad}
            after = fingerprints(now)
            idle = tuple(name for name, p in now.items() if p.grad is None and not left[name].differs(after[name]))
            if idle:
                facts = Ownership(called.name, idle=idle)
                trace.court.at_once(called.name, Event(Kind.BACKWARD, self._backward, facts=facts))


PROBE = Parameters
