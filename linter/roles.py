"""Which statement of a text plays which role in a finding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import libcst as cst

from ..intents import Role
from .caution import serves_both
from .losses import pending
from .scene import Scene
from .scopes import local_name
from .syntax import Statement, Syntax, dotted, method_of, receiver_of

_NO_USE = ("zero", "no_grad", "enable", "requires", "print", "log")
_ANNOUNCES = {
    "zero_grad": re.compile(
        r"#.*\b(?:zero|clear|reset|empty|clean)\w*\b.*\bgrad|#.*\bgrad\w*\b.*\b(?:zero|clear|reset)", re.I
    ),
    "backward": re.compile(r"#.*\b(?:back-?\s?ward|back-?prop)|#.*\b(?:compute|calculate)s?\b.*\bgradients?\b", re.I),
    "train": re.compile(r"#.*\btrain\w*[ -]+mode", re.I),
}
"""Comments by which people say what comes next. They decide where a statement goes, never whether one is missing."""
_RUNS = re.compile(r"eval|valid|test|acc|predict|infer|score|sample|generate|metric|attack|perturb|adv", re.I)
_ON_PURPOSE = re.compile(r"#.*(?:froz|freez|keep|stay|purpose|batch ?norm)", re.I)
_NO_PLAN = re.compile(r"\b(?:must|should|not|never|no|if|when|because|since|so)\b", re.I)


def statement(scene: Scene, role: Role | None) -> Statement | None:
    """Who plays this role; None if nobody does."""
    if role is None:
        return None
    if scene.site(role) is not None:
        return scene.at_site(role)
    find = _FINDERS.get(role)
    return find(scene) if find is not None and scene.anchor is not None else None


def lifted(scene: Scene, role: Role) -> Statement | None:
    """Who plays a role and may be moved: with the condition around it, if that holds nothing else."""
    site = scene.site(role)
    found = scene.syntax.statement(site.start) if site is not None else statement(scene, role)
    while found is not None and not scene.syntax.movable(found):
        found = next((one for one in scene.syntax.parents(found) if isinstance(one, cst.BaseCompoundStatement)), None)
        if not isinstance(found, cst.If) or len(found.body.body) != 1:
            return None
    return found


def around(scene: Scene, inner: Statement, block: Sequence[cst.BaseStatement]) -> Statement | None:
    """What stands around a statement in a block, or calls the function that it stands in."""
    for one in scene.syntax.parents(inner):
        if isinstance(one, cst.BaseCompoundStatement) and one in block:
            return one
    function = scene.syntax.function(inner)
    if not isinstance(function, cst.FunctionDef):
        return None
    lines = (one for one in block if isinstance(one, cst.SimpleStatementLine))
    return next((one for one in lines if scene.calls(one, function.name.value)), None)


def announced(scene: Scene, method: str) -> tuple[int, Statement] | None:
    """The row under a comment that announces a method and is not followed by it, and the statement below."""
    wanted, scope, found = _ANNOUNCES.get(method), scene.scope, []
    lines = scene.syntax.lines
    for one in scene.syntax.statements() if wanted is not None and scope is not None else ():
        if not scene.syntax.lies_in(one, scope) or not scene.syntax.block(one):
            continue
        if f".{method}(" in scene.syntax.code(one):
            continue
        first = scene.syntax.start(one).row
        rows = range(first - _comments_above(lines, first), first)
        found += [(row + 1, one) for row in rows if wanted and wanted.search(lines[row - 1]) and _is_plan(lines, row)]
    row = scene.finding.site.start.row
    return min(found, key=lambda place: abs(place[0] - row), default=None)


def _is_plan(lines: Sequence[str], row: int) -> bool:
    """Whether a comment says what is done next, and all of it: no condition, no second line that goes on."""
    below = lines[row].strip() if row < len(lines) else ""
    goes_on = below.startswith("#") and below.lstrip("# ")[:1].islower()
    return not goes_on and not _NO_PLAN.search(lines[row - 1])


def _comments_above(lines: Sequence[str], row: int) -> int:
    """How many rows right above a row hold comments or nothing."""
    count = 0
    while row - count > 1 and (not (text := lines[row - count - 2].strip()) or text.startswith("#")):
        count += 1
    return count


# ---- loops and functions ---------------------------------------------------------------------------------------------
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
    for parent in scene.syntax.parents(inner) if inner is not None else ():
        if isinstance(parent, cst.For | cst.While | cst.FunctionDef):
            break
        if isinstance(parent, cst.With) and any(_is_no_grad(item.item) for item in parent.items):
            return parent
    return inner


def _is_no_grad(node: cst.BaseExpression) -> bool:
    return method_of(node) in ("no_grad", "inference_mode", "set_grad_enabled")


# ---- modes -----------------------------------------------------------------------------------------------------------
def _wrong_mode(scene: Scene) -> Statement | None:
    """The eval() at the related place, if what follows it leads to the anchor and nothing needs it before."""
    mode, anchor = scene.at_site(Role.RELATED), scene.anchor
    if mode is None or anchor is None or serves_both(scene):
        return None
    row = scene.syntax.start(mode).row
    if any(_ON_PURPOSE.search(line) for line in scene.syntax.lines[max(row - 2, 0) : row]):
        return None
    line = [anchor, *scene.syntax.parents(anchor)]
    behind = scene.behind(mode)
    trains = next((number for number, one in enumerate(behind) if any(one is each for each in line)), None)
    if trains is None:
        return None
    evaluates = any(isinstance(one, cst.For | cst.While | cst.With) or _runs(scene, one) for one in behind[:trains])
    alone = behind[trains] is not anchor
    return None if evaluates and alone else mode


def _runs(scene: Scene, one: Statement) -> bool:
    """Whether a statement calls the model, or hands it to what may: `accuracy(model, x)`."""
    model = scene.finding.subject
    for call in scene.syntax.calls(one):
        handed = any(dotted(argument.value) == model for argument in call.args)
        if dotted(call.func) == model or (handed and _RUNS.search(method_of(call))):
            return True
    return False


def _other_train(scene: Scene) -> Statement | None:
    syntax = scene.syntax
    before = (one for one in syntax.statements() if syntax.start(one) < scene.finding.site.start and syntax.alone(one))
    return next((one for one in before if _is_train(syntax, one) and syntax.lies_in(one, scene.scope)), None)


def _is_train(syntax: Syntax, statement: Statement) -> bool:
    small = syntax.small(statement)
    return isinstance(small, cst.Expr) and method_of(small.value) == "train"


# ---- gradients -------------------------------------------------------------------------------------------------------
def _clear(scene: Scene) -> Statement | None:
    loop = _loop(scene)
    wanted = f"{scene.finding.subject}.zero_grad()"
    for one in scene.before(loop) if loop is not None else ():
        small = scene.syntax.small(one)
        if small is not None and _plain(scene, small) == wanted:
            return one
        if scene.calls(one, "backward", "step"):
            return None  # it serves that one
    return None


def _plain(scene: Scene, node: cst.CSTNode) -> str:
    return "".join(scene.syntax.code(node).split())


def _first_use(scene: Scene) -> Statement | None:
    waits = pending(scene)
    if waits is None:
        return None
    first = waits.use
    for one in scene.before(waits.use):
        if one is waits.made:
            break
        first = one if uses_gradients(scene.syntax, one) else first
    return first


def uses_gradients(syntax: Syntax, statement: Statement) -> bool:
    """Clips, averages or reads them: `clip_grad_norm_(...)`, `average_gradients(model)`, `p.grad`."""
    for node in syntax.descend(statement):
        if isinstance(node, cst.Attribute) and node.attr.value == "grad":
            return True
        name = method_of(node)
        if name == "unscale_" or ("grad" in name and not any(part in name for part in _NO_USE)):
            return True
    return False


def _own_backward(scene: Scene) -> Statement | None:
    """The first backward() from the anchor, or for a clear that is late the related one, behind any other's step."""
    first = scene.at_site(Role.RELATED) if scene.finding.code == "LC102" else scene.anchor
    found, subject = first, scene.finding.subject or ""
    own = {subject, local_name(scene.syntax, subject, first)} if first is not None else set()
    for one in scene.behind(first) if first is not None else ():
        for call in scene.syntax.calls(one):
            on = dotted(receiver_of(call))
            if (method_of(call) == "step" and on in own) or method_of(call) == "zero_grad":
                return found
            if method_of(call) == "step" and "sched" not in on:
                found = None
            elif method_of(call) == "backward" and found is None:
                found = one
    return found


