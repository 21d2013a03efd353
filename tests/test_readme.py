"""The README keeps its word: its transcript, its tables, its commands and its Python example are those of today."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from loopcheck import settings_file
from loopcheck.errors import ExitCode
from loopcheck.faces import options
from loopcheck.linter import lint_paths, lint_source
from loopcheck.rules import catalogue
from loopcheck.settings import Settings

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


# ---- the parts about CI, comments and settings ---------------------------------------------------------------------
LOOP = """\
import torch


def train(epochs):
    net = torch.nn.Linear(2, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(6 * epochs):
        opt.zero_grad()
        net(torch.randn(4, 2)).pow(2).mean().backward()
        opt.step()
"""
BROKEN = LOOP.replace("        opt.zero_grad()\n", "")


def block_with(language: str, word: str) -> str:
    (block,) = [block for block in blocks(language) if word in block]
    return block


def test_every_command_in_the_prose_is_one() -> None:
    prose = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    commands = [shlex.split(text) for text in re.findall(r"`loopcheck ([^`]+)`", prose)]
    assert len(commands) > 10
    for words in commands:
        request = options.parse(words)
        assert request.command in options.COMMANDS


DEFAULTS = {"--output-format": "full", "--min-certainty": Settings().min_certainty.label, "--fail-on": "warning"}


def test_the_formats_and_levels_are_those_that_exist() -> None:
    for option, default in DEFAULTS.items():
        (cell,) = re.findall(rf"^\| `{option}` \| (.*) \|$", README, re.MULTILINE)
        words = set(re.findall(r"`([a-z-]+)`", cell))
        assert words == set(options._CHOICES[option])
        assert f"`{default}` (default)" in cell
    prose = README.partition("## In CI")[2].partition("\n## ")[0]
    assert {"github", "sarif", "gitlab", "junit"} <= set(re.findall(r"[` ]([a-z]+)`", prose))


def test_the_watched_transcript_is_what_run_prints() -> None:
    first, *printed = block_with("text", "loopcheck run").splitlines()
    command = first.removeprefix("$ loopcheck ").split()
    done = run(sys.executable, "-m", "loopcheck", *command)
    assert done.returncode == 1
    report = done.stderr
    for part in filter(None, map(str.strip, "\n".join(printed).split("..."))):  # "..." stands for what is left out
        assert part in report
        report = report.partition(part)[2]


def test_the_python_of_watching_runs(capsys: pytest.CaptureFixture[str]) -> None:
    torch = pytest.importorskip("torch")
    model = torch.nn.Linear(1, 1)
    names = {"model": model, "loader": [], "optimizer": torch.optim.SGD(model.parameters(), lr=0.1)}
    exec(compile(block_with("py", "loopcheck.attach"), "README.md", "exec"), names)
    names["session"].close()
    assert names["session"].findings == []


def test_the_comment_silences() -> None:
    comment = block_with("py", "# loopcheck: ignore").strip()
    assert comment.startswith("loss.backward()  #")
    text = "for x in d:\n    loss = f(x)\n    {}\n    optimizer.step()\n"
    assert [one.code for one in lint_source(text.format("loss.backward()"))] == ["LC101"]
    assert lint_source(text.format(comment)) == []


def test_the_settings_are_read_and_all_are_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(block_with("toml", "[tool.loopcheck]"), encoding="utf-8")
    chosen = settings_file.read(str(tmp_path / "pyproject.toml"))
    assert (chosen.select, chosen.ignore, chosen.optimizers) == (("ALL",), ("LC203",), ("MyOptimizer",))
    named = README.partition("The keys are ")[2].partition(". ")[0]
    assert set(re.findall(r"`([a-z-]+)`", named)) == set(settings_file._KEYS)


def test_the_pytest_transcript_and_its_tests(pytester: pytest.Pytester) -> None:
    pytester.mkdir("src").joinpath("train.py").write_text(BROKEN, encoding="utf-8")
    pytester.makepyprojecttoml("[tool.loopcheck]\n")
    lines = block_with("sh-session", "pytest").splitlines()
    commands = [shlex.split(line.partition("#")[0])[1:] for line in lines]
    assert [words[0] for words in commands] == ["pytest"] * 2
    for _, *arguments in commands:
        pytester.runpytest_subprocess(*arguments).assert_outcomes(failed=1)
    helpers = f"import pytest\n{LOOP}\n\n{BROKEN.replace('train(epochs)', 'train_badly(epochs=1)')}\n\n"
    tests = helpers + block_with("py", "loopcheck_session")
    (pytester.path / "test_good.py").write_text(tests, encoding="utf-8")
    (pytester.path / "test_bad.py").write_text(tests.replace("        opt.zero_grad()\n", ""), encoding="utf-8")
    found = pytester.runpytest_subprocess("-v")
    found.assert_outcomes(passed=5, failed=1)
    assert "test_bad.py::test_training FAILED" in found.stdout.str()


def test_the_baseline_and_the_comments_keep_old_findings_apart(tmp_path: Path) -> None:
    prose = README.partition("Old code, and no time")[2].partition("\n\n")[0]
    write, read, ignore = (shlex.split(text) for text in re.findall(r"`(?:loopcheck )?(--[^`]+)`", prose)[:3])
    (tmp_path / "train.py").write_text(BROKEN, encoding="utf-8")

    def status(*words: str) -> int:
        command = [sys.executable, "-m", "loopcheck", "--isolated", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode

    assert [status(), status(*write), status(*read), status(*ignore), status()] == [1, 0, 0, 0, 0]
    (tmp_path / "new.py").write_text(BROKEN, encoding="utf-8")
    assert status(*read) == 1


def test_what_is_checked_in_a_folder(tmp_path: Path) -> None:
    notebook = {"cells": [{"cell_type": "code", "source": BROKEN}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}
    for name in ("a.py", "b.ipynb", "c.txt", "ignored.py", ".venv/d.py", "build/e.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        text = json.dumps(notebook) if name.endswith(".ipynb") else BROKEN
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("ignored.py\n", encoding="utf-8")
    found = lint_paths([tmp_path])
    assert [(Path(one.site.filename).name, one.code) for one in found] == [("a.py", "LC101"), ("b.ipynb", "LC101")]
    assert [one.code for one in lint_paths([tmp_path / "ignored.py"])] == ["LC101"]


def test_every_file_that_is_linked_exists() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_installing_the_linter_never_installs_torch() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert [re.split(r"[<>=~! ]", word)[0] for word in project["dependencies"]] == ["libcst"]
