"""JSON for machines, as described by docs/findings.schema.json. Fields are only ever added."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable

from ...findings import Finding, Fix, Location, Site


def render(findings: Iterable[Finding]) -> str:
    """A JSON list with one object per finding, in ASCII only, so that it passes through any console."""
    return json.dumps([as_object(finding) for finding in findings], indent=2) + "\n"


def as_object(finding: Finding) -> dict[str, object]:
    """One finding as plain data. Rows and columns are 1-based and count code points."""
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "severity": finding.severity.value,
        "certainty": finding.certainty.label,
        "observer": finding.observer.value,
        "filename": _absolute(finding.site.filename),
        "cell": finding.site.cell,
        **_range(finding.site),
        "related": [
            {
                "message": related.message,
                "filename": _absolute(related.site.filename),
                "cell": related.site.cell,
                **_range(related.site),
            }
            for related in finding.related
        ],
        "subject": finding.subject,
        "url": None,
        "fix": None if finding.fix is None else _fix(finding.fix),
    }


def _absolute(filename: str) -> str:
    return os.path.abspath(filename).replace(os.sep, "/")


def _range(site: Site) -> dict[str, object]:
    return {"location": _location(site.start), "end_location": _location(site.end)}


def _location(location: Location) -> dict[str, int]:
    return {"row": location.row, "column": location.column}


def _fix(fix: Fix) -> dict[str, object]:
    return {
        "applicability": "safe" if fix.safe else "unsafe",
        "message": fix.message,
        "edits": [
            {"content": edit.text, "location": _location(edit.start), "end_location": _location(edit.end)}
            for edit in fix.edits
        ],
    }
