"""The examples: what the linter says about each, and that each really runs and does what its first line says."""

import contextlib
import io
import json
import os
import runpy
import socket
import subprocess
import sys
from difflib import ndiff
from pathlib import Path

import pytest

import loopcheck
from loopcheck.findings import Certainty, Finding
from loopcheck.rules import catalogue

EXAMPLES = Path(__file__).parent.parent / "examples"
BROKEN = {
    "missing_zero_grad": ("LC101", "loss.backward()"),
    "zero_grad_before_step": ("LC102", "optimizer.zero_grad()"),
    "step_before_backward": ("LC103", "opt.step()"),
    "missing_backward": ("LC104", "optimizer.step()"),
    "missing_step": ("LC105", "loss.backward()"),
    "step_without_gradients": ("LC109", "optimizer.step()"),
    "step_twice": ("LC110", "optimizer.step()"),
    "eval_mode_left_on": ("LC201", "loss.backward()"),
    "loss_keeps_graph": ("LC401", "total += loss"),
    "softmax_before_loss": ("LC501", "loss = criterion(model(inputs), labels)"),
}
"""Each broken example, the one code it must give, and the statement it must point to."""
WATCHED = {"loss_broadcast": ("LC505", "loss = ((model(inputs) - targets) ** 2).mean()")}
"""Those that only a run shows."""
LEGAL = ("gradient_accumulation", "gan", "lbfgs_closure", "amp_accumulation", "decorated_loop", "ddp_two_processes")
NAMES = sorted([*BROKEN, *WATCHED, *(f"{name}_fixed" for name in (*BROKEN, *WATCHED)), *LEGAL])
ALONE = [name for name in NAMES if name != "ddp_two_processes"]

RUN_ALL = """
import contextlib, io, json, runpy, sys
printed = {}
for path in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        runpy.run_path(path, run_name="__main__")
    printed[path] = out.getvalue()
print(json.dumps(printed))
"""


def test_no_example_is_forgotten() -> None:
    assert sorted(path.stem for path in EXAMPLES.glob("*.py")) == NAMES


def test_the_examples_are_of_rules_that_exist() -> None:
    assert {code for code, _ in (*BROKEN.values(), *WATCHED.values())} <= set(catalogue())


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_example_gives_its_finding_once(name: str) -> None:
    file = EXAMPLES / f"{name}.py"
    found = loopcheck.lint_paths([file])
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [(one.code, lines[one.site.start.row - 1].strip()) for one in found] == [BROKEN[name]]


@pytest.mark.parametrize("name", [*BROKEN, *WATCHED])
def test_a_broken_example_is_found_by_a_watch(name: str) -> None:
    file = EXAMPLES / f"{name}.py"
    lines = file.read_text(encoding="utf-8").splitlines()
    found = watched(file)
    assert [(one.code, lines[one.site.start.row - 1].strip()) for one in found] == [{**BROKEN, **WATCHED}[name]]


@pytest.mark.parametrize("name", [name for name in ALONE if name not in {**BROKEN, **WATCHED, "decorated_loop": 0}])
def test_a_right_example_is_silent_under_a_watch(name: str) -> None:
    assert watched(EXAMPLES / f"{name}.py") == []


def watched(file: Path) -> list[Finding]:
    """What a watch of all rules says about a script."""
    with (
        loopcheck.watch(on_finding="collect", settings=loopcheck.Settings(select=("ALL",))) as session,
        contextlib.redirect_stdout(io.StringIO()),
    ):
        runpy.run_path(str(file), run_name="__main__")
    return list(session.findings)


@pytest.mark.skipif(os.name == "nt", reason="gloo and torchrun as on Linux")
def test_two_processes_report_once() -> None:
    with socket.socket() as free:  # two runs of these tests at once must not meet
        free.bind(("localhost", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", port]
    words = ["-m", "loopcheck", "run", str(EXAMPLES / "ddp_two_processes.py")]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([*command, *words], env=env, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("--- loopcheck ---") == 1
    assert "No fault was seen." in done.stderr
    assert done.stdout.count("epoch 5") == 1


@pytest.mark.parametrize("name", [*BROKEN, *WATCHED])
def test_a_fixed_example_gives_none_and_leaves_no_doubt(name: str) -> None:
    settings = loopcheck.Settings(min_certainty=Certainty.POSSIBLE)
    assert loopcheck.lint_paths([EXAMPLES / f"{name}_fixed.py"], settings) == []


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_loop_gives_none(name: str) -> None:
    assert loopcheck.lint_paths([EXAMPLES / f"{name}.py"]) == []


@pytest.mark.parametrize("name", [*BROKEN, *WATCHED])
def test_a_fix_is_one_statement(name: str) -> None:
    """Added, removed, moved or replaced; apart from the first line nothing else differs."""
    broken, fixed = (
        (EXAMPLES / f"{stem}.py").read_text(encoding="utf-8").splitlines()[1:] for stem in (name, f"{name}_fixed")
    )
    changed = [line for line in ndiff(broken, fixed) if line[0] in "+-"]
    assert 1 <= len(changed) <= 2
    assert len({line[0] for line in changed}) == len(changed)


@pytest.fixture(scope="module")
def last_line() -> dict[str, str]:
    """The last line each example prints. All run in one process and one thread: loading torch is what takes long."""
    files = [str(EXAMPLES / f"{name}.py") for name in ALONE]
    command = [sys.executable, "-c", RUN_ALL, *files]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    return {Path(file).stem: text.splitlines()[-1] for file, text in json.loads(done.stdout).items()}


def loss(line: str) -> float:
    return float(line.partition("loss ")[2].partition(",")[0])


def test_each_example_runs_to_its_end(last_line: dict[str, str]) -> None:
    ends = {name: line.partition(":")[0] for name, line in last_line.items()}
    long = {"step_before_backward", "step_before_backward_fixed"}
    wanted = {name: "epoch 10" if name in long else "epoch 5" for name in ALONE} | {"lbfgs_closure": "step 10"}
    assert ends == wanted


@pytest.mark.parametrize("code", ["LC101", "LC102", "LC103", "LC104", "LC105"])
def test_the_fault_is_silent_and_costs_the_training(code: str, last_line: dict[str, str]) -> None:
    """The broken script ended without an error, too (see above), but its loss is far worse."""
    (name,) = [name for name, expected in BROKEN.items() if expected[0] == code]
    assert loss(last_line[f"{name}_fixed"]) < 0.7 * loss(last_line[name])


def test_a_second_step_in_place_of_the_schedulers_leaves_the_learning_rate_as_it_was(
    last_line: dict[str, str],
) -> None:
    assert last_line["step_twice"].endswith("learning rate 0.0100")
    assert last_line["step_twice_fixed"].endswith("learning rate 0.0001")


def test_a_step_without_gradients_changes_nothing(last_line: dict[str, str]) -> None:
    assert last_line["step_without_gradients"] == last_line["step_without_gradients_fixed"]
