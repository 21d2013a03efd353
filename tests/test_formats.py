"""The formats for machines: against what their readers demand, with everything that can stand in a path or message."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from loopcheck.faces.report import MACHINE, for_machines
from loopcheck.findings import Certainty, Finding, Fix, Location, Observer, Related, Severity, Site, TextEdit

REGION = {
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "properties": {
        "startLine": {"type": "integer", "minimum": 1},
        "startColumn": {"type": "integer", "minimum": 1},
        "endLine": {"type": "integer", "minimum": 1},
        "endColumn": {"type": "integer", "minimum": 1},
    },
    "additionalProperties": False,
}
ARTIFACT = {
    "type": "object",
    "required": ["uri"],
    "properties": {"uri": {"type": "string", "format": "uri-reference"}, "uriBaseId": {"type": "string"}},
    "additionalProperties": False,
}
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
PLACE = {
    "type": "object",
    "required": ["physicalLocation"],
    "properties": {
        "id": {"type": "integer", "minimum": 0},
        "message": TEXT,
        "physicalLocation": {
            "type": "object",
            "required": ["artifactLocation", "region"],
            "properties": {"artifactLocation": ARTIFACT, "region": REGION},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "id": {"type": "string"},
                                                "name": {"type": "string"},
                                                "shortDescription": TEXT,
                                                "fullDescription": TEXT,
                                                "help": TEXT,
                                                "properties": {"type": "object"},
                                                "defaultConfiguration": {
                                                    "type": "object",
                                                    "properties": {"enabled": {"type": "boolean"}, "level": LEVEL},
                                                    "additionalProperties": False,
                                                },
                                            },
                                            "additionalProperties": False,
                                        },
                                    },
                                },
                                "additionalProperties": False,
                            }
                        },
                        "additionalProperties": False,
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId"],
                            "properties": {
                                "ruleId": {"type": "string"},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "level": LEVEL,
                                "message": TEXT,
                                "locations": {"type": "array", "items": PLACE, "minItems": 1},
                                "relatedLocations": {"type": "array", "items": PLACE, "uniqueItems": True},
                                "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                                "properties": {"type": "object"},
                                "fixes": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "required": ["artifactChanges"],
                                        "properties": {
                                            "description": TEXT,
                                            "artifactChanges": {
                                                "type": "array",
                                                "minItems": 1,
                                                "items": {
                                                    "type": "object",
                                                    "required": ["artifactLocation", "replacements"],
                                                    "properties": {
                                                        "artifactLocation": ARTIFACT,
                                                        "replacements": {
                                                            "type": "array",
                                                            "minItems": 1,
                                                            "items": {
                                                                "type": "object",
                                                                "required": ["deletedRegion"],
                                                                "properties": {
                                                                    "deletedRegion": REGION,
                                                                    "insertedContent": {"type": "object"},
                                                                },
                                                                "additionalProperties": False,
                                                            },
                                                        },
                                                    },
                                                    "additionalProperties": False,
                                                },
                                            },
                                        },
                                        "additionalProperties": False,
                                    },
                                },
                            },
                            "additionalProperties": False,
                        },
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
"""Those parts of the SARIF 2.1.0 schema that are used; whatever is not among them is refused."""
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path"],
                "properties": {"path": {"type": "string", "pattern": "^(?!\\./)"}, "positions": {"type": "object"}},
            },
        },
    },
}

NASTY = '50% off: a,b\r\nnext\x00\x1b[31m <tag> & "quote" ü 字 \ud800'


def finding(filename: str, row: int, message: str = NASTY, severity: Severity = Severity.ERROR) -> Finding:
    at = Site(filename, Location(row, 3), Location(row, 9))
    edit = TextEdit(Location(row, 1), Location(row, 1), "optimizer.zero_grad()\n")
    return Finding(
        "LC101",
        "missing-zero-grad",
        message,
        at,
        severity,
        Certainty.LIKELY,
        Observer.STATIC,
        related=(Related("the step is here", at),),
        fix=Fix(True, "clear first", (edit,)),
        advice="Do it right.",
    )


@pytest.fixture
def findings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    monkeypatch.chdir(tmp_path)
    Path("a b,c%.py").write_text("one\nsame\nsame\nlast\n", encoding="utf-8")
    return [
        finding("a b,c%.py", 2),
        finding("a b,c%.py", 3),
        finding("gone.py", 1, severity=Severity.WARNING),
        finding("/elsewhere/ü.py", 1, severity=Severity.ADVICE),
    ]


def test_sarif(findings: list[Finding]) -> None:
    report = json.loads(for_machines("sarif", findings))
    jsonschema.validate(report, SARIF)
    results = report["runs"][0]["results"]
    rules = report["runs"][0]["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in results] == ["LC101"] * 4
    assert [one["level"] for one in results] == ["error", "error", "warning", "note"]
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"] for one in results]
    assert places[0] == {"uri": "a%20b%2Cc%25.py", "uriBaseId": "%SRCROOT%"}
    assert places[3] == {"uri": "file:///elsewhere/%C3%BC.py"}
    marks = [one["partialFingerprints"]["loopcheck/v1"] for one in results]
    assert len(set(marks)) == 4


def test_fingerprints_survive_lines_that_move(findings: list[Finding]) -> None:
    before = [one["fingerprint"] for one in json.loads(for_machines("gitlab", findings[:2]))]
    path = Path("a b,c%.py")
    path.write_text("\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    moved = [finding("a b,c%.py", 4), finding("a b,c%.py", 5)]
    assert [one["fingerprint"] for one in json.loads(for_machines("gitlab", moved))] == before


def test_gitlab(findings: list[Finding]) -> None:
    report = json.loads(for_machines("gitlab", findings))
    jsonschema.validate(report, GITLAB)
    assert [one["severity"] for one in report] == ["major", "major", "minor", "info"]


def test_github(findings: list[Finding]) -> None:
    lines = for_machines("github", findings).splitlines()
    assert len(lines) == 4
    place = "file=a b%2Cc%25.py,line=2,endLine=2,col=3,endColumn=9"
    assert lines[0].startswith(f"::error {place},title=LC101 missing-zero-grad::50%25 off: a,b%0D%0A")
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::error", "::warning", "::notice"]


def test_junit(findings: list[Finding]) -> None:
    root = ET.fromstring(for_machines("junit", findings))
    suites = list(root)
    assert [(one.get("tests"), one.get("failures")) for one in suites] == [("2", "2"), ("1", "1"), ("1", "0")]
    assert [case.get("name") for suite in suites for case in suite] == ["LC101 missing-zero-grad"] * 4
    assert next(iter(suites[0][0])).tag == "failure"
    assert next(iter(suites[2][0])).tag == "system-out"


JUNIT = {
    "testsuites": {"name"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname"},
    "failure": {"message", "type"},
    "system-out": set(),
}
"""Elements and their attributes, all of which the schema of Jenkins' xunit plugin has: it refuses any other."""


