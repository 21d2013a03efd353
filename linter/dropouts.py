"""Dropout in a module's forward that train() and eval() do not reach."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..events import Event, Kind
from ..facts.dropout import Dropout
from . import names
from .collector import Collector
from .direct_calls import own_nodes
from .index import ClassInfo, Function, Index, path_of
from .layers import is_dropout, layer_of
from .modules import is_module_class

_FUNCTIONS = frozenset(
    "dropout dropout1d dropout2d dropout3d alpha_dropout feature_alpha_dropout".split(),
)
_TRAINING = frozenset({"training", "is_training"})
_HEADS = frozenset({"torch.nn.functional", "F", "nn.functional"})


def find_dropouts(index: Index, collector: Collector) -> None:
    """Report dropout that is always on: called without `training`, or built anew by each forward."""
    for function, cls in _candidates(index):
        body = list(ast.walk(function))
        found = [(call, drop) for call in body if isinstance(call, ast.Call) and (drop := _dropout(call, body, index))]
        if not found or _chooses_itself(function, body) or (cls is not None and _switches(cls, index)):
            continue
        for call, drop in found:
            if not _caller_decides(call, function, index):
                event = Event(Kind.DEFINE, collector.mark(call), facts=drop)
                owner = cls.name if cls is not None else getattr(function, "name", "")
                collector.ask(owner, event, sure=cls is not None and is_module_class(cls.name, index))


def _candidates(index: Index) -> Iterator[tuple[Function, ClassInfo | None]]:
    """The functions to look at: what forward runs, and what is told the mode by a parameter."""
    seen: set[Function] = set()
    for function, cls in _forwards(index):
        if function not in seen:
            seen.add(function)
            yield function, cls
    for function, called in index.calls.items():
        if function not in seen and _FUNCTIONS & called and _TRAINING & _parameters(function):
            yield function, index.class_around(function)


def _parameters(function: Function) -> set[str]:
    args = function.args
    return {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)}


def _forwards(index: Index) -> Iterator[tuple[Function, ClassInfo]]:
    """Each forward of a class that is a module or behaves like one, and the methods that it calls."""
    for cls in dict.fromkeys([*index.classes.values(), *index.owner.values()]):
        forward = cls.methods.get("forward")
        if forward is None or not _drops(cls, index) or not _is_like_module(cls, index):
            continue
        reached, todo = {"forward": forward}, [forward]
        while todo:
            for name in index.calls.get(todo.pop(), ()):
                if name in cls.methods and name not in reached:
                    reached[name] = cls.methods[name]
                    todo.append(cls.methods[name])
        for function in reached.values():
            yield function, cls


def _drops(cls: ClassInfo, index: Index) -> bool:
    """Cheap: does any of its methods call something named dropout?"""
    called = (name for method in cls.methods.values() for name in index.calls.get(method, ()))
    return any("dropout" in name.lower() for name in called)


def _is_like_module(cls: ClassInfo, index: Index) -> bool:
    """A module by its bases, or a class with a base from elsewhere that builds layers of torch.nn in __init__."""
    if any(is_module_class(one.name, index) for one in index.family(cls) if index.classes.get(one.name) is one):
        return True
    init = cls.methods.get("__init__")
    if not cls.bases or init is None or index.is_closed(cls):
        return False
    return any(
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and layer_of(path_of(node.value.func) or "", index) is not None
        and any((path_of(t) or "").startswith("self.") for t in node.targets)
        for node in ast.walk(init)
    )


def _dropout(call: ast.Call, body: list[ast.AST], index: Index) -> Dropout | None:
    """The dropout that a call is, if nothing tells it the mode."""
    path = path_of(call.func)
    if path is not None and is_dropout(layer_of(path, index)):
        return Dropout(path, follows_mode=False, built=True) if _is_on(call, 0) and _is_run(call, body) else None
    if path is not None:
        return _functional(call, path, index)
    layer = call.func  # nn.Dropout(p)(x)
    if isinstance(layer, ast.Call) and is_dropout(layer_of(path_of(layer.func) or "", index)) and _is_on(layer, 0):
        return Dropout(ast.unparse(layer.func), follows_mode=False, built=True)
    return None


def _is_run(built: ast.Call, body: list[ast.AST]) -> bool:
    """`drop = nn.Dropout(p)`, then `drop(x)`: is the layer that is built here called, and nothing else done to it?"""
    bound = {
        t.id
        for n in body
        if isinstance(n, ast.Assign) and n.value is built
        for t in n.targets
        if isinstance(t, ast.Name)
    }
    called = {n.func for n in body if isinstance(n, ast.Call)}
    uses = [n for n in body if isinstance(n, ast.Name) and n.id in bound]
    # one use is where it is bound; all others must be calls
    return len(uses) > 1 and sum(n not in called for n in uses) == 1


def _functional(call: ast.Call, path: str, index: Index) -> Dropout | None:
    head, _, last = index.full_name(path).rpartition(".")
    if last not in _FUNCTIONS or (head not in _HEADS and not (not head and "torch.nn.functional" in index.starred)):
        return None
    given = {k.arg for k in call.keywords}
    told = (
        len(call.args) > 2 or None in given or "training" in given or any(isinstance(a, ast.Starred) for a in call.args)
    )
    return None if told or not _is_on(call, 1) else Dropout(path, follows_mode=False)


def _is_on(call: ast.Call, position: int) -> bool:
    """Is its rate anything but a literal zero, and the same in training and evaluation?"""
    rate = _rate(call, position)
    return rate is None or not (isinstance(rate, ast.Constant) and not rate.value)


def _rate(call: ast.Call, position: int) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == "p":
            return keyword.value
    return call.args[position] if len(call.args) > position else None


def _chooses_itself(function: Function, body: list[ast.AST]) -> bool:
    """Does the function ask for the mode itself, other than to hand it on? `if self.training: ...`"""
    if any(names.says_mode(p) for p in _parameters(function) - _TRAINING):
        return True
    handed: set[ast.AST] = set()
    for node in body:
        if isinstance(node, ast.Call):
            handed.update(a for a in (*node.args, *(k.value for k in node.keywords)) if path_of(a))
    handed.update(part for a in list(handed) for part in ast.walk(a))
    handed.update(n.func for n in body if isinstance(n, ast.Call))
    mentioned = [n for n in body if n not in handed and isinstance(n, ast.Name | ast.Attribute)]
    return any(names.says_mode(n.attr if isinstance(n, ast.Attribute) else n.id) for n in mentioned)


def _switches(cls: ClassInfo, index: Index) -> bool:
    """Does the class define what train() or eval() do?"""
    return any(name in one.methods for one in index.family(cls) for name in ("train", "eval", "__call__"))


def _caller_decides(call: ast.Call, function: Function, index: Index) -> bool:
    """Is the rate a parameter of the method, or something that is set elsewhere?"""
    inner = call.func if isinstance(call.func, ast.Call) else call
    built = inner is not call or is_dropout(layer_of(path_of(call.func) or "", index))
    rate = _rate(inner, 0 if built else 1)
    if rate is None or isinstance(rate, ast.Constant):
        return False
    path = path_of(rate)
    if path is None:
        return True
    if "." not in path:
        return path in index.locals_of(function) or not _is_constant(path, index)
    return path.startswith("self.") and _is_set_from_outside(path.rpartition(".")[2], index)


def _is_constant(name: str, index: Index) -> bool:
    """Is a name bound once, at the top level of the module?"""
    assigned = [n for n in own_nodes(index.module) if isinstance(n, ast.Assign)]
    return sum(any(path_of(t) == name for t in n.targets) for n in assigned) == 1


def _is_set_from_outside(attribute: str, index: Index) -> bool:
    """`model.dropout = 0`: somebody switches it by hand."""
    return any(
        isinstance(target, ast.Attribute) and target.attr == attribute and path_of(target.value) != "self"
        for node in ast.walk(index.module)
        if isinstance(node, ast.Assign)
        for target in node.targets
    )
