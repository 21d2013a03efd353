"""Calls: what a call does to the store, and what it gives."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from ...events import Kind, Mark
from .. import names
from ..collector import Collector
from ..index import ClassInfo, Function, backward_operands, last_name, path_of
from ..wrappers import OUT_OF_SIGHT
from . import library
from .evaluations import Evaluations, moves_nothing
from .memories import Memories, retains
from .reading import only_read
from .reports import Reports
from .schedule import Schedule
from .scope import Scope, cut, lists_names
from .store import Store, Used, definite
from .syncs import Syncs
from .values import (
    DATA,
    NO_SOURCES,
    NUMBER,
    UNKNOWN,
    Activation,
    Class,
    Const,
    Criterion,
    Fn,
    Frame,
    Library,
    Mode,
    Module,
    Obj,
    Optimizer,
    Params,
    Scaler,
    Scheduler,
    Seq,
    Source,
    Tensor,
    Value,
    derived,
)

_LOADER_WORDS = frozenset(
    "loader loaders dataloader dataloaders iterator iter batches dl trainloader testloader".split()
)
_WORTH = frozenset({"backward", "eval", "no_grad", "inference_mode", "manual_backward", "train"})


class Run(Protocol):
    """What the calls need of the interpreter."""

    store: Store | None

    def value(self, node: ast.expr, frame: Frame) -> Value:
        """Run an expression."""
        ...

    def enter(self, function: Fn, positional: list[Value], keywords: dict[str, Value]) -> Value | None:
        """Run a function of this file."""
        ...

    def output_of(self, cls: ClassInfo) -> Value | None:
        """What the forward of a module class of this file gives."""
        ...


class Given(NamedTuple):
    """The arguments of a call, evaluated."""

    positional: list[Value]
    keywords: dict[str, Value]
    spread: bool  # *args or **kwargs stand for more

    @property
    def all(self) -> list[Value]:
        """Every argument."""
        return [*self.positional, *self.keywords.values()]


class Calls:
    """Knows what torch's calls do; follows those of the file through the interpreter."""

    def __init__(self, scope: Scope, collector: Collector, run: Run) -> None:
        self.scope = scope
        self.run = run
        self.reports = Reports(scope, collector)
        self.evaluations = Evaluations(scope, self.reports)
        self.schedule = Schedule(scope, self.reports)
        self.memories = Memories(scope)
        self.syncs = Syncs(scope, self.reports)
        self.from_outside = 0  # above 0: the function that runs was called by nothing in this file
        self._statement: ast.AST | None = None
        self._kept_names: dict[Mark, tuple[str, str, bool]] = {}
        self._worth: dict[Function, bool] = {}
        self._grad: list[bool | None] = []  # enclosing no_grad blocks: False; enable_grad: True; unknown: None
        self._inherited: list[int] = []  # of each function that runs: how many of these blocks its callers opened

    @property
    def store(self) -> Store:
        """The facts at this place."""
        return self.scope.store

    def worth(self, function: Function) -> bool:
        """Is a function that nobody calls worth a run?"""
        if function not in self._worth:
            self._worth[function] = any(
                (isinstance(n, ast.Attribute) and n.attr in _WORTH) or (isinstance(n, ast.Name) and n.id in _WORTH)
                for n in ast.walk(function)
            )
        return self._worth[function]

    def silence(self, on: bool) -> None:
        """While it is on, nothing is judged and nothing counts."""
        self.reports.muted += 1 if on else -1
        self.evaluations.muted += 1 if on else -1

    def finish(self, *, whole: bool) -> None:
        """The file has been run, as a whole or in part."""
        self.reports.finish(whole=whole)

    # ---- what the interpreter tells --------------------------------------------------------------------------
    def statement(self, node: ast.Expr) -> None:
        """An expression stands alone: nobody takes its result."""
        self._statement = node.value

    def assigned(self, target: ast.expr, value: Value, node: ast.stmt, frame: Frame) -> Value:
        """What is bound by `target = value`: `total = total + loss` is `total += loss`."""
        if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(value, Tensor)):
            return value
        sides = (node.value.left, node.value.right)
        text = ast.unparse(target)
        for old, new in (sides, sides[::-1]):
            if isinstance(node.value.op, ast.Add) and ast.unparse(old) == text:
                before = self.run.value(old, frame)
                return self._accumulated(node, before, self.run.value(new, frame), _text(new), text, frame)
        return value

    def returned(self, value: Value) -> None:
        """A function gives this value to its caller."""
        if self.from_outside and isinstance(value, Tensor | Seq):
            self.evaluations.escapes(value)

    def compared(self, values: list[Value]) -> None:
        """Values are compared: a metric, if one of them came out of a module."""
        if any(isinstance(v, Tensor) and v.seen for v in values):
            self.evaluations.measures()

    def loop_begins(self, node: ast.AST) -> object:
        """A loop is entered."""
        self.syncs.enters(node)
        return self.evaluations.loop_begins(node)

    def loop_ends(self, node: ast.AST, watch: object) -> None:
        """It has run."""
        self.syncs.leaves()
        self.evaluations.loop_ends(node, watch)

    def function_ends(self, node: ast.AST, watch: object, result: Value) -> None:
        """A function returns: what it gives to its caller may still be propagated there."""
        self.syncs.leaves()
        self.evaluations.loop_ends(node, watch, result)

    # ---- contexts --------------------------------------------------------------------------------------------
    def enter_context(self, node: ast.expr, frame: Frame) -> int:
        """`with node:` begins; 1 if it says whether graphs are built."""
        last = last_name(node)
        if last in ("no_grad", "inference_mode"):
            self._grad.append(False)
        elif last == "enable_grad":
            self._grad.append(True)
        elif last == "set_grad_enabled" and isinstance(node, ast.Call):
            self._grad.append(self._truth(node.args[0], frame) if node.args else None)
        else:
            if isinstance(node, ast.Call) and names.may_switch_mode(last):
                for module in self.modules_in([self.run.value(a, frame) for a in node.args]):
                    self.scope.switch(module.key, None, 0)
            return 0
        return 1

    def _truth(self, node: ast.expr, frame: Frame) -> bool | None:
        value = self.run.value(node, frame)
        return bool(value.value) if isinstance(value, Const) else None

    def leave_contexts(self, number: int) -> None:
        """The innermost blocks end."""
        if number:
            del self._grad[-number:]

    def enter_function(self, node: Function) -> int:
        """A function begins: its decorators may switch gradients off."""
        self._inherited.append(len(self._grad))
        if isinstance(node, ast.Lambda):
            return 0
        lasts = [last_name(d) for d in node.decorator_list]
        if any(last in ("no_grad", "inference_mode") for last in lasts):
            self._grad.append(False)
            return 1
        return 0

    def leave_function(self, number: int) -> None:
        """It ends."""
        self.leave_contexts(number)
        self._inherited.pop()

    def _is_barred(self, node: ast.Call, frame: Frame) -> bool:
        """Have the callers of this function switched gradients off, and may a condition keep them from this call?"""
        inherited = self._inherited[-1] if self._inherited else 0
        if not self._grad or len(self._grad) > inherited or frame.function is None:
            return False
        return _stands_behind_a_test(node, frame.function)

    @property
    def grad(self) -> bool | None:
        """Are graphs built here?"""
        if self._grad:
            return self._grad[-1]
        return {False: True, True: False, None: None}[self.store.grad_off]

    def context_value(self, node: ast.expr, value: Value, frame: Frame) -> Value:
        """What `with node as x` binds."""
        if isinstance(node, ast.Call) and last_name(node.func) == "scale_loss" and node.args:
            return self.run.value(node.args[0], frame)
        return value

    # ---- the call --------------------------------------------------------------------------------------------
    def call(self, node: ast.Call, frame: Frame) -> Value:
        """Run a call."""
        alone, self._statement = self._statement is node, None
        if alone and last_name(node.func) == "set_grad_enabled" and node.args:
            on = self._truth(node.args[0], frame)
            self.store.grad_off = None if on is None else not on
        func = node.func
        last = last_name(func) if isinstance(func, ast.Attribute | ast.Name) else ""
        if last in ("backward", "manual_backward"):
            return self._backward(node, frame)
        if isinstance(func, ast.Attribute):
            base = self.run.value(func.value, frame)
            if self.run.store is None:
                return UNKNOWN
            if isinstance(func.value, ast.Call) and last_name(func.value.func) == "super":
                return self._super(node, func.attr, frame)
            return self._method(node, func, base, frame, alone)
        target = self.run.value(func, frame)
        return self._apply(node, target, last, frame)

    def given(self, node: ast.Call, frame: Frame) -> Given:
        """Evaluate the arguments."""
        positional: list[Value] = []
        spread = False
        for argument in node.args:
            value = self.run.value(argument, frame)
            if isinstance(argument, ast.Starred):
                spread = True
                if isinstance(value, Seq):
                    positional.extend(value.items)
                    continue
            positional.append(value)
        keywords = {}
        for keyword in node.keywords:
            value = self.run.value(keyword.value, frame)
            if keyword.arg is None:
                spread = True
            else:
                keywords[keyword.arg] = value
        return Given(positional, keywords, spread)

    def _super(self, node: ast.Call, attr: str, frame: Frame) -> Value:
        given = self.given(node, frame)
        own = self.scope.name("self", frame)
        if isinstance(own, Obj) and frame.owner is not None:
            for base in frame.owner.bases:
                info = self.scope.index.classes.get(base.rsplit(".", 1)[-1])
                method = self.scope.index.method(info, attr) if info is not None else None
                if method is not None:
                    found = self.run.enter(Fn(method, self.scope.main, own), given.positional, given.keywords)
                    return found if found is not None else UNKNOWN
        return UNKNOWN

    def _apply(self, node: ast.Call, target: Value, last: str, frame: Frame) -> Value:
        """`target(...)`."""
        if isinstance(target, Module):
            return self._forward(node, target, self.given(node, frame), frame)
        if isinstance(target, Criterion):
            return self._loss(node, target, self.given(node, frame), frame)
        if isinstance(target, Fn):
            return self._follow(node, target, self.given(node, frame), last)
        if isinstance(target, Class):
            return self._construct(node, target, frame)
        if isinstance(target, Obj):
            method = self.scope.index.method(target.cls, "__call__")
            if method is not None:
                return self._follow(node, Fn(method, self.scope.main, target), self.given(node, frame), last)
            module = self.as_module(target)
            if module is not None:
                return self._forward(node, module, self.given(node, frame), frame)
        if isinstance(target, Library):
            return self._library(node, target.path, frame)
        if self.scope.builds_optimizer(node, target):
            return self._optimizer(node, frame)
        if last in _BUILTINS:
            return self._builtin(node, last, frame)
        given = self.given(node, frame)
        if names.is_criterion(last) and len(given.all) > 1:
            return self._loss(node, Criterion("", open=True), given, frame)
        return self._unknown(node, last, given)

    def _follow(self, node: ast.Call, function: Fn, given: Given, last: str) -> Value:
        if given.spread and given.positional:
            given = Given(
                [p for p, a in zip(given.positional, node.args, strict=False) if not isinstance(a, ast.Starred)],
                given.keywords,
                True,
            )
        found = None
        if getattr(function.node, "name", "") not in self.scope.index.generators:
            found = self.run.enter(function, given.positional, given.keywords)
        if found is not None:
            return found
        if _switches_mode(function.node):
            for module in self.modules_in(given.all):
                self.scope.switch(module.key, None, 0)
        return self._unknown(node, last, given)

    # ---- modules ---------------------------------------------------------------------------------------------
    def as_module(self, value: Value) -> Module | None:
        """The module that a value is."""
        if isinstance(value, Module):
            return value
        if isinstance(value, Obj) and self.scope.is_module_class(value.cls):
            return Module(value.ident, "self", value.cls)
        return None

    def modules_in(self, values: list[Value]) -> list[Module]:
        """The modules that these values are or hold."""
        found = []
        for value in values:
            if isinstance(value, Seq):
                found.extend(self.modules_in(list(value.items)))
            elif (module := self.as_module(value)) is not None:
                found.append(module)
        return found

    def _forward(self, node: ast.Call, module: Module, given: Given, frame: Frame) -> Value:
        source = self.scope.source(node)
        mark = source[0]
        self.reports.module_calls[mark] = module.key
        if not self.memories.is_in_sight(module):
            self.reports.foreign.add(module.key)
        self._devices(node, module, given, frame)
        tensors = [v for v in given.all if isinstance(v, Tensor)]
        inner = derived(list(tensors)) if tensors else UNKNOWN
        begun = self.scope.iteration
        old = frozenset(
            s
            for t in tensors
            if t.grad is not False and module.key in t.models
            for s in (t.sources | {t.call} if t.call is not None else t.sources)
            if s[1] < begun
        )
        grad = self.grad
        made = Tensor(
            grad=None if grad is None else True,
            sources=(inner.sources - old) | {source},
            itself=source,
            models=inner.models | {module.key},
            seen=inner.seen | {module.key},
            activation=self._activation(module.made, mark),
            moved=True if module.key in self.store.placed or (tensors and tensors[0].moved) else None,
            carried=inner.carried | old,
            pure=all(isinstance(v, Tensor) or (isinstance(v, Const) and v.value is not None) for v in given.all)
            and bool(tensors and inner.is_pure and not given.spread and self.memories.has_none(module)),
        )
        if grad is False:
            made = cut(made, "no_grad", mark)
        if inner.seen or not self.evaluations.is_bare(module):  # else a source of noise, or another mere function
            mode = definite(self.store.modes.get(module.key))
            builds = False if inner.volatile else grad
            self.evaluations.forward(node, module, mode, builds, self.from_outside > 0)
        return self._as_returned(module, made)

    def _as_returned(self, module: Module, made: Tensor) -> Value:
        """The result in the form in which the class's forward gives it: a tuple, or after an activation.

        Results of parts of the module that have nothing in common (two heads on the input) have graphs of their own.
        """
        output = self.run.output_of(module.cls) if module.cls is not None else None
        if isinstance(output, Seq):
            apart = made._replace(sources=NO_SOURCES, itself=None, pure=False)
            return Seq(
                tuple(
                    self._with_activation(apart if self._are_apart(item, output.items) else made, item)
                    for item in output.items
                )
            )
        return self._with_activation(made, output)

    def _are_apart(self, item: Value, items: tuple[Value, ...]) -> bool:
        """Whether one of several results certainly shares nothing with another one: both come from known modules.

        What comes from either of two, for either of two reasons, may well be the same.
        """
        if not isinstance(item, Tensor) or not item.sources:
            return False
        own = self._places(item)
        return any(
            isinstance(other, Tensor) and bool(other.sources) and own.isdisjoint(self._places(other))
            for other in items
            if other is not item
        )

    def _places(self, value: Tensor) -> set[tuple[ast.AST | int, int]]:
        """The graphs of a value; those that meet at one place, under whatever name, are one."""
        marks = self.scope.collector.marks
        return {(marks[mark] if mark > 0 else mark, when) for mark, when in value.sources}

    def _with_activation(self, made: Tensor, like: Value | None) -> Tensor:
        if isinstance(like, Tensor) and like.activation is not None:
            return made._replace(activation=like.activation._replace(at=-abs(like.activation.at)))
        return made

    def _activation(self, made: object, at: Mark) -> Activation | None:
        """The activation that a layer of torch is, or ends in: `nn.Softmax()`, `nn.Sequential(..., nn.Sigmoid())`."""
        while isinstance(made, ast.Call):
            last = last_name(made.func)
            if last in library.ACTIVATIONS:
                return Activation(library.ACTIVATIONS[last], at)
            if last != "Sequential" or not made.args:
                return None
            made = made.args[-1]
        return None

    def _devices(self, node: ast.Call, module: Module, given: Given, frame: Frame) -> None:
        """Is the first thing that a module is given still where the loader left it?"""
        if not given.all or module.key in self.evaluations.scattered:
            return
        first = given.all[0]
        if not isinstance(first, Tensor) or not first.host:
            return
        if any(isinstance(v, Tensor) and v.host and v != first for v in given.all[1:]) and not first.batch:
            return
        if module.cls is not None and _moves_itself(module.cls.node):
            return
        at = self.store.placed.get(module.key, 0)
        sibling = first.host in self.store.moved
        if (sibling and (at or self.from_outside)) or self._left_behind(module, first, at):
            left = (node.args or [k.value for k in node.keywords])[0]
            sure = sibling and (at > 0 or not self.from_outside)
            moved = self.scope.titles.get(module.key) or "the model"
            self.reports.mismatch(
                node, Kind.MODULE_CALL, _text(left), moved if at else "the rest of the batch", at, sure=sure
            )

    def _left_behind(self, module: Module, first: Tensor, placed: Mark) -> bool:
        """Nothing of the batch is moved, though the model is: a fault if the loader is known to give host tensors."""
        if not placed or self.evaluations.moves_parts(first.host):
            return False
        known = module.cls is not None or module.made is not None  # else it may move its inputs by itself
        return (first.loader and known) or (first.batch and self.evaluations.moves_elsewhere)

    def _construct(self, node: ast.Call, target: Class, frame: Frame) -> Value:
        mark = self.scope.mark(node)
        if self.scope.builds_optimizer(node, target):
            return self._optimizer(node, frame)
        given = self.given(node, frame)
        ident = f"{target.cls.name}@{mark}"
        if self.scope.is_module_class(target.cls):
            self.scope.switch(ident, True, 0)
            return Module(ident, "", target.cls, node)
        made = Obj(target.cls, ident)
        init = self.scope.index.method(target.cls, "__init__")
        if init is not None:
            self.run.enter(Fn(init, self.scope.main, made), given.positional, given.keywords)
        return made

    def _optimizer(self, node: ast.Call, frame: Frame) -> Value:
        given = self.given(node, frame)
        models: set[str] = set()
        for value in given.all:
            if isinstance(value, Params):
                models |= value.models
            elif isinstance(value, Optimizer):
                return value
        for inner in ast.walk(node):
            func = inner.func if isinstance(inner, ast.Call) else None
            if isinstance(func, ast.Attribute) and func.attr.endswith("parameters"):
                module = self.as_module(self.run.value(func.value, frame))
                if module is not None:
                    models.add(module.key)
        self.reports.trained |= models
        first = node.args[0] if node.args else None
        held = given.all[0] if given.all else None
        tensors = isinstance(held, Seq) and all(isinstance(v, Tensor) for v in held.items)
        if not models and first is not None and (tensors or lists_names(first)):
            return Optimizer(frozenset(), f"@{self.scope.mark(node)}")  # tensors, and no module
        self.scope.received = self.scope.received or not models
        return Optimizer(frozenset(models) or None, f"@{self.scope.mark(node)}")

    def _module_method(self, node: ast.Call, module: Module, attr: str, given: Given, frame: Frame) -> Value:
        if attr in ("train", "eval"):
            self._switch(node, module, attr, given)
            return module
        if attr in ("to", "cuda", "to_empty"):
            if attr == "cuda" or (given.all and not moves_nothing(node)):
                self.store.placed[module.key] = self.scope.mark(node)
            return module
        if attr == "cpu":
            self.store.placed.pop(module.key, None)
            return module
        if attr in library.MODULE_METHODS_OF_ITSELF:
            return module
        if attr in ("parameters", "named_parameters"):
            return Params(frozenset({module.key}))
        if attr in ("forward", "module"):
            return self._forward(node, module, given, frame)
        if attr in ("step", "zero_grad"):
            self._protocol(node, attr, module, given)
            return UNKNOWN
        if attr in ("state_dict", "load_state_dict", "children", "modules", "named_modules", "size", "buffers"):
            return UNKNOWN
        method = self.scope.index.method(module.cls, attr) if module.cls is not None else None
        if method is not None and _switches_mode(method):
            self.scope.switch(module.key, None, 0)
        self._escape(node, attr, given.all)
        inner = derived([v for v in given.all if isinstance(v, Tensor)])
        mode = definite(self.store.modes.get(module.key))
        self.evaluations.forward(node, module, mode, None, self.from_outside > 0)
        return Tensor(
            itself=self.scope.source(node), models=inner.models | {module.key}, seen=inner.seen | {module.key}
        )

    def _switch(self, node: ast.Call, module: Module, attr: str, given: Given) -> None:
        modes = self.store.modes
        training: bool | None = attr == "train"
        if attr == "train" and given.all:
            value = given.all[0]
            if isinstance(value, Const):
                training = bool(value.value)
            else:
                training = value.training if isinstance(value, Mode) else None
        for key in [k for k in modes if k.startswith(module.key + ".")]:
            del modes[key]
        self.evaluations.switched.setdefault(module.key, module.name)
        self.scope.switch(module.key, training, self.scope.mark(node))

    # ---- methods ---------------------------------------------------------------------------------------------
    def _method(self, node: ast.Call, func: ast.Attribute, base: Value, frame: Frame, alone: bool) -> Value:
        attr = func.attr
        if isinstance(base, Library):
            return self._library(node, f"{base.path}.{attr}", frame)
        if isinstance(base, Obj):
            bound = self.scope.attribute(func, base, frame)
            if not (isinstance(bound, Tensor) and attr in ("parameters", "named_parameters", "train", "eval", "to")):
                if isinstance(bound, Fn | Module | Criterion | Class | Obj):
                    return self._apply(node, bound, attr, frame)
                own = self.as_module(base)
                if own is not None:
                    return self._module_method(node, own, attr, self.given(node, frame), frame)
                return self._object_method(node, base, attr, frame)
        module = self.as_module(base)
        if module is not None:
            held = self.store.names.get(f"{module.key}.{attr}")
            if isinstance(held, Module | Criterion | Fn):
                return self._apply(node, held, attr, frame)
            if module.cls is None and attr in self.scope.module_names:
                return self._apply(node, self.scope.attribute(func, module, frame), attr, frame)
            return self._module_method(node, module, attr, self.given(node, frame), frame)
        given = self.given(node, frame)
        if isinstance(base, Criterion):
            return self._loss(node, base, given, frame) if attr == "forward" else base
        if isinstance(base, Scheduler) and attr == "step":
            if not given.all:
                self.schedule.scheduler_step(node, _text(func.value), base)
            return UNKNOWN
        if isinstance(base, Scaler):
            return self._scaler_method(node, func, base, given)
        if attr in _CLIPS:
            return self._clip(node, given, frame, unscales=True)
        if attr.endswith("_") and ".grad" in _text(func.value):
            self._by_hand(node, attr)
            return UNKNOWN
        if isinstance(base, Optimizer) or attr in ("step", "zero_grad", "optimizer_step"):
            self._protocol(node, attr, base, given)
            return UNKNOWN
        if (
            attr in ("train", "eval")
            and all(isinstance(v, Const) or v == NUMBER for v in given.positional[:1])
            and not (given.keywords.keys() - {"mode"} or len(given.positional) > 1)
        ):
            self.scope.forget_modes()  # of what, is not known
            self.store.in_eval.clear()
            return base
        if attr == "append" and given.positional:
            self._append(node, func.value, base, given.positional[0], frame)
            return UNKNOWN
        if isinstance(base, Tensor):
            return self._tensor_method(node, func, base, given, frame, alone)
        return self._unknown(node, attr, given)

    def _object_method(self, node: ast.Call, base: Obj, attr: str, frame: Frame) -> Value:
        given = self.given(node, frame)
        if names.is_criterion(attr) and len(given.all) > 1:
            return self._loss(node, Criterion("", open=True), given, frame)
        self._escape(node, attr, [base])
        return self._unknown(node, attr, given)

    def _scaler_method(self, node: ast.Call, func: ast.Attribute, scaler: Scaler, given: Given) -> Value:
        """A gradient scaler: scale(loss), unscale_(optimizer), step(optimizer), update()."""
        optimizer = next((v for v in given.all if isinstance(v, Optimizer)), None)
        first = given.all[0] if given.all else UNKNOWN
        if func.attr == "scale" and isinstance(first, Tensor):
            self.schedule.scaler_used(node, _text(func.value), scaler)
            return first._replace(scaled=not scaler.off)
        if func.attr == "unscale_":
            self.schedule.unscale(optimizer.models if optimizer is not None else None)
        elif func.attr == "step":
            self.schedule.scaler_used(node, _text(func.value), scaler)
            self._protocol(node, "step", optimizer if optimizer is not None else UNKNOWN, given)
            self.schedule.scaler_step(node, scaler)
        elif func.attr == "update":
            self.schedule.scaler_updated(scaler)
        return UNKNOWN

    def _clip(self, node: ast.Call, given: Given, frame: Frame, *, unscales: bool) -> Value:
        """clip_grad_norm_ and its like; with no limit it only measures."""
        limit = (
            node.args[1]
            if len(node.args) > 1
            else next((k.value for k in node.keywords if "norm" in (k.arg or "")), None)
        )
        told = ast.unparse(limit) if limit is not None else ""
        if not given.all or "inf" in told or "scale" in told:
            return UNKNOWN
        first = given.all[0]
        if node.args and "param_groups" in ast.unparse(node.args[0]):
            root = node.args[0]
            while isinstance(root, ast.Attribute | ast.Subscript):
                root, found = root.value, root
                if isinstance(found, ast.Attribute) and found.attr == "param_groups":
                    first = self.run.value(root, frame)
        models = first.models if isinstance(first, Params | Optimizer) else None
        module = self.as_module(first)
        if module is not None:
            models = frozenset({module.key})
        names_ = [self.scope.titles.get(m, m) for m in sorted(models or ())]
        title = names_[0] if len(names_) == 1 and names_[0].isidentifier() else "the parameters"
        self.schedule.clip(node, title, models, unscales=unscales)
        return NUMBER

    def _by_hand(self, node: ast.Call, attr: str) -> None:
        """`p.grad.clamp_(...)`, `p.grad.div_(scale)`."""
        if attr in ("clamp_", "clip_"):
            self.schedule.clip(node, "the parameters", None, unscales=True, by_hand=True)
        else:
            self.schedule.unscale(None)

    def _protocol(self, node: ast.Call, attr: str, base: Value, given: Given) -> None:
        """step() and zero_grad() of an optimizer, or of something that steps one."""
        if attr == "zero_grad":
            self.store.in_eval.clear()
            self.evaluations.trains()
            module = self.as_module(base)
            models = base.models if isinstance(base, Optimizer) else frozenset({module.key}) if module else None
            self.schedule.zero_grad(node, models)
            return
        if attr not in ("step", "optimizer_step"):
            return
        stepped = next((v for v in given.all if isinstance(v, Optimizer)), base)
        closure = next((v for v in given.all if isinstance(v, Fn)), None)
        if closure is not None:
            self.run.enter(closure, [], {})
            if self.run.store is None:
                return
        name = last_name(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        module = self.as_module(stepped)
        if isinstance(stepped, Optimizer):
            self._stepped(node, stepped)
        elif module is not None:  # an engine
            self._stepped(node, Optimizer(frozenset({module.key}), module.key))
        elif names.is_optimizer(name):
            self._stepped(node, Optimizer(key=name))

    def _stepped(self, node: ast.Call, optimizer: Optimizer) -> None:
        self.evaluations.trains()
        self.schedule.step(node, optimizer)
        models = optimizer.models
        for key, (backward, set_at) in list(self.store.in_eval.items()):
            if models is None or key in models:
                self.evaluations.stepped_in_eval(key, backward, set_at, known=models is not None)
                del self.store.in_eval[key]

    def _tensor_method(
        self, node: ast.Call, func: ast.Attribute, base: Tensor, given: Given, frame: Frame, alone: bool
    ) -> Value:
        attr, mark = func.attr, self.scope.mark(node)
        self.syncs.method(node, attr, base, _text(func.value))
        if attr in library.NUMBERS:
            if base.seen:
                self.evaluations.measures()
            return cut(base, "item", mark)._replace(number=True) if base.graphs or base.cut else NUMBER
        if attr in ("detach", "numpy"):
            if base.seen and self.grad is not False:
                self.evaluations.releases()
            if attr == "detach":  # numpy() is no tensor's copy that somebody meant to keep
                self._discards(node, func, attr, base, alone)
            return cut(base, attr, mark)
        if attr == "detach_":
            self.scope.cut_in_place(func.value, mark, frame)
            return cut(base, "detach", mark)
        if attr in ("to", "cuda"):
            self._discards(node, func, attr, base, alone)
            return self._moved(node, func, base, frame, alone)
        if attr == "cpu":
            return base._replace(moved=None)
        if attr == "requires_grad_":
            made = base._replace(grad=True, leaf=True) if base.grad is False else base
            key = self.scope.key(func.value, frame)
            if key is not None:
                self.store.names[key] = made
            return made
        if attr in ("values", "keys", "items", "get", "pop", "copy", "update"):
            return base._replace(activation=None) if attr in ("values", "items", "get", "pop") else UNKNOWN
        if attr in library.ACTIVATIONS:
            return derived([base])._replace(activation=Activation(library.ACTIVATIONS[attr], mark))
        if attr == "clone" and self.grad is False:
            return cut(base, "no_grad", mark)._replace(cut=None)  # a copy on purpose, and nothing to blame
        if attr in library.SAME_VALUE:
            return base
        if attr in library.NOT_DIFFERENTIABLE:
            if base.seen or any(isinstance(v, Tensor) and v.seen for v in given.all):
                self.evaluations.measures()
            return NUMBER._replace(seen=base.seen)
        if attr in library.DIFFERENTIABLE or (attr.endswith("_") and attr[:-1] in library.DIFFERENTIABLE):
            made = self.named(node, derived([base, *(v for v in given.all if isinstance(v, Tensor))]))
            return made._replace(whole=0) if attr in library.REDUCTIONS else made
        if names.is_criterion(attr) and len(given.all) > 1:
            return self._loss(node, Criterion("", open=True), given, frame)
        return self._unknown(node, attr, given)

    def _moved(self, node: ast.Call, func: ast.Attribute, base: Tensor, frame: Frame, alone: bool) -> Tensor:
        """`x.to(device)`, `x.cuda()`."""
        if moves_nothing(node):
            return base
        if base.host and not base.batch and not _follows(node):
            self.store.moved |= {base.host}
        made = base._replace(host=0, moved=True)
        key = self.scope.key(func.value, frame)
        if alone and key is not None and not self.evaluations.proven_tensor(func.value, base):
            self.store.names[key] = made  # a batch object may be moved in place
        return made

    def named(self, node: ast.AST, made: Tensor) -> Tensor:
        """A new value, told apart from others by the place that made it."""
        if made.itself is not None or made.number or made.grad is False:
            return made
        return made._replace(itself=self.scope.source(node))

    def _discards(self, node: ast.Call, func: ast.Attribute, how: str, base: Tensor, alone: bool) -> None:
        if not alone:
            return
        if self.evaluations.proven_tensor(func.value, base):
            self.reports.discarded(node, _text(func.value), how, sure=True)
        elif base.data and not base.batch and last_name(func.value).lower() in _TENSORS_OF_A_BATCH:
            self.reports.discarded(node, _text(func.value), how, sure=False)

    # ---- losses ----------------------------------------------------------------------------------------------
    def _loss(self, node: ast.Call, criterion: Criterion, given: Given, frame: Frame) -> Tensor:
        """A loss function is called."""
        source = self.scope.source(node)
        mark = source[0]
        self.evaluations.measures()
        first = given.positional[0] if given.positional else given.keywords.get("input", UNKNOWN)
        if isinstance(first, Tensor) and criterion.name and first.activation is not None:
            given_as, in_model = first.activation, first.activation.at < 0
            self.reports.loss_call(node, criterion.name, given_as._replace(at=abs(given_as.at)), in_model)
        if criterion.name and len(given.positional) >= 2 and not given.spread:
            self._loss_devices(node, given)
        values = [v for v in given.all if isinstance(v, Tensor)]
        made = derived(list(values))
        plain = all(not v.models and not v.loss for v in values[1:])  # a target that no module made carries no graph
        if criterion.name and plain and isinstance(first, Tensor) and first.grad is False and first.cut is not None:
            made = made._replace(grad=False, cut=first.cut)
        if criterion.open and made.grad is False:
            made = made._replace(grad=None, cut=None)
        if self.grad is False:
            made = cut(made._replace(grad=None), "no_grad", mark)
        elif made.grad is not False:
            made = made._replace(sources=made.sources | {source}, itself=source)
        whole = mark if criterion.whole or _keeps_batch(node) else 0
        pure = made.pure and bool(criterion.name)  # else it may keep what it is given
        return made._replace(loss=True, activation=None, whole=whole, host=0, leaf=False, pure=pure)

    def _loss_devices(self, node: ast.Call, given: Given) -> None:
        output, target = given.positional[0], given.positional[1]
        if not (isinstance(output, Tensor) and isinstance(target, Tensor)):
            return
        if target.host and not target.batch and output.moved and not output.host and target.host in self.store.moved:
            self.reports.mismatch(node, Kind.LOSS_CALL, _text(node.args[1]), _text(node.args[0]), 0, sure=True)

    def _backward(self, node: ast.Call, frame: Frame) -> Value:
        """backward() on a loss: judged, then its graph is gone."""
        func = node.func
        receiver = func.value if isinstance(func, ast.Attribute) else None
        if receiver is not None and last_name(receiver) in OUT_OF_SIGHT | {"super"}:
            self.given(node, frame)
            return UNKNOWN
        if isinstance(receiver, ast.Name | ast.Attribute):
            base = self.run.value(receiver, frame)
            if isinstance(base, Obj) and (method := self.scope.index.method(base.cls, "backward")) is not None:
                return self._follow(node, Fn(method, self.scope.main, base), self.given(node, frame), "backward")
        if isinstance(func, ast.Name):
            target = self.run.value(func, frame)
            if isinstance(target, Fn):
                return self._follow(node, target, self.given(node, frame), "backward")
        operands = backward_operands(node)
        values = [self.run.value(operand, frame) for operand in operands]
        for keyword in node.keywords:
            self.run.value(keyword.value, frame)
        if self.run.store is None:
            return UNKNOWN
        self.evaluations.trains()
        first = values[0] if values else None
        if node.args and receiver is not None and operands[0] is receiver and _is_known_by_name_only(first):
            return UNKNOWN  # network.backward(gradient): an object with a backward of its own
        keeps = any(
            k.arg in ("retain_graph", "create_graph", "inputs") and not _is_false(k.value) for k in node.keywords
        ) or (operands and operands[0] is receiver and len(node.args) > 1)
        scaled = isinstance(receiver, ast.Call) and self._is_scaled(receiver, frame)
        tensors = [v for v in values if isinstance(v, Tensor)]
        reached = frozenset[str]().union(*(v.models for v in tensors))
        self.schedule.backward(node, reached, scaled=scaled or any(v.scaled for v in tensors))
        alone = len(values) == 1 and retains(node) and self.memories.is_alone(node, frame)
        barred = self._is_barred(node, frame)
        for operand, value in zip(operands, values, strict=True):
            if isinstance(value, Tensor):
                self._propagate(node, _text(operand), value, keeps=bool(keeps), alone=alone, barred=barred)
        return UNKNOWN

    def _is_scaled(self, receiver: ast.Call, frame: Frame) -> bool:
        """`scaler.scale(loss)`, of a scaler that is not switched off."""
        if not (isinstance(receiver.func, ast.Attribute) and receiver.func.attr == "scale"):
            return False
        scaler = self.run.value(receiver.func.value, frame)
        if isinstance(scaler, Scaler):
            self.schedule.scaler_used(receiver, _text(receiver.func.value), scaler)
        return isinstance(scaler, Scaler) and not scaler.off

    def _propagate(
        self, node: ast.Call, name: str, loss: Tensor, *, keeps: bool, alone: bool = False, barred: bool = False
    ) -> None:
        mark, store = self.scope.mark(node), self.store
        gone = loss.graphs | loss.carried | self._calls_of(loss)
        self.reports.backward(node, name, loss, alone=alone, barred=barred)
        self.reports.excuse(loss)
        for key in loss.models:
            mode = self.scope.eval_here(key)
            if mode is not None and not self.evaluations.partly_training(key):
                store.in_eval[key] = (mark, mode.at)
            else:
                store.in_eval.pop(key, None)
        if not keeps:
            for source in gone:
                store.consumed[source] = Used(mark, self.scope.now)
        store.propagated |= loss.graphs
        for at, sources in list(store.kept.items()):
            if sources & loss.graphs and not any(held == at for held, _ in loss.held):
                what, into, sure = self._kept_names[at]
                self.reports.keeps(at, what, into, sure=sure)

    def _calls_of(self, loss: Tensor) -> frozenset[Source]:
        """The calls that gave several results, one of which this loss rests on."""
        return frozenset(self.scope.calls[source] for source in loss.sources if source in self.scope.calls)

    # ---- sums and lists --------------------------------------------------------------------------------------
    def accumulate(self, node: ast.AugAssign, old: Value, value: Value, frame: Frame) -> Value:
        """`target += value`."""
        if ".grad" in _text(node.target):
            self.schedule.unscale(None)
        if not isinstance(node.op, ast.Add):
            return derived([v for v in (old, value) if not isinstance(v, Const)])
        return self._accumulated(node, old, value, _text(node.value), _text(node.target), frame)

    def _accumulated(self, node: ast.AST, old: Value, value: Value, what: str, into: str, frame: Frame) -> Value:
        if isinstance(old, Seq):
            return UNKNOWN
        made = derived([v for v in (old, value) if not isinstance(v, Const)])
        begun = isinstance(old, Const) or (isinstance(old, Tensor) and old.number and old.cut is None)
        if begun and made.number:
            made = made._replace(cut=None)  # a total of numbers never was a loss: nothing has cut it
        held = self._held(node, old, value, what, into)
        mark = self.scope.mark(node)
        if self.store.kept.get(mark) and isinstance(value, Tensor) and self._is_wasted(value, into, frame):
            self.reports.keeps(mark, what, into, sure=True)
        return made._replace(held=held) if isinstance(made, Tensor) else made

    def _is_wasted(self, value: Tensor, into: str, frame: Frame) -> bool:
        """Does a sum keep graphs of a trained model that nobody goes back through? In eval mode, LC203 says so."""
        if not (self.grad and value.grad and value.models & self.reports.trained):
            return False
        modes = [definite(self.store.modes.get(key)) for key in value.models]
        if any(mode is not None and not mode.training for mode in modes):
            return False
        return only_read(into, frame.function or self.scope.index.module)

    def _append(self, node: ast.Call, target: ast.expr, base: Value, value: Value, frame: Frame) -> None:
        """`target.append(value)`: of a list, or of what may be one. Other things do with it whatever they like."""
        key = self.scope.key(target, frame)
        old = base if isinstance(base, Tensor) else UNKNOWN
        known = isinstance(base, Seq) or old.container is True
        if key is None or old.container is False or not (known or names.may_be_list(last_name(target))):
            return
        held = self._held(node, base, value, _text(node.args[0]), _text(target), sure=known)
        more = derived([value]) if isinstance(value, Tensor) else UNKNOWN
        self.store.names[key] = Tensor(
            grad=None,
            models=old.models | more.models,
            seen=old.seen | more.seen,
            held=held,
            container=True if known else None,
        )

    def _held(
        self, node: ast.AST, old: Value, value: Value, what: str, into: str, *, sure: bool = True
    ) -> frozenset[tuple[Mark, tuple[int, int]]]:
        before = old.held if isinstance(old, Tensor) else frozenset()
        if not isinstance(value, Tensor) or value.number or value.grad is False or not value.graphs:
            return before
        mark = self.scope.mark(node)
        grows = any(at == mark and when < self.scope.iteration for at, (_, when) in before)
        if grows and self.grad is not False and not (isinstance(node, ast.Call) and self.syncs.is_rare(node)):
            self._kept_names[mark] = (what, into, sure)
            if value.graphs & self.store.propagated:
                self.reports.keeps(mark, what, into, sure=sure)
            else:
                self.store.kept[mark] = value.graphs
        return before | {(mark, source) for source in value.graphs}

    # ---- libraries -------------------------------------------------------------------------------------------
    def _library(self, node: ast.Call, path: str, frame: Frame) -> Value:
        """A function or class that was imported."""
        last = path.rsplit(".", 1)[-1]
        if self.scope.builds_optimizer(node, Library(path)):
            return self._optimizer(node, frame)
        given = self.given(node, frame)
        if self.run.store is None:
            return UNKNOWN
        if path.startswith("torch"):
            return self._torch(node, path, last, given, frame)
        if last in library.PREPARES or last in library.WRAPS_MODULE:
            return self._unknown(node, last, given)
        if last in _CLIPS:
            return self._clip(node, given, frame, unscales=False)
        if last == "GradScaler":
            return Scaler(f"@{self.scope.mark(node)}")
        optimizer = next((v for v in given.all if isinstance(v, Optimizer)), None)
        if names.is_scheduler(last) and optimizer is not None and not names.is_class_name(last):
            return Scheduler(optimizer.key, sure=path.startswith("transformers"))
        if names.is_scheduler(last) and optimizer is not None:
            return NUMBER  # a scheduler class of others: when it wants to be stepped is its own affair
        if path.startswith(("torchvision.models", "timm.")) and last[:1].islower():
            return self._model(node, last)
        if last in ("from_pretrained", "from_config"):
            if "Tokenizer" in path or "Processor" in path or "Config" in path or "Scheduler" in path:
                return UNKNOWN
            made = self._model(node, path.rsplit(".", 2)[-2])
            self.scope.switch(made.key, None, 0)
            return made
        if names.is_criterion(last) and len(given.all) > 1 and not names.is_class_name(last):
            return self._loss(node, Criterion(""), given, frame)
        return self._unknown(node, last, given)

    def _model(self, node: ast.Call, name: str) -> Module:
        key = f"@{self.scope.mark(node)}"
        self.scope.switch(key, True, 0)
        return Module(key, "", None, node)

    def _torch(self, node: ast.Call, path: str, last: str, given: Given, frame: Frame) -> Value:
        mark = self.scope.mark(node)
        if last in library.FUNCTIONAL_LOSSES:
            return self._loss(node, Criterion(library.LOSS_OF_FUNCTION.get(last, last)), given, frame)
        if last in library.LOSS_CLASSES:
            return Criterion(last, _keeps_batch(node))
        if last in _CLIPS:
            return self._clip(node, given, frame, unscales=False)
        if last == "GradScaler":
            off = any(k.arg == "enabled" and _is_false(k.value) for k in node.keywords)
            return Scaler(f"@{mark}", off)
        if "lr_scheduler" in path and names.is_class_name(last):
            optimizer = next((v for v in given.all if isinstance(v, Optimizer)), None)
            return Scheduler(optimizer.key if optimizer is not None else None, sure=optimizer is not None)
        if (
            path.startswith(("torch.nn.", "torchvision.models")) and names.is_class_name(last)
        ) or last in library.WRAPS_MODULE:
            modules = self.modules_in(given.positional[:1])
            if modules and last != "Sequential":
                if last in library.SCATTERS_INPUTS:
                    self.evaluations.scattered.add(modules[0].key)
                return modules[0]
            if last in ("Parameter", "ParameterList", "ParameterDict"):
                return Tensor(grad=True, leaf=True)
            if names.is_class_name(last):
                made = self._model(node, last)
                if last in library.SCATTERS_INPUTS:
                    self.evaluations.scattered.add(made.key)
                return made
        if path.startswith("torchvision.models"):
            return self._model(node, last)
        if path.startswith("torch.autograd.") and last in ("grad", "backward"):
            self.evaluations.trains()
            for value in given.all:
                if isinstance(value, Tensor):
                    self.reports.excuse(value)
            return UNKNOWN
        if last == "set_grad_enabled" or last == "no_grad":
            return UNKNOWN
        if last == "TensorDataset":
            return Tensor(moved=True)  # its tensors may lie anywhere
        if last == "DataLoader":
            moved = any(isinstance(v, Tensor) and v.moved for v in given.all)
            return DATA._replace(loader=not moved and _gives_host_tensors(node))
        tensors = [v for v in given.all if isinstance(v, Tensor)]
        if last == "Variable" and any(k.arg == "volatile" and not _is_false(k.value) for k in node.keywords):
            return Tensor(itself=self.scope.source(node), volatile=True)
        if last in library.CREATES:
            return self._created(node, last, tensors, mark)
        if last in library.ACTIVATIONS and tensors:
            return derived(tensors[:1])._replace(activation=Activation(library.ACTIVATIONS[last], mark))
        if last in library.NOT_DIFFERENTIABLE or last in ("max", "min", "topk", "sort"):
            seen = frozenset[str]().union(*(t.seen for t in tensors))
            if seen:
                self.evaluations.measures()
            if last in library.NOT_DIFFERENTIABLE:
                return NUMBER._replace(seen=seen)
        items = [i for v in given.all if isinstance(v, Seq) for i in v.items if isinstance(i, Tensor)]
        if path.count(".") == 1 or path.startswith("torch.nn.functional."):
            if last in ("reshape", "squeeze", "unsqueeze", "flatten", "transpose", "permute", "clone") and tensors:
                return tensors[0]
            if not (tensors or items):
                return UNKNOWN
            result = self.named(node, derived([*tensors, *items]))
            return result._replace(whole=0) if last in library.REDUCTIONS else result
        return self._unknown(node, last, given)

    def _created(self, node: ast.Call, last: str, tensors: list[Tensor], mark: Mark) -> Tensor:
        """`torch.tensor(...)` and its like: a new leaf."""
        leaf = any(k.arg == "requires_grad" and not _is_false(k.value) for k in node.keywords)
        on_device = any(k.arg == "device" for k in node.keywords)
        made = Tensor(grad=leaf, leaf=leaf, moved=True if on_device else None)
        if (
            last in ("tensor", "as_tensor", "Tensor", "FloatTensor")
            and tensors
            and (tensors[0].graphs or tensors[0].cut)
        ):
            made = cut(tensors[0], "tensor", mark)
            at = made.cut._replace(how="tensor", at=mark) if made.cut is not None else None
            made = made._replace(grad=leaf, leaf=leaf, cut=at, number=False)
        return made

    def _builtin(self, node: ast.Call, last: str, frame: Frame) -> Value:
        given = self.given(node, frame)
        tensors = [v for v in given.all if isinstance(v, Tensor)]
        self.syncs.builtin(node, last, given.positional)
        if last in ("float", "int"):
            if tensors and (tensors[0].graphs or tensors[0].cut):
                return cut(tensors[0], "item", self.scope.mark(node))._replace(number=True)
            return NUMBER
        if last in ("sum", "abs", "max", "min", "pow"):
            items = [i for v in given.all if isinstance(v, Seq) for i in v.items if isinstance(i, Tensor)]
            return derived([*tensors, *items]) if tensors or items else UNKNOWN
        if last in ("len", "round", "bool", "id", "isinstance", "hasattr", "str", "repr", "print", "range"):
            return NUMBER
        if last in ("list", "tuple", "iter", "reversed", "enumerate", "sorted"):
            return given.positional[0] if given.positional else Seq(())
        if last == "next":
            return self.element(node, node.args[0], given.positional[0], frame) if given.positional else UNKNOWN
        return UNKNOWN

    # ---- what is not known -----------------------------------------------------------------------------------
    def _unknown(self, node: ast.Call, last: str, given: Given) -> Value:
        """A callee out of sight: it may switch the modes of what it is given, and give anything."""
        if last in library.PREPARES:
            for module in self.modules_in(given.all):
                self.evaluations.scattered.add(module.key)
            prepared: list[Value] = [
                v._replace(data=False, loader=False, moved=True) if isinstance(v, Tensor) else v
                for v in given.positional
            ]
            return prepared[0] if len(prepared) == 1 else Seq(tuple(prepared))
        if last in library.WRAPS_MODULE:
            modules = self.modules_in(given.all[:1])
            if modules:
                if last in library.SCATTERS_INPUTS:
                    self.evaluations.scattered.add(modules[0].key)
                return modules[0]
        self._escape(node, last, given.all)
        models = frozenset(m.key for m in self.modules_in(given.all))
        seen = models
        for value in given.all:
            if isinstance(value, Tensor):
                models |= value.models
                seen |= value.seen
        if last == "deque" and len(given.positional) < 2 and not given.keywords:
            return Seq(())
        if (names.is_class_name(last) or last == "deque") and not any(isinstance(v, Tensor) for v in given.all):
            return _OBJECT
        made = Tensor(itself=self.scope.source(node), models=models, seen=seen)
        return cut(made, "no_grad", self.scope.mark(node)) if self.grad is False else made

    def _escape(self, node: ast.Call, last: str, values: list[Value]) -> None:
        """These values are given to code out of sight."""
        if not names.is_class_name(last) and names.may_switch_mode(last) and not self._leaves_modes(node):
            for module in self.modules_in(values):
                self.scope.switch(module.key, None, 0)
                self.store.in_eval.pop(module.key, None)
        for value in values:
            if isinstance(value, Obj) and not names.is_harmless(last):
                self._forget_parts(value, modes=names.may_switch_mode(last))
                self.scope.forget_attributes(value.ident)
        if names.hides_protocol(last) or last in ("grad", "autograd"):
            self.evaluations.trains()
        if not _MEASURES.isdisjoint(names.words(last)):
            self.evaluations.measures()
        for value in values:
            if isinstance(value, Scaler):
                self.schedule.scaler_updated(value)
        if any(isinstance(v, Optimizer) for v in values):
            self.evaluations.trains()
        if not names.is_harmless(last) and (
            names.hides_protocol(last) or any(isinstance(v, Optimizer | Scaler) for v in values)
        ):
            self.schedule.may_step()

    def _leaves_modes(self, node: ast.Call) -> bool:
        """Is this a function of a library that is known to leave each model in the mode in which it was given it?"""
        full = self.scope.index.full_name(path_of(node.func) or "")
        return "." in full and full.partition(".")[0] in library.LEAVES_MODES

    def _forget_parts(self, value: Obj, *, modes: bool) -> None:
        """Code out of sight has what this object holds: scalers may be updated, modules switched (if modes)."""
        for key, part in list(self.store.names.items()):
            if not key.startswith(value.ident + "."):
                continue
            if isinstance(part, Scaler):
                self.schedule.scaler_updated(part)
            elif modes and isinstance(part, Module):
                self.scope.switch(part.key, None, 0)
                self.store.in_eval.pop(part.key, None)

    # ---- loops -----------------------------------------------------------------------------------------------
    def element(self, node: ast.AST, over: ast.expr, value: Value, frame: Frame) -> Value:
        """What a loop yields."""
        if isinstance(over, ast.Call):
            last = last_name(over.func)
            inner = over.func.value if isinstance(over.func, ast.Attribute) else None
            if last == "range":
                return NUMBER
            if last == "enumerate" and over.args:
                return Seq((NUMBER, self.element(node, over.args[0], self.run.value(over.args[0], frame), frame)))
            if last == "zip":
                return Seq(tuple(self.element(node, a, self.run.value(a, frame), frame) for a in over.args))
            if (
                last in ("tqdm", "trange", "track", "islice", "iter", "cycle", "reversed", "list", "ProgressBar")
                and over.args
            ):
                return self.element(node, over.args[0], self.run.value(over.args[0], frame), frame)
            if last in ("items", "values", "keys") and inner is not None:
                item = value if isinstance(value, Tensor) else UNKNOWN
                return Seq((NUMBER, item)) if last == "items" else item
        if isinstance(value, Seq) and value.items:
            first = value.items[0]
            return first if all(i == first for i in value.items) else UNKNOWN
        base = value if isinstance(value, Tensor) else UNKNOWN
        if base.data or not _LOADER_WORDS.isdisjoint(names.words(last_name(over))):
            mark = self.evaluations.host_mark(node)
            if base.moved or (self.evaluations.loaders_move and not base.loader):
                mark = 0
            whole = mark > 0 and self.evaluations.takes_whole(mark)
            return DATA._replace(host=mark, batch=whole, loader=base.loader)
        if isinstance(value, Params):
            return Tensor(grad=True, leaf=True)
        return base._replace(sources=frozenset(), itself=self.scope.source(node), cut=None)


_OBJECT = Tensor(container=False)
"""What a class out of sight has built; nothing that a graph leads to."""
_MEASURES = frozenset(
    "accuracy acc metric metrics score correct eval evaluate compute auc f1 iou dice psnr bleu".split()
)
_CLIPS = frozenset({"clip_grad_norm_", "clip_grad_norm", "clip_grad_value_", "clip_gradients"})
_TENSORS_OF_A_BATCH = frozenset(
    "x y xb yb image images img imgs label labels target targets pixel_values input_ids attention_mask token_type_ids "
    "mask masks video videos".split()
)
"""What people call tensors when they take a batch apart; nothing that works in place goes by these names."""
_BUILTINS = frozenset(
    "float int sum abs max min pow len round bool id isinstance hasattr str repr print range list tuple iter reversed "
    "enumerate sorted next".split()
)


def _is_known_by_name_only(value: Value | None) -> bool:
    return isinstance(value, Tensor) and value.itself is not None and value.itself[0] < 0


def _text(node: ast.expr) -> str:
    return ast.unparse(node)


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _follows(call: ast.Call) -> bool:
    """`y.to(output.device)`: goes where something else is, wherever that may be."""
    return any(
        isinstance(n, ast.Attribute)
        and n.attr == "device"
        and isinstance(n.value, ast.Name)
        and n.value.id not in _OWNERS
        for a in call.args
        for n in ast.walk(a)
    )


def _gives_host_tensors(call: ast.Call) -> bool:
    """A plain DataLoader: no collate_fn, and no dataset of tensors that may lie on a device."""
    names_ = {last_name(n.func) for a in call.args for n in ast.walk(a) if isinstance(n, ast.Call)}
    return not any(k.arg in ("collate_fn", None) for k in call.keywords) and "TensorDataset" not in names_


_OWNERS = frozenset(
    {"self", "args", "cfg", "config", "opt", "opts", "accelerator", "fabric", "hparams", "params", "engine"}
)


def _stands_behind_a_test(call: ast.Call, function: Function) -> bool:
    """Does it depend on an `if` whether control gets to this call? It stands under it, or behind one that leaves."""
    for node in _in_order(function):
        if node is call:
            return False
        if isinstance(node, ast.If):
            parts = list(ast.walk(node))
            if call in parts or any(isinstance(n, _LEAVES) for n in parts):
                return True
    return False


_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)


def _keeps_batch(call: ast.Call) -> bool:
    """`reduction="none"`."""
    return any(
        k.arg == "reduction" and isinstance(k.value, ast.Constant) and k.value.value == "none" for k in call.keywords
    )


def _moves_itself(cls: ast.ClassDef) -> bool:
    return any(isinstance(n, ast.Attribute) and n.attr in ("to", "cuda") for n in ast.walk(cls))


def _switches_mode(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Attribute) and n.attr in ("train", "eval") for n in ast.walk(node))
