"""Which statement of a text plays which role in a finding, and the words that a repair needs of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

import libcst as cst

from ..findings import Finding, Site
from ..intents import Role
from . import names
from .scopes import local_name
from .syntax import Statement, Syntax, dotted, method_of, receiver_of

_CLIPS = ("clip_grad", "unscale_")
_NO_USE = ("zero", "no_grad", "enable", "requires")
_NO_NAMES = frozenset({"move", "container", "backward"})
_HOSTS = frozenset({"accelerator", "fabric"})
_PREPARE = frozenset({"prepare", "prepare_model", "setup", "setup_module", "setup_optimizers"})
_ANNOUNCES = {
    "zero_grad": re.compile(
        r"#.*\b(?:zero|clear|reset|empty|clean)\w*\b.*\bgrad|#.*\bgrad\w*\b.*\b(?:zero|clear|reset)", re.I
    ),
    "backward": re.compile(r"#.*\b(?:back-?\s?ward|back-?prop)|#.*\b(?:compute|calculate)s?\b.*\bgradients?\b", re.I),
    "train": re.compile(r"#.*\btrain\w*[ -]+mode", re.I),
}
"""Comments by which people say what comes next. They decide where a statement goes, never whether one is missing."""


class Scene:
    """A finding in its text, and who plays which part in it."""

    def __init__(self, syntax: Syntax, finding: Finding) -> None:
        self.syntax, self.finding = syntax, finding
        self.anchor = syntax.statement(finding.site.start)
        self.loops = syntax.loops(self.anchor) if self.anchor is not None else []

    # ---- roles -------------------------------------------------------------------------------------------------------
    def site(self, role: Role) -> Site | None:
        """The stretch that the finding itself names."""
        number = {Role.ANCHOR: 0, Role.RELATED: 1, Role.SECOND: 2}.get(role, 3)
        sites = [self.finding.site, *(one.site for one in self.finding.related)]
        return sites[number] if number < min(len(sites), 3) else None

    def statement(self, role: Role | None) -> Statement | None:
        """Who plays this role; None if nobody does."""
        site = self.site(role) if role is not None else None
        if site is not None:
            return self.syntax.statement(site.start)
        find = _FINDERS.get(role) if role is not None and self.anchor is not None else None
        return find(self) if find is not None else None

    def before(self, statement: Statement) -> list[Statement]:
        """The statements before it in its block, the nearest first."""
        block = self.syntax.block(statement)
        earlier = block[: block.index(statement)] if statement in block else block[:0]
        return [
            one for one in reversed(earlier) if isinstance(one, cst.SimpleStatementLine | cst.BaseCompoundStatement)
        ]

    def lifted(self, role: Role) -> Statement | None:
        """Who plays a role and may be moved: with the condition around it, if that holds nothing else."""
        found = self.statement(role)
        while found is not None and not self.syntax.movable(found):
            found = next(
                (one for one in self.syntax.parents(found) if isinstance(one, cst.BaseCompoundStatement)), None
            )
            if not isinstance(found, cst.If) or len(found.body.body) != 1:
                return None
        return found

    def around(self, inner: Statement, block: Sequence[cst.BaseStatement]) -> Statement | None:
        """What stands around a statement in a block, or calls the function that it stands in."""
        for one in self.syntax.parents(inner):
            if isinstance(one, cst.BaseCompoundStatement) and one in block:
                return one
        function = self.syntax.function(inner)
        if not isinstance(function, cst.FunctionDef):
            return None
        lines = (one for one in block if isinstance(one, cst.SimpleStatementLine))
        return next((one for one in lines if _calls(self, one, (function.name.value,))), None)

    @property
    def scope(self) -> cst.CSTNode | None:
        """What the anchor's round is part of: its function, else the outermost loop."""
        function = self.syntax.function(self.anchor) if self.anchor is not None else None
        return function or (self.loops[-1] if self.loops else None)

    def announced(self, method: str) -> tuple[int, Statement] | None:
        """The row under a comment that announces a method and is not followed by it, and the statement below."""
        wanted, scope, found = _ANNOUNCES.get(method), self.scope, []
        for one in self.syntax.statements() if wanted is not None and scope is not None else ():
            if not self.syntax.lies_in(one, scope) or not self.syntax.block(one):
                continue
            if f".{method}(" in self.syntax.code(one):
                continue
            first = self.syntax.start(one).row
            rows = range(first - _comments_above(self.syntax.lines, first), first)
            found += [(row + 1, one) for row in rows if wanted and wanted.search(self.syntax.lines[row - 1])]
        row = self.finding.site.start.row
        return min(found, key=lambda place: abs(place[0] - row), default=None)

    # ---- words -------------------------------------------------------------------------------------------------------
    def word(self, name: str, at: Statement) -> str:
        """What stands for `{name}` in code at this statement; "" if this text has no such thing, or no name for it."""
        find = _WORDS.get(name)
        found = find(self) if find is not None else ""
        return found if name in _NO_NAMES else local_name(self.syntax, found, at)