def _last_use(scene: Scene) -> Statement | None:
    """Right behind the backward() at the second related place: what clips, averages or reads, and nothing else."""
    backward, last = scene.at_site(Role.SECOND), None
    if backward is None or not _next_to(scene, backward):
        return None
    for one in scene.behind(backward):
        if not uses_gradients(scene.syntax, one):
            break
        last = one
    return last if last is _last_of(scene, backward, uses_gradients) else None


def _next_to(scene: Scene, backward: Statement) -> bool:
    """Whether nothing stands between the anchor and it."""
    behind = scene.behind(scene.anchor) if scene.anchor is not None else []
    return bool(behind) and behind[0] is backward


def _lone_backward(scene: Scene) -> Statement | None:
    backward = scene.at_site(Role.SECOND)
    if backward is None or _last_of(scene, backward, uses_gradients) is not None:
        return None
    return backward


def _last_backward(scene: Scene) -> Statement | None:
    """The last backward() from the anchor on, or what uses the gradients behind it, before the next round."""

    def belongs(syntax: Syntax, one: Statement) -> bool:
        return uses_gradients(syntax, one) or any(method_of(call) == "backward" for call in syntax.calls(one))

    return _last_of(scene, scene.anchor, belongs) if scene.anchor is not None else None


def _last_of(scene: Scene, first: Statement, wanted: Callable[[Syntax, Statement], bool]) -> Statement | None:
    last = None
    for one in scene.behind(first):
        if scene.calls(one, "zero_grad", "step"):
            break
        last = one if wanted(scene.syntax, one) else last
    return last


