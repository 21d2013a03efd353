"""JUnit XML, for the test reports of CI servers: a suite for each file, a failed case for each finding."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

from ...findings import Finding, Severity
from ..places import cell, near_path, place

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(findings: Iterable[Finding]) -> str:
    """The suites; without findings one suite with one case that passed, since an empty report counts as broken."""
    root = ET.Element("testsuites", name="loopcheck")
    suites = [(name, list(found)) for name, found in groupby(findings, lambda finding: finding.site.filename)]
    for filename, found in suites:
        name = _text(near_path(filename, Path.cwd()))
        failures = sum(finding.severity is not Severity.ADVICE for finding in found)
        suite = ET.SubElement(
            root, "testsuite", name=name, tests=str(len(found)), failures=str(failures), errors="0", skipped="0"
        )
        for finding in found:
            _case(suite, name, finding)
    if not suites:
        suite = ET.SubElement(root, "testsuite", name="loopcheck", tests="1", failures="0", errors="0", skipped="0")
        ET.SubElement(suite, "testcase", name="no findings", classname="loopcheck")
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, name: str, finding: Finding) -> None:
    case = ET.SubElement(suite, "testcase", name=f"{finding.code} {finding.name}", classname=name)
    where = place(finding.site._replace(filename=name))
    message = f"{cell(finding.site, ' ')}{finding.message}"
    text = _text("\n".join(filter(None, (where, finding.message, finding.advice))))
    if finding.severity is Severity.ADVICE:
        ET.SubElement(case, "system-out").text = text
    else:
        ET.SubElement(case, "failure", message=_text(message), type=finding.severity.value).text = text


def _text(text: str) -> str:
    """Without what XML cannot hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
