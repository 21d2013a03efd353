"""The cache, the processes and the newer options of the command line, from outside."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loopcheck.faces import cli
from loopcheck.linter import cache as memory
from loopcheck.linter import check, pool
from loopcheck.settings import Settings

LOOP = """\
import torch
model = torch.nn.Linear(2, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for x, y in batches:
    loss = (model(x) - y).pow(2).mean()
    loss.backward()
    optimizer.step()
"""
CLEAN = LOOP.replace("    loss.backward()", "    optimizer.zero_grad()\n    loss.backward()")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "code"
    home.mkdir()
    for name, text in {"bad.py": LOOP, "clean.py": CLEAN, "other.py": "x = 1\n"}.items():
        (home / name).write_text(text, encoding="utf-8")
        os.utime(home / name, (1e9, 1e9))
    monkeypatch.chdir(home)
    monkeypatch.setenv("LOOPCHECK_CACHE_DIR", str(tmp_path / "cache"))
    return home


def kept(folder: Path) -> dict[str, list[object]]:
    (file,) = (folder.parent / "cache").iterdir()
    files: dict[str, list[object]] = json.loads(file.read_text(encoding="utf-8"))["files"]
    return {Path(name).name: entry for name, entry in files.items()}


def count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are judged from now on."""
    judged: list[str] = []
    real = check.check_file

    def counted(filename: str, settings: Settings) -> object:
        judged.append(Path(filename).name)
        return real(filename, settings)

    monkeypatch.setattr(pool, "check_file", counted)
    return judged


def test_a_second_run_judges_nothing_and_says_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["."]) == 1
    first = capsys.readouterr().out
    assert set(kept(folder)) == {"bad.py", "clean.py"}
    judged = count(monkeypatch)
    assert (cli.main(["."]), capsys.readouterr().out, judged) == (1, first, [])
    assert (cli.main(["--no-cache", "."]), capsys.readouterr().out) == (1, first)
    assert judged == ["bad.py", "clean.py"]


def test_with_many_files_what_is_irrelevant_is_remembered_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_MANY", 1)
    assert cli.main(["."]) == 1
    assert kept(folder)["other.py"][2] == memory.IRRELEVANT
    judged = count(monkeypatch)
    assert (cli.main(["."]), judged) == (1, [])


def test_a_changed_file_or_setting_is_judged_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli.main(["."]) == 1
    (folder / "bad.py").write_text(CLEAN, encoding="utf-8")
    judged = count(monkeypatch)
    assert (cli.main(["."]), judged) == (0, ["bad.py"])
    assert cli.main(["--select", "LC105", "."]) == 0
    assert len(judged) == 3


def test_a_file_that_has_just_changed_is_not_remembered(folder: Path) -> None:
    now = time.time()
    os.utime(folder / "bad.py", (now, now))
    assert cli.main(["."]) == 1
    assert set(kept(folder)) == {"clean.py"}


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"key": 1}', b"\xff\xfe", b'{"key": "x", "files": 3}'])
def test_a_damaged_cache_counts_as_empty(folder: Path, damage: bytes) -> None:
    assert cli.main(["."]) == 1
    (file,) = (folder.parent / "cache").iterdir()
    file.write_bytes(damage)
    assert cli.main(["."]) == 1
    assert set(kept(folder)) == {"bad.py", "clean.py"}


def test_entries_that_make_no_sense_are_judged_anew(folder: Path) -> None:
    assert cli.main(["."]) == 1
    (file,) = (folder.parent / "cache").iterdir()
    data = json.loads(file.read_text())
    for entry, verdict in zip(data["files"].values(), ([["LC101"]], "x"), strict=True):
        entry[2] = verdict
    file.write_text(json.dumps(data))
    assert cli.main(["."]) == 1


def test_a_cache_that_cannot_be_written_is_done_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = folder.parent / "file"
    blocked.write_text("")
    monkeypatch.setenv("LOOPCHECK_CACHE_DIR", str(blocked / "below"))
    assert cli.main(["."]) == 1


