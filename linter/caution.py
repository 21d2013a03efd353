"""Where a repair is left alone although it would silence the finding: it would change, or break, something else."""

from __future__ import annotations

import re
from collections.abc import Iterable

import libcst as cst

from ..intents import Role
from .bindings import names_in
from .names import is_loss
from .scene import Scene
from .syntax import Statement, Syntax, dotted, method_of, receiver_of

_OF_LISTS = frozenset({"append", "clear", "pop", "extend", "insert", "index", "count", "sort", "reverse", "copy"})
_GO_ON = frozenset({"sum", "max", "min", "abs"})
_SINKS = frozenset(
    "print format round float int str len info debug warning error log log_metric log_metrics log_scalar add_scalar "
    "add_scalars set_postfix set_description set_postfix_str write mean average tensor".split()
)
_REST = (
    cst.BinaryOperation,
    cst.UnaryOperation,
    cst.Subscript,
    cst.Call,
    cst.Dict,
    cst.DictElement,
    cst.IfExp,
    cst.Tuple,
    cst.Element,
)
"""What only hands a value on. A dict or tuple that is kept is not among its ends, so it may want a tensor."""
_SHARED = re.compile(r"train|phase|mode|split|eval|valid|test|optim", re.I)
_ATTACKS = re.compile(r"attack|salien|perturb|attribut|adversar|fgsm|pgd|grad|explain|backward", re.I)
_HARMLESS = frozenset({"print", "len", "next", "iter", "isinstance", "type", "id", "str", "repr", "getattr", "hasattr"})


# ---- numbers instead of tensors --------------------------------------------------------------------------------------
def takes_number(scene: Scene) -> bool:
    """Whether a sum or list may hold numbers: the loss is one, and no later use of what holds it wants a tensor."""
    subject = scene.finding.subject or ""
    parts = [one for one in re.findall(r"[\w.]+", subject) if is_loss(one)]
    if not parts or re.search(r"""reduction\s*=\s*["']none|reduce\s*=\s*False""", scene.syntax.text):
        return False
    if not any(_is_scalar(scene.syntax, one) for one in parts):
        return False
    holder = _holder(scene)
    if "." in holder:
        return False  # others may read an attribute
    return bool(holder) and not _used_as_tensor(scene.syntax, holder, scene.anchor, frozenset())


def _is_scalar(syntax: Syntax, name: str) -> bool:
    """Whether the file itself calls backward() on it, which only numbers stand."""
    for node in syntax.nodes:
        if isinstance(node, cst.Call) and method_of(node) in ("backward", "scale", "manual_backward"):
            given = node.args[0].value if node.args else None
            if name in (dotted(receiver_of(node)), dotted(given)):
                return True
    return False


def _holder(scene: Scene) -> str:
    """`total` of `total += loss`, `losses` of `losses.append(loss)`, `self.log` of `self.log["loss"] = loss`."""
    small = scene.syntax.small_at(scene.finding.site.start)
    if isinstance(small, cst.AugAssign):
        return _root(small.target)
    if isinstance(small, cst.Assign):
        return _root(small.targets[0].target)
    call = small.value if isinstance(small, cst.Expr) else None
    return _root(call.func.value) if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute) else ""


def _root(node: cst.BaseExpression) -> str:
    while isinstance(node, cst.Subscript):
        node = node.value
    return dotted(node)


_Place = tuple[str, cst.CSTNode]


def _used_as_tensor(syntax: Syntax, name: str, at: cst.CSTNode | None, seen: frozenset[_Place]) -> bool:
    """Whether a use of the name, or of what is made of it, wants a tensor: a method of one, a function of torch."""
    scope = _scope(syntax, name, at)
    if (name, scope) in seen:
        return False
    uses = [
        node for node in syntax.descend(scope) if isinstance(node, cst.Name | cst.Attribute) and dotted(node) == name
    ]
    return any(_wants_tensor(syntax, node, seen | {(name, scope)}) for node in uses)


