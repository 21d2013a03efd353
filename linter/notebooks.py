"""Jupyter notebooks as one module: the code cells in document order, and the way back from a row to its cell.

Magics and shell lines are made Python that does nothing, on as many lines. Only where a line begins outside of brackets
and strings, for a continuation line may begin with the operator %. Cells that are Python as they stand are left alone.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..findings import Finding, Location, Related, Site, TextEdit, lines_of
from .decode import NotParsed

_KEEPS_BODY = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "heat", "wandb", "debug"})
_MAGIC = re.compile(r"^(?P<indent>\s*)(?:[%!?,;]|/(?=[A-Za-z_])|(?P<help>[^#]*[\w*\]]\?{1,2}\s*$))")
_INDENT = re.compile(r"^[ \t]+")
_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.)(?: |$)")
_BOUND = re.compile(r"^(?P<target>\s*[\w.,\s\[\]'\"]+?=)\s*[%!](?!=)")
_ORDER = ("LC1", "LC2", "LC4", "LC6")  # families whose findings rest on what runs before what
_DISCARDED = "LC302"
_TOP_LEVEL_AWAIT = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class Cell(NamedTuple):
    """A code cell: its number among all cells, from 1, the row of the joined text where it begins, and its source.

    shifts: of each row, how many characters of the source are left out before it: an indent, or prompts. Or none.
    """

    number: int
    row: int
    source: str
    shifts: tuple[int, ...] = ()

    def place(self, row: int, column: int) -> Location:
        """A place in the source, from its row and its column in the Python made of it."""
        return Location(row, column + (self.shifts[row - 1] if row <= len(self.shifts) else 0))


class Broken(NamedTuple):
    """A cell that is no Python: why, and where in it that is seen."""

    cell: Cell
    why: str
    at: Location


class Notebook(NamedTuple):
    """text: all code cells, joined; broken: those that are no Python, which are left out of it."""

    text: str
    cells: tuple[Cell, ...]
    broken: tuple[Broken, ...]

    def at(self, location: Location) -> tuple[int, Location]:
        """The cell of a place in the text, and the place within it."""
        cell = self.cells[max(bisect_right(self.cells, location.row, key=lambda one: one.row) - 1, 0)]
        return cell.number, cell.place(location.row - cell.row + 1, location.column)

    def placed(self, findings: list[Finding]) -> list[Finding]:
        """Findings of the text as findings of cells.

        Only of what happens in a loop or function, and of what rests on no order of cells: those are run at will. And
        what a cell shows, its last expression, is not thrown away.
        """
        tree = _tree(self.text)
        inside, shown = _stretches(tree), self._shown(tree)
        kept = []
        for finding in findings:
            row, moved = finding.site.start.row, self.moved(finding)
            if finding.code == _DISCARDED and row in shown:
                continue
            cells = {moved.site.cell, *(one.site.cell for one in moved.related)}
            loose = not any(first <= row <= last for first, last in inside)
            if finding.code[:3] not in _ORDER or (len(cells) == 1 and not loose):
                kept.append(moved)
        return kept

    def _shown(self, tree: ast.Module) -> frozenset[int]:
        """The rows of the expressions that end a cell: it displays them, unless a semicolon forbids it."""
        lasts = {self.at(Location(node.lineno, 1))[0]: node for node in tree.body}
        lines = lines_of(self.text)
        return frozenset(
            node.lineno
            for node in lasts.values()
            if isinstance(node, ast.Expr) and not _is_hushed(lines[(node.end_lineno or node.lineno) - 1])
        )

    def moved(self, finding: Finding) -> Finding:
        """A finding of the text as one of its cell."""
        related = tuple(Related(one.message, self._site(one.site)) for one in finding.related)
        return finding._replace(site=self._site(finding.site), related=related)

    def in_cell(self, edits: Iterable[TextEdit], number: int) -> tuple[TextEdit, ...]:
        """Edits of the text as edits of this cell; none if one of them lies outside of it, or on a magic's line.

        Nor where IPython takes something off its rows: new ones would have to begin with it.
        """
        cell = next(one for one in self.cells if one.number == number)
        if cell.shifts:
            return ()
        count, made = _rows(cell.source), lines_of(self.text)
        rows = lines_of(cell.source)
        moved = []
        for edit in edits:
            first, last = edit.start.row - cell.row, edit.end.row - cell.row
            inside = first >= 0 and (last < count or (last == count and edit.end.column == 1))
            touched = range(first, min(last + 1, count))
            if not inside or any(made[cell.row - 1 + i].rstrip("\n") != rows[i].rstrip("\n") for i in touched):
                return ()
            start, end = Location(first + 1, edit.start.column), Location(last + 1, edit.end.column)
            moved.append(_before_the_end(TextEdit(start, end, edit.text), rows))
        return tuple(moved)

    def source(self, number: int) -> str:
        """The source of a cell."""
        return next(one.source for one in self.cells if one.number == number)

    def _site(self, site: Site) -> Site:
        cell, start = self.at(site.start)
        return Site(site.filename, start, self.at(site.end)[1], cell)


def _is_hushed(line: str) -> bool:
    """Does a line end in a semicolon, which keeps IPython from showing what it gives?"""
    return line.partition("#")[0].rstrip().endswith(";")


def _rows(source: str) -> int:
    return source.rstrip("\n").count("\n") + 1


def _before_the_end(edit: TextEdit, rows: list[str]) -> TextEdit:
    """Where the last line of a cell has no end, new lines behind it begin with one."""
    if edit.start.row <= len(rows) or rows[-1].endswith("\n"):
        return edit
    at = Location(len(rows), len(rows[-1]) + 1)
    return TextEdit(at, at, "\n" + edit.text.rstrip("\n"))


def read_notebook(data: bytes) -> Notebook:
    """A notebook from its JSON. Raises NotParsed if it is none. Cost: 2 ms for each 100 KB."""
    try:
        held = json.loads(data)
        cells = held["cells"] if "cells" in held else [cell for sheet in held["worksheets"] for cell in sheet["cells"]]
        sources = [(number, _source(cell)) for number, cell in enumerate(cells, 1) if cell.get("cell_type") == "code"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise NotParsed("it is no notebook, or a broken one") from None
    return _joined(sources)


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    return "".join(source) if isinstance(source, list) else str(source)


def _joined(sources: list[tuple[int, str]]) -> Notebook:
    parts: list[str] = []
    cells: list[Cell] = []
    broken: list[Broken] = []
    row = 1
    for number, source in sources:
        text = source.replace("\r\n", "\n").replace("\r", "\n")
        made, shifts, refused = _as_python(text)
        cell = Cell(number, row, text, shifts)
        if refused is not None:
            broken.append(_broken(cell, refused))
        cells.append(cell)
        parts.append(made.rstrip("\n") + "\n")
        missing = _rows(text) - 1 - made.rstrip("\n").count("\n")
        parts.append("\n" * missing)
        row += _rows(text)
    return Notebook("".join(parts), tuple(cells), tuple(broken))


def _as_python(source: str) -> tuple[str, tuple[int, ...], SyntaxError | None]:
    """The cell without magics, and what was left out before its rows; blank, and the reason, if it is no Python."""
    if _refused(source) is None:
        return source, (), None
    blank = "\n" * source.rstrip("\n").count("\n")
    bare, shifts = _stripped(source)
    rows = bare.split("\n")
    if not _is_python_body(rows):
        return blank, (), None
    made = "\n".join(_lines(rows))
    refused = _refused(made)
    if refused is None:
        return made, shifts, None
    if _refused(made, _TOP_LEVEL_AWAIT) is None:
        return blank, (), None  # a loop that waits: not read, and no mistake
    return blank, shifts, refused


def _is_python_body(rows: list[str]) -> bool:
    """Make the magics at the head of a cell harmless; False if one of them takes the rest, and it is no Python."""
    for i, row in enumerate(rows):
        if row.startswith("%%"):
            if row[2:].split(" ")[0].strip() not in _KEEPS_BODY:
                return False
            rows[i] = "pass"
        elif row.strip():
            break
    return True


def _stripped(source: str) -> tuple[str, tuple[int, ...]]:
    """The source as IPython takes it: without the indent of its first line, or prompts; and how much of each row."""
    rows = source.split("\n")
    first = next((row for row in rows if row.strip()), "")
    found = _INDENT.match(first)
    indent = found[0] if found is not None else ""
    prompted = _PROMPT.match(first[len(indent) :]) is not None
    shifts = []
    for i, row in enumerate(rows):
        shift = len(indent) if row.startswith(indent) else 0
        if prompted and (prompt := _PROMPT.match(row[shift:])) is not None:
            shift += prompt.end()
        rows[i] = row[shift:]
        shifts.append(shift)
    return "\n".join(rows), tuple(shifts) if any(shifts) else ()


def _refused(source: str, flags: int = ast.PyCF_ONLY_AST) -> SyntaxError | None:
    """Why this is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", flags, dont_inherit=True)
    except SyntaxError as told:
        return told
    except (ValueError, RecursionError, MemoryError) as told:
        return SyntaxError(str(told) or type(told).__name__)
    return None


