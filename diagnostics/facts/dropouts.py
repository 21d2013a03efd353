"""Dropout that eval() does not reach: a model in eval mode draws random numbers, and its source says why."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.dropout import _DropoutNd

from ...events import Event, Kind
from ...facts.dropout import Dropout
from ..guards import capturing
from ..statements import Function, body_of, site_of

if TYPE_CHECKING:
    from ..trace import Trace

CODES = ("LC205",)
_LOOKS = 4  # evaluations of a model that are looked at
_NAMES = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
_FUNCTIONS = tuple(getattr(functional, name) for name in _NAMES if hasattr(functional, name))


class Found(NamedTuple):
    """A dropout in a method, not told the mode. built: a layer, built anew each time."""

    method: FunctionType
    call: ast.Call
    path: str
    built: bool


class Dropouts:
    """Compares the state of the random numbers before and after a few evaluations."""

    evaluations = _LOOKS

    def __init__(self) -> None:
        self._before: Tensor | None = None
        self._seen: set[type] = set()

    def before_evaluation(self, trace: Trace, module: nn.Module) -> None:
        """A module in eval mode is called. Costs a copy of the generator's state, 2 us on the CPU."""
        self._before = _random_state(module)

    def after_evaluation(self, trace: Trace, module: nn.Module) -> None:
        """It has returned: did it draw random numbers, though all of it is in eval mode?"""
        before, self._before = self._before, None
        after = _random_state(module) if before is not None else None
        if before is None or after is None or torch.equal(before, after):
            return
        if any(part.training for part in module.modules()):
            return
        for part in list(module.modules()):
            if type(part) not in self._seen:
                self._seen.add(type(part))
                self._look(trace, part)

    def _look(self, trace: Trace, part: nn.Module) -> None:
        if _switches_itself(type(part)):
            return
        for method, body in _methods(part):
            if trace.sites.is_foreign(method.__code__.co_filename):
                continue
            for found in _dropouts(part, method, body):
                mark = trace.sites.at(site_of(method.__code__, found.call))
                facts = Dropout(found.path, follows_mode=False, built=found.built)
                trace.court.at_once(type(part).__name__, Event(Kind.DEFINE, mark, facts=facts))


def _random_state(module: nn.Module) -> Tensor | None:
    """The state of the generator that a module would draw from; None where it is not known. Waits for no device."""
    first = next(module.parameters(), None)
    kind = first.device.type if first is not None else "cpu"
    if kind == "cpu":
        return torch.get_rng_state()
    if kind == "cuda" and first is not None and not capturing():
        return torch.cuda.get_rng_state(first.device)
    return None


def _switches_itself(cls: type) -> bool:
    """Whether a class defines what train() or eval() do."""
    own = [one for one in cls.__mro__ if not one.__module__.startswith("torch.")]
    return any(name in vars(one) for one in own for name in ("train", "eval"))


def _methods(part: nn.Module) -> Iterator[tuple[FunctionType, Function]]:
    """forward, and the methods of the same class that it calls."""
    todo, seen = ["forward"], {"forward"}
    for name in todo:  # grows while it is walked
        method = inspect.unwrap(getattr(type(part), name))
        body = body_of(method.__code__) if isinstance(method, FunctionType) else None
        if body is None or not isinstance(method, FunctionType):
            continue
        yield method, body
        for node in ast.walk(body):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and ast.unparse(called.value) == "self":
                inner = inspect.getattr_static(type(part), called.attr, None)
                if isinstance(inner, FunctionType) and called.attr not in seen:
                    seen.add(called.attr)
                    todo.append(called.attr)


def _dropouts(part: nn.Module, method: FunctionType, body: Function) -> Iterator[Found]:
    """The dropouts that each call of a method runs, and that nothing tells the mode."""
    if isinstance(body, ast.Lambda | ast.Module) or any(_says_mode(node) for node in ast.walk(body)):
        return
    for statement in body.body:
        if isinstance(statement, ast.If | ast.For | ast.While | ast.Try | ast.FunctionDef):
            continue
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call):
                continue
            if _is_function(method, node.func) and not _is_told(node) and _is_on(_rate(node, 1), part, method):
                yield Found(method, node, ast.unparse(node.func), built=False)
            layer = node.func
            if isinstance(layer, ast.Call) and _is_layer(method, layer.func) and _is_on(_rate(layer, 0), part, method):
                yield Found(method, node, ast.unparse(layer.func), built=True)


def _says_mode(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return any(word in name.lower() for word in ("train", "eval", "mode", "sampl", "determin"))


def _meant(method: FunctionType, path: ast.expr) -> Any:
    """The object that a dotted name stands for in the method's file."""
    if isinstance(path, ast.Name):
        return method.__globals__.get(path.id)
    if isinstance(path, ast.Attribute):
        return getattr(_meant(method, path.value), path.attr, None)
    return None


def _is_function(method: FunctionType, path: ast.expr) -> bool:
    return any(_meant(method, path) is one for one in _FUNCTIONS)


def _is_layer(method: FunctionType, path: ast.expr) -> bool:
    meant = _meant(method, path)
    return isinstance(meant, type) and issubclass(meant, _DropoutNd)


def _is_told(call: ast.Call) -> bool:
    given = {keyword.arg for keyword in call.keywords}
    return len(call.args) > 2 or bool(given & {None, "training"}) or any(isinstance(a, ast.Starred) for a in call.args)


def _rate(call: ast.Call, position: int) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == "p":
            return keyword.value
    return call.args[position] if len(call.args) > position else ast.Constant(0.5)


def _is_on(rate: ast.expr | None, part: nn.Module, method: FunctionType) -> bool:
    """Whether the rate is known here, in the evaluation, and is not zero."""
    if isinstance(rate, ast.Attribute) and isinstance(rate.value, ast.Name) and rate.value.id == "self":
        value = getattr(part, rate.attr, None)
    elif isinstance(rate, ast.Constant):
        value = rate.value
    else:
        value = _meant(method, rate) if rate is not None else None
    return isinstance(value, int | float) and value > 0


PROBE = Dropouts