def _scope(syntax: Syntax, name: str, at: cst.CSTNode | None) -> cst.CSTNode:
    """Where the name means the same: the function, the class for an attribute of it, else the module."""
    around = list(syntax.parents(at)) if at is not None else []
    wanted = cst.ClassDef if "." in name else cst.FunctionDef
    return next((one for one in around if isinstance(one, wanted)), syntax.module)


def _wants_tensor(syntax: Syntax, node: cst.CSTNode, seen: frozenset[_Place]) -> bool:
    """Whether what a value goes into may want a tensor; only what is known to take numbers does not."""
    parent = syntax.parent(node)
    while parent is not None:
        if isinstance(parent, cst.Attribute):
            return parent.attr.value not in _OF_LISTS
        if isinstance(parent, cst.AssignTarget | cst.Comparison | cst.ComparisonTarget | cst.Expr | cst.Del):
            return False
        if isinstance(parent, cst.FormattedStringExpression):
            return False
        if isinstance(parent, cst.Arg):
            call = syntax.parent(parent)
            if not isinstance(call, cst.Call) or method_of(call) not in _GO_ON:
                return not (isinstance(call, cst.Call) and _takes_numbers(call))
            parent = call
        if isinstance(parent, cst.AugAssign):
            made = _root(parent.target)
            return node is parent.value and (not made or _used_as_tensor(syntax, made, node, seen))
        if isinstance(parent, cst.Assign):
            made = _root(parent.targets[0].target)
            return node is parent.value and (not made or _used_as_tensor(syntax, made, node, seen))
        if isinstance(parent, cst.Return):
            calls = _calls_of(syntax, parent)
            return not calls or any(_wants_tensor(syntax, call, seen) for call in calls)
        if not isinstance(parent, _REST):
            return True
        node, parent = parent, syntax.parent(parent)
    return True


def _takes_numbers(call: cst.Call) -> bool:
    house = dotted(call.func).split(".")
    return (
        method_of(call) in _SINKS
        or house[0] in ("np", "numpy", "plt", "math", "statistics")
        or (len(house) > 1 and house[0] == "torch" and house[-1] in ("tensor", "as_tensor", "FloatTensor"))
    )


def _calls_of(syntax: Syntax, returned: cst.Return) -> list[cst.Call]:
    """The calls of the function that gives this back, outside of it."""
    function = syntax.function(returned)
    if not isinstance(function, cst.FunctionDef):
        return []
    calls = (one for one in syntax.nodes if isinstance(one, cst.Call) and method_of(one) == function.name.value)
    return [one for one in calls if not syntax.lies_in(one, function)]


# ---- blocks ----------------------------------------------------------------------------------------------------------
def accumulates(scene: Scene) -> bool:
    """Whether the anchor stands in a block that steps only now and then, and clears only then: `accumulate(model)`."""
    around = scene.syntax.parents(scene.anchor) if scene.anchor is not None else iter(())
    blocks = (one for one in around if isinstance(one, cst.With))
    names = ("accumulate", "no_sync", "no_backward_sync")
    return any(method_of(item.item) in names for one in blocks for item in one.items)


def serves_both(scene: Scene) -> bool:
    """Whether the round around the anchor is one of an evaluation, too: a condition asks which it is."""
    for one in scene.syntax.parents(scene.anchor) if scene.anchor is not None else ():
        if isinstance(one, cst.FunctionDef):
            break
        if isinstance(one, cst.If) and asks_the_phase(scene, one):
            return True
        if isinstance(one, Statement) and any(_leaves(scene, each) for each in scene.before(one)):
            return True
    return any(_leaves(scene, each) for each in scene.before(scene.anchor)) if scene.anchor is not None else False


def asks_the_phase(scene: Scene, condition: cst.If) -> bool:
    """Whether it tells training from evaluation, by its words."""
    return bool(_SHARED.search(scene.syntax.code(condition.test)))


def _leaves(scene: Scene, one: Statement) -> bool:
    """`if not training: continue`"""
    if not isinstance(one, cst.If) or not asks_the_phase(scene, one):
        return False
    return any(isinstance(each, cst.Continue | cst.Return | cst.Break) for each in scene.syntax.descend(one))


