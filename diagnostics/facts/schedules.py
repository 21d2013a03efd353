"""Schedulers that move on before their optimizer does, or never."""

from __future__ import annotations

import sys
import weakref
from types import FrameType
from typing import TYPE_CHECKING, Any, NamedTuple

from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.optim.swa_utils import SWALR

from ...events import Event, Kind, Mark
from ...facts.schedule import Cadence, NeverStepped, ScheduleStep
from ..naming import name_of

if TYPE_CHECKING:
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC601", "LC602")
_ENOUGH = 10  # steps of an optimizer whose scheduler should have moved
_PACE = 3  # times too often or too seldom
_NOTHING = 1e-6  # of a learning rate: nothing is left
_DEEP = 64  # frames of a stack


class Early(NamedTuple):
    """The first step of a scheduler, taken before any of its optimizer's.

    stack: the calls that led there. fresh: the optimizer's gradients waited for a step just then.
    """

    stack: tuple[tuple[int, int], ...]
    fresh: bool


class Known:
    """A scheduler. built_at: 0 if that was not seen. began: steps of the thread before it was built."""

    def __init__(self, scheduler: Any, built_at: Mark, began: int) -> None:
        self.ref = weakref.ref(scheduler)
        self.built_at = built_at
        self.began = began
        self.stepped = False
        self.stepped_at: Mark = 0
        self.early: Early | None = None


class Schedules:
    """Each scheduler by its id, as long as it lives."""

    def __init__(self) -> None:
        self._known: dict[int, Known] = {}

    def _of(self, scheduler: Any) -> Known:
        one = self._known.get(id(scheduler))
        if one is None or one.ref() is not scheduler:
            self._known = {key: old for key, old in self._known.items() if old.ref() is not None}
            one = self._known[id(scheduler)] = Known(scheduler, 0, 0)
        return one

    def scheduler_built(self, trace: Trace, scheduler: Any, mark: Mark) -> None:
        """A scheduler was built."""
        self._known[id(scheduler)] = Known(scheduler, mark, trace.steps)

    def scheduler_step(self, trace: Trace, scheduler: Any, one: Tracked | None, mark: Mark, told_epoch: bool) -> None:
        """A scheduler moves on. told_epoch: it was given a number or a metric, and so knows where it is.

        That it does so too early is told when the same calls lead there again, after a step: then it is in the loop,
        and not a schedule that catches up. With gradient accumulation a scheduler may move on each batch, and one of
        several optimizers may begin late: that shows in what gradients are there.
        """
        known = self._of(scheduler)
        known.stepped, known.stepped_at = True, mark
        if told_epoch or isinstance(scheduler, ReduceLROnPlateau):
            return
        early, known.early = known.early, None
        fresh = one is not None and trace.moves.fresh[one.state]
        if early is not None:
            if one is not None and one.steps and early == Early(_stack(), fresh):
                facts = ScheduleStep(one.stepped_at)
                name = name_of(scheduler, "scheduler")
                trace.court.at_once(name, Event(Kind.SCHEDULER_STEP, mark, facts=facts))
        elif (one is None or not one.steps) and _first_of_both(scheduler) and (fresh or trace.steps == known.began):
            known.early = Early(_stack(), fresh)

    def close(self, trace: Trace) -> None:
        """The end: which schedulers never moved? If the program was broken off, they may not have had their turn."""
        if not trace.finished:
            return
        living = [(known, one) for known in self._known.values() if (one := known.ref()) is not None]
        inside = {id(part) for _, one in living for part in _held_by(one)}
        epochs = max((one.epochs for one in trace.recorder.loaders), default=0)
        for known, scheduler in living:
            optimizer = trace.tracked(scheduler.optimizer)
            if optimizer is None or not known.built_at or id(scheduler) in inside or not _seen(scheduler):
                continue
            facts: Cadence | NeverStepped | None = None
            if known.stepped:
                facts = _cadence(scheduler, optimizer.steps, epochs)
            elif optimizer.steps >= _ENOUGH:
                facts = NeverStepped(optimizer.steps)
            if facts is not None:
                event = Event(Kind.SCHEDULER_STEP, known.stepped_at or known.built_at, facts=facts)
                trace.court.at_once(name_of(scheduler, "scheduler"), event)


def _first_of_both(scheduler: Any) -> bool:
    """Whether neither it nor its optimizer has stepped yet, also before the watch: torch notes that for a warning."""
    called = getattr(getattr(scheduler, "optimizer", None), "_opt_called", False)
    return not called and getattr(scheduler, "last_epoch", None) == 0


def _stack() -> tuple[tuple[int, int], ...]:
    """The calls that led here, from the outside in. Slow: some 10 us."""
    calls: list[tuple[int, int]] = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and len(calls) < _DEEP:
        calls.append((id(frame.f_code), frame.f_lasti))
        frame = frame.f_back
    return tuple(calls)


def _held_by(scheduler: Any) -> list[Any]:
    """What a scheduler keeps, schedulers that it steps among it."""
    kept: list[Any] = []
    for value in vars(scheduler).values():
        kept += value if isinstance(value, list | tuple) else [value]
    return kept


def _cadence(scheduler: Any, steps: int, epochs: int) -> Cadence | None:
    """Whether it moved at another pace than it was built for, as far as its numbers and those of the run show it."""
    moved = int(getattr(scheduler, "last_epoch", 0))
    if steps < _ENOUGH or moved < _PACE:
        return None
    if isinstance(scheduler, lr_scheduler.OneCycleLR):
        total = int(scheduler.total_steps)
        sized = steps / 2 <= total <= steps * 2  # for the batches of this run
        return Cadence(moved, steps, total=total) if sized and moved * _PACE <= min(steps, total) else None
    if moved < 0.9 * steps:  # not with each batch
        return None
    if isinstance(scheduler, lr_scheduler.CosineAnnealingLR):
        period = int(scheduler.T_max)
        return Cadence(moved, steps, period=period) if period == epochs and steps >= _PACE * epochs else None
    if isinstance(scheduler, lr_scheduler.StepLR | lr_scheduler.MultiStepLR | lr_scheduler.ExponentialLR):
        pairs = zip(scheduler.get_last_lr(), scheduler.base_lrs, strict=True)
        rate, base = max(((float(now), float(base)) for now, base in pairs), default=(1.0, 1.0))
        return Cadence(moved, steps, rate=rate) if rate < _NOTHING * base else None
    return None


def _seen(scheduler: Any) -> bool:
    """Whether a step of it is sure to be seen, and sure to be meant: averaging of weights often never begins."""
    step = getattr(type(scheduler), "step", None)
    return getattr(step, "__module__", "") == lr_scheduler.__name__ and not isinstance(scheduler, SWALR)


PROBE = Schedules
