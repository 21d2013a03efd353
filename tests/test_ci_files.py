"""The files that others copy into their CI: well-formed, and their commands end as their readers expect."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_baseline import BAD

ROOT = Path(__file__).parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"src/bad.py": BAD, "clean.py": "x = 1\n", "build/old.py": BAD, "my/gen.py": BAD}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.loopcheck]\nextend-exclude = ['gen.py']\n", encoding="utf-8")
    return tmp_path


def run(folder: Path, command: str, *files: str) -> subprocess.CompletedProcess[str]:
    program, *words = shlex.split(command)
    assert program == "loopcheck"
    return subprocess.run(
        [sys.executable, "-m", "loopcheck", *words, *files], cwd=folder, capture_output=True, text=True, check=False
    )


def the_hook() -> dict[str, Any]:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert isinstance(hook, dict)
    return hook


def test_the_hook_has_what_pre_commit_demands() -> None:
    hook = the_hook()
    assert {"id", "name", "entry", "language"} <= set(hook)
    assert (hook["id"], hook["language"]) == ("loopcheck", "python")
    assert hook["types_or"] == ["python", "jupyter"]
    assert hook["require_serial"] is True  # or each part of the files would start processes of its own
    assert "hook `loopcheck`" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "status", "told"),
    [
        (["src/bad.py", "clean.py"], 1, "Found 1 error in 1 file (2 files checked)"),
        (["clean.py"], 0, "All checks passed! (1 file checked)"),
        (["build/old.py", "my/gen.py"], 0, ""),
        (["build/old.py", "src/bad.py"], 1, "Found 1 error in 1 file (1 file checked)"),
        (["gone.py"], 2, ""),
    ],
)
def test_the_hook_is_run_with_files(folder: Path, files: list[str], status: int, told: str) -> None:
    """Those that are excluded are left out although they are named: pre-commit names whatever is to be committed."""
    done = run(folder, the_hook()["entry"], *files)
    assert done.returncode == status
    assert told in done.stdout
    assert "Traceback" not in done.stderr
    if not told and status == 0:
        assert "no Python files found" in done.stderr


def test_the_hook_and_a_mistake_in_the_settings(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.loopcheck]\nignroe = []\n", encoding="utf-8")
    done = run(folder, the_hook()["entry"], "clean.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean ignore?" in done.stderr


def test_the_workflow(folder: Path) -> None:
    workflow = yaml.safe_load((ROOT / "docs" / "examples" / "github-workflow.yml").read_text(encoding="utf-8"))
    assert set(workflow) == {"name", True, "permissions", "jobs"}  # YAML 1.1 reads the key `on` as true
    assert workflow["permissions"]["security-events"] == "write"  # or the upload is refused
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(("uses" in step) != ("run" in step) for step in steps)
    commands = [step["run"] for step in steps if step.get("run", "").startswith("loopcheck ")]
    assert [run(folder, command).returncode for command in commands] == [0, 1]
    (upload,) = [step["with"]["sarif_file"] for step in steps if "upload-sarif" in step.get("uses", "")]
    report = json.loads((folder / upload).read_text(encoding="utf-8"))
    assert [one["ruleId"] for one in report["runs"][0]["results"]] == ["LC101"]