def _loop(scene: Scene) -> Statement | None:
    return scene.loops[0] if scene.loops else None


def _first_in(scene: Scene, loop: Statement | None) -> Statement | None:
    body = scene.syntax.body(loop) if isinstance(loop, cst.For | cst.While) else []
    return body[0] if body else None


def _loop_start(scene: Scene) -> Statement | None:
    return _first_in(scene, _loop(scene))


def _epoch_start(scene: Scene) -> Statement | None:
    return _first_in(scene, scene.loops[-1]) if len(scene.loops) > 1 else None


def _function_start(scene: Scene) -> Statement | None:
    function = scene.syntax.function(scene.anchor) if scene.anchor is not None else None
    body = scene.syntax.body(function) if isinstance(function, cst.FunctionDef) else []
    return body[0] if body else None


def _evaluation(scene: Scene) -> Statement | None:
    inner = _loop(scene) or scene.anchor
    parents = scene.syntax.parents(inner) if inner is not None else iter(())
    for parent in parents:
        if isinstance(parent, cst.For | cst.While | cst.FunctionDef):
            break
        if isinstance(parent, cst.With) and any(_is_no_grad(item.item) for item in parent.items):
            return parent
    return inner


def _is_no_grad(node: cst.BaseExpression) -> bool:
    return method_of(node) in ("no_grad", "inference_mode", "set_grad_enabled")


def _wrong_mode(scene: Scene) -> Statement | None:
    """The eval() at the related place, if what comes next in its block leads to the anchor."""
    mode, anchor = scene.statement(Role.RELATED), scene.anchor
    if mode is None or anchor is None:
        return None
    block = scene.syntax.block(mode)
    around = [anchor, *scene.syntax.parents(anchor)]
    trains = next((one for one in around if one in block), None)
    if not isinstance(trains, cst.BaseStatement) or block.index(trains) < block.index(mode):
        return None
    between = block[block.index(mode) + 1 : block.index(trains)]
    return None if any(isinstance(one, cst.For | cst.While | cst.With) for one in between) else mode


def _other_train(scene: Scene) -> Statement | None:
    syntax = scene.syntax
    before = (one for one in syntax.statements() if syntax.start(one) < scene.finding.site.start and syntax.alone(one))
    return next((one for one in before if _is_train(syntax, one) and syntax.lies_in(one, scene.scope)), None)


def _is_train(syntax: Syntax, statement: Statement) -> bool:
    small = syntax.small(statement)
    return isinstance(small, cst.Expr) and method_of(small.value) == "train"


def _clear(scene: Scene) -> Statement | None:
    loop = _loop(scene)
    wanted = f"{scene.finding.subject}.zero_grad()"
    earlier = scene.before(loop) if loop is not None else []
    return next((one for one in earlier if (small := scene.syntax.small(one)) and _plain(scene, small) == wanted), None)


def _plain(scene: Scene, node: cst.CSTNode) -> str:
    return "".join(scene.syntax.code(node).split())


def _first_use(scene: Scene) -> Statement | None:
    if scene.anchor is None:
        return None
    first, loss = scene.anchor, _loss(scene)
    for one in scene.before(scene.anchor):
        if loss and loss in _assigned(scene.syntax.small(one)):
            break
        first = one if _uses_gradients(scene, one) else first
    return first


def _uses_gradients(scene: Scene, statement: Statement) -> bool:
    """Clips, averages or reads them: `clip_grad_norm_(...)`, `average_gradients(model)`, `p.grad`."""
    for node in scene.syntax.within(scene.syntax.start(statement), scene.syntax.end(statement)):
        if isinstance(node, cst.Attribute) and node.attr.value == "grad":
            return True
        name = method_of(node)
        if name == "unscale_" or ("grad" in name and not any(part in name for part in _NO_USE)):
            return True
    return False