def test_a_file_that_could_not_be_read_is_not_remembered(folder: Path) -> None:
    (folder / "bad.py").write_text("import torch\nloss.backward(\n", encoding="utf-8")
    os.utime(folder / "bad.py", (1e9, 1e9))
    assert cli.main(["."]) == 1
    assert "bad.py" not in kept(folder)


# ---- processes -----------------------------------------------------------------------------------------------------
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_result_does_not_depend_on_the_number_of_processes(folder: Path) -> None:
    for number in range(20):
        (folder / f"f{number:02}.py").write_text((LOOP, CLEAN, "(", "x = 1")[number % 4], encoding="utf-8")
    files = sorted(str(path) for path in folder.glob("*.py"))
    alone = pool.check_all(files, Settings(), 1)
    assert pool.check_all(files, Settings(), 3) == alone
    assert [len(found) for found in alone].count(0) < len(files)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_worker_that_dies_costs_its_file_and_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [str(folder / name) for name in ("bad.py", "clean.py", "other.py")]
    real = check.check_file

    def deadly(filename: str, settings: Settings) -> object:
        if filename.endswith("clean.py"):
            os._exit(9)
        return real(filename, settings)

    monkeypatch.setattr(pool, "check_file", deadly)
    found = pool.check_all(files, Settings(), 2)
    assert [[f.code for f in one] for one in found] == [["LC101"], ["LC001"], []]
    assert "ended the process" in found[1][0].message


# ---- options -------------------------------------------------------------------------------------------------------
def test_standard_input(folder: Path) -> None:
    command = [sys.executable, "-m", "loopcheck", "-", "--stdin-filename", "sub/train.py", "--output-format=concise"]
    done = subprocess.run(command, input=LOOP.encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout.split(b":")[0]) == (1, b"sub/train.py")
    done = subprocess.run(command, input=b"\xff(", capture_output=True, check=False)
    assert (done.returncode, b"LC001" in done.stdout) == (1, True)


def test_standard_input_stands_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["-", "bad.py"]) == 2
    assert "checked alone" in capsys.readouterr().err


def test_statistics_files_and_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--statistics", "."]) == 1
    assert capsys.readouterr().out.startswith("1  LC101  missing-zero-grad\n")
    assert cli.main(["--statistics", "--output-format", "json", "."]) == 1
    assert json.loads(capsys.readouterr().out) == [{"code": "LC101", "name": "missing-zero-grad", "count": 1}]
    assert cli.main(["--show-files", "."]) == 0
    assert capsys.readouterr().out.split() == ["bad.py", "clean.py", "other.py"]
    assert cli.main(["--show-settings", "--fail-on", "never"]) == 0
    assert 'fail-on = "never"\n' in capsys.readouterr().out


def test_a_report_goes_to_a_file_whole_or_not_at_all(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["-o", "report.json", "--output-format", "json", "."]) == 1
    assert capsys.readouterr().out == ""
    assert [f["code"] for f in json.loads((folder / "report.json").read_text())] == ["LC101"]
    assert cli.main(["--output-file", "none/report.txt", "."]) == 2
    assert "cannot write 'none/report.txt'" in capsys.readouterr().err
    assert not list(folder.glob("*.part"))


@pytest.mark.parametrize("word", ["0", "x", "-1"])
def test_jobs_must_be_a_number(folder: Path, capsys: pytest.CaptureFixture[str], word: str) -> None:
    assert cli.main([f"--jobs={word}", "bad.py"]) == 2
    assert "--jobs must be a number" in capsys.readouterr().err
    assert cli.main(["-j2", "--no-cache", "bad.py"]) == 1


def test_a_long_scan_shows_how_far_it_is_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from loopcheck.faces import run_check

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, told in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setattr(run_check, "_SLOW", 0.0)
        progress = run_check._Progress(3)
        progress(1)
        progress.erase()
        assert ("1 of 3 files" in stream.getvalue()) == told
        assert stream.getvalue() == "" or stream.getvalue().endswith("\r")
