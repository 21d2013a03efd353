"""The name under which a file knows a module of torch, and the import that is missing if it knows it not."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from ..findings import TextEdit
from .bindings import bound, bound_to_others
from .syntax import Statement, Syntax, dotted, is_docstring


def name_of(module: str, syntax: Syntax, at: Statement) -> tuple[str, list[TextEdit]]:
    """How to write `torch` or `torch.nn` in a statement, and what to add to the file so that it holds.

    ("", []) if the name means something else there.
    """
    for node in _imports(syntax, at):
        for written in _names(node, module):
            return ("", []) if _shadowed(written, node, syntax, at) else (written, [])
    parent, _, last = module.rpartition(".")
    if parent:
        written, edits = name_of(parent, syntax, at)
        return (f"{written}.{last}" if written else ""), edits
    if _shadowed(module, None, syntax, at) or _is_tried(module, syntax):
        return "", []
    return module, [_added(syntax, f"import {module}")]


def _imports(syntax: Syntax, at: Statement) -> Iterator[cst.Import | cst.ImportFrom]:
    """Those that hold at a statement, whatever happens: at the top of the module, or of its function before it."""
    function = syntax.function(at)
    for node in syntax.nodes:
        if isinstance(node, cst.Import | cst.ImportFrom):
            line = syntax.parent(node)
            around = syntax.parent(line) if line is not None else None
            if isinstance(around, cst.Module) or (
                isinstance(function, cst.FunctionDef)
                and around is function.body
                and syntax.start(node) < syntax.start(at)
            ):
                yield node


def _is_tried(module: str, syntax: Syntax) -> bool:
    """Whether the file goes on without it: `try: import torch`."""
    found = (one for one in syntax.nodes if isinstance(one, cst.Import | cst.ImportFrom) and any(_names(one, module)))
    return any(isinstance(each, cst.Try) for one in found for each in syntax.parents(one))


def _shadowed(written: str, node: cst.CSTNode | None, syntax: Syntax, at: Statement) -> bool:
    """Whether a function around the statement gives the name another meaning, or the module does."""
    root = written.partition(".")[0]
    inner = [one for one in syntax.parents(at) if isinstance(one, cst.FunctionDef | cst.Lambda)]
    own = node is not None and any(syntax.lies_in(node, one) for one in inner)
    if not own and any(root in _names_of(syntax, one) for one in inner):
        return True
    return node is None and any(
        root in bound_to_others(syntax, one)
        for one in syntax.module.body
        if not isinstance(one, cst.FunctionDef | cst.ClassDef)
    )


def _names_of(syntax: Syntax, function: cst.CSTNode) -> set[str]:
    parameters = {one.name.value for one in syntax.descend(function) if isinstance(one, cst.Param)}
    return parameters | bound(syntax, function)


def _names(node: cst.Import | cst.ImportFrom, module: str) -> Iterator[str]:
    if isinstance(node.names, cst.ImportStar):
        return
    before = f"{dotted(node.module)}." if isinstance(node, cst.ImportFrom) else ""
    if isinstance(node, cst.ImportFrom) and node.relative:
        return
    for alias in node.names:
        whole = before + dotted(alias.name)
        if whole == module:
            own = alias.asname.name if alias.asname is not None else alias.name
            yield dotted(own)
        elif not before and alias.asname is None and whole.startswith(f"{module}."):
            yield module  # `import torch.nn` binds torch


def _added(syntax: Syntax, line: str) -> TextEdit:
    """An import on a line of its own: behind the first ones of the file, else behind its docstring, else on top."""
    last: cst.CSTNode | None = None
    for one in syntax.module.body:
        imports = isinstance(one, cst.SimpleStatementLine) and isinstance(one.body[0], cst.Import | cst.ImportFrom)
        if not imports and not (last is None and is_docstring(one)):
            break
        last = one
    if isinstance(last, cst.SimpleStatementLine):
        return syntax.at_row(syntax.end(last).row + 1, line + syntax.newline)
    return syntax.at_row(syntax.start(syntax.module.body[0]).row, line + syntax.newline)