def _calls(scene: Scene, statement: cst.BaseStatement | None, parts: Sequence[str]) -> bool:
    """Whether a line, or a condition on one, calls something with such a part in its name."""
    if not isinstance(statement, cst.SimpleStatementLine | cst.If):
        return False
    return any(part in method_of(call) for call in scene.syntax.calls(statement) for part in parts)


def _clearing(scene: Scene) -> Statement | None:
    """Where most of the other clears of this file stand, seen from their own backward(): the same place here."""
    syntax, habits = scene.syntax, Counter[Role]()
    for one in syntax.statements():
        small = syntax.small(one)
        if one is not scene.anchor and isinstance(small, cst.Expr) and method_of(small.value) == "zero_grad":
            habits[_habit(scene, one)] += 1
    for role, _ in habits.most_common(1):
        return scene.statement(role) if role is not Role.CLEARING else None
    return None


def _habit(scene: Scene, clear: Statement) -> Role:
    """CLEARING stands for no habit that is known."""
    block = scene.syntax.block(clear)
    at = block.index(clear)
    behind = block[at + 1] if at + 1 < len(block) else None
    if _calls(scene, behind, ("backward",)):
        return Role.ANCHOR
    ahead = block[at - 1] if at else None
    if _calls(scene, ahead, ("step",)):
        return Role.CLEARING
    return Role.LOOP_START if at == 0 and scene.syntax.loops(clear) else Role.CLEARING


def _last_clip(scene: Scene) -> Statement | None:
    backward = scene.statement(Role.SECOND) or scene.anchor
    block = scene.syntax.block(backward) if backward is not None else ()
    behind = block[block.index(backward) + 1 :] if backward in block else ()
    clips = [one for one in behind if isinstance(one, cst.SimpleStatementLine | cst.If) and _calls(scene, one, _CLIPS)]
    return clips[-1] if clips else None


def _comments_above(lines: Sequence[str], row: int) -> int:
    """How many rows right above a row hold comments or nothing."""
    count = 0
    while row - count > 1 and (not (text := lines[row - count - 2].strip()) or text.startswith("#")):
        count += 1
    return count


_FINDERS: dict[Role, Callable[[Scene], Statement | None]] = {
    Role.LOOP: _loop,
    Role.LOOP_START: _loop_start,
    Role.EPOCH_START: _epoch_start,
    Role.FUNCTION_START: _function_start,
    Role.EVALUATION: _evaluation,
    Role.WRONG_MODE: _wrong_mode,
    Role.OTHER_TRAIN: _other_train,
    Role.CLEAR: _clear,
    Role.CLEARING: _clearing,
    Role.FIRST_USE: _first_use,
    Role.LAST_CLIP: _last_clip,
}


# ---- words -----------------------------------------------------------------------------------------------------------
def _subject(scene: Scene) -> str:
    return scene.finding.subject or ""


def _loss(scene: Scene) -> str:
    """What the related place computes, or what is made of it until the anchor: `loss = pos_loss + neg_loss`.

    The last loss before the anchor if that is called one and this is not.
    """
    related = scene.statement(Role.RELATED)
    name = _likest(_assigned(scene.syntax.small(related)))
    block = scene.syntax.block(related) if related is not None and name else ()
    for one in block[block.index(related) + 1 :] if related in block else ():
        if one is scene.anchor:
            break
        small = scene.syntax.small(one) if isinstance(one, cst.SimpleStatementLine) else None
        made = _likest(_assigned(small))
        if isinstance(small, cst.Assign) and made and _goes_on(scene, small.value, name):
            name = made
    return name if names.is_loss(name) else _last_loss(scene) or name


def _backward(scene: Scene) -> str:
    """How this file propagates that: through its scaler, its accelerator, or by itself."""
    loss = local_name(scene.syntax, _loss(scene), scene.anchor) if scene.anchor is not None else ""
    small = scene.syntax.small(scene.anchor)
    call = small.value if isinstance(small, cst.Expr) else None
    on = receiver_of(call) if isinstance(call, cst.Call) and call.args else None
    if not loss:
        return ""
    if on is not None and "scaler" in dotted(on).lower():
        return f"{dotted(on)}.scale({loss}).backward()"
    for node in scene.syntax.nodes:
        owner = dotted(receiver_of(node)) if isinstance(node, cst.Call) and method_of(node) in _PREPARE else ""
        if owner.rpartition(".")[2] in _HOSTS and scene.anchor is not None:
            known = local_name(scene.syntax, owner, scene.anchor)
            return f"{known}.backward({loss})" if known else f"{loss}.backward()"
    return f"{loss}.backward()"


