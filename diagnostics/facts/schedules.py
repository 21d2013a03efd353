"""Schedulers that move on before their optimizer does, or never."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from torch.optim.lr_scheduler import ReduceLROnPlateau

from ...events import Event, Kind, Mark
from ...facts.schedule import NeverStepped, ScheduleStep
from ..naming import name_of

if TYPE_CHECKING:
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC601", "LC602")
_ENOUGH = 10  # steps of an optimizer whose scheduler should have moved


class Schedules:
    """Each scheduler by its id, as long as it lives."""

    def __init__(self) -> None:
        self._early: dict[tuple[int, Mark], str] = {}  # (scheduler, place): it stepped before its optimizer; its key
        self._built: dict[int, tuple[weakref.ref[Any], Mark, str]] = {}
        self._stepped: set[int] = set()

    def scheduler_built(self, trace: Trace, scheduler: Any, mark: Mark) -> None:
        """A scheduler was built by the user, not by another scheduler."""
        self._built[id(scheduler)] = (weakref.ref(scheduler), mark, "")

    def scheduler_step(self, trace: Trace, scheduler: Any, one: Tracked | None, mark: Mark, told_epoch: bool) -> None:
        """A scheduler moves on. told_epoch: it was given a number or a metric, and so knows where it is."""
        self._stepped.add(id(scheduler))
        if one is None or told_epoch or isinstance(scheduler, ReduceLROnPlateau):
            return
        key = id(scheduler), mark
        if key in self._early and one.steps and not trace.scaling:
            name = name_of(scheduler, "scheduler")
            facts = ScheduleStep(one.stepped_at)
            trace.court.at_once(name, Event(Kind.SCHEDULER_STEP, mark, facts=facts))
        elif not one.steps and one.built_at:
            self._early[key] = one.key  # told when this place is reached again after a step: then it is in the loop

    def close(self, trace: Trace) -> None:
        """The end: which schedulers never moved?"""
        for key, (ref, mark, _) in self._built.items():
            scheduler = ref()
            one = trace.tracked(scheduler.optimizer) if scheduler is not None else None
            if scheduler is None or key in self._stepped or one is None or one.steps < _ENOUGH:
                continue
            facts = NeverStepped(one.steps)
            trace.court.at_once(name_of(scheduler, "scheduler"), Event(Kind.SCHEDULER_STEP, mark, facts=facts))


PROBE = Schedules