def _broken(cell: Cell, told: SyntaxError) -> Broken:
    """What CPython said of a cell, at its place in the source."""
    row = min(max(told.lineno or 1, 1), cell.source.count("\n") + 1)
    return Broken(
        cell, f"this cell is no Python: {told.msg or 'invalid syntax'}", cell.place(row, max(told.offset or 1, 1))
    )


def _lines(lines: list[str]) -> Iterator[str]:
    depth, quote, continued, begun = 0, "", False, False
    for line in lines:
        if continued:
            continued = line.rstrip().endswith("\\")
            yield ""
            continue
        fresh = not (depth or quote or begun)
        magic = _MAGIC.match(line) if fresh else None
        if magic is not None and magic["help"] is not None and _after(line, depth, quote) != (0, ""):
            magic = None  # the question is within a string or bracket that goes on
        bound = _BOUND.match(line) if fresh else None
        if bound is not None or magic is not None:
            continued = line.rstrip().endswith("\\")
            yield f"{bound['target']} None" if bound is not None else f"{magic['indent'] if magic else ''}pass"
            continue
        depth, quote = _after(line, depth, quote)
        begun = not quote and line.endswith("\\")
        yield line


def _after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """How deep in brackets, and in which string of several lines, the end of a line is."""
    at = 0
    while at < len(line):
        if quote:
            if line[at] == "\\":
                at += 1
            elif line.startswith(quote, at):
                at += len(quote) - 1
                quote = ""
        elif line[at] == "#":
            break
        elif line[at] in "\"'":
            quote = line[at] * 3 if line.startswith(line[at] * 3, at) else line[at]
            at += len(quote) - 1
        else:
            depth += (line[at] in "([{") - (line[at] in ")]}")
        at += 1
    return max(depth, 0), quote if len(quote) == 3 else ""


def _tree(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _stretches(tree: ast.Module) -> list[tuple[int, int]]:
    """The rows of loops and functions."""
    wanted = (ast.For, ast.While, ast.AsyncFor, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [(node.lineno, node.end_lineno or node.lineno) for node in ast.walk(tree) if isinstance(node, wanted)]
