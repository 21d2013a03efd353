"""One file from bytes to findings, and many files one after another."""

from __future__ import annotations

import ast
import logging
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..findings import Certainty, Finding, Location, Observer, Related, Site
from ..judge import Judge, Verdict
from ..rules import catalogue, selected
from ..settings import Settings
from .collector import Collector, Found
from .flow import Interpreter
from .index import Index
from .parse import NotParsed, Parsed, decode, parse, parse_unguarded
from .positions import Range, locate
from .structure import find_structural
from .suppressions import applied, mentioned
from .tensors.interpreter import Interpreter as TensorFlow
from .tree import Tree, tree_of

_LOG = logging.getLogger("loopcheck")
_LOG.addHandler(logging.NullHandler())  # library code prints nothing, whoever uses it may listen
_RECURSION = 20_000  # pure Python frames; the C stack is guarded in depth.py


def check_files(files: Sequence[str], settings: Settings) -> list[Finding]:
    """Findings of all files, those that could not be read as LC001. Raises LoopcheckError on an unknown rule."""
    codes = selected(settings.select, settings.extend_select, settings.ignore)
    findings: list[Finding] = []
    for filename in files:
        findings.extend(_check_file(filename, codes, settings))
    return findings


def check_source(text: str, filename: str, settings: Settings) -> list[Finding]:
    """Findings of one text, shown or not, in the order of the file. Raises LoopcheckError on an unknown rule."""
    codes = selected(settings.select, settings.extend_select, settings.ignore)
    return _guarded(text, filename, codes)


def rehearse(data: bytes) -> None:
    """Judge a text in a process that may die of it. Returns or raises; what it would find does not matter."""
    sys.setrecursionlimit(_RECURSION)
    _judge(parse_unguarded(data.decode("utf-8", "surrogatepass")), "<rehearsal>", frozenset())


def _check_file(filename: str, codes: frozenset[str], settings: Settings) -> list[Finding]:
    try:
        data = Path(filename).read_bytes()
    except OSError as error:
        return _unreadable(filename, NotParsed(f"cannot be read: {error.strerror or error}"), codes)
    if len(data) > settings.max_file_bytes:
        size = f"{len(data) / 1e6:.1f} MB, the limit is {settings.max_file_bytes / 1e6:.1f} MB"
        return _unreadable(filename, NotParsed(f"too large to check: {size}"), codes)
    try:
        text = decode(data)
    except NotParsed as error:
        return _unreadable(filename, error, codes)
    return _guarded(text, filename, codes)


def _guarded(text: str, filename: str, codes: frozenset[str]) -> list[Finding]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        return _judge(parse(text), filename, codes)
    except NotParsed as error:
        return _unreadable(filename, error, codes)
    except RecursionError:
        return _unreadable(filename, NotParsed("an expression too deep to judge"), codes)
    except Exception as error:  # our own fault must not cost the user the other files
        _LOG.exception("loopcheck failed on a file")
        told = f"loopcheck itself failed on this file ({type(error).__name__}); please report it"
        return _unreadable(filename, NotParsed(told), codes)
    finally:
        sys.setrecursionlimit(limit)


def _judge(parsed: Parsed, filename: str, codes: frozenset[str]) -> list[Finding]:
    tree = tree_of(parsed.module)
    collector = analysed(tree.module, filename)
    found = [one for one in collector.settled() if one.verdict.rule.card.code in codes]
    findings: list[Finding] = []
    if found:
        places = _places(parsed, tree, collector.marks, [one.verdict for one in found])
        findings = sorted((_finding(one, places, filename) for one in found), key=lambda f: f.sort_key)
    return applied(parsed.text, findings, filename, codes) if mentioned(parsed.text) else findings


def analysed(module: ast.Module, filename: str) -> Collector:
    """Everything that is found in a module, whatever rules are switched on: one may speak in place of another."""
    judge = Judge(rule for rule in catalogue().values() if rule.judged_at)
    index, collector = Index(module), Collector(module, judge)
    interpreter = Interpreter(index, collector)
    interpreter.run()
    find_structural(index, collector)
    tensors = TensorFlow(index, collector)
    tensors.run()
    if interpreter.gave_up or tensors.gave_up:
        _LOG.warning("%r has more paths than can be followed: not all of it was judged", filename)
    return collector


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


def _unreadable(filename: str, error: NotParsed, codes: frozenset[str]) -> list[Finding]:
    card = catalogue()["LC001"].card
    if card.code not in codes:
        _LOG.warning("%r was not checked: %s", filename, error.message)
        return []
    end = Location(error.location.row, error.location.column + 1)
    return [
        Finding(
            code=card.code,
            name=card.name,
            message=f"not checked: {error.message}",
            site=Site(filename, error.location, end),
            severity=card.severity,
            certainty=Certainty.CERTAIN,
            observer=Observer.STATIC,
            advice=card.how_to_fix,
        )
    ]
