"""The recogniser: what a call means: an event of the protocol, a function of this file, or something unknown."""

from __future__ import annotations

import ast
from typing import Protocol

from ..events import Event, Kind
from . import names
from .emitter import Emitter, sets_flag
from .environment import Environment, Named, within
from .index import (
    Index,
    arguments,
    is_autograd_grad,
    is_empty,
    is_optimizer_class,
    is_torch_optimizer,
    last_name,
    loss_paths,
    path_of,
)
from .plan import Planner
from .values import Bound, Class, Fn, Frame, Loss, Obj, Opt, Params, Ref, Seq, Value, optimizers_in
from .worlds import ANY, NEW, World
from .wrappers import CLEARS_BY_ITSELF, KEEPS_ORDER, OUT_OF_SIGHT, WRAPPERS

_OPTIMIZER_KEEPS = frozenset(
    "state_dict load_state_dict add_param_group train eval share_memory keys values items get pop append extend insert "
    "consolidate_state_dict param_groups __repr__ lower upper split "
    "startswith endswith format join add_argument scale_loss get_lr get_last_lr set_lr update_lr".split()
)
"""Methods of an optimizer that leave its gradients alone."""


class Enter(Protocol):
    """Runs a function of this file from here: the world after it, None if it never returns, and what it gives."""

    def __call__(
        self, function: Fn, call: ast.Call | None, frame: Frame, world: World
    ) -> tuple[World | None, Value | None]:
        """Enter `function`, called by `call` (None: by code outside this file, so its arguments are unknown)."""
        ...


