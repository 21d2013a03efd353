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
from .imports import name_of
from .names import is_loss
from .roles import Scene
from .syntax import Statement, Syntax, dotted, method_of, receiver_of

_WORD = re.compile(r"\{(\w+)\}")
_MODULES = {"torch": "torch", "nn": "torch.nn"}
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


# ---- the words of an intent ------------------------------------------------------------------------------------------
def _written(text: str, scene: Scene, at: Statement) -> tuple[str, list[TextEdit]] | None:
    """The code of an intent for a place in this text, and the imports that it needs; None if a word has no meaning."""
    edits: list[TextEdit] = []
    words: dict[str, str] = {}
    for word in _WORD.findall(text):
        if word in _MODULES:
            words[word], more = name_of(_MODULES[word], scene.syntax, at)
            edits += more
        else:
            words[word] = scene.word(word, at)
        if not words[word]:
            return None
    return _WORD.sub(lambda match: words[match[1]], text), edits


# ---- statements ------------------------------------------------------------------------------------------------------
_ABOVE_COMMENTS = (Role.FIRST_USE, Role.EPOCH_START, Role.FUNCTION_START, Role.LOOP_START)
"""Where a comment above is about the statement below it, and not about what is put in between."""


class _Spot(NamedTuple):
    """Where whole lines go: before this row, as deep as this."""

    row: int
    indent: str


def _spot(scene: Scene, intent: Intent, method: str) -> tuple[_Spot, Statement] | None:
    """Where an intent puts its statement, and the statement beside it."""
    if intent.before is Role.ANNOUNCED:
        row, beside = scene.announced(method) or (0, None)
        return (_Spot(row, scene.syntax.indent(beside)), beside) if beside is not None else None
    beside = scene.statement(intent.after or intent.before)
    if beside is None or not scene.syntax.alone(beside):
        return None
    row = scene.syntax.end(beside).row + 1 if intent.after is not None else scene.syntax.start(beside).row
    if intent.before in _ABOVE_COMMENTS:
        row -= scene.syntax.comments_above(row)
    return _Spot(row, scene.syntax.indent(beside)), beside


def _insert(scene: Scene, intent: Intent) -> list[TextEdit]:
    method = intent.text.rpartition(".")[2].partition("(")[0].strip("{}")
    spot = _spot(scene, intent, method)
    made = _written(intent.text, scene, spot[1]) if spot is not None else None
    if spot is None or made is None:
        return []
    return [*made[1], scene.syntax.at_row(spot[0].row, spot[0].indent + made[0] + scene.syntax.newline)]


def _move(scene: Scene, intent: Intent) -> list[TextEdit]:
    syntax, what = scene.syntax, scene.lifted(intent.what)
    if what is None:
        return []
    spot = _spot(scene, intent, method_of(next(syntax.calls(what), what)))
    if spot is None or spot[1] is what:
        return []
    (row, indent), beside = spot
    block = syntax.block(what)
    if beside not in block and intent.what is not Role.CLEAR:  # that one goes into the loop; all others stay in theirs
        around = scene.around(beside, block)
        if around is None:
            return []
        row = syntax.end(around).row + 1 if intent.after is not None else syntax.start(around).row
        indent = syntax.indent(around)
    moved = syntax.whole(what)
    if indent != syntax.indent(what):
        moved = indent + moved.lstrip()
        if "\n" in moved.rstrip("\r\n"):
            return []
    if not moved.endswith(("\n", "\r")):
        moved += syntax.newline
    return [syntax.without(what), syntax.at_row(row, moved)]


def _remove(scene: Scene, intent: Intent) -> list[TextEdit]:
    what = scene.statement(intent.what)
    return [scene.syntax.without(what)] if what is not None and scene.syntax.movable(what) else []


