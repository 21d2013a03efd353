"""Which names a piece of code binds and mentions: what may pass what when a statement is moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from .syntax import Syntax, dotted

_DEFINITIONS = (cst.FunctionDef, cst.ClassDef)


def mentions(syntax: Syntax, node: cst.CSTNode) -> set[str]:
    """The names that it reads or binds, those of attributes and keywords left out."""
    return {one.value for one in names_in(syntax, node)}


def names_in(syntax: Syntax, node: cst.CSTNode) -> Iterator[cst.Name]:
    """The names in it that stand for something."""
    for one in syntax.descend(node):
        if isinstance(one, cst.Name) and not _labels(one, syntax.parent(one)):
            yield one


def _labels(name: cst.Name, parent: cst.CSTNode | None) -> bool:
    """Whether a name is only a part of another one, or tells an argument."""
    if isinstance(parent, cst.Attribute):
        return parent.attr is name
    return isinstance(parent, cst.Arg) and parent.keyword is name


def bound(syntax: Syntax, node: cst.CSTNode) -> set[str]:
    """The names that it gives a value in its own scope."""
    return {name for one in syntax.descend(node) for name in _binds(one)}


def bound_to_others(syntax: Syntax, node: cst.CSTNode) -> set[str]:
    """The same without imports."""
    imported = (one for one in syntax.descend(node) if isinstance(one, cst.Import | cst.ImportFrom))
    inside = {each for one in imported for each in syntax.descend(one)}
    return {name for one in syntax.descend(node) if one not in inside for name in _binds(one)}


def _binds(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.AssignTarget | cst.AugAssign | cst.AnnAssign | cst.NamedExpr | cst.For | cst.CompFor):
        yield from _targets(node.target)
    elif isinstance(node, cst.AsName):
        yield from _targets(node.name)
    elif isinstance(node, _DEFINITIONS):
        yield node.name.value
    elif isinstance(node, cst.ImportAlias) and node.asname is None:
        yield dotted(node.name).partition(".")[0]


def _targets(target: cst.BaseExpression) -> Iterator[str]:
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _targets(element.value)


def may_pass(syntax: Syntax, moved: cst.CSTNode, others: Iterable[cst.CSTNode]) -> bool:
    """Whether a statement may go to the other side of these: none binds what another one mentions."""
    own_bound, own = bound(syntax, moved), mentions(syntax, moved)
    return not any(own_bound & mentions(syntax, one) or bound(syntax, one) & own for one in others)
