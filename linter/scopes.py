"""The name that an object has in another function: a parameter, where the caller passes it on."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from .syntax import Statement, Syntax, dotted, method_of

_ANYWHERE = frozenset({"torch"})


def local_name(syntax: Syntax, written: str, at: Statement) -> str:
    """`written`, or the parameter that stands for it at this statement; "" if it has no name there.

    A name is known where the same function, or one around it, uses it, and everywhere if it is bound outside of all.
    A parameter beats that: `train(net, ...)` of `def train(model, ...)` makes `net` a `model` in there.
    """
    root = written.partition(".")[0].partition("(")[0].partition("[")[0].strip()
    if not root or root in _ANYWHERE:
        return written
    function = syntax.function(at)
    inside = {node.value for node in syntax.nodes if isinstance(node, cst.Name) and _runs_in(syntax, node, function)}
    if isinstance(function, cst.FunctionDef) and root not in inside:
        for parameter in _parameters_for(syntax, function, written):
            return parameter
    known = root in inside or any(
        isinstance(node, cst.Name) and node.value == root and syntax.function(node) in _around(syntax, at)
        for node in syntax.nodes
    )
    return written if known else ""


def _runs_in(syntax: Syntax, node: cst.Name, function: cst.FunctionDef | cst.Lambda | None) -> bool:
    return syntax.function(node) is function


def _around(syntax: Syntax, at: Statement) -> set[cst.CSTNode | None]:
    return {None, *syntax.parents(at)}


def _parameters_for(syntax: Syntax, function: cst.FunctionDef, written: str) -> Iterator[str]:
    """The parameters that calls of this file give that value."""
    names = [one.name.value for one in (*function.params.posonly_params, *function.params.params)]
    if names[:1] == ["self"]:
        names = names[1:]
    keywords = {one.name.value for one in function.params.kwonly_params} | set(names)
    for node in syntax.nodes:
        if not isinstance(node, cst.Call) or method_of(node) != function.name.value:
            continue
        for number, argument in enumerate(node.args):
            if argument.star or dotted(argument.value) != written:
                continue
            if argument.keyword is not None and argument.keyword.value in keywords:
                yield argument.keyword.value
            elif argument.keyword is None and number < len(names):
                yield names[number]
