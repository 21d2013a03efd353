"""Reports: turns what the tensor flow sees into events with facts, for the judge."""

from __future__ import annotations

import ast

from ...events import Event, Kind, Mark
from ...facts.devices import Devices, Discarded
from ...facts.graph import Graph
from ...facts.kept import Kept
from ...facts.loss_input import LossInput
from ...facts.mode import Evaluation, TrainedIn
from ...facts.sync import Sync
from ..collector import Collector
from .scope import Scope
from .values import Activation, Source, Tensor


class Reports:
    """Asks the judge. Some things wait until the end of the file, for what comes later may excuse them.

    Sums that keep a graph: a backward on the sum. A backward without gradients: another caller, who has them.
    """

    def __init__(self, scope: Scope, collector: Collector) -> None:
        self.scope = scope
        self.collector = collector
        self.trained: set[str] = set()  # modules whose parameters an optimizer of this file holds
        self.module_calls: dict[Mark, str] = {}  # call of a module -> its key
        self.foreign: set[str] = set()  # modules out of sight: they may detach the states that they give
        self.muted = 0
        self._kept: dict[Mark, tuple[str, str, bool]] = {}
        self._excused: set[Mark] = set()
        self._gradless: dict[Mark, tuple[str, Event]] = {}  # backward() on what no_grad has cut
        self._reached: set[Mark] = set()  # backward() that a graph, or perhaps one, has reached

    def ask(self, key: str, event: Event, *, sure: bool = True) -> None:
        """Tell the judge, unless all is muted."""
        if not self.muted:
            self.collector.ask(key, event, sure=sure)

    # ---- graphs ----------------------------------------------------------------------------------------------
    def backward(self, call: ast.Call, name: str, loss: Tensor, *, alone: bool = False, barred: bool = False) -> None:
        """A backward() on this value, before it has gone through. alone: it keeps the graph, and no other is near.

        barred: the caller has switched gradients off, and a condition may keep it from coming here.
        """
        facts = Graph(whole_at=loss.whole, retained=alone and self._is_of_this_iteration(loss))
        if loss.cut is not None and (loss.grad is False or loss.leaf):
            facts = facts._replace(cut=loss.cut.how, cut_at=loss.cut.at)
        used = self._used(loss)
        if used is not None:
            source, carried = used
            before = self.scope.store.consumed[source]
            facts = facts._replace(
                consumed_at=before.at,
                consumed_now=before.when >= self.scope.iteration,
                made_at=source[0] if source[0] > 0 else 0,
                carried=carried,
            )
        event = Event(Kind.BACKWARD, self.scope.mark(call), facts=facts)
        if facts.cut != "no_grad":
            self._reached.add(event.mark)
            self.ask(name, event, sure=not (facts.carried and used is not None and self._is_foreign(used[0])))
        elif not (self.muted or barred):
            self._gradless.setdefault(event.mark, (name, event))

    def _is_of_this_iteration(self, loss: Tensor) -> bool:
        """Whether all of its graph was made in this iteration, where nothing else holds a part of it."""
        begun = self.scope.iteration
        fresh = loss.sources and all(when >= begun for _, when in loss.sources)
        return bool(self.scope.loops and fresh and loss.pure and not loss.carried and not loss.held)

    def _used(self, loss: Tensor) -> tuple[Source, bool] | None:
        """A graph that this loss rests on and that is gone; and whether it came in as a carried state."""
        consumed = self.scope.store.consumed
        gone = [s for s in loss.graphs if s in consumed and self._counts(s)]
        if gone:
            fresh = [s for s in gone if consumed[s].when >= self.scope.iteration]
            return min(fresh or gone), False
        states = [s for s in loss.carried if s in consumed]
        return (min(states), True) if states else None

    def _is_foreign(self, state: Source) -> bool:
        """Does a state come from a module of which nobody knows what it does with it?"""
        made_by = self.scope.calls.get(state, state)[0]
        return self.module_calls.get(made_by) in self.foreign

    def _counts(self, source: Source) -> bool:
        """A frozen module leaves no graph behind: where it is known what is trained, only that counts."""
        module = self.module_calls.get(source[0])
        if module is None or (self.scope.received and not self.trained):
            return True
        return any(module == m or module.startswith(m + ".") for m in self.trained)

    # ---- loss functions --------------------------------------------------------------------------------------
    def loss_call(self, call: ast.Call, loss: str, given: Activation | None, in_model: bool) -> None:
        """A loss function is given something whose last activation is known."""
        if given is not None:
            facts = LossInput(loss, given.name, given.at, in_model)
            self.ask(loss, Event(Kind.LOSS_CALL, self.scope.mark(call), facts=facts))

    # ---- devices ---------------------------------------------------------------------------------------------
    def mismatch(self, call: ast.Call, kind: Kind, left: str, moved: str, at: Mark, *, sure: bool) -> None:
        """A call is given something that was left on the host."""
        facts = Devices(left, moved, at)
        self.ask(left, Event(kind, self.scope.mark(call), facts=facts), sure=sure)

    def discarded(self, call: ast.Call, name: str, how: str, *, sure: bool) -> None:
        """A moved copy that nobody takes."""
        self.ask(name, Event(Kind.MOVE, self.scope.mark(call), facts=Discarded(how)), sure=sure)

    def waits(self, call: ast.Call, name: str, how: str) -> None:
        """The loop waits for the device here, in each iteration."""
        self.ask(name, Event(Kind.READ, self.scope.mark(call), facts=Sync(how)))

    # ---- memory ----------------------------------------------------------------------------------------------
    def keeps(self, at: Mark, what: str, into: str, *, sure: bool) -> None:
        """This statement adds a graph to a sum or list in each iteration. sure: it is known to be one."""
        if not self.muted:
            self._kept[at] = (what, into, sure)

    def excuse(self, loss: Tensor) -> None:
        """Gradients of a sum are taken: it was meant to keep its graph."""
        self._excused.update(at for at, _ in loss.held)

    def finish(self, *, whole: bool) -> None:
        """The end of the file: what was kept and never used is reported, and what no caller ever gave a graph.

        whole: all of it has been run, and every caller with it.
        """
        for mark, (name, event) in self._gradless.items():
            if whole and mark not in self._reached:
                self.ask(name, event)
        for at, (what, into, sure) in self._kept.items():
            if at not in self._excused:
                self.ask(what, Event(Kind.KEEP, at, facts=Kept(what, into)), sure=sure)

    # ---- modes -----------------------------------------------------------------------------------------------
    def trained_in_eval(self, model: str, backward: Mark, set_at: Mark, *, sure: bool) -> None:
        """A step uses gradients that were computed in eval mode."""
        facts = TrainedIn(model, training=False, set_at=set_at)
        self.ask(model, Event(Kind.BACKWARD, backward, facts=facts), sure=sure)

    def evaluation(self, call: Mark, facts: Evaluation, *, sure: bool) -> None:
        """A model runs in an evaluation."""
        self.ask(facts.model, Event(Kind.MODULE_CALL, call, facts=facts), sure=sure)
