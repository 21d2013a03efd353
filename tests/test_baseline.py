"""--baseline: old findings are left out, new ones count, and a file that is none is told from one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BAD = """\
import torch


def train(model, loss_fn, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "bad.py").write_text(BAD, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "loopcheck", "--isolated", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_old_findings_are_left_out_even_if_they_move(folder: Path) -> None:
    written = run(folder, "--baseline", "known.json", "--write-baseline", "src")
    assert (written.returncode, written.stdout) == (0, "")
    assert "1 finding written to known.json" in written.stderr
    again = run(folder, "--baseline", "known.json", "src")
    assert again.returncode == 0
    assert "All checks passed!" in again.stdout
    assert "1 known finding left out" in again.stderr
    path = folder / "src" / "bad.py"
    path.write_text('"""Moved."""\n\n' + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert run(folder, "--baseline", "known.json", "src").returncode == 0
    assert run(folder / "src", "--baseline", "../known.json", ".").returncode == 0
    assert run(folder, "src").returncode == 1


def test_a_second_one_of_the_same_text_is_new(folder: Path) -> None:
    run(folder, "--baseline", "known.json", "--write-baseline", "src")
    path = folder / "src" / "bad.py"
    path.write_text(BAD + BAD.partition("\n\n\n")[2].replace("def train", "\n\ndef again"), encoding="utf-8")
    more = run(folder, "--baseline", "known.json", "--output-format", "concise", "src")
    assert more.returncode == 1
    assert more.stdout.count("LC101") == 1


def test_a_baseline_of_nothing_and_files_that_cannot_be_read(folder: Path) -> None:
    (folder / "clean.py").write_text("x = 1\n", encoding="utf-8")
    assert run(folder, "--baseline", "none.json", "--write-baseline", "clean.py").returncode == 0
    assert json.loads((folder / "none.json").read_text(encoding="utf-8")) == {"version": 1, "findings": []}
    assert run(folder, "--baseline", "none.json", "clean.py").returncode == 0
    (folder / "broken.py").write_text("import torch\nloss.backward(\n", encoding="utf-8")
    run(folder, "--baseline", "known.json", "--write-baseline", ".")
    assert "LC001" in run(folder, "--baseline", "known.json", ".").stdout


ENTRY = '{"version": 1, "findings": [{"code": "LC101", "filename": "x", "text": "y", "count": %s}]}'
ODD_COUNTS = ("-1", "0", "1.5", "1e400", "9" * 5000, "true", '"1"', "null", "NaN", "[1]")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file; --write-baseline makes it"),
        ("{", "is no baseline of loopcheck, or is broken"),
        ("[]", "is no baseline of loopcheck, or is broken"),
        ('{"version": 1, "findings": [{"code": "LC101"}]}', "is no baseline of loopcheck, or is broken"),
        ('{"version": 99, "findings": []}', "is of another version"),
        ('{"version": 1, "findings": {"code": "LC101"}}', "is no baseline of loopcheck, or is broken"),
        ('{"version": 1, "findings": 5}', "is no baseline of loopcheck, or is broken"),
        ('{"version": 1, "findings": [[]]}', "is no baseline of loopcheck, or is broken"),
        ("<<<<<<< HEAD\n", "is no baseline of loopcheck, or is broken"),
        ("[" * 100_000, "is no baseline of loopcheck, or is broken"),
        ("", "is no baseline of loopcheck, or is broken"),
        (b"\xff\xfe\x00", "is no baseline of loopcheck, or is broken"),
        (b"\xe4\xf6", "is no baseline of loopcheck, or is broken"),
        *((ENTRY % count, "is no baseline of loopcheck, or is broken") for count in ODD_COUNTS),
        (ENTRY.replace('"x"', "5") % 1, "is no baseline of loopcheck, or is broken"),
        (ENTRY.replace('"LC101"', "[]") % 1, "is no baseline of loopcheck, or is broken"),
    ],
)
def test_what_is_no_baseline(folder: Path, content: str | bytes | None, message: str) -> None:
    if content is not None:
        (folder / "known.json").write_bytes(content.encode() if isinstance(content, str) else content)
    done = run(folder, "--baseline", "known.json", "src")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_is_no_baseline(folder: Path) -> None:
    for more in ([], ["--write-baseline"]):
        done = run(folder, "--baseline", "src", *more, "src")
        assert (done.returncode, done.stdout) == (2, "")
        assert "'src'" in done.stderr
        assert "Is a directory" in done.stderr or "Permission denied" in done.stderr
        assert "Traceback" not in done.stderr
    assert [path.name for path in (folder / "src").iterdir()] == ["bad.py"]


def test_a_large_count_and_an_entry_twice(folder: Path) -> None:
    run(folder, "--baseline", "known.json", "--write-baseline", "src")
    kept = json.loads((folder / "known.json").read_text(encoding="utf-8"))
    (folder / "src" / "bad.py").write_text(BAD + BAD, encoding="utf-8")
    assert run(folder, "--baseline", "known.json", "src").returncode == 1
    for entries in ([kept["findings"][0] | {"count": 10**30}], kept["findings"] * 2):
        (folder / "known.json").write_text(json.dumps(kept | {"findings": entries}), encoding="utf-8")
        assert run(folder, "--baseline", "known.json", "src").returncode == 0


def test_the_file_must_be_named(folder: Path) -> None:
    done = run(folder, "--write-baseline", "src")
    assert done.returncode == 2
    assert "--write-baseline needs --baseline FILE" in done.stderr