def _goes_on(scene: Scene, value: cst.BaseExpression, name: str) -> bool:
    """Whether a value is reckoned from that name and may still be propagated."""
    reckons = isinstance(value, cst.Name | cst.BinaryOperation | cst.UnaryOperation) or (
        method_of(value) in ("sum", "mean", "stack", "add", "mul", "div")
    )
    parts = scene.syntax.within(scene.syntax.start(value), scene.syntax.end(value))
    return reckons and any(dotted(one) == name for one in parts)


def _last_loss(scene: Scene) -> str:
    """Where the loss has another name by then: the last one that is assigned in the block."""
    earlier = scene.before(scene.anchor) if scene.anchor is not None else []
    found = (_likest(_assigned(scene.syntax.small(one))) for one in earlier)
    return next((name for name in found if names.is_loss(name)), "")


def _assigned(small: cst.BaseSmallStatement | None) -> list[str]:
    """The names that a line binds, those of a tuple one by one."""
    if not isinstance(small, cst.Assign):
        return []
    target = small.targets[0].target
    parts = [one.value for one in target.elements] if isinstance(target, cst.Tuple) else [target]
    return [name for part in parts if (name := dotted(part))]


def _likest(found: list[str]) -> str:
    """Of several names, the first that is called a loss; the only one, whatever it is called."""
    return next((name for name in found if names.is_loss(name)), found[0] if len(found) == 1 else "")


def _scaler(scene: Scene) -> str:
    statement = scene.statement(Role.RELATED)
    calls = scene.syntax.calls(statement) if statement is not None else iter(())
    return next((scene.syntax.code(on) for c in calls if method_of(c) == "scale" and (on := receiver_of(c))), "")


def _stepped(scene: Scene) -> str:
    """The optimizer that the scaler steps in the anchor's function."""
    scaler, function = _scaler(scene), scene.syntax.function(scene.anchor) if scene.anchor is not None else None
    for node in scene.syntax.nodes:
        if method_of(node) != "step" or not isinstance(node, cst.Call) or scene.syntax.function(node) is not function:
            continue
        on = receiver_of(node)
        if on is not None and scene.syntax.code(on) == scaler and node.args:
            return scene.syntax.code(node.args[0].value)
    return ""


def _carried(scene: Scene) -> str:
    """The one name that the anchor both reads and assigns."""
    small = scene.syntax.small(scene.anchor)
    if not isinstance(small, cst.Assign):
        return ""
    read = {dotted(one) for one in scene.syntax.within(scene.syntax.start(small.value), scene.syntax.end(small.value))}
    carried = [name for name in _assigned(small) if name in read]
    return carried[0] if len(carried) == 1 else ""


def _move(scene: Scene) -> str:
    """`.to(device)` or `.cuda()` as it stands at the related place, else as it stood last in the function."""
    statement = scene.statement(Role.RELATED)
    if statement is not None:
        moves = [written for call in scene.syntax.calls(statement) if (written := _as_move(scene, call))]
        if moves:
            return moves[0]
    function = scene.syntax.function(scene.anchor) if scene.anchor is not None else None
    before = [
        node
        for node in scene.syntax.nodes
        if isinstance(node, cst.Call)
        and scene.syntax.function(node) is function
        and scene.syntax.start(node) < scene.finding.site.start
    ]
    return next((written for call in reversed(before) if (written := _as_move(scene, call))), "")


def _as_move(scene: Scene, call: cst.Call) -> str:
    if method_of(call) not in ("to", "cuda") or not isinstance(call.func, cst.Attribute):
        return ""
    return f".{call.func.attr.value}({', '.join(scene.syntax.code(one) for one in call.args)})"


def _container(scene: Scene) -> str:
    """The name, within torch.nn, of what registers the value that the anchor assigns."""
    small = scene.syntax.small(scene.anchor)
    value = small.value if isinstance(small, cst.Assign | cst.AnnAssign) else None
    kind = "Parameter" if value is not None and "Parameter(" in scene.syntax.code(value) else "Module"
    if isinstance(value, cst.Dict | cst.DictComp):
        return f"{kind}Dict"
    return f"{kind}List" if isinstance(value, cst.List | cst.ListComp | cst.Tuple) else ""


_WORDS: dict[str, Callable[[Scene], str]] = {
    "subject": _subject,
    "backward": _backward,
    "scaler": _scaler,
    "stepped": _stepped,
    "carried": _carried,
    "move": _move,
    "container": _container,
}
