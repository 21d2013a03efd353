"""The engine: libcst parses, decides and places; loaded for files in which there is something to report."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..findings import Finding, Observer, Related, Site
from ..judge import Verdict
from ..settings import Settings
from ..suppressions import read
from .analysis import analysed
from .collector import Found
from .parse import Parsed
from .positions import Range, locate
from .tree import Tree, tree_of
from .vain import applied


def judged(parsed: Parsed, filename: str, codes: frozenset[str], settings: Settings) -> list[Finding]:
    """The findings of a parsed file, shown or not, less those that a comment silences."""
    comments = read(parsed.text)
    if comments.skips_file:
        return []
    tree = tree_of(parsed.module)
    collector = analysed(tree.module, filename, settings)
    found = collector.settled()
    if not comments.suppressions:  # else those of all rules, so that none of them is thought to be in vain
        found = [one for one in found if one.verdict.rule.card.code in codes]
    places = _places(parsed, tree, collector.marks, [one.verdict for one in found]) if found else {}
    findings = [_finding(one, places, filename) for one in found]
    return applied(findings, comments, codes, filename, sure=not collector.gave_up)


def _places(parsed: Parsed, tree: Tree, marks: list[ast.AST], verdicts: Iterable[Verdict]) -> dict[int, Range]:
    wanted = {m for v in verdicts for m in (v.told.anchor or v.at, *(mark for _, mark in v.told.related))}
    nodes = {mark: tree.origin[marks[mark]] for mark in wanted if marks[mark] in tree.origin}
    ranges = locate(parsed.module, nodes.values())
    return {mark: ranges[node] for mark, node in nodes.items() if node in ranges}


def _finding(found: Found, places: dict[int, Range], filename: str) -> Finding:
    card, told = found.verdict.rule.card, found.verdict.told
    related = [
        Related(text.format(subject=found.subject), _site(filename, places[mark]))
        for text, mark in told.related
        if mark in places
    ]
    return Finding(
        code=card.code,
        name=card.name,
        message=told.message.format(subject=found.subject),
        site=_site(filename, places[told.anchor or found.verdict.at]),
        severity=card.severity,
        certainty=found.certainty,
        observer=Observer.STATIC,
        related=tuple(related),
        subject=found.subject,
        advice=card.how_to_fix,
    )


def _site(filename: str, place: Range) -> Site:
    return Site(filename, place.start, place.end)
