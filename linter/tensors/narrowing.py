"""What a test says about a name: on one of the two ways behind `if state is not None` there is nothing in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .scope import Scope
from .store import Store
from .values import Const, Frame, Tensor, Value

_NONE = Const(None)


def none_where(test: ast.expr, holds: bool) -> Iterator[ast.expr]:
    """The names that are None, or empty, where a test holds, or where it does not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from none_where(test.operand, not holds)
    elif isinstance(test, ast.BoolOp):
        if holds is isinstance(test.op, ast.And):  # all of its parts hold, or none of them does
            for part in test.values:
                yield from none_where(part, holds)
    elif isinstance(test, ast.Compare):
        if (asked := _asked(test)) is not None and holds is isinstance(test.ops[0], ast.Is | ast.Eq):
            yield asked
    elif isinstance(test, ast.Name | ast.Attribute) and not holds:
        yield test


def _asked(test: ast.Compare) -> ast.expr | None:
    """What is compared with None."""
    if len(test.ops) == 1 and isinstance(test.ops[0], ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
        for one, other in ((test.left, test.comparators[0]), (test.comparators[0], test.left)):
            if isinstance(other, ast.Constant) and other.value is None:
                return one.target if isinstance(one, ast.NamedExpr) else one
    return None


def narrow(scope: Scope, test: ast.expr, holds: bool, frame: Frame) -> dict[str, Value]:
    """Let the store of the way that begins here know what the test said. Gives back what stood there before.

    Only what may carry a graph: None carries none. A loss is always there.
    """
    before: dict[str, Value] = {}
    for name in none_where(test, holds):
        key = scope.key(name, frame)
        value = scope.store.names.get(key) if key is not None else None
        if key is not None and isinstance(value, Tensor) and _may_carry(value) and not value.loss:
            before[key] = value
            scope.store.names[key] = _NONE
    return before


def widen(joined: Store | None, ways: list[Store | None], before: dict[str, Value]) -> None:
    """The ways meet: where neither of them has done more than ask, nothing has changed."""
    for key, value in before.items():
        now = [way.names.get(key) for way in ways if way is not None]
        asked_only = all(one is value or one is _NONE for one in now)
        if joined is not None and asked_only and any(one is value for one in now):
            joined.names[key] = value


def is_there(value: Value, iteration: int) -> bool:
    """Is this certainly not None: on every way it is what a module gave in an earlier iteration?"""
    return isinstance(value, Tensor) and bool(value.sources) and all(when < iteration for _, when in value.sources)


def _may_carry(value: Tensor) -> bool:
    return value.grad is not False and bool(value.sources or value.models or value.call)