class Recogniser:
    """Turns calls into events. `enter` follows a call into a function of this file."""

    def __init__(self, environment: Environment, emitter: Emitter, planner: Planner, enter: Enter) -> None:
        self.environment = environment
        self.emitter = emitter
        self.planner = planner
        self.index: Index = environment.index
        self.enter = enter
        self.initialised: set[str] = set()  # classes of which this file makes an instance

    def call(self, call: ast.Call, frame: Frame, world: World) -> World | None:
        """Run one call: an event, a function of this file, or something unknown."""
        self.environment.results.pop(call, None)
        func = call.func
        last = last_name(func)
        if isinstance(func, ast.Attribute):
            receiver = self.environment.value(func.value, frame)
            if last in self.index.handles and isinstance(value := self.environment.value(func, frame), Bound):
                return self._bound(value, call, frame, world)
            followed = self._method(func, receiver, frame)
            if followed is not None:
                return self._follow(followed, call, frame, world)
            handled = self._event(call, last, receiver, frame, world)
            if handled is not None:
                return handled
        elif isinstance(func, ast.Name):
            target = self.environment.lookup(func.id, frame)
            if isinstance(target, Bound):
                return self._bound(target, call, frame, world)
            if isinstance(target, Fn):
                return self._follow(target, call, frame, world)
            if isinstance(target, Obj) and (method := self.index.called(target.cls)) is not None:
                return self._follow(Fn(method, self.environment.module, target), call, frame, world)
            if isinstance(target, Class) and not self.index.is_optimizer(target.cls):
                return self._construct(target, call, frame, world)
            if last == "backward" and call.args:
                return self.emitter.backward(call, frame, world)
            if last in self.index.loop_names & self.index.touching_names:  # one of several functions of this file
                return self.emitter.all_subjects(world, Event(Kind.GIVE_AWAY, self.emitter.mark(call)))
        elif isinstance(func, ast.Subscript):  # table[key](...)
            return self._from_table(call, func, frame, world)
        if self._builds_optimizer(call, last):
            return self._build(call, last, frame, world)
        return self._unknown(call, last, frame, world)

    def _bound(self, method: Bound, call: ast.Call, frame: Frame, world: World) -> World | None:
        """`step()` after `step = opt.step`."""
        if method.method == "zero_grad":
            return self.emitter.zero(method.opt, call, world)
        return self._stepped(method.opt, call, frame, world)

    def _from_table(self, call: ast.Call, func: ast.Subscript, frame: Frame, world: World) -> World | None:
        target = self.environment.value(func, frame)
        if isinstance(target, Fn):
            return self._follow(target, call, frame, world)
        table = self.environment.value(func.value, frame)
        if isinstance(table, Seq) and any(isinstance(i, Fn) and i.node in self.index.touching for i in table.items):
            return self.emitter.all_subjects(world, Event(Kind.GIVE_AWAY, self.emitter.mark(call)))  # one of them
        return self._unknown(call, "", frame, world)

    def _method(self, func: ast.Attribute, receiver: Value | None, frame: Frame) -> Fn | None:
        """The function of this file that `receiver.attr(...)` calls, if it is one."""
        if isinstance(receiver, Obj) and not self.index.is_optimizer(receiver.cls):
            bound = self.environment.attributes.get((receiver.ident, func.attr))
            if isinstance(bound, Fn):
                return bound
            if isinstance(bound, Obj) and (called := self.index.called(bound.cls)) is not None:
                return Fn(called, self.environment.module, bound)
            method = self.index.method(receiver.cls, func.attr)
            return Fn(method, self.environment.module, receiver) if method is not None else None
        if isinstance(func.value, ast.Call) and last_name(func.value.func) == "super" and frame.owner is not None:
            for base in frame.owner.bases:
                info = self.index.classes.get(base.rsplit(".", 1)[-1])
                method = self.index.method(info, func.attr) if info is not None else None
                own = self.environment.lookup("self", frame)
                if method is not None and isinstance(own, Obj):
                    return Fn(method, self.environment.module, own)
        return None

    def _event(self, call: ast.Call, last: str, receiver: Value | None, frame: Frame, world: World) -> World | None:
        """The protocol events that a method call of something outside this file stands for; None: none."""
        assert isinstance(call.func, ast.Attribute)
        path = path_of(call.func.value) or ""
        if last == "zero_grad":
            return self.emitter.zero(receiver or self._stepped_name(call.func.value, path, frame), call, world)
        if last in ("backward", "manual_backward"):
            if isinstance(call.func.value, ast.Call) and last_name(call.func.value.func) == "super":
                return world
            if path.rsplit(".", 1)[-1] in OUT_OF_SIGHT or path.endswith("distributed.autograd"):
                return self.emitter.all_subjects(world, Event(Kind.GIVE_AWAY, self.emitter.mark(call)))
            return self.emitter.backward(call, frame, world)
        if last in ("step", "optimizer_step"):
            return self._step_call(call, receiver, path, frame, world)
        if (
            last == "replay" and call in self.planner.discarded and not call.args
        ):  # a CUDA graph: who knows what it holds
            return self.emitter.all_subjects(world, Event(Kind.GIVE_AWAY, self.emitter.mark(call)))
        if last == "append" and call.args:
            self.environment.extend(call.func.value, self.environment.value(call.args[0], frame), frame)
            return world
        if isinstance(receiver, Opt):
            if last.startswith("register_step"):  # the hook may clear or use them at each step
                return self.emitter.give_away(receiver.keys, call, world)
            if last in _OPTIMIZER_KEEPS or (names.is_harmless(last) and "step" not in names.words(last)):
                return world
            world = self.emitter.give_away(receiver.keys, call, world)
            return self.emitter.zero(receiver, call, world) if sets_flag(call, "zero_grad") else world
        return None

    def _step_call(self, call: ast.Call, receiver: Value | None, path: str, frame: Frame, world: World) -> World | None:
        own = receiver if isinstance(receiver, Opt) else None
        if own is None:
            keyword = WRAPPERS["optimizer_step"].keyword
            given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == keyword)]
            for argument in given:  # scaler.step(optimizer), xm.optimizer_step(optimizer)
                value = self.environment.value(argument, frame) or self._stepped_name(
                    argument, path_of(argument) or "", frame
                )
                if isinstance(value, Opt):
                    return self.emitter.step(value, call, world)
            own = self._stepped_name(call.func.value, path, frame) if isinstance(call.func, ast.Attribute) else None
        if own is None and path in self.index.engines:  # engine.step() steps and clears what it was given
            return self.emitter.all_subjects(world, Event(Kind.GIVE_AWAY, self.emitter.mark(call)))
        if own is None:
            return world if receiver is None or isinstance(receiver, Ref) else None
        return self._stepped(own, call, frame, world)

    def _stepped(self, own: Opt, call: ast.Call, frame: Frame, world: World) -> World | None:
        """step() of these optimizers, with a closure or without."""
        for argument in call.args[:1] or [k.value for k in call.keywords if k.arg == "closure"]:
            if isinstance(argument, ast.Constant):
                continue
            closure = self.environment.value(argument, frame)
            if not isinstance(closure, Fn):
                return self.emitter.give_away(own.keys, call, world)  # partial, context id: it may do anything
            after, _ = self.enter(closure, None, frame, world)
            if after is None:
                return None
            world = after
        return self.emitter.step(own, call, world)

    def _stepped_name(self, node: ast.expr, path: str, frame: Frame) -> Opt | None:
        """An optimizer by its name or its use: both stepped and cleared, and no engine that is given losses."""
        last = last_name(node)
        if not path or path in self.index.engines or names.is_scheduler(last):
            return None
        if not (names.is_optimizer(last) or (last in self.index.stepped and last in self.index.cleared)):
            return None
        holder = self.environment.value(node.value, frame) if isinstance(node, ast.Attribute) else None
        if isinstance(holder, Opt) and names.is_optimizer(last):
            return holder  # the optimizer inside a wrapper
        value = self.environment.lookup(path, frame)
        return self.environment.guess(value.key, path) if isinstance(value, Ref) else None

    def _builds_optimizer(self, call: ast.Call, last: str) -> bool:
        if last in self.index.classes:
            return self.index.is_optimizer(self.index.classes[last])
        if last == "DistributedOptimizer" and "rpc" in self.index.imports:
            return False  # its gradients live in a context of their own
        return is_optimizer_class(last) or is_torch_optimizer(path_of(call.func) or "")

    def _build(self, call: ast.Call, last: str, frame: Frame, world: World) -> World:
        given = [self.environment.value(a, frame) for a in (*call.args, *(k.value for k in call.keywords))]
        wrapped = next((v for v in given if isinstance(v, Opt)), None)
        if wrapped is not None:  # Lookahead(optimizer), hvd.DistributedOptimizer(optimizer)
            self.environment.results[call] = wrapped
            return world
        key = f"@{self.emitter.mark(call)}"
        params = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "params")]
        models = frozenset().union(*(self.environment.models(p, frame) for p in params))
        direct = next((v.models for v in given if isinstance(v, Params)), frozenset[str]())
        sources = frozenset().union(*(self.environment.sources(p, frame) for p in params))
        self.environment.subjects[key] = Named(
            f"{last}(...)", True, (models | direct) or None, self.index.classes.get(last), sources
        )
        self.environment.results[call] = Opt((key,))
        return {**world, key: NEW}

    def _construct(self, target: Class, call: ast.Call, frame: Frame, world: World) -> World | None:
        made = Obj(target.cls, f"{target.cls.name}@{self.emitter.mark(call)}")
        self.initialised.add(target.cls.name)
        init = self.index.method(target.cls, "__init__")
        after: World | None = world
        if init is not None and (
            init in self.index.touching or self.environment.given_optimizers(arguments(call), frame)
        ):
            after, _ = self.enter(Fn(init, self.environment.module, made), call, frame, world)
        elif init is None or not self.index.is_closed(target.cls):
            after = self._unknown(call, target.cls.name, frame, world)
        self.environment.results[call] = made
        return after

    def _unknown(self, call: ast.Call, last: str, frame: Frame, world: World) -> World:
        """A callee outside this file: what is given to it may be cleared, used or stepped there."""
        values = [self.environment.value(a, frame) for a in (*call.args, *(k.value for k in call.keywords))]
        owner = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if owner in CLEARS_BY_ITSELF:
            return self.emitter.give_away(self.environment.given_optimizers(arguments(call), frame), call, world)
        if last in KEEPS_ORDER:
            self.environment.results[call] = values[0] if len(values) == 1 else Seq(tuple(values))
            return world
        if is_autograd_grad(call):
            losses = frozenset(loss_paths(call.args[0]) if call.args else ())
            return self.emitter.all_subjects(world, Event(Kind.READ, self.emitter.mark(call), losses))
        if self.planner.lends(call):
            sets = call in self.planner.discarded and names.may_set_gradients(last)
            world = self.emitter.all_subjects(world, Event(Kind.LEND if sets else Kind.READ, self.emitter.mark(call)))
        if call in self.planner.discarded and any(isinstance(v, Loss) for v in values) and names.may_propagate(last):
            # self.back(loss): who is given a loss and gives nothing back may propagate it
            return self.emitter.all_subjects(world, Event(Kind.FORWARD, self.emitter.mark(call)))
        if "hook" in names.words(last) and any(isinstance(v, Fn) and self.index.runs_events(v.node) for v in values):
            return self.emitter.all_subjects(world, Event(Kind.GIVE_AWAY, self.emitter.mark(call)))
        if last in names.OPTIMIZER_CLASSES or names.is_harmless(last) or names.is_scheduler(last):
            return world
        if names.clears_gradients(last) or _clears_by_text(call, last):
            return self.emitter.all_subjects(world, Event(Kind.ZERO_GRAD, self.emitter.mark(call), sure=False))
        if names.hides_protocol(last) and not names.is_scheduler(owner) and self._reaches_ours(call, values, frame):
            return self.emitter.all_subjects(world, Event(Kind.GIVE_AWAY, self.emitter.mark(call)))
        if last in names.SAME_FUNCTION and values and isinstance(values[0], Bound):
            self.environment.results[call] = values[0]  # followed to where it is called
            return world
        keys = self.environment.given_optimizers(arguments(call), frame)
        if call in self.planner.rebinds and len(set(keys)) == 1:
            # optimizer = LARC(optimizer): wrapped, and still the same one
            self.environment.results[call] = Opt((keys[0],), sure=self.environment.subjects[keys[0]].sure)
            return world
        for value in values:
            if isinstance(value, Fn) and value.node in self.index.touching:
                self.environment.results[call] = value  # partial(step), torch.compile(step): still that function
                keys.extend(self._touched_by(value, world, frame))
        return self.emitter.give_away(keys, call, world) if keys else world

    def _reaches_ours(self, call: ast.Call, values: list[Value | None], frame: Frame) -> bool:
        """Is a callee given anything that leads to our gradients: a model, a loss, an optimizer, self?"""
        receiver = self.environment.value(call.func.value, frame) if isinstance(call.func, ast.Attribute) else None
        models = self.environment.all_models()
        for value in (receiver, *values):
            if isinstance(value, Opt | Loss | Obj | Fn | Seq):
                return True
            if isinstance(value, Ref) and (
                not models or any(within(value.key, m) or within(m, value.key) for m in models)
            ):
                return True
        return path_of(call.func) is not None and (path_of(call.func) or "").startswith("self.")

    def _is_wrapped(self, function: Fn) -> bool:
        """Does a decorator of this file stand around this function, or does it run in pieces (yield)?"""
        if getattr(function.node, "name", "") in self.index.generators:
            return True
        decorators = [] if isinstance(function.node, ast.Lambda) else function.node.decorator_list
        around = function.closure or self.environment.module
        return any(
            last_name(d) in self.index.touching_names
            or (isinstance(d, ast.Call) and self.environment.given_optimizers(arguments(d), around))
            for d in decorators
        )

    def _touched_by(self, function: Fn, world: World, frame: Frame) -> list[str]:
        """The optimizers that a function would change if the callee it is given to calls it."""
        self.emitter.muted += 1
        after, _ = self.enter(function, None, frame, world)
        self.emitter.muted -= 1
        return [key for key, states in world.items() if (after or world).get(key, states) != states and key != ANY]

    def _follow(self, function: Fn, call: ast.Call, frame: Frame, world: World) -> World | None:
        values = [self.environment.value(a, frame) for a in arguments(call)]
        given = any(optimizers_in(v) or (isinstance(v, Fn) and v.node in self.index.touching) for v in values)
        if function.bound is not None and is_empty(function.node) and any(isinstance(v, Loss) for v in values):
            # a hook for subclasses in other files: it may propagate the loss it is given
            return self.emitter.all_subjects(world, Event(Kind.FORWARD, self.emitter.mark(call)))
        if function.node not in self.index.touching and not given:
            return world
        if self._is_wrapped(function):
            return self.emitter.all_subjects(world, Event(Kind.GIVE_AWAY, self.emitter.mark(call)))
        after, self.environment.results[call] = self.enter(function, call, frame, world)
        return after


def _clears_by_text(call: ast.Call, last: str) -> bool:
    """`setattr(p, "grad", None)` and `torch._foreach_zero_(grads)`."""
    if last == "setattr" and len(call.args) == 3:
        return isinstance(call.args[1], ast.Constant) and call.args[1].value == "grad"
    return last == "_foreach_zero_"
