"""Places where a training loop fetches a value from the device in each iteration."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ..index import last_name
from .reports import Reports
from .scope import Scope
from .values import Tensor, Value

_METHODS = frozenset({"item", "cpu", "tolist", "numpy"})
_BUILTINS = frozenset({"float", "int", "print", "bool"})


class Syncs:
    """Follows which loops run; a place counts if it stands in the body of the innermost one, under no condition."""

    def __init__(self, scope: Scope, reports: Reports) -> None:
        self._scope = scope
        self._reports = reports
        self._around: list[ast.AST] = []
        self._steady: dict[ast.AST, frozenset[ast.AST]] = {}

    def enters(self, node: ast.AST) -> None:
        """A loop or function begins."""
        self._around.append(node)

    def leaves(self) -> None:
        """It has run."""
        self._around.pop()

    def method(self, call: ast.Call, name: str, base: Tensor, text: str) -> None:
        """`x.item()`"""
        if name in _METHODS and self._waits(call, base):
            self._reports.waits(call, text, f"{name}()")

    def builtin(self, call: ast.Call, name: str, given: list[Value]) -> None:
        """`float(x)`"""
        first = given[0] if given else None
        if name in _BUILTINS and isinstance(first, Tensor) and self._waits(call, first):
            self._reports.waits(call, ast.unparse(call.args[0]), f"{name}()")

    def is_rare(self, call: ast.Call) -> bool:
        """Does a test, other than for a flag or for each so many rounds, stand between this call and its loop?"""
        around = ast.walk(self._around[-1]) if self._around else ()
        return any(isinstance(n, ast.If) and call in ast.walk(n) and not _comes_again(n.test) for n in around)

    def _waits(self, call: ast.Call, value: Tensor) -> bool:
        if value.number or not (value.graphs or value.cut) or not (value.moved or self._scope.store.placed):
            return False
        loop = self._around[-1] if self._around else None
        return isinstance(loop, ast.For | ast.AsyncFor | ast.While) and call in self._always(loop)

    def _always(self, loop: ast.For | ast.AsyncFor | ast.While) -> frozenset[ast.AST]:
        """The calls of a loop's body that run in each iteration, if it is a training loop, and not one around it."""
        if loop not in self._steady:
            own = {last_name(call.func) for call in _calls(loop.body, frozenset())}
            trains = {"backward", "step"} <= own
            self._steady[loop] = frozenset(_unconditional(loop.body)) if trains else frozenset()
        return self._steady[loop]


_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_APART = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_CONDITIONS = frozenset({ast.IfExp, ast.BoolOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp})
_BRANCHES = (ast.If, ast.Try, ast.Match)


def _comes_again(test: ast.expr) -> bool:
    """`i % 10 == 0`, `verbose`, `phase == "train"`: it holds again and again, or always."""
    if isinstance(test, ast.UnaryOp):
        return _comes_again(test.operand)
    if isinstance(test, ast.BoolOp):
        return all(_comes_again(part) for part in test.values)
    if isinstance(test, ast.Compare):
        periodic = isinstance(test.left, ast.BinOp) and isinstance(test.left.op, ast.Mod)
        told = [test.left, *test.comparators]
        return periodic or any(isinstance(one, ast.Constant) and isinstance(one.value, str | None) for one in told)
    return isinstance(test, ast.Name | ast.Attribute | ast.Constant)


def _calls(body: Iterable[ast.AST], without: frozenset[type]) -> Iterator[ast.Call]:
    """The calls in some code, but for loops and functions in it, and nodes of these types."""
    for node in body:
        if isinstance(node, (*_LOOPS, *_APART)) or type(node) in without:
            continue
        if isinstance(node, ast.Call):
            yield node
        yield from _calls(ast.iter_child_nodes(node), without)


def _unconditional(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for statement in body:
        if isinstance(statement, ast.With | ast.AsyncWith):
            yield from _unconditional(statement.body)
        elif not isinstance(statement, _BRANCHES):
            yield from _calls([statement], _CONDITIONS)
        elif any(isinstance(node, ast.Continue | ast.Return) for node in ast.walk(statement)):
            return  # what follows runs now and then
