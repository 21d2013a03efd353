"""Source lines for a report: read tolerantly, and drawn so that carets stand under what they mean."""

from __future__ import annotations

import os
import stat
import tokenize
from collections.abc import Mapping
from io import BytesIO

from ..terminal import escape, width

_TAB = 4
_LARGEST = 10_000_000  # bytes; a report does without the lines of a larger file


class Sources:
    """The lines of files, each read once. `known`: the bytes of files that need not be read, such as standard input."""

    def __init__(self, known: Mapping[str, bytes] | None = None) -> None:
        self._lines = {filename: _lines(data) for filename, data in (known or {}).items()}

    def line(self, filename: str, row: int, cell: int | None = None) -> str | None:
        """Line number `row` (1-based) without its line end; None if there is none or the file cannot be read.

        cell: of a notebook, in which the row counts.
        """
        key = filename if cell is None else f"{filename}\0{cell}"
        if key not in self._lines:
            if cell is None:
                self._lines[key] = _read(filename)
            else:
                self._lines |= {f"{filename}\0{number}": lines for number, lines in _cells(filename).items()}
        lines = self._lines.get(key, [])
        return lines[row - 1] if 0 < row <= len(lines) else None


def _read(filename: str) -> list[str]:
    """The lines as Python counts them: only newline and carriage return end a line. Empty if unreadable."""
    try:
        status = os.stat(filename)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return []
        with open(filename, "rb") as file:
            return _lines(file.read())
    except (OSError, ValueError):
        return []


def _cells(filename: str) -> dict[int, list[str]]:
    """The lines of each code cell of a notebook, by its number. Empty if unreadable."""
    from ...linter.notebooks import read_notebook

    try:
        with open(filename, "rb") as file:
            return {cell.number: cell.source.split("\n") for cell in read_notebook(file.read()).cells}
    except Exception:  # gone, or changed since it was read
        return {}


def _lines(data: bytes) -> list[str]:
    try:
        text = data.decode(_encoding(data), "replace")
    except (ValueError, LookupError):
        return []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _encoding(data: bytes) -> str:
    try:
        return tokenize.detect_encoding(BytesIO(data).readline)[0]
    except SyntaxError:  # the cookie names no known encoding, or the first lines are not UTF-8
        return "utf-8"


class Drawn:
    """A line as it appears on a terminal: tabs expanded, control characters spelled out, columns counted."""

    __slots__ = ("_cells", "_starts")

    def __init__(self, line: str) -> None:
        self._cells: list[str] = []
        self._starts = [0]  # _starts[i]: the screen column, from 0, at which code point i begins
        if line.isascii() and line.isprintable():  # most lines, and the longest ones
            self._cells += line
            self._starts = list(range(len(line) + 1))
            return
        for char in line:
            at = self._starts[-1]
            cell = " " * (_TAB - at % _TAB) if char == "\t" else escape(char)
            self._cells.append(cell)
            self._starts.append(at + width(cell))

    def columns(self, first: int, end: int | None) -> tuple[int, int]:
        """Screen columns [from, to) of the code points [first, end), 1-based; None is the line's end.

        Places outside the line are moved to its end; at least one column is marked.
        """
        last = len(self._cells)
        left = self._starts[min(max(first - 1, 0), last)]
        right = self._starts[last if end is None else min(max(end - 1, 0), last)]
        return left, max(right, left + 1)

    def cut(self, around: int, room: int) -> tuple[str, int]:
        """At most `room` columns that show screen column `around`, and how far everything moved to the left."""
        if self._starts[-1] <= room:
            return "".join(self._cells), 0
        if around <= room * 2 // 3:
            return self._slice(0, room)
        skip = min(around - room // 3, self._starts[-1] - room + 3)
        return self._slice(skip, room)

    def _slice(self, skip: int, room: int) -> tuple[str, int]:
        """Whole cells only; `...` stands for what is left out on either side."""
        head = "..." if skip else ""
        begin = next(i for i, start in enumerate(self._starts) if start >= skip)
        shift = self._starts[begin] - len(head)
        stop = begin
        while stop < len(self._cells) and self._starts[stop + 1] - shift <= room - 3:
            stop += 1
        tail = "..." if stop < len(self._cells) else ""
        return head + "".join(self._cells[begin:stop]) + tail, shift
