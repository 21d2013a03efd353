"""Parameters that somebody changes between two steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...events import Event, Kind
from ...facts.ownership import Changed

if TYPE_CHECKING:
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC114",)


class OutsideChanges:
    """Compares versions in attentive steps that follow each other: what `.data` does is not seen."""

    def __init__(self) -> None:
        self._after: dict[str, tuple[int, dict[int, int]]] = {}  # by optimizer: its steps, version of each parameter

    def after_step(self, trace: Trace, tracked: Tracked) -> None:
        """Remember how the parameters are left."""
        self._after[tracked.key] = tracked.steps, {id(p): p._version for p in tracked.parameters()}

    def before_step(self, trace: Trace, tracked: Tracked) -> None:
        """Are they still so? Another optimizer may share them."""
        steps, before = self._after.get(tracked.key, (-1, {}))
        shared = any(not one.held.isdisjoint(tracked.held) for one in trace.optimizers if one is not tracked)
        if steps != tracked.steps or shared:
            return
        changed = {
            id(p) for p in tracked.parameters() if p.requires_grad and before.get(id(p), p._version) != p._version
        }
        if changed:
            facts = Changed(_names(trace, changed))
            trace.court.at_once(tracked.key, Event(Kind.STEP, tracked.stepped_at, facts=facts), repeats=2)


def _names(trace: Trace, wanted: set[int]) -> tuple[str, ...]:
    named = [
        name
        for called in trace.called.values()
        if called.model and (module := called.ref()) is not None
        for name, p in module.named_parameters()
        if id(p) in wanted
    ]
    return tuple(named) or (f"{len(wanted)} parameters",)


PROBE = OutsideChanges
