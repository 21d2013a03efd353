"""The order around the step: clipping, gradient scaling and learning-rate schedules."""

from __future__ import annotations

import ast

from ...events import Event, Kind, Mark
from ...facts.schedule import Clipped, ScalerUse, ScheduleStep
from .reports import Reports
from .scope import Scope
from .store import Last, Pending
from .values import Optimizer, Scaler, Scheduler

_ALL = "*"


class Schedule:
    """Keeps in the store what was last done to the gradients of each module, and judges what comes next."""

    def __init__(self, scope: Scope, reports: Reports) -> None:
        self.scope = scope
        self.reports = reports

    # ---- gradients -------------------------------------------------------------------------------------------
    def backward(self, node: ast.Call, models: frozenset[str], *, scaled: bool) -> None:
        """Gradients are computed: of these modules if one of them is known to be trained, else of any."""
        mark = self.scope.mark(node)
        known = models if models & self.reports.trained else None
        for clip, pending in list(self.scope.store.clips.items()):
            if pending.when >= self.scope.iteration and self._meet(pending.models, known):
                self._clipped(clip, pending.name, Clipped(before=mark))
                del self.scope.store.clips[clip]
        self._note(known, "backward", mark, scaled=scaled)

    def zero_grad(self, node: ast.Call, models: frozenset[str] | None) -> None:
        """Gradients are cleared."""
        self._note(models, "zero_grad", self.scope.mark(node))

    def step(self, node: ast.Call, optimizer: Optimizer) -> None:
        """An optimizer steps."""
        store, mark = self.scope.store, self.scope.mark(node)
        around = {first for first, _ in self.scope.loops}
        for at, pending in list(store.schedules.items()):
            if pending.loop in around and (pending.optimizer is None or pending.optimizer == optimizer.key):
                self._scheduled(at, pending, mark)
            if pending.optimizer is None or pending.optimizer == optimizer.key:
                del store.schedules[at]
        store.clips.clear()
        store.stepped |= {optimizer.key or _ALL}
        self._note(optimizer.models, "step", mark)

    def may_step(self) -> None:
        """Code out of sight may step any optimizer, and compute any gradients."""
        self.scope.store.stepped |= {_ALL}
        self.scope.store.clips.clear()
        self.scope.store.schedules.clear()
        self.scope.store.gradients = {_ALL: Last("unknown", 0, self.scope.now)}

    def unscale(self, models: frozenset[str] | None) -> None:
        """A scaler takes its scale out of the gradients."""
        gradients = self.scope.store.gradients
        for key, last in list(gradients.items()):
            if models is None or key in models or key == _ALL:
                gradients[key] = last._replace(scaled=False)
        for key in models or ():
            if key not in gradients and _ALL in gradients:
                gradients[key] = gradients[_ALL]._replace(scaled=False)

    def clip(
        self, node: ast.Call, name: str, models: frozenset[str] | None, *, unscales: bool, by_hand: bool = False
    ) -> None:
        """Gradients are clipped. by_hand: one by one, in a loop of their own."""
        loops = self.scope.loops[:-1] if by_hand else self.scope.loops
        begun = loops[-1][1] if loops else 0
        last, mark = self._last(models), self.scope.mark(node)
        if last is not None and last.kind == "step" and last.when >= begun and loops:
            self._clipped(mark, name, Clipped(after=last.at))
        elif last is not None and last.kind == "backward":
            if last.scaled and not unscales:
                self._clipped(mark, name, Clipped(scaled=last.at))
        elif last is None or last.kind != "unknown":
            self.scope.store.clips[mark] = Pending(name, models=models, when=self.scope.now)

    def _note(self, models: frozenset[str] | None, kind: str, at: Mark, *, scaled: bool = False) -> None:
        self.scope.now += 1
        gradients = self.scope.store.gradients
        done = Last(kind, at, self.scope.now, scaled)
        for key in models if models is not None else {*gradients, _ALL}:
            gradients[key] = done

    def _last(self, models: frozenset[str] | None) -> Last | None:
        """What was last done to the gradients of all these modules."""
        gradients = self.scope.store.gradients
        if models is None:
            found = set(gradients.values())
        else:
            found = {gradients[key] if key in gradients else gradients.get(_ALL, _UNTOUCHED) for key in models}
        if len(found) > 1:
            return Last("unknown", 0, 0)
        only = found.pop() if found else _UNTOUCHED
        return None if only == _UNTOUCHED else only

    def _meet(self, one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
        return one is None or other is None or bool(one & other)

    def _clipped(self, at: Mark, name: str, facts: Clipped) -> None:
        self.reports.ask(name, Event(Kind.CLIP, at, facts=facts))

    # ---- schedules -------------------------------------------------------------------------------------------
    def scheduler_step(self, node: ast.Call, name: str, scheduler: Scheduler) -> None:
        """A scheduler moves on. Remembered if its optimizer has not stepped on any way that leads here."""
        store = self.scope.store
        if not self.scope.loops or _ALL in store.stepped:
            return
        if scheduler.optimizer in store.stepped or (scheduler.optimizer is None and store.stepped):
            return
        loop = self.scope.loops[-1][0]
        store.schedules[self.scope.mark(node)] = Pending(name, scheduler.optimizer, loop=loop, sure=scheduler.sure)

    def _scheduled(self, at: Mark, pending: Pending, step: Mark) -> None:
        event = Event(Kind.SCHEDULER_STEP, at, facts=ScheduleStep(step))
        self.reports.ask(pending.name, event, sure=pending.sure)

    # ---- scalers ---------------------------------------------------------------------------------------------
    def scaler_used(self, node: ast.Call, name: str, scaler: Scaler) -> None:
        """scale() or step(): a step of an earlier iteration should have been followed by an update."""
        before = self.scope.store.scalers.get(scaler.key)
        stale = before is not None and before.kind == "step" and before.when < self.scope.iteration
        if before is not None and stale and not scaler.off:
            event = Event(Kind.SCALER_UPDATE, before.at, facts=ScalerUse(self.scope.mark(node)))
            self.reports.ask(name, event)
            del self.scope.store.scalers[scaler.key]

    def scaler_step(self, node: ast.Call, scaler: Scaler) -> None:
        """scaler.step(optimizer). If a loop runs over optimizers, the next one is another: nothing is kept of it."""
        self.scope.now += 1
        kind = "updated" if self._varies(node) else "step"
        self.scope.store.scalers[scaler.key] = Last(kind, self.scope.mark(node), self.scope.now)

    def _varies(self, node: ast.Call) -> bool:
        """Whether the argument is what a loop runs over."""
        names = {one.id for argument in node.args[:1] for one in ast.walk(argument) if isinstance(one, ast.Name)}
        targets = (one for loop in self.scope.nodes.loops for one in ast.walk(loop.target))
        return any(isinstance(one, ast.Name) and one.id in names for one in targets)

    def scaler_updated(self, scaler: Scaler) -> None:
        """scaler.update(), or the scaler was given to code out of sight."""
        self.scope.store.scalers[scaler.key] = Last("updated", 0, self.scope.now)


_UNTOUCHED = Last("", 0, 0)
