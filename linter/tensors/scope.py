"""Names: which value a name or attribute stands for at a place in the program."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

from ...events import Mark
from .. import names
from ..collector import Collector
from ..index import ClassInfo, Index, is_optimizer_class, is_torch_optimizer, last_name, path_of
from ..modules import ModuleInfo, modules_of
from .store import InMode, Phi, Store, definite
from .values import (
    DATA,
    NUMBER,
    UNKNOWN,
    Class,
    Const,
    Cut,
    Fn,
    Frame,
    Library,
    Mode,
    Module,
    Obj,
    Optimizer,
    Scaler,
    Scheduler,
    Seq,
    Source,
    Tensor,
    Value,
)

_NUMERIC = frozenset({"shape", "device", "dtype", "ndim", "requires_grad", "is_cuda", "layout", "itemsize", "nbytes"})
_VIEWS = frozenset({"T", "mT", "H", "real", "imag"})


class Scope:
    """All names of one file, with the store they live in at the moment (None: control does not get here)."""

    def __init__(self, index: Index, collector: Collector) -> None:
        self.index = index
        self.collector = collector
        self.mark = collector.mark
        self.store: Store = Store()
        self.modules: dict[str, ModuleInfo] = modules_of(index)
        self.nodes = _nodes(index.module)
        self.imports = dict(_imports(self.nodes))
        self.module_names = _used_as_modules(self.nodes.calls, index)
        self._parents: set[str] = set()  # keys of which an attribute or item is in the store
        self.main = Frame("", None, None, None)
        self.calls: dict[Source, Source] = {}  # one of several results -> the call that gave them
        self._wholes: dict[
            str, str
        ] = {}  # name of a part -> the name it was taken from: `for h in state`, `h, c = state`
        self.received = False  # an optimizer was met of which nobody knows what it holds
        self.here: ast.AST = index.module  # the statement that runs
        self.now = 0  # a running number: later is larger
        self.iteration = 0  # when the innermost iteration began
        self.loops: list[tuple[int, int]] = []  # of each loop around: when its first and its present iteration began
        self.titles: dict[str, str] = {}  # key of a module -> what the user calls it
        self._symbols: dict[str, int] = {}
        self._define()

    def _define(self) -> None:
        for function in self.index.functions_in_order():
            if self.index.parent[function] is None and function not in self.index.owner:
                self.store.names[f"|{getattr(function, 'name', '')}"] = Fn(function, self.main)
        for info in self.index.classes.values():
            self.store.names.setdefault(f"|{info.name}", Class(info))

    # ---- reading -------------------------------------------------------------------------------------------
    def home(self, name: str, frame: Frame) -> Frame:
        """The frame that a name belongs to."""
        at: Frame | None = frame
        while at is not None:
            if at.function is not None and name in self.index.locals_of(at.function):
                return at
            at = at.parent
        return self.main

    def name(self, name: str, frame: Frame) -> Value:
        """The value of a plain name; something by its name alone if it was never bound in sight."""
        home = self.home(name, frame)
        key = f"{home.ident}|{name}"
        found = self.store.names.get(key)
        if found is not None:
            return found
        if home is self.main and name in self.imports:
            return Library(self.imports[name])
        if home is self.main and name not in self.module_names and not _says_what(name):
            if name == "torch":
                return Library(name)
            return UNKNOWN  # a builtin, or bound by code that has not run
        return self.symbol(key, name)

    def symbol(self, key: str, name: str) -> Value:
        """Something only known by its name."""
        made: Value
        if name in self.module_names:
            made = Module(key, name)
        elif names.is_optimizer(name):
            made, self.received = Optimizer(key=key), True
        elif names.is_scheduler(name):
            made = Scheduler()
        elif "scaler" in names.words(name):
            made = Scaler(key)
        else:
            made = Tensor(itself=(self._symbol(key), 0))
        self._put(key, made)
        return made

    def _put(self, key: str, value: Value) -> None:
        self.store.names[key] = value
        for i, letter in enumerate(key):
            if letter in ".[":
                self._parents.add(key[:i])

    def source(self, node: ast.AST) -> Source:
        """A new graph, made by this node now."""
        self.now += 1
        return self.mark(node), self.now

    def phi(self, node: ast.AST) -> Phi:
        """The graphs that names have from a place on where ways meet now, each name its own."""
        self.now += 1
        when = self.now
        return lambda name: (self.collector.alias(node, name), when)

    def switch(self, key: str, training: bool | None, at: Mark) -> None:
        """A module goes into this mode (None: nobody knows which)."""
        self.now += 1
        self.store.modes[key] = frozenset({InMode(training, at, self.now)})

    def forget_modes(self) -> None:
        """Code out of sight may have switched any module."""
        for key in self.store.modes:
            self.switch(key, None, 0)

    def eval_here(self, key: str) -> InMode | None:
        """The eval() that a module is under at this place: on every path, or since an earlier iteration.

        An eval() that only some iterations run holds for all that follow, unless something else came after it.
        """
        modes = self.store.modes.get(key)
        always = definite(modes)
        if always is not None or not modes:
            return always if always is not None and not always.training else None
        found = [m for m in modes if m.training is False]
        others = max((m.when for m in modes if m.training is not False), default=0)
        for mode in found:
            if mode.when > others and any(first < mode.when < present for first, present in self.loops):
                return mode
        return None

    def _symbol(self, key: str) -> int:
        return self._symbols.setdefault(key, -1 - len(self._symbols))

    def attribute(self, node: ast.Attribute, base: Value, frame: Frame) -> Value:
        """`base.attr`."""
        attr = node.attr
        if isinstance(base, Obj):
            return self._member(base, attr)
        if isinstance(base, Library):
            return Library(f"{base.path}.{attr}")
        if isinstance(base, Module):
            if attr == "module":
                return base
            if attr == "training":
                mode = definite(self.store.modes.get(base.key))
                return Mode(mode.training if mode else None)
            return self.store.names.get(f"{base.key}.{attr}") or Module(f"{base.key}.{attr}", f"{base.name}.{attr}")
        if isinstance(base, Tensor):
            return self._of_tensor(node, base, frame)
        return UNKNOWN

    def _member(self, base: Obj, attr: str) -> Value:
        key = f"{base.ident}.{attr}"
        found = self.store.names.get(key)
        if found is not None:
            return found
        method = self.index.method(base.cls, attr)
        if method is not None:
            return Fn(method, self.main, base)
        return self.symbol(key, attr)

    def _of_tensor(self, node: ast.Attribute, base: Tensor, frame: Frame) -> Value:
        attr = node.attr
        key = self.key(node, frame)
        if key is not None and key in self.store.names:
            return self.store.names[key]
        if attr == "data":
            return cut(base, "data", self.mark(self.here))
        if attr == "grad" or base.number:
            return UNKNOWN
        if attr in _NUMERIC:
            return NUMBER
        if attr in _VIEWS:
            return base
        if key is not None and (attr in self.module_names or _says_what(attr)):
            return self.symbol(key, attr)
        host = base.host if base.batch and not base.moved else 0
        return base._replace(activation=None, host=host)

    def key(self, node: ast.expr, frame: Frame) -> str | None:
        """Where the store keeps what is bound to this target: a name, an attribute or a constant item of those."""
        if isinstance(node, ast.Name):
            return f"{self.home(node.id, frame).ident}|{node.id}"
        if isinstance(node, ast.Attribute):
            base = self._held(node.value, frame)
            if isinstance(base, Obj):
                return f"{base.ident}.{node.attr}"
            if isinstance(base, Module):
                return f"{base.key}.{node.attr}"
            inner = self.key(node.value, frame)
            return f"{inner}.{node.attr}" if inner is not None else None
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            inner = self.key(node.value, frame)
            return f"{inner}[{node.slice.value!r}]" if inner is not None else None
        return None

    def _held(self, node: ast.expr, frame: Frame) -> Value | None:
        """What the store holds for a target's base, without making up symbols."""
        key = self.key(node, frame)
        return self.store.names.get(key) if key is not None else None

    # ---- binding -------------------------------------------------------------------------------------------
    def taken(self, target: ast.expr, source: ast.expr, frame: Frame) -> None:
        """The names of a target stand for parts of what another name stands for."""
        whole = self.key(source, frame)
        for name in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
            key = self.key(name, frame)
            if key is not None and whole is not None:
                self._wholes[key] = whole

    def cut_in_place(self, target: ast.expr, at: Mark, frame: Frame) -> None:
        """`target.detach_()`; what it is a part of is taken to be detached as a whole."""
        key = self.key(target, frame)
        if key is None:
            return
        whole = self._wholes.get(key) or (key.rpartition("[")[0] if key.endswith("]") else None)
        for one in (key, whole):
            value = self.store.names.get(one) if one is not None else None
            if one is not None and isinstance(value, Tensor):
                self.store.names[one] = cut(value, "detach", at)

    def bind(self, target: ast.expr, value: Value, frame: Frame) -> None:
        """`target = value`."""
        if isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value, frame)
            return
        if isinstance(target, ast.Starred):
            self.bind(target.value, UNKNOWN, frame)
            return
        key = self.key(target, frame)
        if key is None:
            return
        path = path_of(target) or ""
        if isinstance(value, Tensor) and path.rsplit(".", 1)[-1] in self.module_names and not _is_computed(value):
            if value.moved:
                self.store.placed[self._as_module(value, path, key).key] = self.mark(self.here)
            value = self._as_module(value, path, key)
        elif isinstance(value, Tensor) and names.is_optimizer(path.rsplit(".", 1)[-1]) and not _is_computed(value):
            value = self._as_optimizer(value, key)
        elif isinstance(value, Tensor) and names.is_scheduler(path.rsplit(".", 1)[-1]) and not _is_computed(value):
            value = Scheduler()
        if isinstance(value, Module):
            value = value if value.name else value._replace(name=path)
            self.titles.setdefault(value.key, value.name)
        if self.store.names.get(key) is not value:
            self._forget_parts(key)
        self._put(key, value)

    def _as_optimizer(self, value: Tensor, key: str) -> Optimizer:
        """An unknown call gave something that is named like an optimizer."""
        call = self.collector.marks[value.itself[0]] if value.itself is not None and value.itself[0] > 0 else None
        if isinstance(call, ast.Call) and call.args and lists_names(call.args[0]):
            return Optimizer(frozenset(), key)
        self.received = True
        return Optimizer(key=key)

    def _as_module(self, value: Tensor, path: str, key: str) -> Module:
        """An unknown call gave something that this file uses as a module: a new one, or the one it was given."""
        if len(value.models) == 1 and self.titles.get(min(value.models)) == path:
            return Module(min(value.models), path)  # model = wrap(model)
        if value.itself is None or value.itself[0] < 0:
            return Module(key, path)
        made = Module(f"@{value.itself[0]}", path)
        call = self.collector.marks[value.itself[0]]
        if isinstance(call, ast.Call) and names.is_class_name(last_name(call.func)):
            self.switch(made.key, True, 0)  # a module that was just built is in train mode
        return made

    def _unpack(self, targets: list[ast.expr], value: Value, frame: Frame) -> None:
        if isinstance(value, Seq) and len(value.items) == len(targets):
            for target, item in zip(targets, value.items, strict=True):
                self.bind(target, item, frame)
            return
        for target in targets:
            self.bind(target, self._one_of(value, target) if isinstance(value, Tensor) else UNKNOWN, frame)

    def _one_of(self, value: Tensor, target: ast.expr) -> Tensor:
        """One of several results of a call: perhaps a tensor with a graph, perhaps a number."""
        if value.batch:
            return value._replace(batch=False)
        if value.itself is None:
            return value
        own = self.source(target)
        self.calls[own] = value.itself
        return value._replace(itself=own, sources=frozenset({own}) if value.sources else frozenset(), call=value.itself)

    def _forget_parts(self, key: str) -> None:
        if key not in self._parents:
            return
        names_ = self.store.names
        for known in [k for k in names_ if k.startswith(key) and k[len(key) : len(key) + 1] in (".", "[")]:
            del names_[known]

    def forget_attributes(self, ident: str) -> None:
        """Code out of sight was given this object: its tensors may be others now."""
        names_ = self.store.names
        for key in [k for k, v in names_.items() if k.startswith(ident + ".") and isinstance(v, Tensor | Const | Seq)]:
            del names_[key]

    def enter(self, frame: Frame, parameters: set[str]) -> None:
        """Forget the names of an earlier run of this function; its parameters are known by name."""
        assert frame.function is not None
        for name in self.index.locals_of(frame.function):
            self.store.names.pop(f"{frame.ident}|{name}", None)
        for name in parameters:
            self.symbol(f"{frame.ident}|{name}", name)

    def info(self, module: Module) -> ModuleInfo | None:
        """What the file says about the class of this module."""
        return self.modules.get(module.cls.name) if module.cls is not None else None

    def called_names(self) -> set[str]:
        """Names of functions that something in this file calls or passes on; `model.train()` calls no `def train`."""
        called = {name for calls in self.index.calls.values() for name in calls}
        for word in ("train", "eval"):
            calls = [c for c in self.nodes.calls if last_name(c.func) == word]
            if all(isinstance(c.func, ast.Attribute) and _switches(c) for c in calls):
                called.discard(word)
        return called

    def is_module_class(self, cls: ClassInfo) -> bool:
        """Is this class of the file a torch module?"""
        return cls.name in self.modules

    def builds_optimizer(self, call: ast.Call, target: Value) -> bool:
        """Does this call build an optimizer?"""
        if isinstance(target, Class):
            return self.index.is_optimizer(target.cls)
        last = target.path.rsplit(".", 1)[-1] if isinstance(target, Library) else ""
        if last in names.OPTIMIZER_CLASSES or is_optimizer_class(last_name(call.func)):
            return True
        return is_torch_optimizer(path_of(call.func) or "")