def test_junit_has_only_what_jenkins_lets_pass(findings: list[Finding]) -> None:
    for found in (findings, []):
        for element in ET.fromstring(for_machines("junit", found)).iter():
            assert set(element.attrib) <= JUNIT[element.tag]


def in_cell(number: int) -> Finding:
    one = finding("train.ipynb", 1, "no step")
    site = one.site._replace(cell=number)
    return one._replace(site=site, related=(Related("the step is here", site._replace(cell=number + 1)),))


def test_each_format_names_the_cell_of_a_notebook(findings: list[Finding]) -> None:
    both = [in_cell(3), in_cell(5)]
    (first, second) = json.loads(for_machines("sarif", both))["runs"][0]["results"]
    assert first["message"]["text"] == "cell 3: no step\nDo it right."
    assert second["relatedLocations"][0]["message"]["text"] == "cell 6: the step is here"
    gitlab = json.loads(for_machines("gitlab", both))
    assert [one["description"] for one in gitlab] == [
        "LC101 missing-zero-grad: cell 3: no step",
        "LC101 missing-zero-grad: cell 5: no step",
    ]
    assert [one["cell"] for one in json.loads(for_machines("json", both))] == [3, 5]
    assert "::cell 3: no step%0A" in for_machines("github", both)
    failures = list(ET.fromstring(for_machines("junit", both)).iter("failure"))
    assert [one.get("message") for one in failures] == ["cell 3: no step", "cell 5: no step"]
    assert (failures[0].text or "").startswith("train.ipynb:cell 3:1:3\n")


def test_github_keeps_its_own_signs_apart(findings: list[Finding]) -> None:
    (line,) = for_machines("github", [finding("a:b,c%\n::d.py", 2, "::error:: 5%, a\n::b\rc")]).splitlines()
    assert line == (
        "::error file=a%3Ab%2Cc%25%0A%3A%3Ad.py,line=2,endLine=2,col=3,endColumn=9,title=LC101 missing-zero-grad"
        "::::error:: 5%25, a%0A::b%0Dc%0ADo it right."
    )


@pytest.mark.parametrize("form", MACHINE)
def test_a_name_that_is_no_text_is_no_fault(form: str, findings: list[Finding]) -> None:
    name = os.fsdecode(b"\xff.py") if os.name != "nt" else "\udcff.py"
    made = for_machines(form, [finding(name, 1), finding(f"/elsewhere/{name}", 1)])
    assert "LC101" in made
    if form == "sarif" and os.name != "nt":
        places = [one["locations"][0]["physicalLocation"] for one in json.loads(made)["runs"][0]["results"]]
        assert [one["artifactLocation"]["uri"] for one in places] == ["%FF.py", "file:///elsewhere/%FF.py"]


def test_json_lines(findings: list[Finding]) -> None:
    lines = for_machines("json-lines", findings).splitlines()
    assert [json.loads(line) for line in lines] == json.loads(for_machines("json", findings))


@pytest.mark.parametrize("form", MACHINE)
def test_nothing_found_is_a_report_too(form: str, tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text("x = 1\n", encoding="utf-8")
    command = [sys.executable, "-m", "loopcheck", "--isolated", "--output-format", form, "clean.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == for_machines(form, [])


@pytest.mark.parametrize("form", MACHINE)
def test_the_command_prints_the_report_alone(form: str, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import torch\nloss.backward(\n", encoding="utf-8")
    command = [sys.executable, "-m", "loopcheck", "--isolated", "--output-format", form, "bad.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "LC001" in done.stdout
    assert "Found 1" not in done.stdout
