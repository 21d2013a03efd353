"""The emitter: sends events to the machine, for one subject or for all, and asks the judge on the way."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..events import Event, Kind, Mark
from ..machine import Grads, advance
from .collector import Collector
from .environment import Environment, Named, within
from .index import ClassInfo, backward_operands, loss_paths
from .plan import Planner
from .values import Frame, Loss, Obj, Opt, Ref, Value
from .worlds import ANY, States, World, capped, push


class Emitter:
    """Knows where the interpreter is (in a loop, in a function, muted) and tells the collector what happens there.

    loops, functions: how deep in them the interpreter is. muted: nothing is judged while it is above 0.
    """

    def __init__(self, environment: Environment, planner: Planner, collector: Collector) -> None:
        self.environment = environment
        self.planner = planner
        self.collector = collector
        self.mark = collector.mark
        self.addressed: dict[str, Mark] = {}  # subjects that are cleared by name, here: this code is in charge of them
        self.loops = 0
        self.functions = 0
        self.elsewhere = False  # what is entered now is called by code outside this file, if at all
        self.whole: Mark = 0  # the innermost loop, where it is a `for` of this function and nothing leaves it early
        self.home: dict[Mark, Mark] = {}  # each clear that is a statement of such a loop, and that loop
        self.muted = 0

    def all_subjects(self, world: World, event: Event) -> World:
        """The same event for every optimizer there is."""
        return {key: push(states, event) for key, states in world.items()}

    def one_subject(self, world: World, key: str, event: Event) -> World:
        """An event of one optimizer."""
        world = dict(world)
        world[key] = push(world.get(key, world[ANY]), event)
        return world

    def ask(self, key: str, states: States, event: Event, looped: bool = False) -> None:
        """Ask the judge about these states just before the event, and keep what it finds."""
        if self.muted or key == ANY:
            return
        in_loop = looped or self.loops > 0
        if not in_loop and not self.functions:
            return  # a script that takes one step is not a loop
        named = self.environment.subjects.get(key) or Named(key, sure=False)
        self.collector.ask(
            key, event, states, subject=named.display, sure=named.sure, looped=in_loop, elsewhere=self.elsewhere
        )

    def zero(self, value: Value | None, node: ast.AST, world: World) -> World:
        """zero_grad() of an optimizer, or of a module and so of the optimizers that hold its parameters."""
        alone = sum(1 for key in world if key != ANY) <= 1  # else the backward may be about another model
        event = Event(Kind.ZERO_GRAD, self.mark(node), repeats=alone and self._throws_away())
        self.home[event.mark] = self.whole
        if isinstance(value, Opt):
            own = [cls for key in value.keys if (cls := self._class_of(key)) is not None]
            if not value.exact or any(self.environment.index.clears_otherwise(cls) for cls in own):
                event = event._replace(sure=False)
            self.addressed.update(dict.fromkeys(value.keys, event.mark))
            for key in value.keys:
                world = self.one_subject(world, key, event)
            # two optimizers of one model: the gradients are the model's
            for key in self.environment.contained(value.keys) & world.keys():
                world = self.one_subject(world, key, event._replace(sure=False))
            return world
        # A module: clears the optimizers that hold its parameters, and those of which that is not known.
        cleared = value.key if isinstance(value, Ref) else value.ident if isinstance(value, Obj) else None
        out = {}
        for key, states in world.items():
            models = self.environment.subjects[key].models if key in self.environment.subjects else None
            hit = _covers(cleared, models, self.environment.all_models())
            sure = models is not None and models == {cleared}
            if sure:
                self.addressed[key] = event.mark
            out[key] = push(states, event._replace(sure=sure)) if hit else states
        return out

    def _throws_away(self) -> bool:
        """Would a clear at this place throw the gradients of the round before away, seen by nobody?"""
        return bool(self.whole) and not self.environment.index.hooks_gradients

    def backward(self, call: ast.Call, frame: Frame, world: World) -> World:
        """backward(): moves every optimizer, since which parameters a loss reaches is not known here."""
        losses: set[str] = set()
        for operand in backward_operands(call):
            value = self.environment.value(operand, frame)
            losses.update({value.path} if isinstance(value, Loss) else loss_paths(operand))
        alone = sum(1 for key in world if key != ANY) <= 1
        event = Event(Kind.BACKWARD, self.mark(call), frozenset(losses) or None, sure=alone, looped=self.loops > 0)
        for key, states in world.items():
            self.ask(key, states, event)
        return self.all_subjects(world, event)

    def step(self, value: Opt, node: ast.Call, world: World) -> World:
        """step() of one or several optimizers; the others learn that it was not theirs."""
        event = Event(Kind.STEP, self.mark(node))
        for key in value.keys:
            states = world.get(key, world[ANY])
            if value.exact:
                self.ask(key, states, event)
                world = self.one_subject(world, key, event)
            else:
                world = {**world, key: capped(states | push(states, event))}
        same = self.environment.contained(value.keys)
        other, uses = Event(Kind.OTHER_STEP), Event(Kind.OTHER_STEP, covers=True)
        world = {k: s if k in value.keys else push(s, uses if k in same else other) for k, s in world.items()}
        if sets_flag(node, "zero_grad"):
            world = self.zero(value, node, world)
        return self._own_step(value, node, world)

    def _own_step(self, value: Opt, node: ast.AST, world: World) -> World:
        """What the step() of an optimizer class of this file does besides."""
        for key in value.keys:
            cls = self._class_of(key)
            if cls is not None and self.environment.index.clears_in_step(cls):
                world = self.one_subject(world, key, Event(Kind.GIVE_AWAY, self.mark(node)))
        return world

    def _class_of(self, key: str) -> ClassInfo | None:
        named = self.environment.subjects.get(key)
        return named.cls if named is not None else None

    def keep_used(self, node: ast.AST, world: World) -> World:
        """Gradients that a step has used are kept on purpose: what is done with them is not concluded."""
        event = Event(Kind.GIVE_AWAY, self.mark(node))
        return {
            key: frozenset(advance(s, event) if s.grads is Grads.USED else s for s in states)
            for key, states in world.items()
        }

    def give_away(self, keys: Iterable[str], node: ast.AST, world: World) -> World:
        """These optimizers go where they cannot be followed."""
        kept = node not in self.planner.discarded
        event = Event(Kind.GIVE_AWAY, self.mark(node), sure=kept, looped=self.loops > 0)
        for key in keys:
            world = self.one_subject(world, key, event)
        return world


def _covers(cleared: str | None, models: frozenset[str] | None, known: frozenset[str]) -> bool:
    """Does clearing this module clear an optimizer that holds these models? In doubt: yes."""
    if cleared is None or models is None:
        return True
    if any(within(m, cleared) or within(cleared, m) for m in models):
        return True
    return not any(within(m, cleared) for m in known)  # a module that no optimizer is built on may contain them all


def sets_flag(call: ast.Call, name: str) -> bool:
    """Does this call say `name=True`?"""
    return any(k.arg == name and isinstance(k.value, ast.Constant) and bool(k.value.value) for k in call.keywords)
