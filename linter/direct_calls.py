"""Calls of a module's forward that should be calls of the module: `model.forward(x)`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from enum import IntEnum

from ..events import Event, Kind
from ..facts.module_call import ModuleCall
from . import names
from .collector import Collector
from .index import FUNCTIONS, ClassInfo, Function, Index, last_name, path_of
from .layers import layer_of
from .modules import is_module_class, traits_of_call, unwrapped

_ONLY_MODULES = frozenset(
    "parameters named_parameters state_dict load_state_dict modules named_modules children named_children "
    "register_forward_hook register_forward_pre_hook register_full_backward_hook requires_grad_".split()
)
_ALSO_MODULES = frozenset({"train", "eval", "zero_grad", "parameters"})
_MOVES = frozenset({"to", "cuda"})
_WRAPPERS = frozenset({"DataParallel", "DistributedDataParallel", "DDP", "FSDP", "FullyShardedDataParallel", "prepare"})
_EXPORTS = frozenset({"export", "script_method", "script", "unused", "ignore"})
_INVERTED = frozenset({"inverse", "reverse", "backward"})
"""With these beside it, forward is a direction and a name of its own, or the class does its own gradients."""


class _Is(IntEnum):
    """Is a value a module?"""

    NO = 0
    UNKNOWN = 1
    LIKELY = 2
    YES = 3


def find_direct_calls(index: Index, collector: Collector) -> None:
    """Report each `x.forward(...)` where x is known to be a module, by what it is bound to or by its use."""
    calls = list(_forward_calls(index))
    if not calls:
        return
    receivers = _Receivers(index)
    for call, function in calls:
        known = receivers.judge(call, function)
        if known < _Is.LIKELY:
            continue
        func = call.func
        subject = ast.unparse(func.value) if isinstance(func, ast.Attribute) else ""
        event = Event(Kind.MODULE_CALL, collector.mark(call), facts=ModuleCall(direct=True))
        collector.ask(subject, event, sure=known is _Is.YES)


def _forward_calls(index: Index) -> Iterator[tuple[ast.Call, Function | None]]:
    """Each call of a method named forward, with the function it stands in."""
    for function in (None, *(f for f, called in index.calls.items() if "forward" in called)):
        for node in own_nodes(index.module if function is None else function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "forward":
                yield node, function


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a function or module but those of functions in it. The bodies of classes belong to it."""
    todo = list(ast.iter_child_nodes(scope))
    for node in todo:
        yield node
        if not isinstance(node, FUNCTIONS):
            todo.extend(ast.iter_child_nodes(node))


