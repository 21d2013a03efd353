"""The user's source around a place: which statement made a variable, or stores into it. Only where a finding is told.

What no seam sees (`total += loss`, `loss = loss.item()`) is found by reading the function that is running. Where the
source is not at hand (a prompt, a compiled file), nothing is found and nothing is claimed.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from types import CodeType
from typing import NamedTuple

from ..findings import Location, Site

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module
_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_ADDING = ("append", "extend", "add", "insert", "appendleft", "setdefault", "update", "__setitem__")
_REMOVING = ("pop", "popleft", "popitem", "remove")


class Stored(NamedTuple):
    """A statement that stores into a variable. what: the source of what it stores.

    always: each round of the loop around it comes here. adds: what is stored comes on top of what was there.
    """

    node: ast.stmt
    what: str
    always: bool
    adds: bool


@lru_cache(maxsize=16)
def _tree(filename: str, text: str) -> ast.Module | None:
    try:
        return ast.parse(text, filename)
    except (SyntaxError, ValueError, RecursionError):
        return None


def body_of(code: CodeType) -> Function | None:
    """The syntax of a running function or module, None where its source is not at hand."""
    lines = linecache.getlines(code.co_filename)
    tree = _tree(code.co_filename, "".join(lines)) if lines else None
    if tree is None or code.co_name == "<module>":
        return tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first == code.co_firstlineno:
                return node
    return None


def statements(function: Function) -> Iterator[tuple[ast.stmt, tuple[ast.stmt, ...]]]:
    """Each statement of a function, with those around it from the outside in; not those of functions within."""
    todo: list[tuple[ast.AST, tuple[ast.stmt, ...]]] = [(function, ())]
    while todo:
        node, around = todo.pop()
        inner = (*around, node) if isinstance(node, ast.stmt) and node is not function else around
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                yield child, inner
            if not isinstance(child, _SCOPES):
                todo.append((child, inner))


def node_at(code: CodeType, instruction: int, function: Function) -> ast.expr | ast.stmt | None:
    """The expression (or statement) that an instruction belongs to, None if it is not found in the source."""
    positions = next(islice(code.co_positions(), instruction // 2, None), (None, None, None, None))
    row, last, left, right = positions
    for node in ast.walk(function):
        if isinstance(node, ast.expr | ast.stmt):
            at = node.lineno, node.end_lineno, node.col_offset, node.end_col_offset
            if at == (row, last, left, right) and not isinstance(node, ast.Expr):
                return node
    return None


def in_loop(function: Function, line: int) -> bool:
    """Whether a line of the function lies in a loop."""
    return any(isinstance(node, _LOOPS) and _covers(node, line) for node, _ in statements(function))


def stores_into(function: Function, path: str, line: int) -> list[Stored]:
    """The statements that store into a variable, in the loops that are running at that line. line 0: anywhere.

    A function that runs no loop at that line is itself called in one.
    """
    found = []
    looping = isinstance(function, ast.Module) or in_loop(function, line)
    for node, around in statements(function):
        loops = [one for one in around if isinstance(one, _LOOPS)]
        if line and looping and not any(_covers(loop, line) for loop in loops):
            continue
        stored = _stored(node, path)
        if stored is not None:
            last = around.index(loops[-1]) if loops else -1
            always = all(isinstance(one, ast.With | ast.AsyncWith) for one in around[last + 1 :])
            found.append(Stored(node, ast.unparse(stored[0]), always, stored[1]))
    return sorted(found, key=lambda one: one.node.lineno)


def _stored(node: ast.stmt, path: str) -> tuple[ast.expr, bool] | None:
    """What a statement stores into a variable, and whether it adds to what is there."""
    if isinstance(node, ast.AugAssign) and _base(node.target) == path:
        return node.value, True
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if _base(target) == path:
                return _new_part(node.value, path), _mentions(node.value, path) or isinstance(target, ast.Subscript)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        call, function = node.value, node.value.func
        if function.attr in _ADDING and _base(function.value) == path and call.args:
            return call.args[-1], True
    return None


def _new_part(value: ast.expr, path: str) -> ast.expr:
    """`loss` of `total + loss`."""
    if isinstance(value, ast.BinOp):
        if _base(value.left) == path:
            return value.right
        if _base(value.right) == path:
            return value.left
    return value


def shrinks(function: Function, path: str) -> bool:
    """Whether anything is taken out of a container somewhere in a function: it may be a window that moves."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in _REMOVING and _base(node.func.value) == path:
                return True
        elif isinstance(node, ast.Delete) and any(_base(target) == path for target in node.targets):
            return True
        elif isinstance(node, ast.Assign) and any(_base(target) == path for target in node.targets):
            if any(isinstance(part, ast.Subscript) and _base(part) == path for part in ast.walk(node.value)):
                return True
            if any(isinstance(part, ast.comprehension) for part in ast.walk(node.value)):
                return True
    return False


def assigned(function: Function, name: str, before: int) -> ast.Assign | ast.AnnAssign | None:
    """The assignment to a name that stands nearest above a line; else the last one below it (of the round before)."""
    found = [
        node
        for node, _ in statements(function)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and name in _targets(node)
    ]
    above = [node for node in found if node.lineno < before]
    return max(above or found, key=lambda node: node.lineno, default=None)


def backward_argument(function: Function, line: int) -> str:
    """The name of the loss in the backward() that stands on a line, "" if it has none."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or node.lineno):
            called = node.func
            if isinstance(called, ast.Attribute) and called.attr == "backward":
                given = called.value
                if isinstance(given, ast.Name) and given.id not in ("autograd", "accelerator", "fabric", "self"):
                    return given.id
                if node.args:
                    return ast.unparse(node.args[0])
    return ""


def site_of(code: CodeType, node: ast.stmt | ast.expr) -> Site:
    """Where a node stands; columns count code points."""
    row, last = node.lineno, node.end_lineno or node.lineno
    left, right = _column(code, row, node.col_offset), _column(code, last, node.end_col_offset)
    return Site(code.co_filename, Location(row, left), Location(last, right))


def _column(code: CodeType, row: int, offset: int | None) -> int:
    return len(linecache.getline(code.co_filename, row).encode()[:offset].decode(errors="replace")) + 1


def _covers(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _base(node: ast.expr) -> str:
    """`m` of `m["a"][0]`, else the expression's own source."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def _mentions(value: ast.expr, path: str) -> bool:
    return any(isinstance(part, ast.expr) and _base(part) == path for part in ast.walk(value))


def _targets(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    parts = [part for t in targets for part in (t.elts if isinstance(t, ast.Tuple | ast.List) else [t])]
    return {ast.unparse(part) for part in parts}
