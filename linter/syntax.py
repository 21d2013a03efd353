"""A text with its libcst tree and the place of everything in it, for those who change it. Places count from 1.

Cost: the parse, and 2 s per MB for the places; only a file with findings to mend is looked at like this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from ..findings import Location, TextEdit, lines_of
from .parse import parse_unguarded

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement
_STATEMENTS = (cst.SimpleStatementLine, cst.BaseCompoundStatement)
_STRINGS = tuple(
    kind for name in ("SimpleString", "FormattedString", "TemplatedString") if (kind := getattr(cst, name, None))
)


class Syntax:
    """The tree of a text. Raises NotParsed if there is none."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = lines_of(text) or [""]
        self.module = parse_unguarded(text).module
        ranges = MetadataWrapper(self.module, unsafe_skip_copy=True).resolve(PositionProvider)
        self._ranges: dict[cst.CSTNode, CodeRange] = dict(ranges)
        self._parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._children: dict[cst.CSTNode, Sequence[cst.CSTNode]] = {}
        self.nodes = list(self._collected())
        self._statements = [one for one in self.nodes if isinstance(one, _STATEMENTS)]

    def _collected(self) -> Iterator[cst.CSTNode]:
        """All nodes in the order of the text, those around before those within; notes what each stands in."""
        open_nodes: list[cst.CSTNode] = [self.module]
        while open_nodes:
            node = open_nodes.pop()
            yield node
            children = node.children
            self._children[node] = children
            self._parents.update(dict.fromkeys(children, node))
            open_nodes += reversed(children)

    def descend(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """A node and all that is in it, in the order of the text."""
        open_nodes = [node]
        while open_nodes:
            one = open_nodes.pop()
            yield one
            open_nodes += reversed(self._children[one])

    @property
    def newline(self) -> str:
        """How its lines end."""
        return self.module.default_newline

    # ---- places ------------------------------------------------------------------------------------------------------
    def start(self, node: cst.CSTNode) -> Location:
        """Where a node begins, brackets around it left out."""
        place = self._ranges[node].start
        return Location(place.line, place.column + 1)

    def end(self, node: cst.CSTNode) -> Location:
        """Where it ends."""
        place = self._ranges[node].end
        return Location(place.line, place.column + 1)

    def code(self, node: cst.CSTNode) -> str:
        """Its text, brackets around it included."""
        return self.module.code_for_node(node).strip()

    def within(self, first: Location, last: Location) -> Iterator[cst.BaseExpression]:
        """The expressions of a stretch, those around before those within."""
        around = self.statement(first)
        inside = around is not None and last <= self.end(around)
        for node in self.descend(around) if around is not None and inside else self.nodes:
            if isinstance(node, cst.BaseExpression) and first <= self.start(node) and self.end(node) <= last:
                yield node

    def calls(self, node: cst.CSTNode) -> Iterator[cst.Call]:
        """The calls in a node."""
        return (one for one in self.descend(node) if isinstance(one, cst.Call))

    def outer(self, node: cst.BaseExpression) -> tuple[Location, Location]:
        """Where it begins and ends, its own brackets included."""
        first = self.start(node.lpar[0]) if node.lpar else self.start(node)
        return first, self.end(node.rpar[-1]) if node.rpar else self.end(node)

    def between(self, first: Location, last: Location) -> str:
        """The text of a stretch."""
        rows = self.lines[first.row - 1 : last.row]
        if first.row == last.row:
            return rows[0][first.column - 1 : last.column - 1]
        return "".join([rows[0][first.column - 1 :], *rows[1:-1], rows[-1][: last.column - 1]])

    # ---- statements --------------------------------------------------------------------------------------------------
    def statements(self) -> Iterator[Statement]:
        """All statements, in the order of the text."""
        return iter(self._statements)

    def statement(self, at: Location) -> Statement | None:
        """The innermost statement around a place."""
        around = [one for one in self.statements() if self.start(one) <= at <= self.end(one)]
        return around[-1] if around else None

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """What a node stands in directly."""
        return self._parents.get(node)

    def parents(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What a node stands in, from the inside out."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def lies_in(self, node: cst.CSTNode, around: cst.CSTNode | None) -> bool:
        """Whether it stands in that one."""
        return any(one is around for one in self.parents(node))

    def function(self, node: cst.CSTNode) -> cst.FunctionDef | cst.Lambda | None:
        """The function in which it runs."""
        return next((one for one in self.parents(node) if isinstance(one, cst.FunctionDef | cst.Lambda)), None)

    def loops(self, node: cst.CSTNode) -> list[Statement]:
        """The loops around it within its function, from the inside out. Those of comprehensions do not count."""
        found: list[Statement] = []
        for one in self.parents(node):
            if isinstance(one, cst.FunctionDef | cst.Lambda):
                break
            if isinstance(one, cst.For | cst.While):
                found.append(one)
        return found

    def block(self, statement: Statement) -> Sequence[cst.BaseStatement]:
        """The statements beside it, itself included; none if it shares a line with what it stands in."""
        parent = self._parents.get(statement)
        return parent.body if isinstance(parent, cst.Module | cst.IndentedBlock) else ()

    def body(self, compound: cst.For | cst.While | cst.FunctionDef) -> list[Statement]:
        """The statements in it, without its docstring; none if they stand on its own line."""
        if not isinstance(compound.body, cst.IndentedBlock):
            return []
        held = [
            one for one in compound.body.body if isinstance(one, cst.SimpleStatementLine | cst.BaseCompoundStatement)
        ]
        return held[1:] if held and isinstance(compound, cst.FunctionDef) and is_docstring(held[0]) else held

    def small(self, statement: Statement | None) -> cst.BaseSmallStatement | None:
        """The one small statement on a line of its own; None for compound ones and for `a; b`."""
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            return None
        return statement.body[0]

    def small_at(self, at: Location) -> cst.BaseSmallStatement | None:
        """The small statement around a place, also of `a; b` and of `if x: a`."""
        found = None
        for one in self.nodes:
            if isinstance(one, cst.BaseSmallStatement) and self.start(one) <= at <= self.end(one):
                found = one
        return found

    def movable(self, statement: Statement | None) -> bool:
        """Whether its lines may go elsewhere: it is simple, or a condition of it, and not all that its block holds."""
        if statement is None or not self.alone(statement) or len(self.block(statement)) < 2:
            return False
        if isinstance(statement, cst.If):
            return statement.orelse is None and len(statement.body.body) == 1
        return isinstance(self.small(statement), cst.Expr | cst.Assign | cst.AugAssign | cst.AnnAssign)

    def alone(self, statement: Statement) -> bool:
        """Whether it has its lines for itself: nothing before it, and no `;` behind it."""
        if not self.block(statement):
            return False
        return not isinstance(statement, cst.SimpleStatementLine) or (
            len(statement.body) == 1 and not isinstance(statement.body[0].semicolon, cst.Semicolon)
        )

    def indent(self, statement: Statement) -> str:
        """What stands before it."""
        at = self.start(statement)
        return self.lines[at.row - 1][: at.column - 1]

    # ---- edits of lines ----------------------------------------------------------------------------------------------
    def whole(self, statement: Statement) -> str:
        """Its lines, the comment behind it included."""
        return "".join(self.lines[self.start(statement).row - 1 : self.end(statement).row])

    def without(self, statement: Statement) -> TextEdit:
        """Its lines gone."""
        return TextEdit(Location(self.start(statement).row, 1), Location(self.end(statement).row + 1, 1), "")

    def at_row(self, row: int, lines: str) -> TextEdit:
        """Whole lines before a row, or behind the last one."""
        if row > len(self.lines) and not self.lines[-1].endswith(("\n", "\r")):
            at = Location(row - 1, len(self.lines[-1]) + 1)
            return TextEdit(at, at, self.newline + lines.rstrip("\r\n"))
        return TextEdit(Location(row, 1), Location(row, 1), lines)

    def comments_above(self, row: int) -> int:
        """How many rows right above a row hold nothing but a comment."""
        count = 0
        while row - count > 1 and self.lines[row - count - 2].lstrip().startswith("#"):
            count += 1
        return count

    def rows_in_strings(self, node: cst.CSTNode) -> set[int]:
        """The rows of a node that begin within a string: white space there is part of it."""
        strings = (one for one in self.descend(node) if isinstance(one, _STRINGS))
        return {row for one in strings for row in range(self.start(one).row + 1, self.end(one).row + 1)}


def is_docstring(statement: cst.CSTNode) -> bool:
    """Whether it is a line with nothing but a string."""
    if not isinstance(statement, cst.SimpleStatementLine) or not isinstance(statement.body[0], cst.Expr):
        return False
    return isinstance(statement.body[0].value, cst.SimpleString | cst.ConcatenatedString)


def dotted(node: cst.CSTNode | None) -> str:
    """`a.b.c` of names and attributes; "" for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr.value}" if before else ""
    return ""


def method_of(call: cst.CSTNode) -> str:
    """The last name of what is called: `step` of `optimizer.step()`; "" if it has none."""
    if not isinstance(call, cst.Call):
        return ""
    if isinstance(call.func, cst.Attribute):
        return call.func.attr.value
    return call.func.value if isinstance(call.func, cst.Name) else ""


def receiver_of(call: cst.Call) -> cst.BaseExpression | None:
    """`optimizer` of `optimizer.step()`; None if it is no method."""
    return call.func.value if isinstance(call.func, cst.Attribute) else None
