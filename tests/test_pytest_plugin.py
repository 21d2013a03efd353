"""The pytest plugin, from outside: files as items, tests under watch, and next to nothing while it is idle."""

from __future__ import annotations

import re
import sys
import xml.etree.ElementTree as ET

import pytest

BAD = """
import torch

def train(model, loss_fn, batches):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for x, y in batches:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
"""
GOOD = BAD.replace("        loss = ", "        optimizer.zero_grad()\n        loss = ")
ADVICE = (
    GOOD.replace("loss_fn(model(x), y)", "torch.nn.functional.mse_loss(net(x), y)")
    .replace("    for x", "    net = torch.nn.Linear(2, 1)\n    for x")
    .replace("backward()", "backward(retain_graph=True)")
    .replace("model.param", "net.param")
    .replace("    optimizer =", "    net = torch.nn.Linear(2, 1)\n    optimizer =")
)
LOOPS = """
import pytest
import torch


def loop(clear):
    net = torch.nn.Linear(2, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(6):
        if clear:
            opt.zero_grad()
        net(torch.randn(4, 2)).pow(2).mean().backward()
        opt.step()

"""


@pytest.fixture(autouse=True)
def _own_settings(pytester: pytest.Pytester) -> None:
    """Each project for itself: not the settings of a folder above."""
    pytester.makepyprojecttoml("[tool.loopcheck]\n")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:randomly", *arguments)


