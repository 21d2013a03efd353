"""Code Quality reports for GitLab: https://docs.gitlab.com/ci/testing/code_quality."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from ...findings import Finding, Severity
from ..places import cell, near_path
from .fingerprint import with_fingerprints

_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.ADVICE: "info"}


def render(findings: Iterable[Finding]) -> str:
    """A JSON list with one object a finding, in ASCII."""
    return json.dumps([_object(*one) for one in with_fingerprints(findings)], indent=2) + "\n"


def _object(finding: Finding, fingerprint: str) -> dict[str, object]:
    start, end = finding.site.start, finding.site.end
    return {
        "description": f"{finding.code} {finding.name}: {cell(finding.site, ' ')}{finding.message}",
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITY[finding.severity],
        "location": {
            "path": near_path(finding.site.filename, Path.cwd()),
            "positions": {
                "begin": {"line": start.row, "column": start.column},
                "end": {"line": end.row, "column": end.column},
            },
        },
    }
