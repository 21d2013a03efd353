"""The interpreter: pushes sets of machine states through the event trees until nothing changes.

Structured: each compound statement maps the states before it to those after it, per way out (normal, break,
continue, return). A loop body runs a second time from the back edge alone: the back edge is time, not choice.
Functions and methods of the same file are entered at their calls.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..events import Event, Kind
from ..judge import Judge, Verdict
from ..machine import UNKNOWN, State, advance
from . import names
from .index import Function, Index, arguments, backward_operands, is_optimizer_class, is_torch_optimizer, last_name, loss_paths, path_of
from .plan import (
    BindOp,
    BranchOp,
    CallOp,
    DefOp,
    GradOp,
    JumpOp,
    LoopOp,
    LossOp,
    Op,
    Planner,
    ReturnOp,
    TryOp,
)
from .values import Class, Fn, Frame, Loss, Obj, Opt, Params, Ref, Seq, Value, member, optimizers_in
from .wrappers import KEEPS_ORDER, OUT_OF_SIGHT, WRAPPERS

States = frozenset[State]
World = dict[str, States]
"""The possible states of each optimizer met so far; `ANY` stands for all others."""

ANY = "*"
_START: States = frozenset({UNKNOWN})
_NEW: States = frozenset({State()})
_MAX_STATES = 24
_MAX_DEPTH = 12
_BUDGET = 60_000  # operations per file; beyond it the interpreter gives up on the entry and stays silent
_OPTIMIZER_KEEPS = frozenset(
    "state_dict load_state_dict add_param_group train eval share_memory keys values items get pop append extend insert "
    "register_step_pre_hook register_step_post_hook consolidate_state_dict param_groups __repr__ lower upper split "
    "startswith endswith format join add_argument zero_grad_ scale_loss get_lr get_last_lr set_lr update_lr".split()
)


class Out(NamedTuple):
    """Where control may be after a piece of code; None: it does not get there."""

    normal: World | None
    breaks: World | None = None
    continues: World | None = None


class Named(NamedTuple):
    """What is known of a subject besides its states."""

    display: str
    sure: bool
    models: frozenset[str] | None = None  # None: which parameters it holds is not known


class Found(NamedTuple):
    """A verdict with what the interpreter knows about its circumstances."""

    verdict: Verdict
    sure: bool  # the subject's binding was seen
    looped: bool  # it happens in a loop


class TooLong(Exception):
    """The budget of this file is spent."""


def join(*worlds: World | None) -> World | None:
    """Either of these worlds."""
    real = [w for w in worlds if w is not None]
    if len(real) < 2:
        return real[0] if real else None
    out: World = {}
    for key in dict.fromkeys(k for w in real for k in w):
        out[key] = frozenset().union(*(w.get(key, w[ANY]) for w in real))
    return out


class Interpreter:
    """Runs one module: its top level first, then every function that touches the protocol and was not reached."""

    def __init__(self, index: Index, judge: Judge) -> None:
        self.index = index
        self.judge = judge
        self.planner = Planner(index)
        self.found: dict[tuple[object, ...], Found] = {}
        self.marks: list[ast.AST] = [index.module]  # mark 0 is nowhere
        self.subjects: dict[str, Named] = {}
        self.attributes: dict[tuple[str, str], Value] = {}
        self._mark_of: dict[ast.AST, int] = {}
        self._results: dict[ast.AST, Value | None] = {}
        self._stack: list[Function] = []
        self._returns: list[list[World]] = [[]]
        self._visited: set[ast.AST] = set()
        self._initialised: set[str] = set()
        self._addressed: set[str] = set()  # subjects that are cleared by name: this code is in charge of them
        self._collected: set[str] = set()  # subjects put into a list or dict: they may be stepped through it
        self._loops = 0
        self._muted = 0
        self._spent = 0
        self._module = Frame("", None, None)

    # ---- entries -------------------------------------------------------------------------------------------
    def run(self) -> None:
        """Judge the whole module. Never raises TooLong: an entry that costs too much is left out."""
        for function in self.index.functions_in_order():
            if self.index.parent[function] is None and function not in self.index.owner:
                self._module.values[getattr(function, "name", "")] = Fn(function, self._module)
        for info in self.index.classes.values():
            self._module.values.setdefault(info.name, Class(info))
        self._entry(lambda: self._finish(self.block(self.planner.plan(self.index.module), self._module, self._fresh())))
        for only_uncalled in (True, False):
            called = {name for calls in self.index.calls.values() for name in calls}
            for function in list(self.index.functions_in_order()):
                name = getattr(function, "name", "")
                if function in self._visited or function not in self.index.touching:
                    continue
                if name == "__init__" or (only_uncalled and name in called) or self.index.parent[function] is not None:
                    continue
                self._entry(lambda f=function: self._enter(f))  # type: ignore[misc]

    def _entry(self, body: Callable[[], None]) -> None:
        self._spent = 0
        self._stack.clear()
        self._loops = self._muted = 0
        try:
            body()
        except TooLong:
            return

    def _enter(self, function: Function) -> None:
        """Run a function nobody in this file calls: all it gets from outside is unknown."""
        owner = self.index.owner.get(function)
        bound = Obj(owner, owner.name) if owner is not None else None
        if owner is not None and owner.name not in self._initialised:
            self._initialised.add(owner.name)
            init = self.index.method(owner, "__init__")
            if init is not None and init in self.index.touching:
                self._muted += 1
                self.inline(Fn(init, self._module, bound), None, self._module, self._fresh())
                self._muted -= 1
        world, _ = self.inline(Fn(function, self._module, bound), None, self._module, self._fresh(), entry=True)
        self._finish(Out(world))

    def _fresh(self) -> World:
        return {ANY: _START}

    def _finish(self, out: Out) -> None:
        """The end of an entry: what was never stepped, and could only have been stepped here, is judged."""
        event = Event(Kind.END)
        for key, states in (out.normal or {}).items():
            named = self.subjects.get(key)
            if named is None or key in self._collected or key.startswith("@"):
                continue
            shared = "." in key.rpartition(":")[2] or not key.rpartition(":")[0]
            if shared and last_name(_as_expr(named.display)) in self.index.stepped:
                continue  # an attribute or a global: another function steps it
            alone = named.sure and sum(1 for k in out.normal or {} if k != ANY) == 1
            if key not in self._addressed and not alone:
                continue  # nothing shows that this code is in charge of it
            self._judge(key, states, event, looped=True)

    # ---- statements ----------------------------------------------------------------------------------------
    def block(self, ops: Iterable[Op], frame: Frame, world: World) -> Out:
        at: World | None = world
        breaks: World | None = None
        continues: World | None = None
        for op in ops:
            if at is None:
                break
            self._spent += 1
            if self._spent > _BUDGET:
                raise TooLong
            if isinstance(op, CallOp):
                at = self.call(op.node, frame, at)
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
        outs = [self.block(arm, frame, world) for arm in op.arms]
        return Out(*(join(*way) for way in zip(*outs, strict=True)))

    def _loop(self, op: LoopOp, frame: Frame, world: World) -> Out:
        each = self._bind_target(op, frame)
        self._loops += 1
        first = self.block(op.body, frame, world)
        back = join(first.normal, first.continues)
        last = None
        breaks = first.breaks
        if back is not None and not each:
            second = self.block(op.body, frame, back)
            last = join(second.normal, second.continues)
            breaks = join(breaks, second.breaks)
        self._loops -= 1
        done = None if op.endless else join(back, last)
        if done is not None and op.orelse:
            after = self.block(op.orelse, frame, done)
            return Out(join(after.normal, breaks), after.breaks, after.continues)
        return Out(join(done, breaks))

    def _bind_target(self, op: LoopOp, frame: Frame) -> bool:
        """Bind the loop's names; True if it goes over optimizers: then each round is about another one."""
        if op.target is None or op.iter is None:
            return False
        value = self._element(op.iter, frame)
        self._bind(op.target, value, frame)
        return bool(optimizers_in(value))

    def _element(self, node: ast.expr, frame: Frame) -> Value | None:
        """What a loop over this expression yields, as far as optimizers are concerned."""
        if isinstance(node, ast.Call):
            last = last_name(node.func)
            inner = node.func.value if isinstance(node.func, ast.Attribute) else None
            if last == "values" and inner is not None:
                return self._element(inner, frame)
            if last == "items" and inner is not None:
                return Seq((None, self._element(inner, frame)))
            if last == "enumerate" and node.args:
                return Seq((None, self._element(node.args[0], frame)))
            if last in ("reversed", "list", "tuple", "tqdm") and node.args:
                return self._element(node.args[0], frame)
            if last == "zip":
                return Seq(tuple(self._element(a, frame) for a in node.args))
            return None
        value = self.value(node, frame)
        keys = optimizers_in(value)
        if isinstance(value, Seq) and keys:
            return Opt(keys)
        return Opt(keys, sure=False) if keys and last_name(node).endswith("s") else None

    def _try(self, op: TryOp, frame: Frame, world: World) -> Out:
        body = self.block(op.body, frame, world)
        fine = self.block(op.orelse, frame, body.normal) if body.normal is not None else Out(None)
        outs = [Out(fine.normal, join(body.breaks, fine.breaks), join(body.continues, fine.continues))]
        caught = join(world, body.normal)
        if caught is not None:
            outs.extend(self.block(handler, frame, caught) for handler in op.handlers)
        ways = [join(*way) for way in zip(*outs, strict=True)]
        if not op.final:
            return Out(*ways)
        finals = [self.block(op.final, frame, way).normal if way is not None else None for way in ways]
        return Out(*finals)

    def _return(self, op: ReturnOp, frame: Frame, world: World) -> Out:
        frame.returned.append(self.value(op.value, frame) if op.value is not None else None)
        self._returns[-1].append(world)
        return Out(None)

    def _define(self, op: DefOp, frame: Frame, world: World) -> Out:
        frame.values[op.node.name] = Fn(op.node, frame)
        return Out(world)

    def _loss(self, op: LossOp, frame: Frame, world: World) -> Out:
        if "." not in op.path and "[" not in op.path:
            frame.values[op.path] = Loss(op.path)
        event = Event(Kind.FORWARD, self.mark(op.node), frozenset({op.path}), sure=op.sure, awaited=op.awaited)
        return Out(self._all(world, event))

    def _grad(self, op: GradOp, frame: Frame, world: World) -> Out:
        if op.clears:
            return Out(self._all(world, Event(Kind.ZERO_GRAD, self.mark(op.node), sure=False)))
        return Out(self._all(world, Event(Kind.GIVE_AWAY, self.mark(op.node))))

    def _assign(self, op: BindOp, frame: Frame, world: World) -> Out:
        value = self.value(op.value, frame)
        for target in op.targets:
            world = self._rename(target, value, frame, world)
            self._bind(target, self.value(op.value, frame), frame)
        return Out(world)

    # ---- names and values ----------------------------------------------------------------------------------
    def _home(self, root: str, frame: Frame) -> Frame:
        at: Frame | None = frame
        while at is not None:
            if root in at.values or (at.function is not None and root in self.index.locals_of(at.function)):
                return at
            at = at.parent
        return self._module

    def lookup(self, path: str, frame: Frame) -> Value:
        """The value of a dotted name, at least a Ref to where it came from."""
        parts = path.split(".")
        home = self._home(parts[0], frame)
        for n in range(len(parts), 0, -1):
            value = home.values.get(".".join(parts[:n]))
            if value is not None:
                return self._descend(value, parts[n:])
        return Ref(f"{home.scope}:{path}")

    def _descend(self, value: Value, rest: list[str]) -> Value:
        for i, attr in enumerate(rest):
            if isinstance(value, Obj):
                known = self.attributes.get((value.ident, attr))
                if known is None:
                    method = self.index.method(value.cls, attr)
                    if method is None:
                        return Ref(f"{value.ident}:self.{'.'.join(rest[i:])}")
                    known = Fn(method, self._module, value)
                value = known
            elif isinstance(value, Ref):
                return Ref(f"{value.key}.{'.'.join(rest[i:])}")
            else:
                return Ref(f"?:{'.'.join(rest)}")
        return value

    def value(self, node: ast.expr | None, frame: Frame) -> Value | None:
        """What an expression is, without running it: calls give what their last run gave."""
        match node:
            case ast.Name() | ast.Attribute():
                return self._named_value(node, frame)
            case ast.Call():
                return self._results.get(node)
            case ast.Tuple() | ast.List():
                return Seq(tuple(self.value(e, frame) for e in node.elts))
            case ast.ListComp() | ast.GeneratorExp() if optimizers_in(made := self.value(node.elt, frame)):
                self._collected.update(optimizers_in(made))
                return Seq((made, made))  # many of one kind: which one a subscript takes is not known
            case ast.Dict():
                keys = tuple(k.value if isinstance(k, ast.Constant) else None for k in node.keys)
                return Seq(tuple(self.value(v, frame) for v in node.values), keys)
            case ast.Subscript():
                return self._subscript(node, frame)
            case ast.IfExp():
                return self.value(node.body, frame) or self.value(node.orelse, frame)
            case ast.Await() | ast.NamedExpr() | ast.Starred():
                return self.value(node.value, frame)
            case ast.Lambda():
                return Fn(node, frame)
        models = self._models(node, frame) if node is not None else frozenset()
        return Params(models) if models else None

    def _named_value(self, node: ast.expr, frame: Frame) -> Value | None:
        path = path_of(node)
        if path is None:
            return None
        value = self.lookup(path, frame)
        last = path.rsplit(".", 1)[-1]
        if isinstance(value, Ref) and names.is_optimizer(last) and last in self.index.subjects:
            return self._guess(value.key, path)
        return value

    def _guess(self, key: str, display: str) -> Opt:
        self.subjects.setdefault(key, Named(display, sure=False))
        return Opt((key,), sure=self.subjects[key].sure)

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Value | None:
        base = self.value(node.value, frame)
        if isinstance(base, Seq):
            return member(base, node.slice)
        if isinstance(base, Opt):  # a collection known by name only
            exact = isinstance(node.slice, ast.Constant)
            return self._guess(f"{base.keys[0]}[{ast.unparse(node.slice)}]", ast.unparse(node))._replace(exact=exact)
        return None

    def _bind(self, target: ast.expr, value: Value | None, frame: Frame) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            items = value.items if isinstance(value, Seq) and len(value.items) == len(target.elts) else ()
            for i, element in enumerate(target.elts):
                self._bind(element, items[i] if items else None, frame)
            return
        if isinstance(target, ast.Subscript):
            self._extend(target.value, value, frame)
            return
        path = path_of(target)
        if path is None:
            return
        root, _, attr = path.rpartition(".")
        holder = self.lookup(root, frame) if root else None
        if isinstance(holder, Obj):
            _put(self.attributes, (holder.ident, attr), value)
        else:
            _put((self._home(path.split(".")[0], frame) if root else frame).values, path, value)

    def _extend(self, collection: ast.expr, value: Value | None, frame: Frame) -> None:
        """`opts[name] = opt` and `opts.append(opt)`: one more member."""
        if not optimizers_in(value):
            return
        self._collected.update(optimizers_in(value))
        old = self.value(collection, frame)
        items = old.items if isinstance(old, Seq) else ()
        self._bind(collection, Seq((*items, value)), frame)

    def _rename(self, target: ast.expr, value: Value | None, frame: Frame, world: World) -> World:
        """An optimizer just built takes the name it is bound to, so that two branches build the same subject."""
        if isinstance(target, ast.Tuple | ast.List):
            if isinstance(value, Seq) and len(value.items) == len(target.elts):
                for element, item in zip(target.elts, value.items, strict=True):
                    world = self._rename(element, item, frame, world)
            return world
        path = path_of(target)
        if path is None or not isinstance(value, Opt) or len(value.keys) != 1 or not value.keys[0].startswith("@"):
            return world
        old, new = value.keys[0], self._key_for(path, frame)
        self.subjects[new] = self.subjects[old]._replace(display=path)
        world = dict(world)
        world[new] = world.pop(old, _NEW)
        for node, result in self._results.items():
            if result == value:
                self._results[node] = value._replace(keys=(new,))
        return world

    def _key_for(self, path: str, frame: Frame) -> str:
        root, _, attr = path.rpartition(".")
        holder = self.lookup(root, frame) if root else None
        if isinstance(holder, Obj):
            return f"{holder.ident}:self.{attr}"
        return f"{(self._home(path.split('.')[0], frame)).scope}:{path}"

    def _models(self, node: ast.AST, frame: Frame) -> frozenset[str]:
        """The models whose parameters() an expression mentions."""
        found: set[str] = set()
        for at in ast.walk(node):
            if isinstance(at, ast.Call) and isinstance(at.func, ast.Attribute) and at.func.attr.endswith("parameters"):
                value = self.value(at.func.value, frame)
                if isinstance(value, Ref):
                    found.add(value.key)
                elif isinstance(value, Obj):
                    found.add(value.ident)
            elif isinstance(at, ast.Name) and isinstance(params := frame.values.get(at.id), Params):
                found |= params.models
        return frozenset(found)

    # ---- events --------------------------------------------------------------------------------------------
    def mark(self, node: ast.AST) -> int:
        if node not in self._mark_of:
            self._mark_of[node] = len(self.marks)
            self.marks.append(node)
        return self._mark_of[node]

    def _all(self, world: World, event: Event) -> World:
        """The same event for every optimizer there is."""
        return {key: _push(states, event) for key, states in world.items()}

    def _one(self, world: World, key: str, event: Event) -> World:
        world = dict(world)
        world[key] = _push(world.get(key, world[ANY]), event)
        return world

    def _judge(self, key: str, states: States, event: Event, looped: bool = False) -> None:
        if self._muted or key == ANY:
            return
        in_loop = looped or self._loops > 0
        if not in_loop and not self._stack:
            return  # a script that takes one step is not a loop
        named = self.subjects.get(key) or Named(key, sure=False)
        for verdict in self.judge.judge(key, states, event):
            told = verdict.told
            at = (verdict.rule.card.code, key, told.anchor, verdict.at, verdict.certain)
            self.found.setdefault(at, Found(verdict, named.sure, in_loop))

    def zero(self, value: Value | None, node: ast.AST, world: World) -> World:
        event = Event(Kind.ZERO_GRAD, self.mark(node))
        if isinstance(value, Opt):
            if not value.exact:
                event = event._replace(sure=False)
            self._addressed.update(value.keys)
            for key in value.keys:
                world = self._one(world, key, event)
            return world
        # A module: clears the optimizers that hold its parameters, and those of which that is not known.
        cleared = value.key if isinstance(value, Ref) else value.ident if isinstance(value, Obj) else None
        out = {}
        for key, states in world.items():
            models = self.subjects[key].models if key in self.subjects else None
            hit = _covers(cleared, models, self._all_models())
            sure = models is not None and models == {cleared}
            if sure:
                self._addressed.add(key)
            out[key] = _push(states, event._replace(sure=sure)) if hit else states
        return out

    def _all_models(self) -> frozenset[str]:
        return frozenset().union(*(n.models or frozenset() for n in self.subjects.values()))

    def backward(self, call: ast.Call, frame: Frame, world: World) -> World:
        losses: set[str] = set()
        for operand in backward_operands(call):
            value = self.value(operand, frame)
            losses.update({value.path} if isinstance(value, Loss) else loss_paths(operand))
        alone = sum(1 for key in world if key != ANY) <= 1
        event = Event(Kind.BACKWARD, self.mark(call), frozenset(losses) or None, sure=alone, looped=self._loops > 0)
        for key, states in world.items():
            self._judge(key, states, event)
        return self._all(world, event)

    def step(self, value: Opt, node: ast.Call, frame: Frame, world: World) -> World:
        event = Event(Kind.STEP, self.mark(node))
        for key in value.keys:
            states = world.get(key, world[ANY])
            if value.exact:
                self._judge(key, states, event)
                world = self._one(world, key, event)
            else:
                world = {**world, key: _cap(states | _push(states, event))}
        other = Event(Kind.OTHER_STEP)
        world = {k: s if k in value.keys else _push(s, other) for k, s in world.items()}
        if _sets_flag(node, "zero_grad"):
            world = self.zero(value, node, world)
        return world

    def give_away(self, keys: Iterable[str], node: ast.AST, world: World) -> World:
        kept = node not in self.planner.discarded
        event = Event(Kind.GIVE_AWAY, self.mark(node), sure=kept, looped=self._loops > 0)
        for key in keys:
            world = self._one(world, key, event)
        return world

    # ---- calls ---------------------------------------------------------------------------------------------
    def call(self, call: ast.Call, frame: Frame, world: World) -> World | None:
        """Run one call: an event, a function of this file, or something unknown."""
        self._results.pop(call, None)
        func = call.func
        last = last_name(func)
        if isinstance(func, ast.Attribute):
            receiver = self.value(func.value, frame)
            followed = self._method(func, receiver, frame)
            if followed is not None:
                return self._follow(followed, call, frame, world)
            handled = self._event(call, last, receiver, frame, world)
            if handled is not None:
                return handled
        elif isinstance(func, ast.Name):
            target = self.lookup(func.id, frame)
            if isinstance(target, Fn):
                return self._follow(target, call, frame, world)
            if isinstance(target, Class) and not self.index.is_optimizer(target.cls):
                return self._construct(target, call, frame, world)
            if last == "backward" and call.args:
                return self.backward(call, frame, world)
        if self._builds_optimizer(call, last):
            return self._build(call, last, frame, world)
        return self._unknown(call, last, frame, world)

    def _method(self, func: ast.Attribute, receiver: Value | None, frame: Frame) -> Fn | None:
        """The function of this file that `receiver.attr(...)` calls, if it is one."""
        if isinstance(receiver, Obj) and not self.index.is_optimizer(receiver.cls):
            bound = self.attributes.get((receiver.ident, func.attr))
            if isinstance(bound, Fn):
                return bound
            method = self.index.method(receiver.cls, func.attr)
            return Fn(method, self._module, receiver) if method is not None else None
        if isinstance(func.value, ast.Call) and last_name(func.value.func) == "super" and frame.owner is not None:
            for base in frame.owner.bases:
                info = self.index.classes.get(base.rsplit(".", 1)[-1])
                method = self.index.method(info, func.attr) if info is not None else None
                own = self.lookup("self", frame)
                if method is not None and isinstance(own, Obj):
                    return Fn(method, self._module, own)
        return None

    def _event(
        self, call: ast.Call, last: str, receiver: Value | None, frame: Frame, world: World
    ) -> World | None:
        """The protocol events that a method call of something outside this file stands for; None: none."""
        assert isinstance(call.func, ast.Attribute)
        path = path_of(call.func.value) or ""
        if last == "zero_grad":
            return self.zero(receiver or self._stepped_name(call.func.value, path, frame), call, world)
        if last in ("backward", "manual_backward"):
            if isinstance(call.func.value, ast.Call) and last_name(call.func.value.func) == "super":
                return world
            if path.rsplit(".", 1)[-1] in OUT_OF_SIGHT or path.endswith("distributed.autograd"):
                return self._all(world, Event(Kind.GIVE_AWAY, self.mark(call)))
            return self.backward(call, frame, world)
        if last in ("step", "optimizer_step"):
            return self._step_call(call, receiver, path, frame, world)
        if last == "append" and call.args:
            self._extend(call.func.value, self.value(call.args[0], frame), frame)
            return world
        if isinstance(receiver, Opt):
            if last in _OPTIMIZER_KEEPS or (names.is_harmless(last) and "step" not in names.words(last)):
                return world
            world = self.give_away(receiver.keys, call, world)
            return self.zero(receiver, call, world) if _sets_flag(call, "zero_grad") else world
        return None

    def _step_call(
        self, call: ast.Call, receiver: Value | None, path: str, frame: Frame, world: World
    ) -> World | None:
        own = receiver if isinstance(receiver, Opt) else None
        if own is None:
            keyword = WRAPPERS["optimizer_step"].keyword
            given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == keyword)]
            for argument in given:  # scaler.step(optimizer), xm.optimizer_step(optimizer)
                value = self.value(argument, frame) or self._stepped_name(argument, path_of(argument) or "", frame)
                if isinstance(value, Opt):
                    return self.step(value, call, frame, world)
            own = self._stepped_name(call.func.value, path, frame) if isinstance(call.func, ast.Attribute) else None
        if own is None and path in self.index.engines:  # engine.step() steps and clears what it was given
            return self._all(world, Event(Kind.GIVE_AWAY, self.mark(call)))
        if own is None:
            return world if receiver is None or isinstance(receiver, Ref) else None
        for argument in call.args[:1] or [k.value for k in call.keywords if k.arg == "closure"]:
            if isinstance(argument, ast.Constant):
                continue
            closure = self.value(argument, frame)
            if not isinstance(closure, Fn):
                return self.give_away(own.keys, call, world)  # partial, context id: it may do anything
            world, _ = self.inline(closure, None, frame, world)
        return self.step(own, call, frame, world)

    def _stepped_name(self, node: ast.expr, path: str, frame: Frame) -> Opt | None:
        """An optimizer by its name or its use: both stepped and cleared, and no engine that is given losses."""
        last = last_name(node)
        if not path or path in self.index.engines or names.is_scheduler(last):
            return None
        if not (names.is_optimizer(last) or (last in self.index.stepped and last in self.index.cleared)):
            return None
        value = self.lookup(path, frame)
        return self._guess(value.key, path) if isinstance(value, Ref) else None

    def _builds_optimizer(self, call: ast.Call, last: str) -> bool:
        if last in self.index.classes:
            return self.index.is_optimizer(self.index.classes[last])
        if last == "DistributedOptimizer" and "rpc" in self.index.imports:
            return False  # its gradients live in a context of their own
        return is_optimizer_class(last) or is_torch_optimizer(path_of(call.func) or "")

    def _build(self, call: ast.Call, last: str, frame: Frame, world: World) -> World:
        given = [self.value(a, frame) for a in (*call.args, *(k.value for k in call.keywords))]
        wrapped = next((v for v in given if isinstance(v, Opt)), None)
        if wrapped is not None:  # Lookahead(optimizer), hvd.DistributedOptimizer(optimizer)
            self._results[call] = wrapped
            return world
        key = f"@{self.mark(call)}"
        params = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "params")]
        models = frozenset().union(*(self._models(p, frame) for p in params))
        direct = next((v.models for v in given if isinstance(v, Params)), frozenset[str]())
        self.subjects[key] = Named(f"{last}(...)", sure=True, models=(models | direct) or None)
        self._results[call] = Opt((key,))
        return {**world, key: _NEW}

    def _construct(self, target: Class, call: ast.Call, frame: Frame, world: World) -> World | None:
        made = Obj(target.cls, f"{target.cls.name}@{self.mark(call)}")
        self._initialised.add(target.cls.name)
        init = self.index.method(target.cls, "__init__")
        after: World | None = world
        if init is not None and (init in self.index.touching or self._given_optimizers(call, frame)):
            after, _ = self.inline(Fn(init, self._module, made), call, frame, world)
        elif init is None or not self.index.is_closed(target.cls):
            after = self._unknown(call, target.cls.name, frame, world)
        self._results[call] = made
        return after

    def _given_optimizers(self, call: ast.Call, frame: Frame) -> list[str]:
        return [key for a in arguments(call) for key in optimizers_in(self.value(a, frame))]

    def _unknown(self, call: ast.Call, last: str, frame: Frame, world: World) -> World:
        """A callee outside this file: what is given to it may be cleared, used or stepped there."""
        values = [self.value(a, frame) for a in (*call.args, *(k.value for k in call.keywords))]
        if last in KEEPS_ORDER and last_name(getattr(call.func, "value", None)) != "deepspeed":
            self._results[call] = values[0] if len(values) == 1 else Seq(tuple(values))
        owner = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
        if owner == "deepspeed":  # its engine clears and steps by itself
            return self.give_away(self._given_optimizers(call, frame), call, world)
        if last in names.OPTIMIZER_CLASSES or names.is_harmless(last) or names.is_scheduler(last):
            return world
        if names.clears_gradients(last):
            return self._all(world, Event(Kind.ZERO_GRAD, self.mark(call), sure=False))
        if names.hides_protocol(last) and not names.is_scheduler(owner) and self._reaches_ours(call, values, frame):
            return self._all(world, Event(Kind.GIVE_AWAY, self.mark(call)))
        keys = self._given_optimizers(call, frame)
        if call in self.planner.rebinds and len(set(keys)) == 1:
            self._results[call] = Opt((keys[0],), sure=self.subjects[keys[0]].sure)  # optimizer = LARC(optimizer)
            return world
        for value in values:
            if isinstance(value, Fn) and value.node in self.index.touching:
                keys.extend(self._touched_by(value, world, frame))
        return self.give_away(keys, call, world) if keys else world

    def _reaches_ours(self, call: ast.Call, values: list[Value | None], frame: Frame) -> bool:
        """Is a callee given anything through which it could reach our gradients: a model, a loss, an optimizer, self?"""
        receiver = self.value(call.func.value, frame) if isinstance(call.func, ast.Attribute) else None
        models = self._all_models()
        for value in (receiver, *values):
            if isinstance(value, Opt | Loss | Obj | Fn | Seq):
                return True
            if isinstance(value, Ref) and (not models or any(_within(value.key, m) or _within(m, value.key) for m in models)):
                return True
        return path_of(call.func) is not None and (path_of(call.func) or "").startswith("self.")

    def _touched_by(self, function: Fn, world: World, frame: Frame) -> list[str]:
        """The optimizers that a function would change if the callee it is given to calls it."""
        visited = set(self._visited)
        self._muted += 1
        after, _ = self.inline(function, None, frame, world)
        self._muted -= 1
        self._visited = visited
        return [key for key, states in (after or {}).items() if world.get(key, world[ANY]) != states and key != ANY]

    def _follow(self, function: Fn, call: ast.Call, frame: Frame, world: World) -> World | None:
        values = [self.value(a, frame) for a in arguments(call)]
        given = any(optimizers_in(v) or (isinstance(v, Fn) and v.node in self.index.touching) for v in values)
        if function.node not in self.index.touching and not given:
            return world
        world = self.give_away(self._lost_on_the_way(function, call, frame), call, world)
        after, self._results[call] = self.inline(function, call, frame, world)
        return after

    def _lost_on_the_way(self, function: Fn, call: ast.Call, frame: Frame) -> list[str]:
        """Optimizers that reach a function of this file through its *args or **kwargs, where they are not followed."""
        args = function.node.args
        known = {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}
        lost: list[ast.expr] = []
        if args.kwarg is not None:
            lost.extend(k.value for k in call.keywords if k.arg not in known)
        if args.vararg is not None:
            lost.extend(call.args[len(args.posonlyargs) + len(args.args) :])
        lost.extend(k.value for k in call.keywords if k.arg is None)
        return [key for node in lost for key in optimizers_in(self.value(node, frame))]

    def inline(
        self, function: Fn, call: ast.Call | None, frame: Frame, world: World, entry: bool = False
    ) -> tuple[World | None, Value | None]:
        """Run a function of this file from here. Recursion and very deep chains are left out."""
        node = function.node
        if node in self._stack or len(self._stack) >= _MAX_DEPTH:
            return world, None
        owner = self.index.owner.get(node)
        scope = f"{owner.name}." if owner else ""
        inner = Frame(scope + getattr(node, "name", "<lambda>"), node, function.closure, owner)
        _bind_parameters(inner, function, self._evaluated(call, frame))
        self._visited.add(node)
        self._stack.append(node)
        self._returns.append([])
        try:
            out = self.block(self.planner.plan(node), inner, world)
        finally:
            self._stack.pop()
            returns = self._returns.pop()
        results = [v for v in inner.returned if v is not None]
        return join(out.normal, *returns), (results[-1] if results else None)

    def _evaluated(self, call: ast.Call | None, frame: Frame) -> tuple[list[Value | None], dict[str, Value | None]]:
        if call is None:
            return [], {}
        positional: list[Value | None] = []
        for argument in call.args:
            value = self.value(argument, frame)
            if isinstance(argument, ast.Starred):
                positional.extend(value.items if isinstance(value, Seq) else ())
                break
            positional.append(value)
        return positional, {k.arg: self.value(k.value, frame) for k in call.keywords if k.arg}


