"""Findings with the source they are about, what to do, and where to read more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ...findings import Finding, Observer, Severity, Site
from ...rules import catalogue
from ..places import place
from ..terminal import Paint, escape
from .concise import doubt
from .source import Drawn, Sources

_CONTEXT = 2  # lines around each marked line
_ROOM = 100  # columns of source that are shown
_STYLE = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.ADVICE: "blue"}


class _Mark(NamedTuple):
    """A stretch to underline: the finding's own place is primary, a related one carries a label."""

    site: Site
    label: str
    primary: bool


def render(findings: Iterable[Finding], *, color: bool = False, known: Mapping[str, bytes] | None = None) -> str:
    """One block per finding, with an empty line after each; "" without findings.

    Reads the files that the sites name, each once; if one cannot be read, its block goes without source lines.
    known: the bytes of files that need not be read.
    """
    paint, sources = Paint(color), Sources(known)
    return "".join("\n".join(_block(finding, paint, sources)) + "\n\n" for finding in findings)


def _block(finding: Finding, paint: Paint, sources: Sources) -> Iterator[str]:
    style = _STYLE[finding.severity]
    title = f"{paint(style, f'{finding.severity.value}[{finding.code}]')} {finding.name}: {escape(finding.message)}"
    yield title + doubt(finding)
    marks = _marks(finding)
    files = list(dict.fromkeys((mark.site.filename, mark.site.cell) for mark in marks))
    gutter = len(str(max(mark.site.start.row + _CONTEXT for mark in marks)))
    for number, (filename, cell) in enumerate(files):
        here = [mark for mark in marks if (mark.site.filename, mark.site.cell) == (filename, cell)]
        arrow = paint("blue", "-->" if number == 0 else ":::")
        yield f"{' ' * gutter}{arrow} {escape(place(here[0].site))}"
        yield from _frame(here, gutter, style, paint, sources)
    if finding.advice:
        yield f"{paint('bold', 'help:')} {escape(finding.advice)}"
    yield f"{paint('bold', 'more:')} loopcheck explain {finding.code}{_mending(finding)}"


def _mending(finding: Finding) -> str:
    """Where a fix may be had; whether one holds is only known when it is tried."""
    card = catalogue()[finding.code].card
    if finding.observer is not Observer.STATIC or not card.remedies:
        return ""
    return f"; loopcheck --diff{'' if card.safe_fix else ' --unsafe-fixes'} may show a fix"


def _marks(finding: Finding) -> list[_Mark]:
    related = [_Mark(one.site, one.message, False) for one in finding.related]
    return [_Mark(finding.site, "", True), *related]


def _frame(marks: list[_Mark], gutter: int, style: str, paint: Paint, sources: Sources) -> Iterator[str]:
    """The marked lines of one file or cell and those around them; `...` between stretches. Nothing if unreadable."""
    lines = _lines(marks, sources)
    if not lines:
        yield from _labels(marks, gutter, paint)
        return
    bar = paint("blue", f"{' ' * gutter} |")
    yield bar
    before = None
    for row, text in lines.items():
        if before is not None and row != before + 1:
            yield paint("blue", "...")
        before = row
        yield from _row(text, row, [m for m in marks if m.site.start.row == row], gutter, style, paint)
    yield bar


def _lines(marks: list[_Mark], sources: Sources) -> dict[int, str]:
    rows = sorted({mark.site.start.row + near for mark in marks for near in range(-_CONTEXT, _CONTEXT + 1)})
    site = marks[0].site
    found = {row: sources.line(site.filename, row, site.cell) for row in rows}
    return {row: text for row, text in found.items() if text is not None}


def _labels(marks: list[_Mark], gutter: int, paint: Paint) -> Iterator[str]:
    """The related places in words, where there is no source to point into."""
    for mark in marks:
        if mark.label:
            yield f"{' ' * gutter} {paint('blue', '=')} {escape(place(mark.site))}: {escape(mark.label)}"


def _row(text: str, row: int, marks: list[_Mark], gutter: int, style: str, paint: Paint) -> Iterator[str]:
    """A source line, and under it one line per mark. A line that has to be cut is shown once per mark."""
    drawn = Drawn(text)
    number, bar = paint("blue", f"{row:>{gutter}} |"), paint("blue", f"{' ' * gutter} |")
    shown = None
    for mark in marks:
        left, right = _span(drawn, mark)
        line, shift = drawn.cut(left, _ROOM)
        if line != shown:
            yield f"{number} {line}"
        shown = line
        carets = _underline(mark, right - left, _ROOM - (left - shift), style, paint)
        yield f"{bar} {' ' * (left - shift)}{carets}"
    if not marks:
        yield f"{number} {drawn.cut(0, _ROOM)[0]}".rstrip()


def _span(drawn: Drawn, mark: _Mark) -> tuple[int, int]:
    """The columns to underline; of a stretch over several lines only the first."""
    one_line = mark.site.end.row == mark.site.start.row
    return drawn.columns(mark.site.start.column, mark.site.end.column if one_line else None)


def _underline(mark: _Mark, length: int, room: int, style: str, paint: Paint) -> str:
    sign = ("^" if mark.primary else "-") * max(1, min(length, room))
    return paint(style if mark.primary else "blue", f"{sign} {escape(mark.label)}".rstrip())
