"""What may hold a part of a graph beyond the iteration that made it: modules with a memory, another backward."""

from __future__ import annotations

import ast
from functools import cached_property

from ..index import Function, Index, last_name, path_of
from .scope import Scope
from .values import Frame, Module

_BACKWARDS = frozenset({"backward", "manual_backward", "grad", "jacobian", "hessian", "vjp", "jvp", "hvp"})
_BUILT_IN = ("torch.nn.", "torchvision.models.", "transformers.", "timm.")


class Memories:
    """Looks at the source alone, once a file."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._counts: dict[Function | None, int] = {}

    def has_none(self, module: Module) -> bool:
        """Whether it is certain that a module keeps nothing of a forward pass: torch's own, or one of this file."""
        if module.cls is not None:
            return not self._classes_remember
        made = module.made
        if not isinstance(made, ast.Call):
            return False
        return self._scope.index.full_name(path_of(made.func) or "").startswith(_BUILT_IN)

    @cached_property
    def _classes_remember(self) -> bool:
        """Whether some method of this file, but for constructors, stores anything in an attribute."""
        return any(
            _stores_attribute(method)
            for cls in {*self._index.classes.values(), *self._index.owner.values()}
            for name, method in cls.methods.items()
            if name != "__init__"
        )

    @property
    def _index(self) -> Index:
        return self._scope.index

    def is_alone(self, call: ast.Call, frame: Frame) -> bool:
        """Whether this is the only place of its function, or of what that calls in this file, that takes gradients."""
        function = frame.function
        body: ast.AST = function if function is not None else self._index.module
        if self._count(body) != 1:
            return False
        called = {last_name(node.func) for node in ast.walk(body) if isinstance(node, ast.Call)}
        others = [f for f in self._index.functions_in_order() if f is not function]
        return not any(getattr(f, "name", "") in called and self._count(f) for f in others)

    def _count(self, body: ast.AST) -> int:
        return sum(isinstance(n, ast.Call) and last_name(n.func) in _BACKWARDS for n in ast.walk(body))


def _stores_attribute(method: ast.AST) -> bool:
    for node in ast.walk(method):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
            targets = [node.target]
        if any(isinstance(part, ast.Attribute) for target in targets for part in ast.walk(target)):
            return True
        if isinstance(node, ast.Call) and last_name(node.func) in ("append", "register_buffer", "update", "setattr"):
            return True
    return False


def retains(call: ast.Call) -> bool:
    """`backward(retain_graph=True)`, and nothing else besides."""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    value = given.get("retain_graph")
    return len(given) == 1 and len(call.args) <= 1 and isinstance(value, ast.Constant) and value.value is True