def _says_what(name: str) -> bool:
    """Does this name say that it is an optimizer, a scheduler or a scaler?"""
    return names.is_optimizer(name) or names.is_scheduler(name) or "scaler" in names.words(name)


def lists_names(node: ast.expr) -> bool:
    """`[delta]`, `[latent] + noises`: tensors to be optimized, not the parameters of a module."""
    if isinstance(node, ast.BinOp):
        return lists_names(node.left) or lists_names(node.right)
    return isinstance(node, ast.List | ast.Tuple) and all(isinstance(e, ast.Name | ast.Attribute) for e in node.elts)


def _is_computed(value: Tensor) -> bool:
    """Is this value known to be a tensor or number?"""
    return bool(value.sources or value.loss or value.data or value.number or value.cut or value.leaf)


def cut(value: Tensor, how: str, at: int) -> Tensor:
    """The same value without its graph. What had none is not cut by it."""
    if value.grad is False and value.cut is None:
        return value._replace(leaf=False)
    return value._replace(
        grad=False,
        cut=value.cut or Cut(how, at),
        leaf=False,
        sources=frozenset(),
        itself=None,
        call=None,
        models=frozenset(),
        carried=frozenset(),
        held=frozenset(),
    )


class Nodes(NamedTuple):
    """The nodes of a module that more than one question is about, found in one walk."""

    calls: list[ast.Call]
    loops: list[ast.For]
    assigns: list[ast.Assign]
    imports: list[ast.Import | ast.ImportFrom]


