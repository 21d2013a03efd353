"""Several processes: the same answers in the same order, and a death costs one file, with fork and without."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from loopcheck.faces import cli
from loopcheck.findings import Finding
from loopcheck.linter import crew, pool
from loopcheck.settings import Settings, Wrapper
from loopcheck.settings_file import EVENTS

BAD = "import torch\nfor x in y:\n    loss = f(x)\n    loss.backward()\n    opt.step()\n"
CLEAN = BAD.replace("    loss =", "    opt.zero_grad()\n    loss =")
needs_fork = pytest.mark.skipif(not pool.can_fork(), reason="no fork here")
WAYS = pytest.mark.parametrize("way", [pytest.param("fork", marks=needs_fork), "start"], indirect=True)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """20 files, every other one with a finding, one of them broken."""
    for i in range(20):
        (tmp_path / f"f{i:02}.py").write_text((BAD if i % 2 else CLEAN) + f"x = '{'a' * i}'\n", encoding="utf-8")
    (tmp_path / "f07.py").write_text(BAD + "def (\n", encoding="utf-8")
    return sorted(map(str, tmp_path.glob("*.py")))


@pytest.fixture
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How workers come to be: forked, or started afresh as where there is no fork."""
    if request.param == "start":
        starting(monkeypatch)
    return str(request.param)


def starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "can_fork", lambda: False)
    monkeypatch.setattr(pool, "_WORTH_STARTING", 100)


@WAYS
@pytest.mark.parametrize("jobs", [2, 5])
def test_the_same_in_the_same_order(jobs: int, way: str, files: list[str]) -> None:
    alone = pool.check_all(files, Settings(), 1)
    assert [f.code for found in alone for f in found].count("LC101") == 9
    told: list[int] = []
    assert pool.check_all(files, Settings(), jobs, told.append) == alone
    assert told == list(range(1, len(files) + 1))


@WAYS
def test_settings_reach_the_workers(way: str, files: list[str]) -> None:
    chosen = Settings(ignore=("LC101",), wrappers=(Wrapper("go", EVENTS["step"], None),))
    found = [f.code for one in pool.check_all(files, chosen, 2) for f in one]
    assert found == [f.code for one in pool.check_all(files, chosen, 1) for f in one] == ["LC001"]


def test_little_work_starts_no_interpreter(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "can_fork", lambda: False)
    monkeypatch.setattr(crew, "Crew", None)
    assert pool.check_all(files, Settings(), 4)
    starting(monkeypatch)
    monkeypatch.setattr(sys, "executable", "")
    assert pool.check_all(files, Settings(), 4)


_DEADLY = """
import os, sys
sys.path.append(sys.argv[1])
from loopcheck.linter import crew
real = crew.check_file
def deadly(file, settings):
    if file.endswith(("f03.py", "f05.py", "f11.py")):
        os._exit(7)
    return real(file, settings)
crew.check_file = deadly
crew.work()
"""


def test_a_death_costs_one_file(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    alone = pool.check_all(files, Settings(), 1)
    starting(monkeypatch)
    monkeypatch.setattr(crew, "_PROGRAM", _DEADLY)
    told = pool.check_all(files, Settings(), 2)
    doomed = {3, 5, 11}
    assert [f for i, f in enumerate(told) if i not in doomed] == [f for i, f in enumerate(alone) if i not in doomed]
    for number in doomed:
        (one,) = told[number]
        assert (one.code, one.site.filename) == ("LC001", files[number])
        assert "ended the process" in one.message


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "print('no pickle')", "import sys; sys.stdin.close()"])
def test_without_any_worker_the_work_is_done_here(
    program: str, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = pool.check_all(files, Settings(), 1)
    starting(monkeypatch)
    monkeypatch.setattr(crew, "_PROGRAM", program)
    assert pool.check_all(files, Settings(), 3) == alone


def test_without_processes_at_all_too(files: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError("no more processes")

    alone = pool.check_all(files, Settings(), 1)
    starting(monkeypatch)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert pool.check_all(files, Settings(), 3) == alone


@WAYS
def test_workers_leave_no_process_and_no_open_file(way: str, files: list[str]) -> None:
    def is_open() -> int:
        descriptors = Path("/proc/self/fd")
        return len(list(descriptors.iterdir())) if descriptors.exists() else 0

    def found() -> list[list[Finding]]:
        return pool.check_all(files, Settings(), 3)

    found()  # what is imported now may stay open
    before = is_open()
    assert found()
    assert is_open() == before
    if hasattr(os, "waitpid"):
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)


def test_a_worker_imports_nothing_from_the_folder_it_is_started_in(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = pool.check_all(files, Settings(), 1)
    for name in ("pickle", "libcst", "signal", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('SPRUNG', 'w').close()\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    starting(monkeypatch)
    assert pool.check_all(files, Settings(), 2) == alone
    assert not (tmp_path / "SPRUNG").exists()


_INTERRUPTED = """
import sys
from loopcheck.faces import cli
from loopcheck.linter import crew, pool
pool.can_fork, pool._WORTH_STARTING = lambda: False, 100
crew._PROGRAM = '''
import sys, time
from loopcheck.linter import crew
def slow(*_):
    open(%r, "w").close()
    time.sleep(60)
crew.check_file = slow
crew.work()
''' % (sys.argv[1] + "/started")
print("ended", cli.main(["-j3", "--no-cache", sys.argv[1]]))
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are different there")
def test_an_interrupt_ends_started_workers(files: list[str], tmp_path: Path) -> None:
    """As Ctrl-C does it: to all processes of the group."""
    process = subprocess.Popen(
        [sys.executable, "-c", _INTERRUPTED, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    end = time.monotonic() + 30
    while not (tmp_path / "started").exists() and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (out, err) == ("ended 130\n", "")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # nobody of the group is left


def test_the_command_says_the_same_with_started_workers(
    files: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--no-cache", "-j1", *files]) == 1
    alone = capsys.readouterr().out
    starting(monkeypatch)
    assert cli.main(["--no-cache", "-j3", *files]) == 1
    assert capsys.readouterr().out == alone