def _branches(scene: Scene) -> Statement | None:
    """The outermost condition around the anchor of which another branch holds a backward(), too."""
    found: Statement | None = None
    for one in scene.syntax.parents(scene.anchor) if scene.anchor is not None else ():
        if isinstance(one, cst.For | cst.While | cst.FunctionDef):
            break
        if isinstance(one, cst.If) and scene.syntax.block(one) and _in_both(scene, one):
            found = one
    return found


def _in_both(scene: Scene, branch: cst.If) -> bool:
    other = branch.orelse
    return other is not None and scene.calls(other, "backward") and scene.calls(branch.body, "backward")


def _unscale(scene: Scene) -> Statement | None:
    """An unscale_() behind the clip, of the optimizer that the scaler steps."""
    found = stepped(scene)
    return found.unscaled if found is not None else None


class Stepped(NamedTuple):
    """The next step through a scaler: whose, of what, and an unscale_() of that on the way from the clip to it."""

    scaler: str
    optimizer: str
    unscaled: Statement | None


def stepped(scene: Scene) -> Stepped | None:
    """What steps behind the clip, whenever that runs: in its block, or around the conditions that it stands in."""
    level = scene.at_site(Role.ANCHOR) or lifted(scene, Role.ANCHOR)
    lines: list[cst.SimpleStatementLine] = []
    while level is not None:
        lines += [one for one in scene.behind(level) if isinstance(one, cst.SimpleStatementLine)]
        for line in lines:
            for call in scene.syntax.calls(line):
                on = receiver_of(call)
                if method_of(call) == "step" and on is not None and len(call.args) == 1:
                    optimizer = scene.syntax.code(call.args[0].value)
                    if not _is_only_one(scene, dotted(on), optimizer):
                        return None
                    return Stepped(dotted(on), optimizer, _unscales(scene, lines, optimizer))
        around = next((one for one in scene.syntax.parents(level) if isinstance(one, Statement)), None)
        level = around if isinstance(around, cst.If | cst.With) else None
    return None


def _is_only_one(scene: Scene, scaler: str, optimizer: str) -> bool:
    """Whether the scaler of this function steps no other optimizer, and unscales this one only on the way there."""
    function, unscaled = scene.syntax.function(scene.anchor) if scene.anchor is not None else None, 0
    for call in scene.syntax.calls(function if function is not None else scene.syntax.module):
        if dotted(receiver_of(call)) != scaler or not call.args:
            continue
        if method_of(call) == "step" and scene.syntax.code(call.args[0].value) != optimizer:
            return False
        unscaled += method_of(call) == "unscale_"
    return unscaled <= 1


def _unscales(scene: Scene, lines: list[cst.SimpleStatementLine], optimizer: str) -> Statement | None:
    for line in lines:
        for call in scene.syntax.calls(line):
            if method_of(call) == "unscale_" and call.args and scene.syntax.code(call.args[0].value) == optimizer:
                return line
    return None


def _clearing(scene: Scene) -> Statement | None:
    """Where most of the other clears of this file stand, seen from their own backward(): the same place here."""
    syntax, habits = scene.syntax, Counter[Role]()
    for one in syntax.statements():
        small = syntax.small(one)
        if one is not scene.anchor and isinstance(small, cst.Expr) and method_of(small.value) == "zero_grad":
            habits[_habit(scene, one)] += 1
    for role, _ in habits.most_common(1):
        return statement(scene, role) if role is not Role.CLEARING else None
    return None


def _habit(scene: Scene, clear: Statement) -> Role:
    """CLEARING stands for no habit that is known."""
    block = scene.syntax.block(clear)
    at = block.index(clear)
    behind = block[at + 1] if at + 1 < len(block) else None
    if isinstance(behind, cst.SimpleStatementLine | cst.If) and scene.calls(behind, "backward"):
        return Role.ANCHOR
    ahead = block[at - 1] if at else None
    if isinstance(ahead, cst.SimpleStatementLine | cst.If) and scene.calls(ahead, "step"):
        return Role.CLEARING
    return Role.LOOP_START if at == 0 and scene.syntax.loops(clear) else Role.CLEARING


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
    Role.BRANCHES: _branches,
    Role.FIRST_USE: _first_use,
    Role.OWN_BACKWARD: _own_backward,
    Role.LAST_USE: _last_use,
    Role.LONE_BACKWARD: _lone_backward,
    Role.LAST_BACKWARD: _last_backward,
    Role.UNSCALE: _unscale,
}