class _Receivers:
    """Tells which receivers are modules."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def judge(self, call: ast.Call, function: Function | None) -> _Is:
        """Is what forward is called on a module, whose hooks this call skips?"""
        receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
        if receiver is None or self._is_meant(function):
            return _Is.NO
        if isinstance(receiver, ast.Call):
            return self._value(receiver, function, 0)
        path = path_of(_whole(receiver))
        if path is None or path in ("self", "cls") or path.split(".")[-1] == "module":
            return _Is.NO
        if path in self.index.classes or self._is_imported(path, function):
            return _Is.NO  # a class, or something of a library
        if isinstance(receiver, ast.Subscript):
            return self._member(path, function)
        return self._named(path, function, 0)

    def _is_meant(self, function: Function | None) -> bool:
        """Code that stands in for the call itself, or that is compiled by its name."""
        if function is None or isinstance(function, ast.Lambda):
            return False
        marks = {last_name(d) for d in function.decorator_list}
        return function.name in ("__call__", "_call_impl") or not _EXPORTS.isdisjoint(marks)

    def _is_imported(self, path: str, function: Function | None) -> bool:
        head = path.split(".")[0]
        if head not in self.index.origins or self.index.home(head, function) is not None:
            return False
        nodes = (node for node, _ in self._nodes(head, function) if isinstance(node, ast.Assign))
        return not any(path_of(target) == head for node in nodes for target in node.targets)

    def _member(self, path: str, function: Function | None) -> _Is:
        """`self.layers[i]`: is it a container of modules?"""
        built = [unwrapped(v) for v, _ in self._bound(path, function)]
        paths = [path_of(b.func) if b is not None else None for b in built]
        containers = ("ModuleList", "ModuleDict", "Sequential")
        return _Is.YES if paths and all(p and layer_of(p, self.index) in containers for p in paths) else _Is.UNKNOWN

    def _named(self, path: str, function: Function | None, depth: int) -> _Is:
        told = {
            self._value(value, scope, depth)
            for value, scope in self._bound(path, function)
            if not (isinstance(value, ast.Constant) and value.value is None)
        }
        by_use = self._by_use(path, function)
        if _Is.NO in told or by_use is _Is.NO:
            return _Is.NO
        if told == {_Is.YES} and self._only_assigned(path, function):
            return _Is.YES
        given = self._given(path, function, depth)
        if given is _Is.NO:
            return _Is.NO
        return max(by_use, given, _Is.LIKELY if told & {_Is.YES, _Is.LIKELY} else _Is.UNKNOWN)

    def _given(self, path: str, function: Function | None, depth: int) -> _Is:
        """If it is a parameter: what do all callers in this file give?"""
        home = self.index.home(path, function) if "." not in path else None
        if home is None or isinstance(home, ast.Lambda) or depth > 2:
            return _Is.UNKNOWN
        names_of = [a.arg for a in (*home.args.posonlyargs, *home.args.args)]
        if path not in names_of:
            return _Is.UNKNOWN
        position = names_of.index(path) - (home in self.index.owner)
        given = [
            self._value(value, caller, depth + 1)
            for call, caller in self._callers(home)
            if (value := _argument(call, position, path)) is not None
        ]
        return min(_Is.LIKELY, *given) if given else _Is.UNKNOWN

    def _callers(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[ast.Call, Function | None]]:
        """The calls of a function of this file, by its name; of __init__, by that of its class."""
        owner = self.index.owner.get(function)
        name = owner.name if owner is not None and function.name == "__init__" else function.name
        for caller in (None, *(f for f, called in self.index.calls.items() if name in called)):
            for node in own_nodes(self.index.module if caller is None else caller):
                if isinstance(node, ast.Call) and last_name(node.func) == name and not isinstance(node.func, ast.Call):
                    yield node, caller

    def _value(self, value: ast.expr, function: Function | None, depth: int) -> _Is:
        """Is what an expression gives a module?"""
        if isinstance(value, ast.IfExp):
            return min(self._value(value.body, function, depth), self._value(value.orelse, function, depth))
        path = path_of(value)
        if path is not None:
            return self._named(path, function, depth + 1) if depth < 3 else _Is.UNKNOWN
        call = unwrapped(value)
        built = path_of(call.func) if call is not None else None
        if call is None or built is None:
            return _Is.UNKNOWN
        inner = call.args[0] if call.args and built.rpartition(".")[2] in ("deepcopy", "compile") else None
        if inner is not None and depth < 3:
            return self._value(inner, function, depth + 1)
        if "." in built and isinstance(call.func, ast.Attribute) and call.func.attr in ("to", "cuda", "eval", "train"):
            return self._value(call.func.value, function, depth + 1) if depth < 3 else _Is.UNKNOWN
        return self._built(call, built)

    def _built(self, call: ast.Call, path: str) -> _Is:
        """Is an object of this class a module?"""
        info = self.index.classes.get(path)
        if info is not None:
            return self._instance(info)
        if is_module_class(path, self.index):
            return _Is.YES
        if path.rpartition(".")[2] in _WRAPPERS - {"prepare"} or traits_of_call(call, self.index).mode:
            return _Is.YES
        return _Is.UNKNOWN

    def _instance(self, info: ClassInfo) -> _Is:
        if any("__call__" in cls.methods for cls in self.index.family(info)):
            return _Is.NO
        if not _INVERTED.isdisjoint(name for cls in self.index.family(info) for name in cls.methods):
            return _Is.NO
        if is_module_class(info.name, self.index):
            return _Is.YES
        return _Is.NO if self.index.is_closed(info) else _Is.UNKNOWN

    # ---- what a name is bound to ---------------------------------------------------------------------------
    def _scope(self, path: str, function: Function | None) -> list[ast.AST]:
        """The functions, or the module, in which a name means the same as here."""
        head = path.split(".")[0]
        if head == "self" and (cls := self.index.class_around(function)) is not None:
            return [m for one in self._relatives(cls) for m in one.methods.values()]
        home = self.index.home(head, function)
        if home is not None:
            return [home]
        return [self.index.module, *(f for f in self.index.parent if self.index.home(head, f) is None)]

    def _relatives(self, cls: ClassInfo) -> list[ClassInfo]:
        """A class, its bases and those that derive from it."""
        derived = [c for c in self.index.classes.values() if c is not cls and cls in self.index.family(c)]
        return list(dict.fromkeys([*self.index.family(cls), *derived]))

    def _nodes(self, path: str, function: Function | None) -> Iterator[tuple[ast.AST, Function | None]]:
        """Everything in those scopes, with the function it stands in."""
        everywhere = path.startswith("self.") or self.index.home(path.split(".")[0], function) is not None
        for scope in self._scope(path, function):
            around = scope if isinstance(scope, FUNCTIONS) else None
            for node in ast.walk(scope) if everywhere else own_nodes(scope):
                yield node, around

    def _bound(self, path: str, function: Function | None) -> list[tuple[ast.expr, Function | None]]:
        """All values that are assigned to a name, less those computed from itself: `net = net.to(device)`."""
        found = []
        for node, scope in self._nodes(path, function):
            if isinstance(node, ast.Assign) and any(path_of(t) == path for t in node.targets):
                mentioned = {path_of(n) for n in ast.walk(node.value) if isinstance(n, ast.Name | ast.Attribute)}
                if path not in mentioned:
                    found.append((node.value, scope))
        return found

    def _only_assigned(self, path: str, function: Function | None) -> bool:
        """Is it no parameter and no loop variable, so that its assignments are all there is?"""
        home = self.index.home(path, function) if "." not in path else None
        if home is not None:
            args = home.args
            given = (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg)
            if any(a is not None and a.arg == path for a in given):
                return False
        for node, _ in self._nodes(path, function):
            targets: list[ast.expr] = []
            if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension | ast.NamedExpr):
                targets = [node.target]
            elif isinstance(node, ast.Assign):
                targets = [t for t in node.targets if isinstance(t, ast.Tuple | ast.List)]
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                targets = [node.optional_vars]
            if any(path_of(n) == path for t in targets for n in ast.walk(t)):
                return False
        return True

    # ---- what a name is used for ---------------------------------------------------------------------------
    def _by_use(self, path: str, function: Function | None) -> _Is:
        """Is it used as only modules are? NO: as no module is."""
        model = names.is_model(path.rpartition(".")[2])
        found = _Is.UNKNOWN
        called: set[str] = set()
        for node, _ in self._nodes(path, function):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Attribute) and path_of(node.func.value) == path:
                used = node.func.attr
                called.add(used)
                if used in _INVERTED:
                    return _Is.NO
                if used in _ONLY_MODULES or (model and used in _ALSO_MODULES):
                    found = _Is.LIKELY
            elif model and last_name(node.func) in _WRAPPERS and path in _paths(node.args):
                found = _Is.LIKELY
        # eval() alone may be a method of anything; what is also moved to a device is no trainer
        return _Is.LIKELY if "eval" in called and not called.isdisjoint(_MOVES) else found


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """What a call gives to a parameter; None if that is not written out."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    before = call.args[: position + 1]
    return before[position] if len(before) > position and not any(isinstance(a, ast.Starred) for a in before) else None


def _whole(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Subscript) else node


def _paths(nodes: Iterable[ast.expr]) -> set[str | None]:
    return {path_of(n) for n in nodes}
