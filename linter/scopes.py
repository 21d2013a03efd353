"""The name that an object has in another function: a parameter, where callers pass it on."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from .bindings import bound, mentions
from .syntax import Statement, Syntax, dotted, method_of

_MOST = 50  # functions through which an object is followed
_Function = cst.FunctionDef | None


def local_name(syntax: Syntax, written: str, at: Statement) -> str:
    """`written`, or the parameter that stands for it at this statement; "" if it has no name there.

    A parameter comes first: `train(net, ...)` of `def train(model, ...)` makes `net` a `model` in there, also where
    another function hands it on. Else a name holds where the same function, or one around it, speaks of it, and
    everywhere if the module binds it, whoever imports it.
    """
    root = written.partition(".")[0].partition("(")[0].partition("[")[0].strip()
    if not root:
        return ""
    function = next((one for one in syntax.parents(at) if isinstance(one, cst.FunctionDef)), None)
    spoken = mentions(syntax, function) if function is not None else mentions(syntax, syntax.module)
    if root in spoken:
        return written if not _is_of_another_loop(syntax, root, function, at) else ""
    for parameter in _handed_on(syntax, written, function):
        return parameter
    return written if root in _bound_outside(syntax, at) else ""


def _is_of_another_loop(syntax: Syntax, root: str, function: _Function, at: Statement) -> bool:
    """Whether a name is only what a loop runs over that does not hold this statement."""
    whole = function if function is not None else syntax.module
    loops = [one for one in syntax.descend(whole) if isinstance(one, cst.For) and dotted(one.target) == root]
    others = (one for one in syntax.descend(whole) if isinstance(one, cst.AssignTarget | cst.Param | cst.AsName))
    if not loops or any(root in mentions(syntax, one) for one in others):
        return False
    return not any(syntax.lies_in(at, one) for one in loops)


def _handed_on(syntax: Syntax, written: str, wanted: _Function) -> Iterator[str]:
    """The parameters of a function that are given that value, by whatever way."""
    functions = {one.name.value: one for one in syntax.nodes if isinstance(one, cst.FunctionDef)}
    calls = [one for one in syntax.nodes if isinstance(one, cst.Call) and method_of(one) in functions]
    known: list[tuple[_Function, str]] = []
    holders = [one for one in (None, *functions.values()) if _speaks_of(syntax, one, written)]
    reached: list[tuple[_Function, str]] = [(one, written) for one in holders]
    while reached and len(known) < _MOST:
        holder, name = reached.pop()
        known.append((holder, name))
        for call in calls:
            if _runs_in(syntax, call) is not holder:
                continue
            callee = functions[method_of(call)]
            for parameter in _parameters_for(call, callee, name):
                if callee is wanted:
                    yield parameter
                if (callee, parameter) not in known:
                    reached.append((callee, parameter))


def _speaks_of(syntax: Syntax, function: _Function, written: str) -> bool:
    return function is None or written.partition(".")[0] in bound(syntax, function)


def _runs_in(syntax: Syntax, node: cst.CSTNode) -> _Function:
    return next((one for one in syntax.parents(node) if isinstance(one, cst.FunctionDef)), None)


def _parameters_for(call: cst.Call, function: cst.FunctionDef, written: str) -> Iterator[str]:
    names = [one.name.value for one in (*function.params.posonly_params, *function.params.params)]
    if names[:1] == ["self"]:
        names = names[1:]
    keywords = {one.name.value for one in function.params.kwonly_params} | set(names)
    for number, argument in enumerate(call.args):
        if argument.star:
            return
        if dotted(argument.value) != written:
            continue
        if argument.keyword is not None and argument.keyword.value in keywords:
            yield argument.keyword.value
        elif argument.keyword is None and number < len(names):
            yield names[number]


def _bound_outside(syntax: Syntax, at: Statement) -> set[str]:
    """What the functions around a statement bind, and the module, but not where it only runs as a script."""
    found: set[str] = set()
    for one in syntax.parents(at):
        if isinstance(one, cst.FunctionDef):
            found |= bound(syntax, one) | {
                each.name.value for each in syntax.descend(one.params) if isinstance(each, cst.Param)
            }
    for one in syntax.module.body:
        if not isinstance(one, cst.If | cst.FunctionDef | cst.ClassDef):
            found |= bound(syntax, one)
    return found
