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
_TIMES = 3  # too often or too seldom
_GONE = 32  # that are remembered
_NOTHING = 1e-6  # of a learning rate: nothing is left
_DEEP = 64  # frames of a stack


class Early(NamedTuple):
    """The first step of a scheduler, taken before any of its optimizer's.

    stack: the calls that led there. fresh: the optimizer's gradients waited for a step just then.
    """

    stack: tuple[tuple[int, int], ...]
    fresh: bool


class Pace(NamedTuple):
    """How far a scheduler has come: it moved so often while its optimizer made so many steps.

    total: of a OneCycleLR, the steps that it was built for. period: of a CosineAnnealingLR. left: the part of the
    learning rate that is left, of one that only decays. 0, or 1 for left: of another kind.
    """

    moved: int
    steps: int
    total: int = 0
    period: int = 0
    left: float = 1.0
    rate: float = 0.0


class Known:
    """A scheduler, which may be gone by now. built_at: 0 if that was not seen. began: steps of the thread before that.

    owner: the key of its optimizer. inside: another scheduler steps it. pace: as it was last looked at.
    """

    def __init__(self, scheduler: Any, built_at: Mark, began: int, owner: str) -> None:
        self.ref = weakref.ref(scheduler)
        self.kind = type(scheduler).__name__
        self.owner = owner
        self.inside = not _seen(scheduler)
        self.built_at = built_at
        self.began = began
        self.stepped = False
        self.stepped_at: Mark = 0
        self.early: Early | None = None
        self.pace: Pace | None = None


class Schedules:
    """Each scheduler by its id, and those that are gone."""

    def __init__(self) -> None:
        self._known: dict[int, Known] = {}
        self._gone: list[Known] = []

    def _of(self, trace: Trace, scheduler: Any) -> Known:
        one = self._known.get(id(scheduler))
        return one if one is not None and one.ref() is scheduler else self._meet(trace, scheduler, 0)

    def _meet(self, trace: Trace, scheduler: Any, mark: Mark) -> Known:
        dead = [old for old in self._known.values() if old.ref() is None]
        self._gone = [*self._gone, *dead][-_GONE:]
        self._known = {key: old for key, old in self._known.items() if old.ref() is not None}
        optimizer = trace.tracked(scheduler.optimizer) if hasattr(scheduler, "optimizer") else None
        one = Known(scheduler, mark, trace.steps, optimizer.key if optimizer is not None else "")
        self._known[id(scheduler)] = one
        return one

    def scheduler_built(self, trace: Trace, scheduler: Any, mark: Mark) -> None:
        """A scheduler was built; what it holds is stepped by it."""
        self._meet(trace, scheduler, mark)
        for part in _held_by(scheduler):
            inner = self._known.get(id(part))
            if inner is not None and inner.ref() is part:
                inner.inside = True

    def after_step(self, trace: Trace, tracked: Tracked) -> None:
        """Now and then: how far have they come?"""
        self._look(trace)

    def loader_starts(self, trace: Trace, loader: Any, mark: Mark, others_run: bool) -> None:
        """Likewise, at the beginning of an epoch."""
        self._look(trace)

    def _look(self, trace: Trace) -> None:
        for known in self._known.values():
            scheduler = known.ref()
            one = trace.tracked(scheduler.optimizer) if scheduler is not None and known.stepped else None
            if one is not None:
                known.pace = _pace(scheduler, one.steps)

    def scheduler_step(self, trace: Trace, scheduler: Any, one: Tracked | None, mark: Mark, told_epoch: bool) -> None:
        """A scheduler moves on. told_epoch: it was given a number or a metric, and so knows where it is.

        That it does so too early is told when the same calls lead there again, after a step: then it is in the loop,
        and not a schedule that catches up. With gradient accumulation a scheduler may move on each batch, and one of
        several optimizers may begin late: that shows in what gradients are there.
        """
        known = self._of(trace, scheduler)
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
        """The end: which never moved, and which at a wrong pace? Where it was broken off, some had no turn yet."""
        if not trace.finished:
            return
        self._look(trace)
        epochs = max((one.epochs for one in trace.recorder.loaders), default=0)
        steps = {one.key: one.steps for one in (*trace.ended, *trace.optimizers)}
        for known in (*self._gone, *self._known.values()):
            scheduler = known.ref()
            if scheduler is not None and any(
                part is scheduler for other in self._known.values() for part in _held_by(other.ref())
            ):
                continue
            facts = _judged(known, steps.get(known.owner, 0), epochs)
            if facts is not None:
                name = name_of(scheduler, known.kind) if scheduler is not None else known.kind
                mark = known.stepped_at or known.built_at
                trace.court.at_once(name, Event(Kind.SCHEDULER_STEP, mark, facts=facts))


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
    for value in vars(scheduler).values() if scheduler is not None else ():
        kept += value if isinstance(value, list | tuple) else [value]
    return kept


def _pace(scheduler: Any, steps: int) -> Pace:
    moved = int(getattr(scheduler, "last_epoch", 0))
    if isinstance(scheduler, lr_scheduler.OneCycleLR):
        return Pace(moved, steps, total=int(scheduler.total_steps))
    if isinstance(scheduler, lr_scheduler.CosineAnnealingLR):
        return Pace(moved, steps, period=int(scheduler.T_max))
    if isinstance(scheduler, lr_scheduler.StepLR | lr_scheduler.MultiStepLR | lr_scheduler.ExponentialLR):
        pairs = zip(scheduler.get_last_lr(), scheduler.base_lrs, strict=True)
        rate, base = max(((float(now), float(base)) for now, base in pairs), default=(1.0, 1.0))
        return Pace(moved, steps, left=rate / base if base else 1.0, rate=rate)
    return Pace(moved, steps)


def _judged(known: Known, steps: int, epochs: int) -> Cadence | NeverStepped | None:
    """Whether it never moved, or at another pace than it was built for, as far as the numbers of the run show it."""
    if known.inside or not known.built_at or steps < _ENOUGH:
        return None
    if not known.stepped:
        return NeverStepped(steps)
    pace = known.pace
    if pace is None or pace.moved < _TIMES - 1:
        return None
    if pace.total:
        sized = steps / 2 <= pace.total <= steps * 2  # for the batches of this run
        seldom = sized and pace.moved * _TIMES <= min(pace.steps, pace.total)
        return Cadence(pace.moved, steps, total=pace.total) if seldom else None
    if pace.moved < 0.9 * pace.steps:  # not with each batch
        return None
    if pace.period:
        often = pace.period == epochs and steps >= _TIMES * epochs
        return Cadence(pace.moved, steps, period=pace.period) if often else None
    return Cadence(pace.moved, steps, rate=pace.rate) if pace.left < _NOTHING else None


def _seen(scheduler: Any) -> bool:
    """Whether a step of it is sure to be seen, and sure to be meant: averaging of weights often never begins."""
    step = getattr(type(scheduler), "step", None)
    return getattr(step, "__module__", "") == lr_scheduler.__name__ and not isinstance(scheduler, SWALR)


PROBE = Schedules
