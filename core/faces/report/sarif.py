"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from ... import __version__
from ...findings import Finding, Fix, Location, Severity, Site
from ...rules import Card, catalogue
from ..places import cell, near_path
from .fingerprint import with_fingerprints

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def render(findings: Iterable[Finding]) -> str:
    """One run with all rules, and a result for each finding. Columns count code points; cells are named in words."""
    rules = [rule.card for rule in catalogue().values()]
    places = {card.code: index for index, card in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "loopcheck",
                "version": __version__,
                "rules": [_rule(card) for card in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, mark, places[finding.code]) for finding, mark in with_fingerprints(findings)],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(card: Card) -> dict[str, object]:
    return {
        "id": card.code,
        "name": "".join(part.capitalize() for part in card.name.split("-")),
        "shortDescription": {"text": card.title},
        "fullDescription": {"text": card.why},
        "help": {"text": f"{card.how_to_fix} {card.legal}".strip()},
        "defaultConfiguration": {"enabled": card.default, "level": _LEVEL[card.severity]},
        "properties": {"observers": [observer.value for observer in card.seen_by]},
    }


def _result(finding: Finding, fingerprint: str, index: int) -> dict[str, object]:
    advice = f"\n{finding.advice}" if finding.advice else ""
    result: dict[str, object] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVEL[finding.severity],
        "message": {"text": f"{cell(finding.site, ' ')}{finding.message}{advice}"},
        "locations": [{"physicalLocation": _physical(finding.site)}],
        "partialFingerprints": {"loopcheck/v1": fingerprint},
        "properties": {"certainty": finding.certainty.label, "observer": finding.observer.value},
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "physicalLocation": _physical(one.site),
                "message": {"text": f"{cell(one.site, ' ')}{one.message}"},
            }
            for number, one in enumerate(finding.related, 1)
        ]
    if finding.fix is not None and finding.site.cell is None:  # a cell's rows are not the file's
        result["fixes"] = [_fix(finding.fix, finding.site)]
    return result


def _physical(site: Site) -> dict[str, object]:
    return {"artifactLocation": _artifact(site), "region": _region(site.start, site.end)}


def _artifact(site: Site) -> dict[str, object]:
    name = near_path(site.filename, Path.cwd())
    if Path(name).is_absolute():
        return {"uri": Path(name).as_uri()}
    return {"uri": quote(os.fsencode(name)), "uriBaseId": "%SRCROOT%"}


def _region(start: Location, end: Location) -> dict[str, int]:
    return {"startLine": start.row, "startColumn": start.column, "endLine": end.row, "endColumn": end.column}


def _fix(fix: Fix, site: Site) -> dict[str, object]:
    edits = [
        {"deletedRegion": _region(edit.start, edit.end), "insertedContent": {"text": edit.text}} for edit in fix.edits
    ]
    return {
        "description": {"text": fix.message},
        "artifactChanges": [{"artifactLocation": _artifact(site), "replacements": edits}],
    }
