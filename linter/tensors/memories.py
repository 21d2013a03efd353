"""What may hold a part of a graph beyond the iteration that made it: modules with a memory, another backward."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from ..index import Function, Index, backward_operands, last_name, path_of
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
            return not (self._classes_remember or self._classes_compute)
        made = module.made
        if not isinstance(made, ast.Call):
            return False
        return self._scope.index.full_name(path_of(made.func) or "").startswith(_BUILT_IN)

    def is_in_sight(self, module: Module) -> bool:
        """Whether this is a module of this file, or one of torch's own."""
        if module.cls is not None:
            return True
        made = module.made
        path = path_of(made.func) if isinstance(made, ast.Call) else None
        return self._scope.index.full_name(path or "").startswith("torch.nn.")

    @cached_property
    def _classes_remember(self) -> bool:
        """Whether some method of this file, but for constructors, stores anything in an attribute."""
        return any(
            _stores_attribute(method)
            for cls in {*self._index.classes.values(), *self._index.owner.values()}
            for name, method in cls.methods.items()
            if name != "__init__"
        )

    @cached_property
    def _classes_compute(self) -> bool:
        """Whether some constructor of this file computes with what it has made: that graph is there for all passes."""
        return any(
            _computes(method)
            for cls in {*self._index.classes.values(), *self._index.owner.values()}
            for name, method in cls.methods.items()
            if name == "__init__"
        )

    @property
    def _index(self) -> Index:
        return self._scope.index

    def is_alone(self, call: ast.Call, frame: Frame) -> bool:
        """Whether this is the only place of its function, or of what that calls in this file, that takes gradients.

        Nor may the loss be handed on, or anything after it be given to code out of sight.
        """
        function = frame.function
        body: ast.AST = function if function is not None else self._index.module
        if self._count(body) != 1 or _is_handed_on(call, body):
            return False
        called = {last_name(node.func) for node in ast.walk(body) if isinstance(node, ast.Call)}
        others = [f for f in self._index.functions_in_order() if f is not function]
        return not any(getattr(f, "name", "") in called and self._count(f) for f in others)

    def _count(self, body: ast.AST) -> int:
        return sum(isinstance(n, ast.Call) and last_name(n.func) in _BACKWARDS for n in ast.walk(body))


_READS = frozenset("backward item detach data cpu shape size dim requires_grad dtype device grad_fn float".split())
_HARMLESS = frozenset(
    "backward step zero_grad update unscale_ item detach cpu numpy tolist clip_grad_norm_ clip_grad_value_ parameters "
    "print format float int str len range enumerate zip round time perf_counter info debug warning write flush "
    "set_description set_postfix add_scalar add_scalars log append empty_cache synchronize barrier state_dict save "
    "no_grad train eval get_last_lr get_scale mean sum size join".split()
)


def _is_handed_on(call: ast.Call, body: ast.AST) -> bool:
    """Whether the loss of a backward() goes anywhere else, or something later is given to code out of sight."""
    loss = next(iter(backward_operands(call)), None)
    while isinstance(loss, ast.Call) and last_name(loss.func) == "scale" and loss.args:
        loss = loss.args[0]
    if not isinstance(loss, ast.Name):
        return True
    calls = list(_calls_in_order(body))
    later = calls[calls.index(call) + 1 :] if call in calls else calls
    if any(node.args and last_name(node.func) not in _HARMLESS for node in later):
        return True
    return any(_uses(statement, loss.id, call) for statement in ast.walk(body) if isinstance(statement, ast.stmt))


def _calls_in_order(node: ast.AST) -> Iterator[ast.Call]:
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _calls_in_order(child)


def _uses(statement: ast.stmt, name: str, call: ast.Call) -> bool:
    """Whether a statement does more with a value than read it, print it, or compute it anew."""
    if isinstance(statement, ast.Assign) and [path_of(target) for target in statement.targets] == [name]:
        return False
    todo: list[ast.AST] = [
        node for node in ast.iter_child_nodes(statement) if not isinstance(node, ast.stmt | ast.excepthandler)
    ]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            return True
        printed = isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "float")
        )
        read = isinstance(node, ast.Attribute) and node.attr in _READS and path_of(node.value) == name
        if node is not call and not printed and not read:
            todo += ast.iter_child_nodes(node)
    return False


def _computes(constructor: ast.AST) -> bool:
    """Whether an attribute is made by a call that is given another attribute: a graph, if that one is a parameter."""
    for node in ast.walk(constructor):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            stores = any((path_of(target) or "").startswith("self.") for target in node.targets)
            path = path_of(node.value.func) or ""
            given = any((path_of(arg) or "").startswith("self.") for arg in node.value.args)
            if stores and given and not last_name(node.value.func)[:1].isupper() and path.startswith(("torch.", "F.")):
                return True
    return False


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
