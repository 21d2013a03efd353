"""The user's own words: calls that the settings name are put in torch's words before anything looks at the tree.

`engine.run_backward(loss)` becomes `loss.backward()`, and the class of an optimizer or model gets a name that says what
it builds. The nodes stay the same objects, so that findings point to the code as it is.
"""

from __future__ import annotations

import ast

from ..events import Kind
from ..settings import Settings, Wrapper
from .index import last_name

_TELLING = (ast.Call, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_METHODS = {Kind.BACKWARD: "backward", Kind.STEP: "step", Kind.ZERO_GRAD: "zero_grad"}


def adapted(module: ast.Module, settings: Settings) -> None:
    """Rewrite the calls and base classes that these settings name, in place. Cost: one walk, if they name any.

    Calls of what this module itself defines under a wrapper's name are left alone: they are followed.
    """
    wrappers = {wrapper.method: wrapper for wrapper in settings.wrappers}
    if not (wrappers or settings.optimizers or settings.models):
        return
    nodes = [node for node in ast.walk(module) if isinstance(node, _TELLING)]
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            node.bases = [_torchs("Module") if _last(base) in settings.models else base for base in node.bases]
        elif isinstance(node, ast.Call):
            last = _last(node.func)
            if last in wrappers and last not in own:
                _unwrap(node, wrappers[last])
            elif last in settings.optimizers:
                node.func = ast.Name(id=f"{last[:1].upper()}{last[1:]}Optimizer", ctx=ast.Load())
            elif last in settings.models:
                node.func = _torchs(f"{last[:1].upper()}{last[1:]}")


def _last(name: ast.expr) -> str:
    return last_name(name) if isinstance(name, ast.Name | ast.Attribute) else ""


def _torchs(name: str) -> ast.expr:
    nn = ast.Attribute(value=ast.Name(id="torch", ctx=ast.Load()), attr="nn", ctx=ast.Load())
    return ast.Attribute(value=nn, attr=name, ctx=ast.Load())


def _unwrap(call: ast.Call, wrapper: Wrapper) -> None:
    about = _about(call, wrapper)
    if about is None or isinstance(about, ast.Starred):
        return  # called in another way than the table says: nothing is known about it
    call.func = ast.Attribute(value=about, attr=_METHODS[wrapper.kind], ctx=ast.Load())
    call.args = []
    call.keywords = [keyword for keyword in call.keywords if keyword.value is not about]


def _about(call: ast.Call, wrapper: Wrapper) -> ast.expr | None:
    """The loss or the optimizer that a call of this wrapper is about."""
    if wrapper.argument is None:
        return call.func.value if isinstance(call.func, ast.Attribute) else None
    if wrapper.keyword is not None:
        for keyword in call.keywords:
            if keyword.arg == wrapper.keyword:
                return keyword.value
    return call.args[wrapper.argument] if wrapper.argument < len(call.args) else None