def steps_now_and_then(scene: Scene) -> bool:
    """Whether a round may end without the step at the related place: gradients are accumulated then."""
    step = scene.syntax.statement(scene.site_start(Role.RELATED))
    if step is None or scene.anchor is None:
        return False
    for one in (step, *scene.syntax.parents(step)):
        if isinstance(one, cst.For | cst.While | cst.FunctionDef) or scene.syntax.lies_in(scene.anchor, one):
            break
        if isinstance(one, cst.If) and not (one.orelse is not None and scene.calls(one.orelse, "step")):
            return True
    level: cst.CSTNode | None = scene.anchor
    while isinstance(level, Statement) and not isinstance(level, cst.For | cst.While | cst.FunctionDef):
        if any(_skips(scene, one) for one in scene.behind(level)):
            return True
        level = next((one for one in scene.syntax.parents(level) if isinstance(one, Statement)), None)
    return False


def _skips(scene: Scene, one: Statement) -> bool:
    return isinstance(one, cst.If) and any(isinstance(each, cst.Continue) for each in scene.syntax.descend(one))


def may_wrap(scene: Scene, what: Statement) -> bool:
    """Whether a block may run without gradients: it hands nothing out by yield, and nobody in it asks for them."""
    if _is_propagated(scene):
        return False
    made = _made_with(scene)
    for node in scene.syntax.descend(what):
        if isinstance(node, cst.Yield) or _runs_later(scene, node):
            return False
        if isinstance(node, cst.Call) and (_ATTACKS.search(method_of(node)) or _is_handed(node, scene.finding.subject)):
            return False
        if isinstance(node, cst.Call) and dotted(node.func).partition(".")[0] in made:
            return False
    return True


def _is_propagated(scene: Scene) -> bool:
    """Whether a caller asks for gradients of what the function gives back."""
    function = scene.syntax.function(scene.anchor) if scene.anchor is not None else None
    if not isinstance(function, cst.FunctionDef):
        return False
    for one in scene.syntax.nodes:
        if not isinstance(one, cst.Assign) or method_of(one.value) != function.name.value:
            continue
        if _is_backwarded(scene, one, _root(one.targets[0].target)):
            return True
    return any(method_of(one) == "grad" for one in scene.syntax.descend(function))


def _is_backwarded(scene: Scene, at: cst.Assign, name: str) -> bool:
    """Whether backward() is called on a name in the function in which it is bound like this."""
    whole = scene.syntax.function(at) or scene.syntax.module
    return any(
        method_of(call) == "backward" and dotted(receiver_of(call)) == name for call in scene.syntax.calls(whole)
    )


def _runs_later(scene: Scene, node: cst.CSTNode) -> bool:
    """Whether it is a generator that nothing uses up on the spot."""
    return isinstance(node, cst.GeneratorExp) and not isinstance(scene.syntax.parent(node), cst.Arg)


def _made_with(scene: Scene) -> set[str]:
    """The names of objects that were built around the model, such as attacks and explainers."""
    subject, found = scene.finding.subject, set[str]()
    for one in scene.syntax.nodes:
        if isinstance(one, cst.Assign) and isinstance(one.value, cst.Call) and _is_handed(one.value, subject):
            found.add(dotted(one.targets[0].target).partition(".")[0])
    return found - {"", "self", (subject or "").partition(".")[0]}


def _is_handed(call: cst.Call, model: str | None) -> bool:
    """Whether something unknown is given the model."""
    return method_of(call) not in _HARMLESS and any(dotted(one.value) == model for one in call.args)


def in_different_branches(syntax: Syntax, left: Statement | None, right: Statement | None) -> bool:
    """Whether only one of two statements runs in a round, or both say the same."""
    if left is None or right is None or syntax.code(left) == syntax.code(right):
        return True
    return not syntax.block(left) or right not in syntax.block(left)


def used_elsewhere(syntax: Syntax, name: str, at: Statement, besides: Iterable[Statement | None]) -> bool:
    """Whether a name is read in its function in other statements than these."""
    scope = next((one for one in syntax.parents(at) if isinstance(one, cst.FunctionDef)), syntax.module)
    rows = {syntax.start(one).row for one in besides if one is not None}
    return any(one.value == name and syntax.start(one).row not in rows for one in names_in(syntax, scope))