# ---- files ---------------------------------------------------------------------------------------------------------
def test_each_file_is_an_item_that_fails_with_its_findings(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(bad=BAD, good=GOOD, test_mine="def test_one():\n    pass\n")
    pytester.mkpydir("sub").joinpath("other.py").write_text(BAD, encoding="utf-8")
    found = run(pytester, "--loopcheck", "-v")
    found.assert_outcomes(passed=4, failed=2)
    text = found.stdout.str()
    assert "bad.py::loopcheck FAILED" in text
    assert "good.py::loopcheck PASSED" in text
    assert " --> bad.py:7:9" in text
    assert re.search(r"=+ loopcheck =+\nbad\.py:7: LC101 missing-zero-grad", text)
    assert run(pytester).ret == 0


def test_k_m_lf_and_node_ids(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(bad=BAD, good=GOOD, test_mine="def test_one():\n    pass\n")
    run(pytester, "--loopcheck", "-m", "loopcheck_lint").assert_outcomes(passed=2, failed=1, deselected=1)
    run(pytester, "--loopcheck", "-m", "not loopcheck_lint").assert_outcomes(passed=1, deselected=3)
    run(pytester, "--loopcheck", "-k", "good").assert_outcomes(passed=1, deselected=3)
    run(pytester, "--loopcheck").assert_outcomes(passed=3, failed=1)
    run(pytester, "--loopcheck", "--lf").assert_outcomes(failed=1)
    run(pytester, "--loopcheck", "bad.py::loopcheck").assert_outcomes(failed=1)
    run(pytester, "--loopcheck", "good.py").assert_outcomes(passed=1)


def test_paths_and_settings(pytester: pytest.Pytester) -> None:
    for name in ("src", "extra"):
        pytester.mkdir(name).joinpath("bad.py").write_text(BAD, encoding="utf-8")
    pytester.makeini("[pytest]\nloopcheck_paths = src\n")
    run(pytester, "--loopcheck").assert_outcomes(failed=1)
    run(pytester, "--loopcheck", "extra", "src").assert_outcomes(failed=2)
    pytester.makepyprojecttoml("[tool.loopcheck]\nignore = ['LC101']\n")
    run(pytester, "--loopcheck").assert_outcomes(passed=1)
    pytester.makepyprojecttoml("[tool.loopcheck]\nfail-on = 'never'\n")
    mild = run(pytester, "--loopcheck", "-rP")
    mild.assert_outcomes(passed=1)
    assert "LC101" in mild.stdout.str()
    pytester.makepyprojecttoml("[tool.loopcheck]\nignroe = ['LC101']\n")
    wrong = run(pytester, "--loopcheck")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    assert "did you mean ignore?" in wrong.stderr.str()


def test_with_xdist(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile(bad=BAD, good=GOOD, test_mine="def test_one():\n    pass\n")
    run(pytester, "--loopcheck", "-n2").assert_outcomes(passed=3, failed=1)


def test_junit_xml(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(bad=BAD)
    run(pytester, "--loopcheck", "--junitxml=out.xml")
    case = next(ET.parse(pytester.path / "out.xml").iter("testcase"))
    failure = case.find("failure")
    assert case.get("name") == "loopcheck"
    assert failure is not None
    assert "LC101" in (failure.text or "")


def test_a_suite_with_packages_of_our_names_and_a_broken_conftest(pytester: pytest.Pytester) -> None:
    for name in ("linter", "diagnostics", "core"):
        pytester.mkpydir(name).joinpath("mine.py").write_text("VALUE = 1\n", encoding="utf-8")
    pytester.makepyfile(
        test_mine="from linter.mine import VALUE\nimport diagnostics.mine\n\ndef test_one():\n    assert VALUE\n"
    )
    assert run(pytester, "--loopcheck", "--rootdir=.", "-p", "no:cacheprovider").ret == 0
    pytester.makeconftest("raise RuntimeError('mine')\n")
    broken = run(pytester, "--loopcheck")
    assert broken.ret == pytest.ExitCode.USAGE_ERROR
    assert "RuntimeError: mine" in broken.stderr.str()


def test_a_second_run_asks_the_cache(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPCHECK_CACHE_DIR", str(pytester.path / "cache"))
    path = pytester.makepyfile(bad=BAD)
    old = path.stat().st_mtime - 60
    import os

    os.utime(path, (old, old))
    run(pytester, "--loopcheck").assert_outcomes(failed=1)
    plugin = "import sys\n\ndef pytest_sessionfinish():\n    print('libcst' in sys.modules, 'torch' in sys.modules)\n"
    pytester.makeconftest(plugin)
    again = run(pytester, "--loopcheck", "-s")
    again.assert_outcomes(failed=1, passed=1)
    assert "False False" in again.stdout.str()


# ---- watch ---------------------------------------------------------------------------------------------------------
def test_the_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        LOOPS
        + """
def test_good(loopcheck_session):
    loop(True)
    assert loopcheck_session.findings == []

def test_bad(loopcheck_session):
    loop(False)

def test_expected(loopcheck_session):
    with loopcheck_session.expect("missing-zero-grad", times=1):
        loop(False)
    loop(True)

def test_expected_in_vain(loopcheck_session):
    with loopcheck_session.expect("LC102"):
        loop(False)

def test_unknown(loopcheck_session):
    with loopcheck_session.expect("missing-zero-gard"):
        pass

def test_named(loopcheck_session):
    head = torch.nn.Linear(2, 1)
    plan = torch.optim.SGD(head.parameters(), lr=0.1)
    loopcheck_session.attach(head, plan)
    for _ in range(4):
        head(torch.randn(4, 2)).pow(2).mean().backward()
        plan.step()
    assert [f.subject for f in loopcheck_session.findings] == ["plan"]
"""
    )
    found = run(pytester)
    found.assert_outcomes(passed=4, failed=2, errors=3)
    text = found.stdout.str()
    assert "expected LC102 1 time, found it 0; found: LC101" in text
    assert "did you mean missing-zero-grad?" in text
    assert re.search(r"=+ loopcheck =+\n.*test_bad: LC101", text)


def test_the_marker_and_the_ini_option(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        LOOPS
        + """
@pytest.mark.loopcheck
def test_marked():
    loop(False)

@pytest.mark.loopcheck(ignore="LC101")
def test_ignored():
    loop(False)

@pytest.mark.loopcheck(select=["LC2"], min_certainty="certain")
def test_other_rules():
    loop(False)

@pytest.mark.loopcheck(slect="LC2")
def test_wrong():
    pass

def test_plain():
    loop(False)

def test_raises():
    loop(False)
    raise KeyError("mine")
"""
    )
    found = run(pytester)
    found.assert_outcomes(passed=3, failed=3)
    assert "did you mean select?" in found.stdout.str()
    pytester.makeini("[pytest]\nloopcheck_watch = true\n")
    watched = run(pytester)
    watched.assert_outcomes(passed=2, failed=4)
    assert "KeyError: 'mine'" in watched.stdout.str()


def test_without_torch_files_are_still_checked_and_the_fixture_says_what_is_missing(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
import sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            raise ModuleNotFoundError("no torch", name="torch")

sys.meta_path.insert(0, NoTorch())
"""
    )
    pytester.makepyfile(bad=BAD, test_mine="def test_one(loopcheck_session):\n    pass\n")
    found = run(pytester, "--loopcheck")
    found.assert_outcomes(passed=2, failed=1, errors=1)
    assert "torch is not installed" in found.stdout.str()


# ---- idle ----------------------------------------------------------------------------------------------------------
def test_idle_it_loads_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import sys\n\ndef test_one():\n"
        "    ours = {name for name in sys.modules if name.partition('.')[0] in ('loopcheck', 'libcst', 'torch')}\n"
        "    assert ours == {'loopcheck', 'loopcheck.faces', 'loopcheck.faces.pytest_plugin'}\n"
    )
    run(pytester).assert_outcomes(passed=1)


def test_it_can_be_left_out(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(bad=BAD)
    assert run(pytester, "-p", "no:loopcheck", "--loopcheck").ret == pytest.ExitCode.USAGE_ERROR
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    off = pytester.run(sys.executable, "-m", "pytest", "--loopcheck")
    assert off.ret == pytest.ExitCode.USAGE_ERROR
    named = pytester.run(sys.executable, "-m", "pytest", "-p", "loopcheck.faces.pytest_plugin", "--loopcheck")
    named.assert_outcomes(failed=1)
