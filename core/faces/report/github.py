"""Annotations for GitHub Actions: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...findings import Finding, Severity
from ..places import cell, near_path

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "notice"}


def render(findings: Iterable[Finding]) -> str:
    """One workflow command a finding; "" without findings. A column stands only in a finding of one line."""
    return "".join(_line(finding) for finding in findings)


def _line(finding: Finding) -> str:
    start, end = finding.site.start, finding.site.end
    columns = f",col={start.column},endColumn={end.column}" if start.row == end.row else ""
    place = (
        f"file={_property(near_path(finding.site.filename, Path.cwd()))},line={start.row},endLine={end.row}{columns}"
    )
    title = f"{finding.code} {finding.name}"
    advice = f"\n{finding.advice}" if finding.advice else ""
    message = f"{cell(finding.site, ' ')}{finding.message}{advice}"
    return f"::{_COMMAND[finding.severity]} {place},title={_property(title)}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
