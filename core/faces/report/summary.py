"""The last lines of a text report: how many findings, how many files, and what is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...findings import Finding, Severity

_UNREAD = "LC001"


def render(findings: Sequence[Finding], *, hidden: int, files: int) -> str:
    """`Found 2 errors in 1 file (12 files checked).` and, if there are any, a line about the hidden findings.

    hidden: findings below --min-certainty. files: all files looked at; those that could not be read are told apart,
    and so are cells of notebooks, the rest of which was checked.
    """
    places = {(finding.site.filename, finding.site.cell) for finding in findings if finding.code == _UNREAD}
    unread = len({filename for filename, cell in places if cell is None})
    cells = sum(cell is not None for _, cell in places)
    checked = f"({_count(files - unread, 'file')} checked{f', {unread} could not be' if unread else ''}"
    checked += f", {_count(cells, 'cell')} could not be)" if cells else ")"
    if findings:
        found_in = len({finding.site.filename for finding in findings})
        first = f"Found {_severities(findings)} in {_count(found_in, 'file')} {checked}.\n"
    else:
        first = f"All checks passed! {checked}\n"
    return first + (_hint(hidden) if hidden else "")


def statistics(findings: Sequence[Finding], *, as_json: bool) -> str:
    """How often each rule has spoken, the most frequent first: lines of count, code and name, or a JSON list."""
    counts: dict[tuple[str, str], int] = {}
    for finding in findings:
        counts[finding.code, finding.name] = counts.get((finding.code, finding.name), 0) + 1
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if as_json:
        import json

        return json.dumps([{"code": c, "name": n, "count": k} for (c, n), k in rows], indent=2) + "\n"
    width = len(str(rows[0][1])) if rows else 1
    return "".join(f"{count:>{width}}  {code}  {name}\n" for (code, name), count in rows)


def _hint(hidden: int) -> str:
    them = "it" if hidden == 1 else "them"
    return f"{_count(hidden, 'less certain finding')} hidden; show {them} with --min-certainty possible\n"


def _severities(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 warning and 1 hint`"""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "hint"}
    parts = [_count(number, words[severity]) for severity, number in counts.items() if number]
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
