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
_MAGIC = re.compile(r"^(?P<indent>\s*)(?:[%!?]|.*[^\s?]\?{1,2}\s*$)")
_BOUND = re.compile(r"^(?P<target>\s*[\w.,\s\[\]'\"]+?=)\s*[%!](?!=)")
_ORDER = ("LC1", "LC2", "LC4", "LC6")  # families whose findings rest on what runs before what
_TOP_LEVEL_AWAIT = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


class Cell(NamedTuple):
    """A code cell: its number among all cells, from 1, the row of the joined text where it begins, and its source."""

    number: int
    row: int
    source: str


class Notebook(NamedTuple):
    """text: all code cells, joined; broken: those that are no Python, which are left out of it, and why."""

    text: str
    cells: tuple[Cell, ...]
    broken: tuple[tuple[Cell, str], ...]

    def at(self, location: Location) -> tuple[int, Location]:
        """The cell of a place in the text, and the place within it."""
        cell = self.cells[max(bisect_right(self.cells, location.row, key=lambda one: one.row) - 1, 0)]
        return cell.number, Location(location.row - cell.row + 1, location.column)

    def placed(self, findings: list[Finding]) -> list[Finding]:
        """Findings of the text as findings of cells.

        Only of what happens in a loop or function, and of what rests on no order of cells: those are run at will.
        """
        inside = _stretches(self.text)
        kept = []
        for finding in findings:
            row, moved = finding.site.start.row, self.moved(finding)
            cells = {moved.site.cell, *(one.site.cell for one in moved.related)}
            loose = not any(first <= row <= last for first, last in inside)
            if finding.code[:3] not in _ORDER or (len(cells) == 1 and not loose):
                kept.append(moved)
        return kept

    def moved(self, finding: Finding) -> Finding:
        """A finding of the text as one of its cell."""
        related = tuple(Related(one.message, self._site(one.site)) for one in finding.related)
        return finding._replace(site=self._site(finding.site), related=related)

    def in_cell(self, edits: Iterable[TextEdit], number: int) -> tuple[TextEdit, ...]:
        """Edits of the text as edits of this cell; none if one of them lies outside of it, or on a magic's line."""
        cell = next(one for one in self.cells if one.number == number)
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
    cells, broken, row = [], [], 1
    for number, source in sources:
        text = source.replace("\r\n", "\n").replace("\r", "\n")
        cell = Cell(number, row, text)
        made, why = _as_python(text)
        if why:
            broken.append((cell, why))
        cells.append(cell)
        parts.append(made.rstrip("\n") + "\n")
        missing = _rows(text) - 1 - made.rstrip("\n").count("\n")
        parts.append("\n" * missing)
        row += _rows(text)
    return Notebook("".join(parts), tuple(cells), tuple(broken))


def _as_python(source: str) -> tuple[str, str]:
    """The cell without magics; blank, and why, if it is no Python even so."""
    if _parses(source):
        return source, ""
    blank = "\n" * source.rstrip("\n").count("\n")
    first = source.lstrip("\n").partition("\n")[0].strip()
    if first.startswith("%%"):
        word = first[2:].split(" ")[0]
        if word not in _KEEPS_BODY:
            return blank, ""
        source = source.replace(first, "pass", 1)
    made = "\n".join(_lines(source.split("\n")))
    if _parses(made):
        return made, ""
    if _parses(made, _TOP_LEVEL_AWAIT):
        return blank, ""  # a loop that waits: not read, and no mistake
    return blank, "this cell is no Python"


def _parses(source: str, flags: int = ast.PyCF_ONLY_AST) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "<cell>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _lines(lines: list[str]) -> Iterator[str]:
    depth, quote, continued = 0, "", False
    for line in lines:
        if continued:
            continued = line.rstrip().endswith("\\")
            yield ""
            continue
        magic = _MAGIC.match(line) if not depth and not quote else None
        bound = _BOUND.match(line) if not depth and not quote else None
        if bound is not None or magic is not None:
            continued = line.rstrip().endswith("\\")
            yield f"{bound['target']} None" if bound is not None else f"{magic['indent'] if magic else ''}pass"
            continue
        depth, quote = _after(line, depth, quote)
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


def _stretches(text: str) -> list[tuple[int, int]]:
    """The rows of loops and functions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    wanted = (ast.For, ast.While, ast.AsyncFor, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [(node.lineno, node.end_lineno or node.lineno) for node in ast.walk(tree) if isinstance(node, wanted)]
