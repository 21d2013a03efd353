"""Losses, gradients and parameters that are nan or inf, and steps that change nothing."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from ...events import Event, Kind, Mark
from ...facts.learning import GradientValue, LossValue, Unchanged
from ..guards import is_plain

if TYPE_CHECKING:
    from ..optimizers import Tracked
    from ..trace import Trace

CODES = ("LC801", "LC802", "LC805")
_UNCHANGED = 3  # looks
_LATER = 8  # looks, where a schedule may begin at a learning rate of 0
_FEW = 256  # values of each parameter that are compared


class _Odd(NamedTuple):
    """A loss that was not finite: its backward, after how many steps, its value, and the last one that was."""

    mark: Mark
    step: int
    value: float
    last: float | None


class Learning:
    """Reads values on the CPU only; elsewhere the losses are read later, by the recorder."""

    def __init__(self) -> None:
        self._told_loss = False
        self._odd: _Odd | None = None  # what a loss that was not finite has brought waits for a step
        self._before: list[tuple[weakref.ref[Tensor], Tensor]] = []  # parameters, and their first values
        self._unchanged: dict[str, int] = {}
        self._effective: set[str] = set()  # optimizers of which a step has changed something

    def backward(self, trace: Trace, tensors: Any, mark: Mark, retain: bool, inputs: Any) -> None:
        """Hot: is the loss that the recorder has just noted finite?"""
        recorder = trace.recorder
        if recorder.odd is None:
            if self._odd is not None and not any(trace.moves.fresh[one.state] for one in trace.routes[mark].targets):
                self._odd = None  # what it brought was thrown away
        elif not (self._told_loss or trace.around.scaling):
            self._odd = _Odd(mark, trace.steps, *recorder.odd)
            recorder.odd = None  # the next one, if this is guarded against
        if self._odd is not None:
            trace.expects_step = True

    def stepping(self, trace: Trace, one: Tracked, mark: Mark) -> None:
        """A step uses what a loss that was odd has brought: nobody has guarded against it."""
        odd, self._odd = self._odd, None
        if odd is None or self._told_loss:
            return
        if not trace.moves.fresh[one.state] and not trace.moves.used[one.state]:
            return  # cleared in between
        self._told_loss = True
        spoiled = _spoiled(trace)
        if spoiled is not None:  # the parameters were so before: it was the step before that did it
            other, names = spoiled
            facts: object = GradientValue(names, odd.step - 1)
            trace.court.at_once(other.key, Event(Kind.STEP, other.stepped_at or mark, facts=facts))
            return
        facts = LossValue(odd.value, odd.step, odd.last)
        trace.court.at_once("loss", Event(Kind.BACKWARD, odd.mark, facts=facts))

    def before_step(self, trace: Trace, tracked: Tracked) -> None:
        """Are all gradients finite? Keep some values, to see whether the step changes them."""
        self._before = []
        optimizer = tracked.ref()
        if optimizer is None or trace.around.scaling:
            return
        filled = [p for p in tracked.parameters() if p.grad is not None and p.is_cpu and is_plain(p)]
        filled = [p for p in filled if p.grad is not None and is_plain(p.grad)]
        odd = {id(p) for p in filled if p.grad is not None and not bool(torch.isfinite(p.grad).all())}
        if odd and not self._told_loss:
            facts = GradientValue(_names(trace, odd), trace.steps)
            trace.court.at_once(tracked.key, Event(Kind.STEP, tracked.stepped_at, facts=facts))
        moved = [p for p in filled if p.grad is not None and bool(p.grad.flatten()[:_FEW].any())]
        self._before = [(weakref.ref(p), p.detach().flatten()[:_FEW].clone()) for p in moved]

    def after_step(self, trace: Trace, tracked: Tracked) -> None:
        """Has it changed anything?"""
        before, self._before = self._before, []
        optimizer = tracked.ref()
        if not before or optimizer is None or tracked.key in self._effective:
            return
        if any((p := ref()) is None or not torch.equal(p.detach().flatten()[:_FEW], old) for ref, old in before):
            self._effective.add(tracked.key)  # what changes nothing later has come to its end
            return
        times = self._unchanged[tracked.key] = self._unchanged.get(tracked.key, 0) + 1
        scheduled = any("initial_lr" in group for group in optimizer.param_groups)
        if times == (_LATER if scheduled else _UNCHANGED):
            rates = [float(group["lr"]) for group in optimizer.param_groups if "lr" in group]
            facts = Unchanged(times, max(rates, default=None))
            trace.court.at_once(tracked.key, Event(Kind.STEP, tracked.stepped_at, facts=facts))


def _spoiled(trace: Trace) -> tuple[Tracked, tuple[str, ...]] | None:
    """The optimizer whose parameters are nan already, and their names; inf is what a rate too high gives."""
    for one in trace.optimizers:
        bad = {id(p) for p in one.parameters() if p.is_cpu and is_plain(p) and bool(torch.isnan(p).any())}
        if bad:
            return one, _names(trace, bad)
    return None


def _names(trace: Trace, wanted: set[int]) -> tuple[str, ...]:
    for called in trace.called.values():
        module = called.ref()
        if module is not None and called.model:
            found = tuple(name for name, p in module.named_parameters() if id(p) in wanted)
            if found:
                return found
    return (f"{len(wanted)} parameters",)


PROBE = Learning
