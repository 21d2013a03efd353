"""What a module's forward ends in: does it give probabilities, log-probabilities, or what its last layer computed?"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from .index import ClassInfo, Function, Index, bound_names, path_of
from .layers import layer_of

_LAYERS = {"Softmax": "softmax", "Softmax2d": "softmax", "LogSoftmax": "log_softmax", "Sigmoid": "sigmoid"}
_FUNCTIONS = frozenset(_LAYERS.values())
_KEEPS_VALUES = frozenset(
    "squeeze unsqueeze view reshape flatten contiguous float double transpose permute to cpu cuda t clone".split()
)


class Activation(NamedTuple):
    """name: "softmax", "log_softmax" or "sigmoid". at: the call that applies it, or that builds it as a last layer."""

    name: str
    at: ast.AST


_Values = dict[str, Activation | None]


class Outputs:
    """Follows the returns of forward back to an activation, through names, helper methods and modules of the file."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._busy: set[Function] = set()

    def of_class(self, cls: ClassInfo) -> Activation | None:
        """What every return of its forward ends in, None if they differ or it is something else."""
        forward = self.index.method(cls, "forward")
        return self._of_function(forward, cls) if forward is not None else None

    def _of_function(self, function: Function, cls: ClassInfo) -> Activation | None:
        if function in self._busy or isinstance(function, ast.Lambda):
            return None
        self._busy.add(function)
        walk = _Walk(self, cls)
        walk.block(function.body, {})
        self._busy.discard(function)
        return _agreed(walk.returned)

    def of_attribute(self, attribute: str, cls: ClassInfo) -> Activation | None:
        """What calling this attribute of self gives."""
        built = [
            self._of_layer(node.value, cls)
            for owner in self.index.family(cls)
            for method in owner.methods.values()
            for node in ast.walk(method)
            if isinstance(node, ast.Assign) and any(path_of(t) == f"self.{attribute}" for t in node.targets)
        ]
        return _agreed(built)

    def _of_layer(self, node: ast.expr, cls: ClassInfo) -> Activation | None:
        """What calling the module that this expression builds gives."""
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:  # ("name", layer) in an OrderedDict
            node = node.elts[1]
        if not isinstance(node, ast.Call):
            return None
        path = path_of(node.func)
        if path is None:
            receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
            moved = isinstance(node.func, ast.Attribute) and node.func.attr in ("to", "cuda", "cpu")
            return self._of_layer(receiver, cls) if moved and receiver is not None else None
        layer = layer_of(path, self.index)
        if layer in _LAYERS:
            return Activation(_LAYERS[layer], node)
        if layer == "Sequential" and node.args:
            return self._of_layer(_last_layer(node), cls)
        inner = self.index.classes.get(path)
        return self.of_class(inner) if inner is not None and inner is not cls else None

    def of_call(self, call: ast.Call, cls: ClassInfo, values: _Values) -> Activation | None:
        """What a call within forward gives."""
        func = call.func
        path = path_of(func) or ""
        last = func.attr if isinstance(func, ast.Attribute) else path
        full = self.index.full_name(path)
        if path.startswith("self.") and path.count(".") == 1:
            return self._of_self(call, last, cls)
        if last in _FUNCTIONS and _is_function(full, call):
            return Activation(last, call)
        if last in _KEEPS_VALUES and isinstance(func, ast.Attribute):
            torch = full.startswith("torch.")
            inner = call.args[0] if torch and call.args else None if torch else func.value
            return self.of(inner, cls, values)
        if isinstance(func, ast.Call):  # nn.Softmax(dim=1)(x)
            found = self._of_layer(func, cls)
            return found._replace(at=call) if found else None
        return None

    def _of_self(self, call: ast.Call, attribute: str, cls: ClassInfo) -> Activation | None:
        method = self.index.method(cls, attribute)
        if method is not None:
            return self._of_function(method, cls)
        found = self.of_attribute(attribute, cls)
        if found is not None and isinstance(found.at, ast.Call) and layer_of(path_of(found.at.func) or "", self.index):
            in_sequence = not self._is_bound(found.at, attribute, cls)
            return found if in_sequence else found._replace(at=call)
        return found

    def _is_bound(self, built: ast.AST, attribute: str, cls: ClassInfo) -> bool:
        """Is this very call what is bound to the attribute, and not a part of it?"""
        return any(
            isinstance(node, ast.Assign)
            and node.value is built
            and any(path_of(t) == f"self.{attribute}" for t in node.targets)
            for owner in self.index.family(cls)
            for method in owner.methods.values()
            for node in ast.walk(method)
        )

    def of(self, node: ast.expr | None, cls: ClassInfo, values: _Values) -> Activation | None:
        """What an expression of forward holds."""
        if isinstance(node, ast.Name):
            return values.get(node.id)
        if isinstance(node, ast.Call):
            return self.of_call(node, cls, values)
        return self.of(node.value, cls, values) if isinstance(node, ast.NamedExpr) else None