def _nodes(module: ast.Module) -> Nodes:
    found = Nodes([], [], [], [])
    places: dict[type, list[Any]] = {
        ast.Call: found.calls,
        ast.For: found.loops,
        ast.Assign: found.assigns,
        ast.Import: found.imports,
        ast.ImportFrom: found.imports,
    }
    todo: list[ast.AST] = [module]
    while todo:
        node = todo.pop()
        place = places.get(type(node))
        if place is not None:
            place.append(node)
        for name in node._fields:
            child = getattr(node, name, None)
            if isinstance(child, list):
                todo.extend(c for c in child if isinstance(c, ast.AST))
            elif isinstance(child, ast.AST):
                todo.append(child)
    return found


def _imports(nodes: Nodes) -> Iterator[tuple[str, str]]:
    for node in nodes.imports:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
        else:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module or ''}.{alias.name}"


def _used_as_modules(calls: list[ast.Call], index: Index) -> frozenset[str]:
    """Last parts of names that are asked for their parameters, or switched between train and eval."""
    found = set()
    for node in calls:
        if not isinstance(node.func, ast.Attribute):
            continue
        func = node.func
        if func.attr in ("parameters", "named_parameters") or (func.attr in ("train", "eval") and _switches(node)):
            owner = func.value
            if isinstance(owner, ast.Attribute) and owner.attr == "module":
                owner = owner.value
            if isinstance(owner, ast.Name | ast.Attribute):
                found.add(owner.id if isinstance(owner, ast.Name) else owner.attr)
    classes = set(index.classes)
    return frozenset(found - classes - {"self", "pd", "np", "torch"})


def _switches(call: ast.Call) -> bool:
    """`.eval()`, `.train()`, `.train(False)`, `.train(mode)`; not `trainer.train(model, loader)`."""
    return len(call.args) + len(call.keywords) == 0 or (
        len(call.args) == 1 and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, bool)
    )


__all__ = ["DATA", "Scope", "cut"]
