"""`loopcheck run` from outside: the program is as in a plain run, and the report says what was seen."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

LOOP = """
import torch

def main(steps=6, clear=False):
    torch.manual_seed(0)
    net = torch.nn.Linear(2, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.01)
    for _ in range(steps):
        if clear:
            opt.zero_grad()
        loss = net(torch.randn(4, 2)).pow(2).mean()
        loss.backward()
        opt.step()
"""
BROKEN = LOOP + "\nif __name__ == '__main__':\n    main()\n"
CLEAN = LOOP + "\nif __name__ == '__main__':\n    main(clear=True)\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str, module: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
    start = [sys.executable, "-W", "ignore", *(["-m", "loopcheck", "run"] if module else [])]
    return subprocess.run(
        [*start, *words], capture_output=True, text=True, timeout=120, env={**os.environ, **variables}, check=False
    )


def test_a_broken_script_is_found_and_a_good_one_is_not(folder: Path) -> None:
    Path("bad.py").write_text(BROKEN)
    Path("good.py").write_text(CLEAN)
    bad, good = run("bad.py"), run("good.py")
    assert bad.returncode == 1
    assert "error[LC101] missing-zero-grad" in bad.stderr
    assert "bad.py:12:9" in bad.stderr
    assert bad.stdout == ""
    assert "net: Linear, 3 parameters, 6 calls" in bad.stderr
    assert good.returncode == 0
    assert "No fault was seen." in good.stderr


SEES = """
import json, sys, os, pickle, __main__
class Mine: pass
copy = pickle.loads(pickle.dumps(Mine()))
print(json.dumps([sys.argv, sys.path[0], __name__, __file__, __main__.__dict__ is globals(), type(copy).__module__,
                  __package__, __spec__ is None, sorted(k for k in globals() if k.startswith('__'))]))
import gc
print(gc.isenabled())
"""


@pytest.mark.parametrize("place", ["look.py", "sub/look.py"])
def test_the_script_sees_what_it_would_see(folder: Path, place: str) -> None:
    Path("sub").mkdir()
    Path(place).write_text(SEES)
    words = [place, "--epochs", "3", "--color", "never", "--"]
    plain, watched = run(*words, module=False), run(*words)
    theirs, ours = (json.loads(one.stdout.splitlines()[0]) for one in (plain, watched))
    theirs[-1] = [name for name in theirs[-1] if name != "__annotations__"]
    ours[-1] = [name for name in ours[-1] if name != "__annotations__"]
    assert ours[:-1] == theirs[:-1]
    assert set(ours[-1]) >= set(theirs[-1]) - {"__doc__"}
    assert watched.stdout.splitlines()[1] == "True"
    assert watched.returncode == plain.returncode == 0


def test_a_module_sees_what_it_would_see(folder: Path) -> None:
    Path("pack").mkdir()
    Path("pack/__init__.py").write_text("")
    look = "import sys, json\nfrom . import other\n"
    look += "print(json.dumps([sys.argv, sys.path[0], __name__, __package__, __spec__.name]))\n"
    Path("pack/look.py").write_text(look)
    Path("pack/__main__.py").write_text(look)
    Path("pack/other.py").write_text("")
    for name in ("pack.look", "pack"):
        plain = subprocess.run(
            [sys.executable, "-m", name, "--x", "1"], capture_output=True, text=True, timeout=60, check=False
        )
        assert run("-m", name, "--x", "1").stdout == plain.stdout


@pytest.mark.parametrize(
    ("ending", "status", "stderr"),
    [
        ("raise SystemExit(7)", 7, "LC101"),
        ("import sys; sys.exit(0)", 1, "LC101"),
        ("import sys; sys.exit('no disk')", 1, "no disk"),
        ("raise ValueError('mine')", 1, "ValueError: mine"),
        ("import os; os._exit(5)", 5, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM, ""),
        ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", -signal.SIGINT, "KeyboardInterrupt"),
    ],
)
def test_the_scripts_own_end_wins(folder: Path, ending: str, status: int, stderr: str) -> None:
    Path("end.py").write_text(BROKEN + "\n" + ending + "\n")
    ended = run("end.py")
    assert ended.returncode == status
    assert stderr in ended.stderr


def test_an_interrupted_script_still_cleans_up(folder: Path) -> None:
    ending = "import atexit, os, signal; atexit.register(print, 'saved'); os.kill(os.getpid(), signal.SIGINT)"
    Path("end.py").write_text(BROKEN + "\n" + ending + "\n")
    ended = run("end.py")
    assert ended.returncode == -signal.SIGINT
    assert ended.stdout == "saved\n"


def test_a_traceback_is_the_users_alone(folder: Path) -> None:
    Path("end.py").write_text("def f():\n    raise ValueError('mine')\n\nf()\n")
    plain, ours = run("end.py", module=False), run("end.py")
    assert ours.stderr.startswith(plain.stderr)
    assert "diagnostics" not in ours.stderr


def test_forks_and_workers(folder: Path) -> None:
    """A fork that ends does not report; spawned and forked workers run as always; atexit functions still work."""
    Path("forks.py").write_text(
        LOOP
        + """
