"""The interpreter: pushes sets of machine states through the event trees.

Structured: each compound statement maps the states before it to those after it, per way out (normal, break,
continue). A loop body runs again from the back edge alone: the back edge is time, not choice.
Functions and methods of the same file are entered at their calls.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..events import Event, Kind, Mark
from . import names
from .collector import Collector
from .emitter import Emitter
from .environment import Environment
from .index import Function, Index, bound_methods, bound_names, last_name, path_of
from .plan import BindOp, BranchOp, CallOp, DefOp, GradOp, JumpOp, LoopOp, LossOp, Op, Planner, ReadOp, ReturnOp, TryOp
from .recognise import Recogniser
from .values import Bound, Fn, Frame, Loss, Obj, Seq, Value, optimizers_in
from .worlds import ANY, World, join, start

_MAX_DEPTH = 12
_MAX_ROUNDS = 3  # of a loop body: the first, one on its own gradients, and one after a loss went unused
_BUDGET = 60_000  # operations times subjects, per file; beyond it the interpreter gives up and concludes nothing


class Out(NamedTuple):
    """Where control may be after a piece of code; None: it does not get there."""

    normal: World | None
    breaks: World | None = None
    continues: World | None = None


class TooLong(Exception):
    """The budget of this entry is spent."""


class Interpreter:
    """Runs one module: its top level first, then every function that touches the protocol and was not reached."""

    def __init__(self, index: Index, collector: Collector) -> None:
        self.index = index
        self.planner = Planner(index)
        self.environment = Environment(index)
        self.emitter = Emitter(self.environment, self.planner, collector)
        self.recogniser = Recogniser(self.environment, self.emitter, self.planner, self.inline)
        self._stack: list[Function] = []
        self._returns: list[list[World]] = [[]]
        self._visited: set[ast.AST] = set()
        self._spent = 0
        self.gave_up = False  # an entry was too costly to be judged

    # ---- entries -------------------------------------------------------------------------------------------
    def run(self) -> None:
        """Judge the whole module. Never raises TooLong: an entry that costs too much is left out."""
        module = self.environment.module
        self._entry(lambda: self._finish(self.block(self.planner.plan(self.index.module), module, start())))
        called = {name for calls in self.index.calls.values() for name in calls}
        for only_uncalled in (True, False):
            for function in self.index.functions_in_order():
                name = getattr(function, "name", "")
                if function in self._visited or function not in self.index.touching or name == "__init__":
                    continue
                if only_uncalled and (name in called or self.index.parent[function] is not None):
                    continue  # first what nothing in this file leads to, then what was led to and not reached
                self._entry(lambda f=function: self._enter(f))  # type: ignore[misc]

    def _entry(self, body: Callable[[], None]) -> None:
        self._stack.clear()
        self._returns = [[]]
        self.emitter.loops = self.emitter.functions = self.emitter.muted = 0
        self.emitter.whole = 0
        self.emitter.elsewhere = False
        before = dict(self.emitter.collector.found)
        try:
            body()
        except TooLong:  # what was found on the way does not hold for every path
            self.emitter.collector.found = before
            self.gave_up = True

    def _enter(self, function: Function) -> None:
        """Run a function nobody in this file calls: all it gets from outside is unknown."""
        owner = self.index.owner.get(function)
        bound = Obj(owner, owner.name) if owner is not None else None
        module = self.environment.module
        if owner is not None and owner.name not in self.recogniser.initialised:
            self.recogniser.initialised.add(owner.name)
            init = self.index.method(owner, "__init__")
            if init is not None and init in self.index.touching:
                self.emitter.muted += 1
                self.inline(Fn(init, module, bound), None, module, start())
                self.emitter.muted -= 1
        self.emitter.elsewhere = True
        world, result = self.inline(Fn(function, module, bound), None, module, start())
        self.environment.collected.update(optimizers_in(result))  # whoever gets it may step it
        self._finish(Out(world), looks=function in self.index.readers)

    def _finish(self, out: Out, looks: bool = False) -> None:
        """The end of an entry: what was never stepped, and could only have been stepped here, is judged.

        looks: the function is about the gradients themselves; it may have got the optimizer only to clear them.
        """
        event = Event(Kind.END)
        for key, states in (out.normal or {}).items():
            named = self.environment.subjects.get(key)
            if named is None or (looks and not named.sure) or key in self.environment.collected or key.startswith("@"):
                continue
            shared = "." in key.rpartition(":")[2] or not key.rpartition(":")[0]
            if shared and named.display.rsplit(".", 1)[-1].split("[")[0] in self.index.stepped:
                continue  # an attribute or a global: another function steps it
            alone = named.sure and sum(1 for k in out.normal or {} if k != ANY) == 1
            if key not in self.emitter.addressed and not alone:
                continue  # nothing shows that this code is in charge of it
            never = any(state.unstepped_at and not state.step_at for state in states)
            if never and self._is_confused(key, named.display, out.normal or {}):
                continue
            self.emitter.ask(key, states, event, looped=True)

    def _is_confused(self, key: str, display: str, world: World) -> bool:
        """Is this optimizer cleared in place of another one of this entry?"""
        cleared = {k: mark for k, mark in self.emitter.addressed.items() if k in world}
        return key in cleared and self.emitter.collector.confused(key, display, cleared, world)

    # ---- statements ----------------------------------------------------------------------------------------
    def block(self, ops: Iterable[Op], frame: Frame, world: World) -> Out:
        """Run operations one after another from this world."""
        at: World | None = world
        breaks: World | None = None
        continues: World | None = None
        for op in ops:
            if at is None:
                break
            self._spent += len(at)
            if self._spent > _BUDGET:
                raise TooLong
            if isinstance(op, CallOp):
                at = self.recogniser.call(op.node, frame, at)
            elif isinstance(op, JumpOp):
                if op.kind == "break":
                    breaks = join(breaks, at)
                elif op.kind == "continue":
                    continues = join(continues, at)
                at = None
            else:
                out = _RUN[type(op)](self, op, frame, at)
                at = out.normal
                breaks, continues = join(breaks, out.breaks), join(continues, out.continues)
        return Out(at, breaks, continues)

    def _branch(self, op: BranchOp, frame: Frame, world: World) -> Out:
        around, self.emitter.whole = self.emitter.whole, 0
        first = self._later_rounds(world, around) if op.periodic and around else world
        outs = [self.block(arm, frame, world if i else first) for i, arm in enumerate(op.arms)]
        self.emitter.whole = around
        return Out(*(join(*way) for way in zip(*outs, strict=True)))

    def _later_rounds(self, world: World, loop: Mark) -> World:
        """What a loop does every so many rounds it does not do in the first: it has thrown older ones away by then."""
        home = self.emitter.home
        return {
            key: frozenset(s for s in states if s.wasted_at and home.get(s.wasted_at) == loop) or states
            for key, states in world.items()
        }

    def _loop(self, op: LoopOp, frame: Frame, world: World) -> Out:
        each = self._bind_target(op, frame)
        around, self.emitter.whole = self.emitter.whole, self.emitter.mark(op.node) if op.whole else 0
        self.emitter.loops += 1
        out = self.block(op.body, frame, world)
        back, breaks = join(out.normal, out.continues), out.breaks
        ends = [back]
        while back is not None and not each and len(ends) < _MAX_ROUNDS:
            out = self.block(op.body, frame, back)
            again, breaks = join(out.normal, out.continues), join(breaks, out.breaks)
            if again == back:
                break
            ends.append(again)
            back = again
        self.emitter.loops -= 1
        self.emitter.whole = around
        done = None if op.endless else _after_rounds(ends)
        if done is not None and op.orelse:
            after = self.block(op.orelse, frame, done)
            return Out(join(after.normal, breaks), after.breaks, after.continues)
        return Out(join(done, breaks))

    def _bind_target(self, op: LoopOp, frame: Frame) -> bool:
        """Bind the loop's names; True if it goes over optimizers: then each round is about another one."""
        if op.target is None or op.iter is None:
            return False
        value = self.environment.element(op.iter, frame)
        self.environment.bind(op.target, value, frame)
        return bool(optimizers_in(value)) or any(names.is_optimizer(name) for name in bound_names(op.target))

    def _try(self, op: TryOp, frame: Frame, world: World) -> Out:
        self._returns.append([])
        out = self._tried(op, frame, world)
        returned = self._returns.pop()
        if not op.final:
            self._returns[-1].extend(returned)
            return out
        self._returns[-1].extend(w for r in returned if (w := self.block(op.final, frame, r).normal) is not None)
        return Out(*(self.block(op.final, frame, way).normal if way is not None else None for way in out))

    def _tried(self, op: TryOp, frame: Frame, world: World) -> Out:
        """try, handlers and else, without what finally adds."""
        body = self.block(op.body, frame, world)
        fine = self.block(op.orelse, frame, body.normal) if body.normal is not None else Out(None)
        outs = [Out(fine.normal, join(body.breaks, fine.breaks), join(body.continues, fine.continues))]
        caught = join(world, body.normal)
        if caught is not None:
            outs.extend(self.block(handler, frame, caught) for handler in op.handlers)
        return Out(*(join(*way) for way in zip(*outs, strict=True)))

    def _return(self, op: ReturnOp, frame: Frame, world: World) -> Out:
        frame.returned.append(self.environment.value(op.value, frame) if op.value is not None else None)
        self._returns[-1].append(world)
        return Out(None)

    def _define(self, op: DefOp, frame: Frame, world: World) -> Out:
        frame.values[op.node.name] = Fn(op.node, frame)
        return Out(world)

    def _loss(self, op: LossOp, frame: Frame, world: World) -> Out:
        if "." not in op.path and "[" not in op.path:
            frame.values[op.path] = Loss(op.path)
        event = Event(Kind.FORWARD, self.emitter.mark(op.node), frozenset({op.path}), sure=op.sure, awaited=op.awaited)
        return Out(self.emitter.all_subjects(world, event))

    def _grad(self, op: GradOp, frame: Frame, world: World) -> Out:
        if op.clears:
            return Out(self.emitter.all_subjects(world, Event(Kind.ZERO_GRAD, self.emitter.mark(op.node), sure=False)))
        return Out(self.emitter.all_subjects(world, Event(Kind.GIVE_AWAY, self.emitter.mark(op.node))))

    def _read(self, op: ReadOp, frame: Frame, world: World) -> Out:
        if op.scales:  # what a step has used is kept on purpose, at a smaller weight
            world = self.emitter.keep_used(op.node, world)
        return Out(self.emitter.all_subjects(world, Event(Kind.READ, self.emitter.mark(op.node))))

    def _assign(self, op: BindOp, frame: Frame, world: World) -> Out:
        value = self.environment.value(op.value, frame)
        if not _is_followed(op, value):
            for method in bound_methods(op.value):  # steps = [opt.step, scheduler.step]: called who knows where
                keys = optimizers_in(self.environment.value(method.value, frame))
                world = self.emitter.give_away(keys, method, world)
        for target in op.targets:
            world = self.environment.rename(target, value, frame, world)
            self.environment.bind(target, self.environment.value(op.value, frame), frame)
        return Out(world)

    def inline(
        self, function: Fn, call: ast.Call | None, frame: Frame, world: World
    ) -> tuple[World | None, Value | None]:
        """Run a function of this file from here. Recursion and very deep chains are left out."""
        node = function.node
        if node in self._stack or len(self._stack) >= _MAX_DEPTH:
            return world, None
        owner = self.index.owner.get(node)
        scope = f"{owner.name}." if owner else ""
        inner = Frame(scope + getattr(node, "name", "<lambda>"), node, function.closure, owner)
        _bind_parameters(inner, function, self._evaluated(call, frame))
        if not self.emitter.muted:
            self._visited.add(node)
        self._stack.append(node)
        around, self.emitter.whole = self.emitter.whole, 0
        self.emitter.functions += 1
        self._returns.append([])
        try:
            out = self.block(self.planner.plan(node), inner, world)
        finally:
            self._stack.pop()
            self.emitter.whole = around
            self.emitter.functions -= 1
            returns = self._returns.pop()
        results = [v for v in inner.returned if v is not None]
        return join(out.normal, *returns), (results[-1] if results else None)

    def _evaluated(self, call: ast.Call | None, frame: Frame) -> tuple[list[Value | None], dict[str, Value | None]]:
        if call is None:
            return [], {}
        positional: list[Value | None] = []
        for argument in call.args:
            value = self.environment.value(argument, frame)
            if isinstance(argument, ast.Starred):
                positional.extend(value.items if isinstance(value, Seq) else ())
                break
            positional.append(value)
        keywords = {k.arg: self.environment.value(k.value, frame) for k in call.keywords if k.arg}
        for spread in (self.environment.value(k.value, frame) for k in call.keywords if k.arg is None):
            if isinstance(spread, Seq) and spread.names is not None:
                keywords.update((str(name), v) for name, v in zip(spread.names, spread.items, strict=True))
        return positional, keywords


