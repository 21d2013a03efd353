"""The user's own words: calls that the settings name are put in torch's words before anything looks at the tree.

`engine.run_backward(loss)` becomes `loss.backward()`, and the class of an optimizer or model gets a name that says what
it builds. The nodes stay the same objects, so that findings point to the code as it is.
"""

from __future__ import annotations

import ast

from ..settings import Settings, Wrapping
from .index import last_name

_METHODS = {"backward": "backward", "step": "step", "zero-grad": "zero_grad"}


def adapted(module: ast.Module, settings: Settings) -> None:
    """Rewrite the calls that these settings name, in place. Cost: one walk, if they name any."""
    wrappers = {wrapper.method: wrapper for wrapper in settings.wrappers}
    if not (wrappers or settings.optimizers or settings.models):
        return
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        last = last_name(node.func) if isinstance(node.func, ast.Name | ast.Attribute) else ""
        if last in wrappers:
            _unwrap(node, wrappers[last])
        elif last in settings.optimizers:
            node.func = ast.Name(id=f"{last[:1].upper()}{last[1:]}Optimizer", ctx=ast.Load())
        elif last in settings.models:
            nn = ast.Attribute(value=ast.Name(id="torch", ctx=ast.Load()), attr="nn", ctx=ast.Load())
            node.func = ast.Attribute(value=nn, attr=f"{last[:1].upper()}{last[1:]}", ctx=ast.Load())


def _unwrap(call: ast.Call, wrapper: Wrapping) -> None:
    given: ast.expr | None = None
    if wrapper.argument == -1:
        given = call.func.value if isinstance(call.func, ast.Attribute) else None
    elif wrapper.argument < len(call.args):
        given = call.args[wrapper.argument]
    else:
        given = next((k.value for k in call.keywords if k.arg is not None and k.arg == wrapper.keyword), None)
    if given is not None:
        call.func = ast.Attribute(value=given, attr=_METHODS[wrapper.event], ctx=ast.Load())
        call.args, call.keywords = [], []