def _wrap_block(scene: Scene, intent: Intent) -> list[TextEdit]:
    what, syntax = scene.statement(intent.what), scene.syntax
    if what is None or not syntax.alone(what):
        return []
    made = _written(intent.text, scene, what)
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
    site, statement = scene.site(role), scene.statement(role)
    if site is not None:
        return scene.syntax.within(site.start, site.end)
    return scene.syntax.within(scene.syntax.start(statement), scene.syntax.end(statement)) if statement else iter(())


def _unwrap(scene: Scene, intent: Intent) -> list[TextEdit]:
    """`loss.item()` -> `loss`, `torch.softmax(x, 1)` -> `x`; a whole `loss = loss.detach()` goes."""
    for node in _stretch(scene, intent.what):
        names = intent.text.split()
        inner = _inner(node, names)
        if inner is None:
            continue
        node = _outermost(scene, node, names)
        statement = scene.syntax.statement(scene.syntax.start(node))
        small = scene.syntax.small(statement)
        if (
            statement is not None
            and isinstance(small, cst.Assign)
            and small.value is node
            and [scene.syntax.code(one.target) for one in small.targets] == [scene.syntax.code(inner)]
            and scene.syntax.movable(statement)
        ):
            return [scene.syntax.without(statement)]
        return [TextEdit(scene.syntax.start(node), scene.syntax.end(node), scene.syntax.code(inner))]
    return []


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
            name = node.func.attr if new else node.func
            return [
                TextEdit(scene.syntax.start(name), scene.syntax.end(name), new or scene.syntax.code(node.func.value))
            ]
    return []


def _rebind(scene: Scene, intent: Intent) -> list[TextEdit]:
    small = scene.syntax.small(scene.statement(intent.what))
    call = small.value if isinstance(small, cst.Expr) else None
    on = receiver_of(call) if isinstance(call, cst.Call) else None
    if on is None or small is None:
        return []
    at = scene.syntax.start(small)
    return [TextEdit(at, at, f"{scene.syntax.code(on)} = ")]


def _set_argument(scene: Scene, intent: Intent) -> list[TextEdit]:
    name, argument = intent.text.split()
    for node in _stretch(scene, intent.what):
        if isinstance(node, cst.Call) and node.args and name in method_of(node):
            return _with_argument(scene, node, argument)
    statement = scene.statement(intent.what)
    for node in scene.syntax.calls(statement) if statement is not None else ():
        if name == method_of(node):
            return _with_argument(scene, node, argument)
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
    targets = _targets(scene.syntax.small(scene.statement(intent.what)))
    for node in _stretch(scene, intent.what):
        text = _bare(scene.syntax.code(node.with_changes(lpar=(), rpar=())))
        if text != _bare(scene.finding.subject or "") or text in targets:
            continue
        node = _loss_in(node)
        if isinstance(node, cst.Name | cst.Attribute | cst.Call | cst.Subscript) or node.lpar:
            at = _behind(scene, node)
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


def _behind(scene: Scene, node: cst.BaseExpression) -> Location:
    """Where a node ends, its own brackets included."""
    at, lines = scene.syntax.end(node), scene.syntax.lines
    for _ in node.rpar:
        row, column = at
        while (found := lines[row - 1].find(")", column - 1)) < 0:
            row, column = row + 1, 1
        at = Location(row, found + 2)
    return at


def _targets(small: cst.BaseSmallStatement | None) -> set[str]:
    if isinstance(small, cst.Assign):
        return {dotted(one.target) for one in small.targets} - {""}
    return {dotted(small.target)} - {""} if isinstance(small, cst.AugAssign) else set()


def _wrap_value(scene: Scene, intent: Intent) -> list[TextEdit]:
    statement = scene.statement(intent.what)
    small = scene.syntax.small(statement)
    value = small.value if isinstance(small, cst.Assign | cst.AnnAssign) else None
    made = _written(intent.text, scene, statement) if statement is not None and value is not None else None
    if made is None or value is None or value.lpar:
        return []
    start, end = scene.syntax.start(value), scene.syntax.end(value)
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
