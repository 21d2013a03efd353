"""Puts suppressions where suppressions.py obeys them. Nothing of a text but its comments is ever changed."""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .findings import lines_of
from .suppressions import Statements, extended, tokens_of

_FSTRING_START = {getattr(tokenize, f"{kind}STRING_START", None) for kind in "FT"} - {None}
_FSTRING_END = {getattr(tokenize, f"{kind}STRING_END", None) for kind in "FT"} - {None}


def silenced(text: str, wanted: Mapping[int, Iterable[str]], reason: str = "") -> str:
    """The text with `# loopcheck: ignore[...]` for the codes that are wanted on each row.

    The comment stands at the end of the row; if that cannot take one, since it ends within a string or with a
    backslash, at the end of the statement. A suppression of ours that stands there is extended, any other comment stays
    before it. reason: what people read behind a new one. Raises TokenError or SyntaxError for what is no Python.
    """
    layout = _layout(text)
    codes: dict[int, set[str]] = {}
    for row, some in wanted.items():
        codes.setdefault(layout.taking(row), set()).update(some)
    lines = lines_of(text)
    for row, some in codes.items():
        lines[row - 1] = _with(lines[row - 1], layout.comments.get(row), sorted(some), reason)
    return "".join(lines)


def _with(line: str, column: int | None, codes: list[str], reason: str) -> str:
    body = line.rstrip("\r\n")
    end = line[len(body) :]
    more = extended(body[column:], codes) if column is not None else None
    if more is not None:
        return f"{body[:column]}{more}{end}"
    return f"{body}  # loopcheck: ignore[{', '.join(codes)}]{f' {reason}' if reason else ''}{end}"


class _Layout(NamedTuple):
    """comments: the column at which the comment of a row begins; shut: the rows that cannot take one."""

    comments: dict[int, int]
    shut: set[int]
    spans: dict[int, tuple[int, int]]

    def taking(self, row: int) -> int:
        """The row that takes the comment for this one: itself, or the last of its statement."""
        return self.spans[row][1] if row in self.shut and row in self.spans else row


def _layout(text: str) -> _Layout:
    comments: dict[int, int] = {}
    shut: set[int] = set()
    statements = Statements()
    opened: list[int] = []  # the rows where f-strings begin
    for token in tokens_of(text):
        statements.take(token)
        if token.type == tokenize.COMMENT:
            comments[token.start[0]] = token.start[1]
        elif token.type == tokenize.STRING:
            shut.update(range(token.start[0], token.end[0]))
        elif token.type in _FSTRING_START:
            opened.append(token.start[0])
        elif token.type in _FSTRING_END:
            shut.update(range(opened.pop(), token.end[0]))
    shut |= _continued(lines_of(text), statements.spans, comments)
    return _Layout(comments, shut, statements.spans)


def _continued(lines: list[str], spans: Mapping[int, tuple[int, int]], comments: Mapping[int, int]) -> set[int]:
    """The rows that a backslash joins to the next."""
    return {row for row in spans if row not in comments and lines[row - 1].rstrip("\r\n").endswith("\\")}
