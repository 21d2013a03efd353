"""Edits: what an Intent means in a text. Formatting and comments stay, for an edit is as small as what it is about.

Nothing here judges whether an edit helps: mending.py tries it. An Intent that does not fit the text gives no edits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import libcst as cst

from ..findings import Finding, Location, TextEdit, lines_of
from ..intents import Action, Intent, Remedy, Role
from .bindings import may_pass
from .caution import (
    accumulates,
    in_different_branches,
    may_wrap,
    serves_both,
    steps_now_and_then,
    takes_number,
    used_elsewhere,
)
from .losses import pending
from .names import is_loss
from .roles import announced, around, lifted, statement
from .scene import Scene
from .syntax import Statement, Syntax, dotted, method_of, receiver_of
from .words import written

_NAMED_IN_VAIN = re.compile(r"\((LC\d+)\)|\b(LC001) cannot|unknown rule '([^']*)'")
_COMMENT = re.compile(r"\[(?P<words>[^\]#]*)\]|:\s*(?P<codes>[A-Za-z]+[0-9]+(?:[\s,]*[A-Za-z]+[0-9]+)*)")


def edits_of(remedy: Remedy, syntax: Syntax, finding: Finding) -> tuple[TextEdit, ...]:
    """The edits of all its intents; none if one of them does not fit this text."""
    scene = Scene(syntax, finding)
    edits: dict[TextEdit, None] = {}
    for intent in remedy:
        made = _ACTIONS[intent.action](scene, intent)
        if not made:
            return ()
        edits.update(dict.fromkeys(made))
    return tuple(sorted(edits, key=lambda one: (one.start, one.end)))


def applied(text: str, edits: Iterable[TextEdit]) -> str:
    """The text after these edits, which do not overlap. Of edits at one place, the first comes first."""
    lines = lines_of(text) or [""]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(at: Location) -> int:
        return starts[min(at.row - 1, len(lines))] + at.column - 1

    parts, done = [], 0
    for edit in sorted(edits, key=lambda one: (one.start, one.end)):
        parts += [text[done : offset(edit.start)], edit.text]
        done = offset(edit.end)
    return "".join([*parts, text[done:]])


# ---- statements ------------------------------------------------------------------------------------------------------
_ABOVE_COMMENTS = (Role.FIRST_USE, Role.EPOCH_START, Role.FUNCTION_START, Role.LOOP_START)
"""Where a comment above is about the statement below it, and not about what is put in between."""


class _Spot(NamedTuple):
    """Where whole lines go: before this row, as deep as this."""

    row: int
    indent: str


def _spot(scene: Scene, intent: Intent, method: str) -> tuple[_Spot, Statement] | None:
    """Where an intent puts its statement, and the statement beside it."""
    if method == "zero_grad" and intent.after is None and (accumulates(scene) or steps_now_and_then(scene)):
        return None  # before the backward() it would take what was accumulated
    if method == "zero_grad" and intent.before not in (Role.OWN_BACKWARD, Role.BRANCHES, None):
        own = statement(scene, Role.OWN_BACKWARD)
        if own is None or own is not (scene.at_site(Role.RELATED) if scene.finding.code == "LC102" else scene.anchor):
            return None  # the backward() of another optimizer lies between
    if method == "train" and serves_both(scene):
        return None
    if intent.before is Role.ANNOUNCED:
        row, beside = announced(scene, method) or (0, None)
        if method == "backward" and not _is_made(scene, row):
            return None
        return (_Spot(row, scene.syntax.indent(beside)), beside) if beside is not None else None
    beside = statement(scene, intent.after or intent.before)
    if beside is None or not scene.syntax.alone(beside):
        return None
    row = scene.syntax.end(beside).row + 1 if intent.after is not None else scene.syntax.start(beside).row
    if intent.before in _ABOVE_COMMENTS:
        row -= scene.syntax.comments_above(row)
    return _Spot(row, scene.syntax.indent(beside)), beside


def _is_made(scene: Scene, row: int) -> bool:
    """Whether the loss is there at this row, and the step has not been taken."""
    waits = pending(scene)
    return waits is not None and scene.syntax.end(waits.made).row < row <= scene.syntax.start(waits.use).row


def _insert(scene: Scene, intent: Intent) -> list[TextEdit]:
    method = intent.text.rpartition(".")[2].partition("(")[0].strip("{}")
    spot = _spot(scene, intent, method)
    made = written(intent.text, scene, spot[1]) if spot is not None else None
    if spot is None or made is None:
        return []
    return [*made[1], scene.syntax.at_row(spot[0].row, spot[0].indent + made[0] + scene.syntax.newline)]


def _move(scene: Scene, intent: Intent) -> list[TextEdit]:
    syntax, what = scene.syntax, lifted(scene, intent.what)
    spot = _spot(scene, intent, _method(syntax, what)) if what is not None else None
    if what is None or spot is None or spot[1] is what:
        return []
    (row, indent), beside = spot
    block = syntax.block(what)
    if beside not in block and intent.what is not Role.CLEAR:  # that one goes into the loop; all others stay in theirs
        outer = around(scene, beside, block)
        if outer is None or outer is what:
            return []
        row = syntax.end(outer).row + 1 if intent.after is not None else syntax.start(outer).row
        indent, beside = syntax.indent(outer), outer
    if not _may_go(scene, what, beside, after=intent.after is not None):
        return []
    moved = syntax.whole(what)
    if indent != syntax.indent(what):
        moved = indent + moved.lstrip()
        if "\n" in moved.rstrip("\r\n"):
            return []
    if not moved.endswith(("\n", "\r")):
        moved += syntax.newline
    return [syntax.without(what), syntax.at_row(row, moved)]


def _method(syntax: Syntax, statement: Statement) -> str:
    return next((method_of(call) for call in syntax.calls(statement)), "")


def _may_go(scene: Scene, what: Statement, beside: Statement, *, after: bool) -> bool:
    """Whether what lies on the way lets it pass: no name is bound on one side and used on the other.

    A step does not pass what asks its object for something, as `scheduler.get_last_lr()` does.
    """
    syntax, block = scene.syntax, list(scene.syntax.block(what))
    start = block.index(what)
    stop = next((number for number, one in enumerate(block) if one is beside or syntax.lies_in(beside, one)), start)
    passed = block[start + 1 : stop + after] if stop > start else block[stop + (1 if after else 0) : start]
    call = next(syntax.calls(what), None)
    if call is not None and "clip_grad" in method_of(call) and after and _computes_more(scene, beside):
        return False
    on = dotted(receiver_of(call)) if call is not None and method_of(call) == "step" else ""
    asked = on and any(dotted(node) == on for one in passed for node in syntax.descend(one))
    return may_pass(syntax, what, passed) and not asked


def _computes_more(scene: Scene, backward: Statement) -> bool:
    """Whether another backward() comes before the step."""
    for one in scene.behind(backward):
        if scene.calls(one, "step"):
            return False
        if scene.calls(one, "backward"):
            return True
    return False


def _remove(scene: Scene, intent: Intent) -> list[TextEdit]:
    what = statement(scene, intent.what)
    return [scene.syntax.without(what)] if what is not None and scene.syntax.movable(what) else []


def _wrap_block(scene: Scene, intent: Intent) -> list[TextEdit]:
    what, syntax = statement(scene, intent.what), scene.syntax
    if what is None or not syntax.alone(what) or not may_wrap(scene, what):
        return []
    made = written(intent.text, scene, what)
    if made is None:
        return []
    step = "\t" if syntax.indent(what).startswith("\t") else syntax.module.default_indent
    first, last = syntax.start(what).row, syntax.end(what).row
    rows = set(range(first, last + 1)) - syntax.rows_in_strings(what)
    opened = TextEdit(
        Location(first, 1), Location(first, 1), f"{syntax.indent(what)}with {made[0]}:{syntax.newline}{step}"
    )
    deeper = [Location(row, 1) for row in sorted(rows) if row > first and syntax.lines[row - 1].strip()]
    return [*made[1], opened, *(TextEdit(at, at, step) for at in deeper)]


# ---- expressions -----------------------------------------------------------------------------------------------------
def _stretch(scene: Scene, role: Role) -> Iterator[cst.BaseExpression]:
    """The expressions that the finding names for a role, else those of the statement that plays it."""
    site, found = scene.site(role), statement(scene, role)
    if site is not None:
        return scene.syntax.within(site.start, site.end)
    return scene.syntax.within(scene.syntax.start(found), scene.syntax.end(found)) if found is not None else iter(())


def _unwrap(scene: Scene, intent: Intent) -> list[TextEdit]:
    """`loss.item()` -> `loss`, `torch.softmax(x, 1)` -> `x`; a whole `loss = loss.detach()` goes."""
    syntax, names = scene.syntax, intent.text.split()
    for found in _stretch(scene, intent.what):
        inner = _inner(found, names)
        if inner is None or (method_of(found) == "tensor" and not isinstance(inner, cst.Name | cst.Attribute)):
            continue
        node = _outermost(scene, found, names)
        line = syntax.statement(syntax.start(node))
        small = syntax.small(line)
        if line is not None and isinstance(small, cst.Assign) and small.value is node:
            return _unwrap_assigned(scene, intent, line, small, inner)
        return _around_gone(syntax, node, inner)
    return []


def _unwrap_assigned(
    scene: Scene, intent: Intent, line: Statement, small: cst.Assign, inner: cst.BaseExpression
) -> list[TextEdit]:
    """`loss = loss.detach()` goes; `p = softmax(x)` becomes `p = x`, or the loss is given `x` if others need `p`."""
    syntax, target = scene.syntax, dotted(small.targets[0].target)
    same = len(small.targets) == 1 and target == syntax.code(inner)
    if same and syntax.movable(line):
        return [syntax.without(line)]
    if f"{target}.numpy(" in syntax.text:
        return []  # torch refuses that for what has a graph
    if intent.what is Role.ANCHOR or not target or not used_elsewhere(syntax, target, line, (line, scene.anchor)):
        return _around_gone(syntax, small.value, inner)
    arguments = [one for one in _stretch(scene, Role.ANCHOR) if dotted(one) == target]
    if not isinstance(inner, cst.Name) or len(arguments) != 1 or same:
        return []
    return [TextEdit(syntax.start(arguments[0]), syntax.end(arguments[0]), inner.value)]


def _around_gone(syntax: Syntax, node: cst.BaseExpression, inner: cst.BaseExpression) -> list[TextEdit]:
    """What stands around the inner one away; none if a comment would go with it."""
    first, last = syntax.outer(inner)
    start, end = syntax.start(node), syntax.end(node)
    if "#" in syntax.between(start, first) + syntax.between(last, end):
        return []
    return [one for one in (TextEdit(start, first, ""), TextEdit(last, end, "")) if one.start != one.end]


def _inner(node: cst.BaseExpression, names: list[str]) -> cst.BaseExpression | None:
    """The value within a call or attribute of one of these names; of several around one another, the innermost."""
    inner = _once(node, names)
    while inner is not None and (deeper := _once(inner, names)) is not None:
        inner = deeper
    return inner


def _outermost(scene: Scene, node: cst.BaseExpression, names: list[str]) -> cst.BaseExpression:
    """The call of such a name around it, as in `loss.detach().requires_grad_()`."""
    for parent in scene.syntax.parents(node):
        if isinstance(parent, cst.Call) and _once(parent, names) is node:
            node = parent
        elif not isinstance(parent, cst.Attribute):
            break
    return node


def _once(node: cst.BaseExpression, names: list[str]) -> cst.BaseExpression | None:
    """Names are `.data` for an attribute, `item()` for a method without arguments, and parts of other names."""
    if isinstance(node, cst.Attribute):
        return node.value if f".{node.attr.value}" in names else None
    if not isinstance(node, cst.Call) or _builds_a_layer(node):
        return None
    on = receiver_of(node)
    name = method_of(node.func if isinstance(node.func, cst.Call) else node)  # nn.Softmax(dim=1)(x)
    if f"{name}()" in names and on is not None and not node.args:
        return on
    if not any(part in name.lower() for part in names if part.isidentifier()):
        return None
    if on is not None and dotted(on) != "self" and all(_is_setting(one) for one in node.args):
        return on
    return node.args[0].value if node.args and not node.args[0].star else None


def _builds_a_layer(node: cst.Call) -> bool:
    return method_of(node)[:1].isupper()


def _is_setting(argument: cst.Arg) -> bool:
    """Whether an argument is a dimension or a dtype and not the value."""
    if argument.keyword is not None:
        return argument.keyword.value in ("dim", "dtype")
    return isinstance(argument.value, cst.Integer | cst.UnaryOperation) or dotted(argument.value) in ("dim", "axis")


def _drop_layer(scene: Scene, intent: Intent) -> list[TextEdit]:
    """`nn.Sequential(a, nn.Softmax(1))` -> `nn.Sequential(a)`; elsewhere nn.Identity() takes its place."""
    for node in _stretch(scene, intent.what):
        if not isinstance(node, cst.Call) or not _builds_a_layer(node):
            continue
        if not any(part in method_of(node).lower() for part in intent.text.split()):
            continue
        argument = next(scene.syntax.parents(node))
        call = next(iter(scene.syntax.parents(argument)), None)
        if isinstance(call, cst.Call) and len(call.args) > 1 and argument is call.args[-1] and not _star(call):
            return [TextEdit(scene.syntax.end(call.args[-2].value), scene.syntax.end(node), "")]
        on = receiver_of(node)
        if on is not None:
            start, end = scene.syntax.start(node), scene.syntax.end(node)
            return [TextEdit(start, end, f"{scene.syntax.code(on)}.Identity()")]
    return []


def _star(call: cst.Call) -> bool:
    return any(one.star or one.keyword for one in call.args[-2:])


def _rename_method(scene: Scene, intent: Intent) -> list[TextEdit]:
    """`model.eval()` -> `model.train()`; without a new name `model.forward(x)` -> `model(x)`."""
    old, new = [*intent.text.split(), ""][:2]
    for node in _stretch(scene, intent.what):
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == old:
            if not new:
                return _around_gone(scene.syntax, node.func, node.func.value)
            return [TextEdit(scene.syntax.start(node.func.attr), scene.syntax.end(node.func.attr), new)]
    return []


def _rebind(scene: Scene, intent: Intent) -> list[TextEdit]:
    small = scene.syntax.small(statement(scene, intent.what))
    call = small.value if isinstance(small, cst.Expr) else None
    on = receiver_of(call) if isinstance(call, cst.Call) else None
    if on is None or small is None:
        return []
    at = scene.syntax.start(small)
    return [TextEdit(at, at, f"{scene.syntax.code(on)} = ")]


def _set_argument(scene: Scene, intent: Intent) -> list[TextEdit]:
    name, argument = intent.text.split()
    line = statement(scene, intent.what)
    made = written(argument, scene, line) if line is not None else None
    if made is None or line is None:
        return []
    if name == "backward" and in_different_branches(scene.syntax, line, scene.at_site(Role.ANCHOR)):
        return []
    for node in [*_stretch(scene, intent.what), *scene.syntax.calls(line)]:
        if isinstance(node, cst.Call) and name in method_of(node):
            return _with_argument(scene, node, made[0])
    return []


def _with_argument(scene: Scene, call: cst.Call, argument: str) -> list[TextEdit]:
    if any(one.keyword is not None and one.keyword.value == argument.partition("=")[0] for one in call.args):
        return []
    if call.args:
        at = scene.syntax.end(call.args[-1])
        return [TextEdit(at, at, f", {argument}")]
    end = scene.syntax.end(call)
    at = Location(end.row, end.column - 1)
    return [TextEdit(at, at, argument)]


def _drop_argument(scene: Scene, intent: Intent) -> list[TextEdit]:
    for node in _stretch(scene, intent.what):
        for number, one in enumerate(node.args if isinstance(node, cst.Call) else ()):
            if one.keyword is None or one.keyword.value != intent.text:
                continue
            assert isinstance(node, cst.Call)
            if number:
                first = scene.syntax.end(node.args[number - 1])
                return [TextEdit(first, scene.syntax.end(one), "")]
            last = scene.syntax.start(node.args[1]) if len(node.args) > 1 else scene.syntax.end(one)
            return [TextEdit(scene.syntax.start(one), last, "")]
    return []


def _append_method(scene: Scene, intent: Intent) -> list[TextEdit]:
    """`total += loss` -> `total += loss.item()`"""
    if intent.text == ".item()" and not takes_number(scene):
        return []
    targets = _targets(scene.syntax.small(statement(scene, intent.what)))
    for node in _stretch(scene, intent.what):
        text = _bare(scene.syntax.code(node.with_changes(lpar=(), rpar=())))
        if text != _bare(scene.finding.subject or "") or text in targets:
            continue
        node = _loss_in(node)
        if isinstance(node, cst.Name | cst.Attribute | cst.Call | cst.Subscript) or node.lpar:
            at = scene.syntax.outer(node)[1]
            return [TextEdit(at, at, intent.text)]
        start, end = scene.syntax.start(node), scene.syntax.end(node)
        return [TextEdit(start, start, "("), TextEdit(end, end, f"){intent.text}")]
    return []


def _loss_in(node: cst.BaseExpression) -> cst.BaseExpression:
    """`loss` of `loss * count`; the whole where that cannot be told."""
    if not isinstance(node, cst.BinaryOperation) or node.lpar:
        return node
    losses = [one for one in (node.left, node.right) if is_loss(dotted(one))]
    return losses[0] if len(losses) == 1 else node


def _bare(text: str) -> str:
    return "".join(text.split())


def _targets(small: cst.BaseSmallStatement | None) -> set[str]:
    if isinstance(small, cst.Assign):
        return {dotted(one.target) for one in small.targets} - {""}
    return {dotted(small.target)} - {""} if isinstance(small, cst.AugAssign) else set()


def _wrap_value(scene: Scene, intent: Intent) -> list[TextEdit]:
    line = statement(scene, intent.what)
    small = scene.syntax.small(line)
    value = small.value if isinstance(small, cst.Assign | cst.AnnAssign) else None
    made = written(intent.text, scene, line) if line is not None and value is not None else None
    if made is None or value is None:
        return []
    start, end = scene.syntax.outer(value)
    return [*made[1], TextEdit(start, start, f"{made[0]}("), TextEdit(end, end, ")")]


# ---- comments --------------------------------------------------------------------------------------------------------
def _remove_suppression(scene: Scene, intent: Intent) -> list[TextEdit]:
    """Only the rules that are named in vain; the whole comment, with its reason, if no other is left."""
    site = scene.finding.site
    line = scene.syntax.lines[site.start.row - 1]
    first, last = site.start.column - 1, site.end.column - 1
    comment, vain = line[first:last], _in_vain(scene.finding.message)
    match = _COMMENT.search(comment)
    words = re.split(r"[\s,]+", (match["words"] or match["codes"]).strip()) if match else []
    kept = [one for one in words if one and one.upper() not in vain and one.lower() not in vain]
    if match is not None and kept and len(kept) < len(words):
        group = "words" if match["words"] is not None else "codes"
        start = Location(site.start.row, site.start.column + match.start(group))
        return [TextEdit(start, Location(site.start.row, site.start.column + match.end(group)), ", ".join(kept))]
    return [] if kept else [_without_comment(scene.syntax, site.start.row, first, last)]


def _in_vain(message: str) -> set[str]:
    from ..rules import catalogue

    codes = {code for match in _NAMED_IN_VAIN.findall(message) for code in match if code}
    return codes | {catalogue()[code].card.name for code in codes if code in catalogue()} | {c.lower() for c in codes}


def _without_comment(syntax: Syntax, row: int, first: int, last: int) -> TextEdit:
    """A comment up to the next `#` away; the line too if nothing else is on it."""
    line = syntax.lines[row - 1]
    body = line.rstrip("\r\n")
    another = body.find("#", last)
    before = body[:first]
    if another >= 0:
        return TextEdit(Location(row, first + 1), Location(row, another + 1), "")
    if not before.strip():
        return TextEdit(Location(row, 1), Location(row + 1, 1), "")
    return TextEdit(Location(row, len(before.rstrip()) + 1), Location(row, len(body) + 1), "")


_ACTIONS: dict[Action, Callable[[Scene, Intent], list[TextEdit]]] = {
    Action.INSERT: _insert,
    Action.MOVE: _move,
    Action.REMOVE: _remove,
    Action.WRAP_BLOCK: _wrap_block,
    Action.UNWRAP: _unwrap,
    Action.WRAP_VALUE: _wrap_value,
    Action.REBIND: _rebind,
    Action.SET_ARGUMENT: _set_argument,
    Action.DROP_ARGUMENT: _drop_argument,
    Action.APPEND_METHOD: _append_method,
    Action.DROP_LAYER: _drop_layer,
    Action.RENAME_METHOD: _rename_method,
    Action.REMOVE_SUPPRESSION: _remove_suppression,
}