import atexit, os, multiprocessing, sys

def work(x):
    return x * x

if __name__ == "__main__":
    atexit.register(lambda: print("bye", work(3), flush=True))
    main(clear=True)
    child = os.fork()
    if child == 0:
        sys.exit(3)
    print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(work, [2]), flush=True)
    data = torch.utils.data.TensorDataset(torch.randn(8, 2))
    for _ in torch.utils.data.DataLoader(data, batch_size=4, num_workers=1):
        pass
"""
    )
    ended = run("forks.py")
    assert [line for line in ended.stdout.splitlines() if line != "bye 9"] == ["child 3", "[4]"]
    assert ended.stdout.count("bye 9") == 2  # the parent's and the fork's, as in a plain run
    assert ended.returncode == 0
    assert ended.stderr.count("--- loopcheck ---") == 1


def test_json_and_the_record(folder: Path) -> None:
    Path("bad.py").write_text(BROKEN)
    ended = run("--output-format", "json", "--report", "run.json", "bad.py")
    findings = json.loads(ended.stderr)
    assert [(f["code"], f["observer"], f["location"]["row"]) for f in findings] == [("LC101", "runtime", 12)]
    record = json.loads(Path("run.json").read_text())
    assert record["status"] == 0
    assert record["steps"] == 6
    assert len(record["losses"]) == 6
    assert record["findings"] == findings
    assert record["optimizers"][0]["kind"] == "SGD"


def test_options_and_settings(folder: Path) -> None:
    Path("bad.py").write_text(BROKEN)
    assert run("--ignore", "LC101", "bad.py").returncode == 0
    assert run("--exit-zero", "bad.py").returncode == 0
    assert run("--fail-on", "never", "bad.py").returncode == 0
    Path("pyproject.toml").write_text('[tool.loopcheck]\nignore = ["LC1"]\n')
    assert run("bad.py").returncode == 0
    assert run("--isolated", "bad.py").returncode == 1


def test_other_ranks_are_silent(folder: Path) -> None:
    Path("bad.py").write_text(BROKEN)
    ended = run("--report", "run.json", "bad.py", RANK="1")
    assert ended.stderr == ""
    assert ended.returncode == 0  # torchrun ends all processes as soon as one fails, and process 0 may still be saving
    assert json.loads(Path("run.rank1.json").read_text())["findings"][0]["code"] == "LC101"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "needs a script"),
        (["none.py"], "no such file: 'none.py'"),
        (["-m", "no_such_module"], "no module named 'no_such_module'"),
        (["broken.py"], "broken.py:1: cannot be run"),
        (["--select", "LC999", "broken.py"], "unknown rule 'LC999'"),
        (["--statistics", "broken.py"], "--statistics is no option of `loopcheck run`"),
    ],
)
def test_mistakes(folder: Path, words: list[str], message: str) -> None:
    Path("broken.py").write_text("def (:\n")
    ended = run(*words)
    assert ended.returncode == 2
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_program_that_ends_before_it_trains_has_the_last_word(folder: Path) -> None:
    (folder / "asks.py").write_text("import argparse\nargparse.ArgumentParser().parse_args()\n")
    done = run("asks.py", "--wrong")
    assert done.returncode == 2
    assert "loopcheck" not in done.stderr.replace("asks.py", "")


def test_rules_that_are_only_possible_can_be_shown(folder: Path) -> None:
    never = "    global plan\n    plan = torch.optim.lr_scheduler.StepLR(opt, 2)\n    for _"
    Path("never.py").write_text(CLEAN.replace("    for _", never).replace("steps=6", "steps=20"))
    assert run("never.py").returncode == 0
    shown = run("--min-certainty", "possible", "never.py")
    assert "LC602" in shown.stderr
    assert run("--min-certainty", "perhaps", "never.py").returncode == 2


@pytest.mark.parametrize("option", ["--report", "--output-file"])
@pytest.mark.parametrize("place", ["missing/x.json", "."])
def test_a_report_that_cannot_be_written_is_told_before_the_training(folder: Path, option: str, place: str) -> None:
    Path("train.py").write_text("print('trained')\n" + CLEAN)
    ended = run(option, place, "train.py")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert place in ended.stderr


def test_switched_off_it_runs_the_script_as_python_does(folder: Path) -> None:
    Path("train.py").write_text(BROKEN + "\nraise SystemExit(3)\n")
    ended = run("train.py", LOOPCHECK="off")
    assert (ended.returncode, ended.stderr) == (3, "")
