"""The calls and expressions behind a loss, read from the source: where a seam saw the backward only.

Follows functions of the same file, for the loss is often made in a helper. Read once for each finding.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType

from ..findings import Site
from .source import Source
from .statements import body_of, site_of

_HELPERS = 8  # functions that are looked into
_LOSSES = frozenset({"mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"})
_ROWS = frozenset("T mT H t transpose permute swapaxes expand expand_as broadcast_to meshgrid outer cdist".split())
_SHAPES = frozenset({"unsqueeze", "view", "reshape"})


class LossSource:
    """What stands in the source behind the loss of one backward()."""

    def __init__(self, site: Site) -> None:
        self._parts = list(_behind(site))

    def place(self, names: frozenset[str], activation: str, *, sure: bool = False) -> Site | None:
        """The one call of a function of these names; of several, the one that is given such an activation.

        None if there is none, or it cannot be told which. sure: also a single one has to be given it.
        """
        found = {}
        for source, value in self._parts:
            for call in _calls(value):
                if _last(call.func) in names:
                    found[source.site(call)] = (source, call)
        if len(found) > 1 or sure:
            found = {site: one for site, one in found.items() if _is_given(*one, activation)}
        return next(iter(found)) if len(found) == 1 else None

    def is_of_all_pairs(self) -> bool:
        """Whether one of prediction and target is written as a row: y.T, y[None, :], y.unsqueeze(0)."""
        return any(_is_row(node) for _, value in self._parts for node in ast.walk(value))

    def difference(self) -> Site | None:
        """Where an error between prediction and target is averaged or taken; None if it is meant to be of all pairs."""
        if self.is_of_all_pairs():
            return None
        for source, value in self._parts:
            for call in _calls(value):
                sums = _last(call.func) in {"mean", "sum", *_LOSSES}
                if sums and any(_takes_difference(part) for _, part in source.origins(call)):
                    return source.site(call)
        taken = [source.site(value) for source, value in self._parts if _takes_difference(value)]
        return taken[0] if taken else None


def only_call(code: CodeType, names: frozenset[str]) -> Site | None:
    """The one call of a function of these names in a function of the user's; None if there are none or several."""
    body = body_of(code)
    found = [call for call in _calls(body) if _last(call.func) in names] if body is not None else []
    return site_of(code, found[0]) if len(found) == 1 else None


def _behind(site: Site) -> Iterator[tuple[Source, ast.expr]]:
    """The expressions that a loss comes from, nearest first, each with the function it stands in."""
    source = Source(site)
    operand = source.receiver("backward") or source.argument("backward")
    todo = [(source, operand)] if operand is not None else []
    visited: set[str] = set()
    for at, expression in todo:  # grows while it is walked
        for _, value in at.origins(expression):
            yield at, value
            for name in [_last(call.func) for call in _calls(value)]:
                inner = at.within(name)
                if inner is not None and name not in visited and len(visited) < _HELPERS:
                    visited.add(name)
                    todo += [(inner, returned) for returned in inner.returned()]


def _calls(value: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(value) if isinstance(node, ast.Call))


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_given(source: Source, call: ast.Call, activation: str) -> bool:
    given = [*call.args[:1], *(one.value for one in call.keywords if one.arg == "input")]
    words = {_last(inner.func).lower() for one in given for _, value in source.origins(one) for inner in _calls(value)}
    return activation.replace("_", "") in {word.replace("_", "") for word in words}


def _takes_difference(value: ast.expr) -> bool:
    for node in ast.walk(value):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            return True
        if isinstance(node, ast.Call) and _last(node.func) in {"sub", "subtract", *_LOSSES}:
            return True
    return False


def _is_row(node: ast.AST) -> bool:
    """`y.T`, `y[None, :]`, `y.unsqueeze(0)`, `y.view(1, -1)`: somebody wants all pairs."""
    if isinstance(node, ast.Attribute) and node.attr in _ROWS:
        return True
    if isinstance(node, ast.Subscript):
        index = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        return isinstance(index, ast.Constant) and index.value is None
    if isinstance(node, ast.Call) and _last(node.func) in _SHAPES | _ROWS:
        at = isinstance(node.func, ast.Attribute) and _last(node.func.value) in ("torch", "F")
        given = [*node.args[int(at) :], *(one.value for one in node.keywords)]
        first: ast.expr | None = given[0] if given else None
        if isinstance(first, ast.Tuple | ast.List):
            first = first.elts[0] if first.elts else None
        number = first.value if isinstance(first, ast.Constant) else None
        return _last(node.func) in _ROWS or number == (0 if _last(node.func) == "unsqueeze" else 1)
    return False
