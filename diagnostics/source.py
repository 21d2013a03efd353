"""Looks into the user's source, where something was found and a place has no call that a seam could see.

Reads and parses the file once for each search; only when a finding is about to be told.
"""

from __future__ import annotations

import ast
import copy
import linecache
from collections.abc import Iterator

from ..findings import Location, Site

_STEPS = 6  # assignments that are followed backwards
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module


class Source:
    """The function (or module) of the user's code in which a place lies. Empty if the source cannot be read."""

    def __init__(self, site: Site) -> None:
        self._filename = site.filename
        self._row = site.start.row
        text = "".join(linecache.getlines(site.filename))
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            tree = ast.Module([], [])
        self._tree = tree
        self.function = _innermost(tree, self._row)

    def within(self, name: str) -> Source | None:
        """The function of that name in the same file, if there is one and only one."""
        found = [
            node
            for node in ast.walk(self._tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        ]
        if len(found) != 1:
            return None
        inner = copy.copy(self)
        inner.function = found[0]
        return inner

    def returned(self) -> list[ast.expr]:
        """What the function returns."""
        found = [node.value for node in ast.walk(self.function) if isinstance(node, ast.Return)]
        return [value for value in found if value is not None]

    def argument(self, function: str) -> ast.expr | None:
        """`loss` of the `torch.autograd.backward(loss)` or `accelerator.backward(loss)` on the line of this place."""
        for node in ast.walk(self.function):
            if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute | ast.Name):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                if name == function and node.lineno <= self._row <= (node.end_lineno or node.lineno):
                    return node.args[0]
        return None

    def site(self, node: ast.stmt | ast.expr) -> Site:
        """Where a node stands; columns count code points."""
        line = linecache.getline(self._filename, node.lineno)
        left = len(line.encode()[: node.col_offset].decode(errors="replace")) + 1
        row = node.end_lineno or node.lineno
        last = linecache.getline(self._filename, row)
        right = len(last.encode()[: node.end_col_offset].decode(errors="replace")) + 1
        return Site(self._filename, Location(node.lineno, left), Location(row, right))

    def receiver(self, method: str) -> ast.expr | None:
        """`loss` of the `loss.backward()` on the line of this place; the first argument of `scale(loss).backward()`."""
        for node in ast.walk(self.function):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method):
                continue
            if node.lineno <= self._row <= (node.end_lineno or node.lineno):
                at = node.func.value
                while isinstance(at, ast.Call) and at.args and isinstance(at.func, ast.Attribute | ast.Name):
                    if not (isinstance(at.func, ast.Attribute) and at.func.attr == "scale"):
                        break
                    at = at.args[0]
                return at
        return None

    def origins(self, expression: ast.expr) -> Iterator[tuple[ast.stmt | ast.expr, ast.expr]]:
        """The expression itself, then what is assigned to the names in it, nearest first; each with its statement."""
        todo: list[tuple[ast.stmt | ast.expr, ast.expr]] = [(expression, expression)]
        seen: set[str] = set()
        for _ in range(_STEPS):
            found = []
            for statement, value in todo:
                yield statement, value
                for name in _names(value):
                    if name not in seen:
                        seen.add(name)
                        found += self._assigned(name)
            todo = found

    def _assigned(self, name: str) -> list[tuple[ast.stmt | ast.expr, ast.expr]]:
        """What is assigned to a name in this function, the last one first."""
        found: list[tuple[ast.stmt | ast.expr, ast.expr]] = []
        for node in ast.walk(self.function):
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AnnAssign | ast.AugAssign):
                targets = [node.target]
            else:
                continue
            if node.value is not None and any(name in _bound(target) for target in targets):
                found.append((node, node.value))
        return sorted(found, key=lambda one: -one[0].lineno)


def _innermost(tree: ast.Module, row: int) -> Function:
    found: Function = tree
    for node in ast.walk(tree):
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno <= row
        if inside and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and row <= (node.end_lineno or 0):
            found = node  # breadth first: what comes later lies deeper
    return found


def _names(expression: ast.expr) -> list[str]:
    return [ast.unparse(n) for n in ast.walk(expression) if isinstance(n, ast.Name | ast.Attribute)]


def _bound(target: ast.expr) -> list[str]:
    if isinstance(target, ast.Tuple | ast.List):
        return [name for part in target.elts for name in _bound(part)]
    return [ast.unparse(target)]
