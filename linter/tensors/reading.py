"""Is a name only read: printed, compared, turned into a number? Then nobody goes back through its graph."""

from __future__ import annotations

import ast

from ..index import last_name

_READS = frozenset("item detach data numpy tolist shape dtype device requires_grad grad_fn".split())
_READERS = frozenset(
    "print float int round str format isnan isfinite isinf add_scalar info debug warning write set_postfix "
    "set_description".split()
)


def only_read(name: str, body: ast.AST) -> bool:
    """Whether all that is done with this name in the body, and with what is computed from it, is to read the value."""
    parents = {child: node for node in ast.walk(body) for child in ast.iter_child_nodes(node)}
    names, todo = {name}, [name]
    while todo:
        one = todo.pop()
        for node in parents:
            if isinstance(node, ast.Global | ast.Nonlocal) and one in node.names:
                return False
            if not (isinstance(node, ast.Name) and node.id == one) or _is_bound(node, parents):
                continue
            into = _goes_into(node, parents)
            if into is None:
                return False
            todo.extend(into - names)
            names |= into
    return True


def _is_bound(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Is this a target, to which something is bound? (The trees that are judged do not say so by themselves.)"""
    parent = parents[node]
    while isinstance(parent, ast.Tuple | ast.List | ast.Starred):
        node, parent = parent, parents[parent]
    match parent:
        case ast.Assign():
            return node in parent.targets
        case ast.AugAssign() | ast.AnnAssign() | ast.For() | ast.AsyncFor() | ast.comprehension() | ast.NamedExpr():
            return parent.target is node
        case ast.withitem():
            return parent.optional_vars is node
    return isinstance(parent, ast.Delete)


def _goes_into(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> set[str] | None:
    """The names that take in what a name gives here; None if it may go anywhere."""
    parent = parents[node]
    while isinstance(parent, ast.BinOp | ast.UnaryOp | ast.IfExp | ast.keyword):
        node, parent = parent, parents[parent]
    match parent:
        case ast.Attribute():
            return set() if parent.attr in _READS else None
        case ast.FormattedValue() | ast.Compare() | ast.Expr():
            return set()
        case ast.Call():
            return set() if parent.func is not node and last_name(parent.func) in _READERS else None
        case ast.AugAssign(target=ast.Name(id=target)):
            return {target}
        case ast.Assign() if all(isinstance(target, ast.Name) for target in parent.targets):
            return {target.id for target in parent.targets if isinstance(target, ast.Name)}
    return None
