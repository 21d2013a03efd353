"""Fixes: what to change in the text so that a finding goes away, and the proof that it does.

Each rule's repair is made of edits of whole statements or of single expressions, so that formatting and comments stay.
A repair is only offered if the repaired text still parses, the finding is gone and no other one has come: it is tried,
and the file is judged again. Cost: one more check of the file for each repair that is tried.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator

from ..findings import Finding, Fix, Location, TextEdit, lines_of
from ..rules import catalogue
from ..settings import Settings
from . import names
from .check import check_source
from .index import path_of

_SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_CUTS = frozenset({"item", "detach", "numpy", "cpu", "tolist"})


class Source:
    """A text, its lines and its syntax tree. Places are code points, rows and columns from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = lines_of(text) or [""]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.tree = ast.parse(text)
        self.newline = "\r\n" if "\r\n" in text else "\n"

    def place(self, row: int, offset: int) -> Location:
        """The place of a byte offset of the syntax tree."""
        return Location(row, len(self.lines[row - 1].encode()[:offset].decode(errors="replace")) + 1)

    def start(self, node: ast.expr | ast.stmt) -> Location:
        """Where a node begins."""
        return self.place(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt) -> Location:
        """Where it ends."""
        return self.place(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def statement(self, at: Location) -> ast.stmt | None:
        """The innermost statement around a place."""
        found: ast.stmt | None = None
        for node in ast.walk(self.tree):
            if isinstance(node, ast.stmt) and self.start(node) <= at <= self.end(node):
                found = node if found is None or self.start(node) >= self.start(found) else found
        return found

    def around(self, at: Location, kinds: tuple[type[ast.stmt], ...]) -> list[ast.stmt]:
        """The statements of these kinds around a place, from the outside in."""
        found = [n for n in ast.walk(self.tree) if isinstance(n, kinds) and self.start(n) <= at <= self.end(n)]
        return sorted(found, key=self.start)

    def expressions(self, first: Location, last: Location) -> Iterator[ast.expr]:
        """The expressions within a stretch."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr) and first <= self.start(node) and self.end(node) <= last:
                yield node

    def alone(self, statement: ast.stmt) -> bool:
        """Whether a statement has its lines for itself: nothing before it, and no `;` behind it."""
        first, last = self.lines[statement.lineno - 1], self.lines[(statement.end_lineno or 0) - 1]
        before = first[: self.start(statement).column - 1]
        behind = last[self.end(statement).column - 1 :].strip()
        return not before.strip() and (not behind or behind.startswith("#"))

    def indent(self, statement: ast.stmt) -> str:
        """What stands before it."""
        return self.lines[statement.lineno - 1][: self.start(statement).column - 1]

    def whole(self, statement: ast.stmt) -> str:
        """Its lines, comments behind it included."""
        return "".join(self.lines[statement.lineno - 1 : statement.end_lineno])


def fixed(text: str, finding: Finding, settings: Settings, filename: str) -> Fix | None:
    """A fix of one finding in this text; None if there is none that holds."""
    repairs = _REPAIRS.get(finding.code)
    if repairs is None or finding.site.cell is not None:
        return None
    try:
        source = Source(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    before = _known(check_source(text, filename, settings))
    for repair in repairs:
        edits = repair(source, finding)
        if edits and _holds(text, edits, finding, before, settings, filename):
            card = catalogue()[finding.code].card
            return Fix(finding.code in _SAFE, card.how_to_fix, tuple(edits))
    return None


def applied(text: str, edits: Iterable[TextEdit]) -> str:
    """The text after these edits, which do not overlap."""
    lines = lines_of(text) or [""]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(at: Location) -> int:
        return starts[min(at.row - 1, len(lines))] + at.column - 1

    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        text = text[: offset(edit.start)] + edit.text + text[offset(edit.end) :]
    return text


def _known(findings: Iterable[Finding]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.code] = counts.get(finding.code, 0) + 1
    return counts


def _holds(
    text: str, edits: list[TextEdit], finding: Finding, before: dict[str, int], settings: Settings, filename: str
) -> bool:
    """Whether the finding is gone and nothing else has come."""
    after = _known(check_source(applied(text, edits), filename, settings))
    gone = after.get(finding.code, 0) == before.get(finding.code, 0) - 1
    return gone and all(count <= before.get(code, 0) for code, count in after.items())


# ---- edits of statements ---------------------------------------------------------------------------------------------
def _insert(source: Source, beside: ast.stmt, line: str, *, after: bool = False) -> list[TextEdit]:
    """A line of its own before or after a statement, as far in as that."""
    if not source.alone(beside):
        return []
    row = (beside.end_lineno or beside.lineno) + 1 if after else beside.lineno
    text = f"{source.indent(beside)}{line}{source.newline}"
    if row > len(source.lines) and not source.lines[-1].endswith(("\n", "\r")):
        at = Location(row - 1, len(source.lines[-1]) + 1)
        return [TextEdit(at, at, source.newline + text.rstrip("\r\n"))]
    return [TextEdit(Location(row, 1), Location(row, 1), text)]


def _move(source: Source, what: ast.stmt, beside: ast.stmt, *, after: bool = False) -> list[TextEdit]:
    """A statement with its lines to another place of the same block."""
    if not (source.alone(what) and source.alone(beside)) or source.indent(what) != source.indent(beside):
        return []
    if not isinstance(what, _SIMPLE) or _is_only(source, what):
        return []
    moved = source.whole(what)
    if not moved.endswith(("\n", "\r")):
        moved += source.newline
    row = (beside.end_lineno or beside.lineno) + 1 if after else beside.lineno
    removed = TextEdit(Location(what.lineno, 1), Location((what.end_lineno or what.lineno) + 1, 1), "")
    return [removed, TextEdit(Location(row, 1), Location(row, 1), moved)]


def _is_only(source: Source, statement: ast.stmt) -> bool:
    """Whether a block would be empty without it."""
    return len(_block(source, statement)) <= 1


def _related(source: Source, finding: Finding, words: str) -> ast.stmt | None:
    """The statement at a related place, found by what is said of it."""
    for one in finding.related:
        if words in one.message:
            return source.statement(one.site.start)
    return None


# ---- one repair a function -------------------------------------------------------------------------------------------
Repair = Callable[[Source, Finding], list[TextEdit]]


def _clear_in_the_loop(source: Source, finding: Finding) -> list[TextEdit]:
    """A clear that stands before the loop, moved into it."""
    loops = source.around(finding.site.start, _LOOPS)
    block = _block(source, loops[-1]) if loops else []
    earlier = block[: block.index(loops[-1])] if block else []
    clear = next((n for n in reversed(earlier) if ast.unparse(n) == f"{finding.subject}.zero_grad()"), None)
    backward = source.statement(finding.site.start)
    if clear is None or backward is None or not source.alone(clear):
        return []
    added = _insert(source, backward, ast.unparse(clear))
    gone = TextEdit(Location(clear.lineno, 1), Location((clear.end_lineno or clear.lineno) + 1, 1), "")
    return [gone, *added] if added else []


def _clear_before_backward(source: Source, finding: Finding) -> list[TextEdit]:
    backward = source.statement(finding.site.start)
    return _insert(source, backward, f"{finding.subject}.zero_grad()") if backward is not None else []


def _clear_after_step(source: Source, finding: Finding) -> list[TextEdit]:
    step = _related(source, finding, "already used by the step")
    return _insert(source, step, f"{finding.subject}.zero_grad()", after=True) if step is not None else []


def _clear_before_the_gradients(source: Source, finding: Finding) -> list[TextEdit]:
    clear, backward = source.statement(finding.site.start), _related(source, finding, "gradients were computed")
    return _move(source, clear, backward) if clear is not None and backward is not None else []


def _clear_after_the_step(source: Source, finding: Finding) -> list[TextEdit]:
    clear, step = source.statement(finding.site.start), _related(source, finding, "step finds nothing")
    return _move(source, clear, step, after=True) if clear is not None and step is not None else []


def _step_after_backward(source: Source, finding: Finding) -> list[TextEdit]:
    step, backward = source.statement(finding.site.start), _related(source, finding, "backward() comes only now")
    return _move(source, step, backward, after=True) if step is not None and backward is not None else []


def _backward_before_step(source: Source, finding: Finding) -> list[TextEdit]:
    step, loss = source.statement(finding.site.start), _related(source, finding, "never propagated")
    if step is None or not isinstance(loss, ast.Assign) or not isinstance(loss.targets[0], ast.Name | ast.Attribute):
        return []
    return _insert(source, step, f"{ast.unparse(loss.targets[0])}.backward()")


def _last_loss_before_step(source: Source, finding: Finding) -> list[TextEdit]:
    """Where the loss has another name by then: the last one that is assigned in the block, before any clipping."""
    step = source.statement(finding.site.start)
    block = _block(source, step) if step is not None else []
    earlier = block[: block.index(step)] if step in block else []
    losses = [
        ast.unparse(one.targets[0])
        for one in earlier
        if isinstance(one, ast.Assign) and names.is_loss(path_of(one.targets[0]) or "")
    ]
    clips = [one for one in earlier if isinstance(one, ast.Expr) and "clip_grad" in ast.unparse(one)]
    place = clips[0] if clips else step
    return _insert(source, place, f"{losses[-1]}.backward()") if losses and place is not None else []


def _block(source: Source, statement: ast.stmt) -> list[ast.stmt]:
    for node in ast.walk(source.tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and statement in block:
                return block
    return []


def _step_missing(source: Source, finding: Finding) -> list[TextEdit]:
    backward = source.statement(finding.site.start)
    return _insert(source, backward, f"{finding.subject}.step()", after=True) if backward is not None else []


def _without_cut(source: Source, finding: Finding) -> list[TextEdit]:
    """`loss.item()` -> `loss`; a whole `loss = loss.detach()` goes."""
    for node in source.expressions(finding.site.start, finding.site.end):
        inner = node.func if isinstance(node, ast.Call) and not node.args else node
        cuts = isinstance(inner, ast.Attribute) and (
            (isinstance(node, ast.Call) and inner.attr in _CUTS) or (node is inner and inner.attr == "data")
        )
        if not cuts or not isinstance(inner, ast.Attribute):
            continue
        statement = source.statement(source.start(node))
        if (
            isinstance(statement, ast.Assign)
            and statement.value is node
            and [ast.unparse(target) for target in statement.targets] == [ast.unparse(inner.value)]
            and source.alone(statement)
            and not _is_only(source, statement)
        ):
            return [TextEdit(Location(statement.lineno, 1), Location((statement.end_lineno or 0) + 1, 1), "")]
        return [TextEdit(source.end(inner.value), source.end(node), "")]
    return []


def _without_copy(source: Source, finding: Finding) -> list[TextEdit]:
    """`loss = torch.tensor(loss, ...)` goes; elsewhere the call does, and the loss stays."""
    for node in source.expressions(finding.site.start, finding.site.end):
        if not (isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith(("tensor", "as_tensor"))):
            continue
        statement, inner = source.statement(source.start(node)), _uncut(node.args[0])
        if (
            isinstance(statement, ast.Assign)
            and statement.value is node
            and ast.unparse(statement.targets[0]) == ast.unparse(inner)
            and source.alone(statement)
            and not _is_only(source, statement)
        ):
            return [TextEdit(Location(statement.lineno, 1), Location((statement.end_lineno or 0) + 1, 1), "")]
        return [
            TextEdit(source.start(node), source.start(inner), ""),
            TextEdit(source.end(inner), source.end(node), ""),
        ]
    return []


def _uncut(node: ast.expr) -> ast.expr:
    """`loss` of `loss.detach().item()`"""
    while isinstance(node, ast.Call) and not node.args and isinstance(node.func, ast.Attribute):
        if node.func.attr not in _CUTS:
            break
        node = node.func.value
    return node


def _call_the_module(source: Source, finding: Finding) -> list[TextEdit]:
    for node in source.expressions(finding.site.start, finding.site.end):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "forward":
            return [TextEdit(source.end(node.func.value), source.end(node.func), "")]
    return []


def _train_before_loop(source: Source, finding: Finding) -> list[TextEdit]:
    """train() before the loop over the batches that trains."""
    loops = source.around(finding.site.start, _LOOPS)
    return _insert(source, loops[-1], f"{finding.subject}.train()") if loops else []


def _train_in_place_of_eval(source: Source, finding: Finding) -> list[TextEdit]:
    """`model.eval()` where the training begins: train() was meant."""
    for one in finding.related:
        for node in source.expressions(one.site.start, one.site.end):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "eval":
                end = source.end(node.func)
                return [TextEdit(Location(end.row, end.column - len("eval")), end, "train")]
    return []


def _train_where_the_function_begins(source: Source, finding: Finding) -> list[TextEdit]:
    functions = source.around(finding.site.start, (ast.FunctionDef, ast.AsyncFunctionDef))
    body = functions[-1].body if functions and isinstance(functions[-1], ast.FunctionDef) else []
    first = next((one for one in body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))), None)
    return _insert(source, first, f"{finding.subject}.train()") if first is not None else []


def _without_gradients(source: Source, finding: Finding) -> list[TextEdit]:
    """`with torch.no_grad():` around the loop that evaluates, else around the statement."""
    loops = source.around(finding.site.start, _LOOPS)
    functions = source.around(finding.site.start, (ast.FunctionDef, ast.AsyncFunctionDef))
    inner = [one for one in loops if not functions or source.start(one) > source.start(functions[-1])]
    block = inner[-1] if inner else source.statement(finding.site.start)
    if block is None or not source.alone(block) or "torch" not in _imported(source):
        return []
    rows = range(block.lineno, (block.end_lineno or block.lineno) + 1)
    if _has_long_strings(source, block):
        return []
    step = "\t" if source.indent(block).startswith("\t") else "    "
    opened = TextEdit(
        Location(block.lineno, 1),
        Location(block.lineno, 1),
        f"{source.indent(block)}with torch.no_grad():{source.newline}",
    )
    deeper = [TextEdit(Location(row, 1), Location(row, 1), step) for row in rows if source.lines[row - 1].strip()]
    merged = opened._replace(text=opened.text + step)
    return [merged, *(one for one in deeper if one.start != opened.start)]


def _imported(source: Source) -> set[str]:
    return {alias.asname or alias.name for n in ast.walk(source.tree) if isinstance(n, ast.Import) for alias in n.names}


def _has_long_strings(source: Source, block: ast.stmt) -> bool:
    strings = (n for n in ast.walk(block) if isinstance(n, ast.Constant | ast.JoinedStr))
    return any((n.end_lineno or n.lineno) > n.lineno for n in strings)


def _told_the_mode(source: Source, finding: Finding) -> list[TextEdit]:
    for node in source.expressions(finding.site.start, finding.site.end):
        if isinstance(node, ast.Call) and "dropout" in ast.unparse(node.func) and node.args:
            last = max([*node.args, *(one.value for one in node.keywords)], key=source.end)
            at = source.end(last)
            return [TextEdit(at, at, ", training=self.training")]
    return []


def _take_the_copy(source: Source, finding: Finding) -> list[TextEdit]:
    """`x.to(device)` -> `x = x.to(device)`"""
    statement = source.statement(finding.site.start)
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return []
    at = source.start(call)
    return [TextEdit(at, at, f"{ast.unparse(call.func.value)} = ")]


def _keep_the_number(source: Source, finding: Finding) -> list[TextEdit]:
    """`total += loss` -> `total += loss.item()`"""
    return _keep(source, finding, ".item()")


def _keep_the_values(source: Source, finding: Finding) -> list[TextEdit]:
    return _keep(source, finding, ".detach()")


def _keep(source: Source, finding: Finding, suffix: str) -> list[TextEdit]:
    targets = {ast.unparse(one) for one in _targets(source, finding)}
    for node in source.expressions(finding.site.start, finding.site.end):
        text = ast.unparse(node)
        if text == finding.subject and text not in targets:
            at = source.end(node)
            if isinstance(node, ast.BinOp):
                return [TextEdit(source.start(node), source.start(node), "("), TextEdit(at, at, f"){suffix}")]
            return [TextEdit(at, at, suffix)]
    return []


def _targets(source: Source, finding: Finding) -> list[ast.expr]:
    statement = source.statement(finding.site.start)
    if isinstance(statement, ast.Assign):
        return list(statement.targets)
    return [statement.target] if isinstance(statement, ast.AugAssign) else []


def _clip_before_step(source: Source, finding: Finding) -> list[TextEdit]:
    clip, step = source.statement(finding.site.start), _first_related(source, finding)
    return _move(source, clip, step) if clip is not None and step is not None else []


def _clip_after_backward(source: Source, finding: Finding) -> list[TextEdit]:
    clip, backward = source.statement(finding.site.start), _first_related(source, finding)
    return _move(source, clip, backward, after=True) if clip is not None and backward is not None else []


def _unscale_first(source: Source, finding: Finding) -> list[TextEdit]:
    clip, backward = source.statement(finding.site.start), _first_related(source, finding)
    calls = [n for n in ast.walk(backward) if isinstance(n, ast.Call)] if backward is not None else []
    scalers = [n.func.value for n in calls if isinstance(n.func, ast.Attribute) and n.func.attr == "scale"]
    if clip is None or not scalers or not finding.subject:
        return []
    return _insert(source, clip, f"{ast.unparse(scalers[0])}.unscale_({finding.subject})")


def _update_the_scaler(source: Source, finding: Finding) -> list[TextEdit]:
    step = source.statement(finding.site.start)
    return _insert(source, step, f"{finding.subject}.update()", after=True) if step is not None else []


def _schedule_after_step(source: Source, finding: Finding) -> list[TextEdit]:
    """A scheduler's step behind the optimizer's, or behind the loop in which that stands."""
    move, step = source.statement(finding.site.start), _first_related(source, finding)
    if move is None or step is None:
        return []
    block = step
    for loop in reversed(source.around(source.start(step), _LOOPS)):
        if source.indent(block) == source.indent(move):
            break
        block = loop
    return _move(source, move, block, after=True)


def _first_related(source: Source, finding: Finding) -> ast.stmt | None:
    return source.statement(finding.related[0].site.start) if finding.related else None


_REPAIRS: dict[str, tuple[Repair, ...]] = {
    "LC101": (_clear_in_the_loop, _clear_before_backward, _clear_after_step),
    "LC102": (_clear_before_the_gradients, _clear_after_the_step),
    "LC103": (_step_after_backward,),
    "LC104": (_backward_before_step, _last_loss_before_step),
    "LC105": (_step_missing,),
    "LC108": (_without_cut, _without_copy),
    "LC111": (_call_the_module,),
    "LC201": (_train_in_place_of_eval, _train_before_loop, _train_where_the_function_begins),
    "LC203": (_without_gradients,),
    "LC205": (_told_the_mode,),
    "LC302": (_take_the_copy,),
    "LC401": (_keep_the_number, _keep_the_values),
    "LC601": (_schedule_after_step,),
    "LC603": (_clip_before_step,),
    "LC604": (_clip_after_backward,),
    "LC605": (_unscale_first,),
    "LC606": (_update_the_scaler,),
}
_SAFE = frozenset("LC101 LC102 LC103 LC104 LC108 LC111 LC201 LC203 LC205 LC302 LC401 LC603 LC604 LC605 LC606".split())
"""As in the catalogue of rules; the other fixes are offered, and applied only on request."""