def _bind_parameters(
    frame: Frame, function: Fn, given: tuple[list[Value | None], dict[str, Value | None]]
) -> None:
    """Bind what the caller gave to the callee's parameter names; what is not known stays unbound."""
    args = function.node.args
    params = [a.arg for a in (*args.posonlyargs, *args.args)]
    positional, keywords = given
    if function.bound is not None and params and not _is_static(function.node):
        frame.values[params.pop(0)] = function.bound
    for name, value in [*zip(params, positional, strict=False), *keywords.items()]:
        if value is not None and (name in params or any(a.arg == name for a in args.kwonlyargs)):
            frame.values[name] = value


def _is_static(node: Function) -> bool:
    return not isinstance(node, ast.Lambda) and any(last_name(d) == "staticmethod" for d in node.decorator_list)


def _push(states: States, event: Event) -> States:
    return frozenset([advance(state, event) for state in states])


def _cap(states: States) -> States:
    return states if len(states) <= _MAX_STATES else frozenset({advance(UNKNOWN, Event(Kind.GIVE_AWAY))})


def _put(table: dict[object, Value] | dict[str, Value] | dict[tuple[str, str], Value], key: object, value: Value | None) -> None:
    if value is None:
        table.pop(key, None)  # type: ignore[call-overload]
    else:
        table[key] = value  # type: ignore[index]


def _covers(cleared: str | None, models: frozenset[str] | None, known: frozenset[str]) -> bool:
    """Does clearing this module clear an optimizer that holds these models? In doubt: yes."""
    if cleared is None or models is None:
        return True
    if any(_within(m, cleared) or _within(cleared, m) for m in models):
        return True
    return not any(_within(m, cleared) for m in known)  # a module that no optimizer is built on may contain them all


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(outer + ".")


def _sets_flag(call: ast.Call, name: str) -> bool:
    return any(k.arg == name and isinstance(k.value, ast.Constant) and bool(k.value.value) for k in call.keywords)


def _as_expr(path: str) -> ast.expr:
    return ast.Name(id=path.rsplit(".", 1)[-1].split("[")[0], ctx=ast.Load())


_RUN: dict[type, Callable[[Interpreter, object, Frame, World], Out]] = {
    BindOp: Interpreter._assign,
    BranchOp: Interpreter._branch,
    DefOp: Interpreter._define,
    GradOp: Interpreter._grad,
    LoopOp: Interpreter._loop,
    LossOp: Interpreter._loss,
    ReturnOp: Interpreter._return,
    TryOp: Interpreter._try,
}  # type: ignore[dict-item]