def _after_rounds(ends: list[World | None]) -> World | None:
    """The world behind a loop. Where every round after the first throws the one before away, there were several."""
    done, later = join(*ends), join(*ends[1:])
    if done is None or later is None:
        return done
    wasted = {key: states for key, states in later.items() if all(s.wasted_at for s in states)}
    return {**done, **wasted}


def _bind_parameters(frame: Frame, function: Fn, given: tuple[list[Value | None], dict[str, Value | None]]) -> None:
    """Bind what the caller gave to the callee's parameter names; what is not known stays unbound."""
    args = function.node.args
    params = [a.arg for a in (*args.posonlyargs, *args.args)]
    positional, keywords = given
    if function.bound is not None and params and not _is_static(function.node):
        frame.values[params.pop(0)] = function.bound
    if args.vararg is not None:
        frame.values[args.vararg.arg] = Seq(tuple(positional[len(params) :]))
    if args.kwarg is not None:
        extra = {k: v for k, v in keywords.items() if k not in params}
        frame.values[args.kwarg.arg] = Seq(tuple(extra.values()), tuple(extra))
    for name, value in [*zip(params, positional, strict=False), *keywords.items()]:
        if value is not None and (name in params or any(a.arg == name for a in args.kwonlyargs)):
            frame.values[name] = value


def _is_followed(op: BindOp, value: Value | None) -> bool:
    """Are bound methods of optimizers taken apart into names, so that calls of these names can be understood?"""
    if isinstance(value, Bound):
        return not isinstance(op.value, ast.IfExp) and all(path_of(t) is not None for t in op.targets)
    unpacked = all(isinstance(t, ast.Tuple | ast.List) for t in op.targets)
    return isinstance(op.value, ast.Tuple) and unpacked


def _is_static(node: Function) -> bool:
    return not isinstance(node, ast.Lambda) and any(last_name(d) == "staticmethod" for d in node.decorator_list)


_RUN: dict[type, Callable[[Interpreter, Any, Frame, World], Out]] = {
    BindOp: Interpreter._assign,
    BranchOp: Interpreter._branch,
    DefOp: Interpreter._define,
    GradOp: Interpreter._grad,
    LoopOp: Interpreter._loop,
    LossOp: Interpreter._loss,
    ReadOp: Interpreter._read,
    ReturnOp: Interpreter._return,
    TryOp: Interpreter._try,
}