class _Walk:
    """One pass over forward. A block gives the values after it, or None if control does not get there."""

    def __init__(self, outputs: Outputs, cls: ClassInfo) -> None:
        self.outputs = outputs
        self.cls = cls
        self.returned: list[Activation | None] = []

    def block(self, body: Iterable[ast.stmt], values: _Values | None) -> _Values | None:
        for statement in body:
            if values is None:
                return None
            values = self.statement(statement, values)
        return values

    def statement(self, node: ast.stmt, values: _Values) -> _Values | None:
        match node:
            case ast.Return():
                self.returned.append(self.outputs.of(node.value, self.cls, values))
                return None
            case ast.Raise() | ast.Continue() | ast.Break():
                return None
            case ast.Assign():
                return self._assign(node, values)
            case ast.AugAssign() | ast.Delete():
                targets = node.targets if isinstance(node, ast.Delete) else [node.target]
                return {**values, **{n: None for t in targets for n in bound_names(t)}}
            case ast.If():
                return _join(self.block(node.body, dict(values)), self.block(node.orelse, dict(values)))
            case ast.With() | ast.AsyncWith():
                return self.block(node.body, values)
            case ast.For() | ast.AsyncFor() | ast.While():
                return self.block(node.orelse, self._loop(node.body, values))
            case ast.Try() | ast.TryStar():
                after = self.block(node.orelse, self.block(node.body, dict(values)))
                for handler in node.handlers:
                    after = _join(after, self.block(handler.body, _forget(node.body, values)))
                return self.block(node.finalbody, after)
            case ast.Match():
                after = dict(values)
                for case in node.cases:
                    joined = _join(after, self.block(case.body, dict(values)))
                    after = joined if joined is not None else after
                return after
        return values

    def _loop(self, body: list[ast.stmt], values: _Values) -> _Values:
        """What a loop binds is not known within and after it."""
        inside = _forget(body, values)
        self.block(body, dict(inside))
        return inside

    def _assign(self, node: ast.Assign, values: _Values) -> _Values:
        found = self.outputs.of(node.value, self.cls, values)
        new = dict(values)
        for target in node.targets:
            if isinstance(target, ast.Name):
                new[target.id] = found
            else:
                new.update(dict.fromkeys(bound_names(target)))
        return new


def _forget(body: list[ast.stmt], values: _Values) -> _Values:
    bound: set[str] = set()
    for node in (at for statement in body for at in ast.walk(statement)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        bound.update(name for target in targets if target is not None for name in bound_names(target))
    return {name: value for name, value in values.items() if name not in bound}


def _join(one: _Values | None, other: _Values | None) -> _Values | None:
    if one is None or other is None:
        return other if one is None else one
    return {name: _agreed([value, other.get(name)]) for name, value in one.items()}


def _agreed(found: list[Activation | None]) -> Activation | None:
    """The first, if all are of one name."""
    if not found or found[0] is None:
        return None
    return found[0] if all(one is not None and one.name == found[0].name for one in found) else None


def _is_function(full: str, call: ast.Call) -> bool:
    """`F.softmax(x)`, `torch.sigmoid(x)`, or the method of a tensor."""
    head = full.rpartition(".")[0]
    if head in ("torch", "torch.nn.functional", "torch.special", "F", ""):
        return True
    return isinstance(call.func, ast.Attribute) and not full.startswith("torch.")


def _last_layer(sequential: ast.Call) -> ast.expr:
    last = sequential.args[-1]
    if isinstance(last, ast.Call) and (path_of(last.func) or "").endswith("OrderedDict") and last.args:
        inner = last.args[0]
        return inner.elts[-1] if isinstance(inner, ast.List | ast.Tuple) and inner.elts else last
    return last
