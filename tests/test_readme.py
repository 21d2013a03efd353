"""The README keeps its word: its transcript, its tables, its commands and its Python example are those of today."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from loopcheck.errors import ExitCode
from loopcheck.faces import options
from loopcheck.rules import catalogue

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str, text: str = README) -> list[str]:
    """The fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def rows(heading: str, text: str = README) -> list[list[str]]:
    """The cells of the table whose first heading is `heading`, without its first two lines."""
    lines = text.partition(f"| {heading} |")[2].splitlines()
    body = [line for line in lines[2 : lines.index("")] if line.startswith("|")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in body]


def run(*command: str, given: str = "") -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
    env["PYTHONWARNINGS"] = "ignore"  # torch says once that numpy is missing, where it is
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", input=given, timeout=60)


def options_named(text: str) -> set[str]:
    """What looks like a long option."""
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


KNOWN_OPTIONS = {*options._EVERYWHERE, *(name for table in options._OF_COMMAND.values() for name in table)}


def printed_by(example: str, capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether a Python example prints what its comments say."""
    exec(compile(example, "example", "exec"), {"__name__": "example"})
    return capsys.readouterr().out.splitlines() == re.findall(r"^# prints: (.*)$", example, re.MULTILINE)


def test_the_transcripts_are_what_the_command_prints() -> None:
    transcripts = blocks("console")
    assert transcripts
    for transcript in transcripts:
        first, _, printed = transcript.partition("\n")
        assert first.startswith("$ loopcheck ")
        assert run(sys.executable, "-m", "loopcheck", *first.split()[2:]).stdout.rstrip("\n") == printed.rstrip("\n")


def test_the_table_holds_the_rules_that_exist() -> None:
    listed = [(code, name) for code, name, *_ in rows("code")]
    assert listed == [(code, rule.card.name) for code, rule in catalogue().items()]


def test_the_exit_statuses_are_those_of_the_command() -> None:
    assert [int(status) for status, _ in rows("exit status")] == [code.value for code in ExitCode]


def test_the_commands_are_one_line_each_and_tried_by_ci() -> None:
    commands = [block.strip() for block in blocks("sh")]
    assert len(commands) == 2
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for command in commands:
        assert "\n" not in command
        assert command in ci
    assert "loopcheck examples/missing_zero_grad.py" in commands[0]
    assert "pytest" in commands[1]


def test_every_option_that_is_named_exists() -> None:
    prose = "".join(line for line in README.splitlines(keepends=True) if "benchmarks/" not in line)
    named = options_named(prose)
    assert named
    assert named - {"--loopcheck", "--lf"} <= KNOWN_OPTIONS  # these two are of pytest; test_pytest_plugin tries them


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    (example,) = blocks("python")
    assert printed_by(example, capsys)


def test_every_file_that_is_linked_exists() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_installing_the_linter_never_installs_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [re.split(r"[<>=~! ]", word)[0] for word in project["dependencies"]] == ["libcst"]
