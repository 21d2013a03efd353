"""The pytest plugin, from outside: files as items, tests under watch, and next to nothing while it is idle."""

from __future__ import annotations

import json
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
    assert re.search(r"=+ loopcheck =+\nbad\.py:7:9: LC101 missing-zero-grad", text)
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
    wrong = run(pytester, "--loopcheck", "-o", "loopcheck_paths=srk")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    assert "loopcheck_paths: no such file or folder: '" in wrong.stderr.str()
    pytester.makepyprojecttoml("[tool.loopcheck]\nignore = ['LC101']\n")
    run(pytester, "--loopcheck").assert_outcomes(passed=1)
    pytester.makepyprojecttoml("[tool.loopcheck]\nfail-on = 'never'\n")
    mild = run(pytester, "--loopcheck", "-rP")
    mild.assert_outcomes(passed=1)
    assert "LC101" in mild.stdout.str()
    pytester.makepyprojecttoml("[tool.loopcheck]\nignroe = ['LC101']\n")
    for more in ([], ["-n2"]):
        wrong = run(pytester, "--loopcheck", *more)
        assert wrong.ret == pytest.ExitCode.USAGE_ERROR
        assert "did you mean ignore?" in wrong.stderr.str()
        assert "pytest_lint.py" not in wrong.stdout.str() + wrong.stderr.str()


def test_with_xdist(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    test = LOOPS + "\ndef test_one(loopcheck_session):\n    loop(False)\n"
    pytester.makepyfile(bad=BAD, good=GOOD, test_mine=test)
    found = run(pytester, "--loopcheck", "-n2")
    found.assert_outcomes(passed=2, failed=2)
    lines = found.stdout.str().partition(" loopcheck =")[2].splitlines()[1:3]
    assert lines[0].startswith("bad.py:7:9: LC101 missing-zero-grad ")
    assert lines[1].startswith("test_mine.py::test_one: test_mine.py:")


def test_ff_sw_deselect_and_ignore(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(aaa=GOOD, bad=BAD)
    pytester.mkdir("sub").joinpath("other.py").write_text(BAD, encoding="utf-8")
    run(pytester, "--loopcheck").assert_outcomes(passed=1, failed=2)
    first = run(pytester, "--loopcheck", "--ff", "-v").stdout.str()
    assert first.index("bad.py::loopcheck FAILED") < first.index("aaa.py::loopcheck PASSED")
    run(pytester, "--loopcheck", "--sw").assert_outcomes(passed=1, failed=1)
    run(pytester, "--loopcheck", "--deselect", "bad.py::loopcheck").assert_outcomes(passed=1, failed=1, deselected=1)
    for option in ("--ignore=sub", "--ignore=sub/other.py", "--ignore-glob=*/oth*.py", "--ignore-glob=s*"):
        run(pytester, "--loopcheck", option).assert_outcomes(passed=1, failed=1)
        run(pytester, "--loopcheck", option, ".").assert_outcomes(passed=1, failed=1)


def test_a_training_script_that_is_named_is_not_run(pytester: pytest.Pytester) -> None:
    script = BAD + "\nopen('it-ran', 'w').close()\n"
    tests = script + "\ndef test_one():\n    pass\n"
    pytester.makepyfile(script=script, with_tests=tests, test_usual=script)
    for name in ("script.py", "script.py::loopcheck"):
        run(pytester, "--loopcheck", name).assert_outcomes(failed=1)
        assert not (pytester.path / "it-ran").exists()
    for name, passed in {"with_tests.py": 1, "test_usual.py": 0}.items():
        run(pytester, "--loopcheck", name).assert_outcomes(failed=1, passed=passed)
        assert (pytester.path / "it-ran").exists()
        (pytester.path / "it-ran").unlink()


def test_no_package_is_imported(pytester: pytest.Pytester) -> None:
    for name in ("pkg", "pkg/deep"):
        folder = pytester.mkpydir(name)
        (folder / "__init__.py").write_text("raise RuntimeError('it ran')\n", encoding="utf-8")
        (folder / "bad.py").write_text(BAD, encoding="utf-8")
    for arguments in ([], ["."], ["pkg/deep"], ["pkg/bad.py", "pkg/deep/__init__.py"], ["-n2"]):
        found = run(pytester, "--loopcheck", *arguments)
        number = 1 if "pkg" in "".join(arguments) else 2
        found.assert_outcomes(passed=number, failed=number)
        assert "it ran" not in found.stdout.str()
        assert "bad.py::loopcheck" in found.stdout.str()


def test_notebooks(pytester: pytest.Pytester) -> None:
    cells = [{"cell_type": "code", "source": source} for source in ("x = 1\n", BAD)]
    text = json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    (pytester.path / "train.ipynb").write_text(text, encoding="utf-8")
    listed = run(pytester, "--loopcheck", "--collect-only", "-q")
    assert listed.stdout.lines[0] == "train.ipynb::loopcheck"
    for arguments in ([], ["train.ipynb"], ["."]):
        found = run(pytester, "--loopcheck", *arguments)
        found.assert_outcomes(failed=1)
        assert "\ntrain.ipynb:cell 2:8:9: LC101 missing-zero-grad" in found.stdout.str()


def test_from_a_folder_below_and_with_the_root_below(pytester: pytest.Pytester) -> None:
    sub = pytester.mkdir("sub")
    pytester.makepyfile(bad=BAD)
    (sub / "other.py").write_text(BAD, encoding="utf-8")
    pytester.makeini("[pytest]\n")
    run(pytester, "--loopcheck", "--rootdir=sub", "-c", "tox.ini").assert_outcomes(failed=1)
    pytester.chdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(sub)
        found = run(pytester, "--loopcheck")
    found.assert_outcomes(failed=2)
    assert "\nother.py:8:9: LC101" in found.stdout.str()
    assert " --> other.py:8:9" in found.stdout.str()


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
    found.assert_outcomes(passed=2, failed=4)
    text = found.stdout.str()
    assert "expected LC102 1 time, found it 0; found: LC101" in text
    assert "did you mean missing-zero-grad?" in text
    assert re.search(r"=+ loopcheck =+\n.*test_bad: .*\.py:\d+:9: LC101 missing-zero-grad", text)


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


HARD = """
import unittest


@pytest.mark.xfail(strict=True)
def test_expected_to_fail(loopcheck_session):
    loop(False)

@pytest.mark.xfail(strict=True)
@pytest.mark.loopcheck
def test_marked_and_expected_to_fail():
    loop(False)

def test_skips(loopcheck_session):
    loop(False)
    pytest.skip("later")

def test_fails_itself(loopcheck_session):
    loop(False)
    raise KeyError("mine")

@pytest.mark.loopcheck(ignore="LC101")
def test_marker_and_fixture(loopcheck_session):
    loop(False)

@pytest.mark.loopcheck
def test_asked_for_late(request):
    request.getfixturevalue("loopcheck_session")
    loop(False)

@pytest.mark.parametrize("clear", [True, False])
def test_values(clear, loopcheck_session):
    loop(clear)

@pytest.fixture
def wrapped(loopcheck_session):
    return loopcheck_session

@pytest.fixture(scope="session")
def trained():
    loop(False)

def test_one_watch_for_two_fixtures(wrapped, trained, loopcheck_session):
    assert wrapped is loopcheck_session
    loop(True)

@pytest.fixture
def broken(loopcheck_session):
    loop(False)
    raise KeyError("fixture")

def test_whose_fixture_breaks(broken):
    pass

@pytest.mark.usefixtures("loopcheck_session")
class TestCase(unittest.TestCase):
    def test_bad(self):
        loop(False)

    def test_good(self):
        loop(True)

class TestAsync(unittest.IsolatedAsyncioTestCase):
    @pytest.mark.loopcheck
    async def test_waits(self):
        loop(False)
"""


def test_every_kind_of_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(LOOPS + HARD)
    for more in ([], ["-n2"]):
        found = run(pytester, "-rA", *more)
        found.assert_outcomes(passed=4, failed=5, xfailed=2, skipped=1, errors=1)
        text = found.stdout.str()
        for name in ("fails_itself", "asked_for_late", "values[False]"):
            assert re.search(rf"^FAILED .*::test_{re.escape(name)}", text, re.MULTILINE)
        assert re.search(r"^FAILED .*::TestCase::test_bad", text, re.MULTILINE)
        assert re.search(r"^FAILED .*::TestAsync::test_waits", text, re.MULTILINE)
        assert text.count("::test_asked_for_late: ") == 1
        mine = text.partition("_ test_fails_itself _")[2].partition("\n____")[0]
        assert "KeyError: 'mine'" in mine
        assert "error[LC101] missing-zero-grad" in mine


def test_what_is_missing_is_not_missed_in_a_test_that_breaks_off(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        LOOPS
        + """
import unittest

def half():
    net = torch.nn.Linear(2, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(6):
        opt.zero_grad()
        net(torch.randn(4, 2)).pow(2).mean().backward()

def test_whole(loopcheck_session):
    half()

def test_half(loopcheck_session):
    half()
    raise KeyError("mine")

def test_block(loopcheck_session):
    with loopcheck_session.expect("LC999" if False else "LC101"):
        half()
        raise KeyError("mine")

class TestUnit(unittest.TestCase):
    @pytest.mark.loopcheck
    def test_unit(self):
        half()
        self.fail("mine")
"""
    )
    found = run(pytester)
    found.assert_outcomes(failed=4)
    lines = found.stdout.str().partition("= loopcheck =")[2].splitlines()
    assert {line.partition(": ")[0].rpartition("::")[2] for line in lines if " LC105 " in line} == {"test_whole"}


def test_markers_change_what_the_project_and_the_class_have_chosen(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml("[tool.loopcheck]\nignore = ['LC101']\n")
    pytester.makepyfile(
        LOOPS
        + """
@pytest.mark.loopcheck(ignore="LC507")
def test_still_ignored():
    loop(False)

@pytest.mark.loopcheck(select="LC1")
def test_begins_anew():
    loop(False)

@pytest.mark.loopcheck(select="LC1")
class TestAll:
    @pytest.mark.loopcheck(ignore=["LC101"])
    def test_less(self):
        loop(False)

    @pytest.mark.loopcheck(min_certainty="certain")
    def test_same(self):
        loop(False)
"""
    )
    found = run(pytester, "-v")
    found.assert_outcomes(passed=2, failed=2)
    assert "test_begins_anew FAILED" in found.stdout.str()
    assert "test_same FAILED" in found.stdout.str()


MISTAKES = {
    "'LC101'": "the marker `loopcheck` takes only select=, ignore= and min_certainty=",
    "ignore=5": "ignore= of the marker `loopcheck` must be a rule or a list of rules, not 5",
    "select=[1]": "select= of the marker `loopcheck` must be a rule or a list of rules, not [1]",
    "min_certainty=5": "unknown certainty '5': one of possible, likely, certain",
    "ignore='LC999'": "unknown rule 'LC999'",
    "select=['missing-zero-gard']": "did you mean missing-zero-grad?",
    "slect='LC1'": "the marker `loopcheck` has no option 'slect' (did you mean select?)",
}


def test_a_mistake_in_a_marker_is_told_in_a_line(pytester: pytest.Pytester) -> None:
    tests = [f"@pytest.mark.loopcheck({text})\ndef test_{n}():\n    pass\n" for n, text in enumerate(MISTAKES)]
    pytester.makepyfile("import pytest\n\n" + "\n".join(tests))
    found = run(pytester)
    found.assert_outcomes(failed=len(MISTAKES))
    for message in MISTAKES.values():
        assert message in found.stdout.str()
    assert "pytest_watch.py" not in found.stdout.str()


def test_loopcheck_off_switches_the_watch_off(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPCHECK", "off")
    pytester.makepyfile(
        LOOPS
        + """
def test_one(loopcheck_session):
    loopcheck_session.attach(torch.nn.Linear(1, 1))
    loop(False)
    assert loopcheck_session.findings == []

def test_two(loopcheck_session):
    with loopcheck_session.expect("LC101"):
        pass

@pytest.mark.loopcheck
def test_three():
    loop(False)
"""
    )
    run(pytester).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\nloopcheck_paths = src\n"),
        ("tox.ini", "[pytest]\nloopcheck_paths =\n    src\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\nloopcheck_watch = true\nloopcheck_paths = ['src']\n"),
    ],
)
def test_settings_of_pytest_in_any_of_its_files(pytester: pytest.Pytester, name: str, text: str) -> None:
    (pytester.path / "pyproject.toml").unlink()
    (pytester.path / name).write_text(text, encoding="utf-8")
    pytester.mkdir("src").joinpath("bad.py").write_text(BAD, encoding="utf-8")
    test = LOOPS + "\ndef test_one():\n    loop(False)\n" if "watch" in text else "def test_one():\n    assert 0\n"
    pytester.makepyfile(test_mine=test, other=BAD)
    found = run(pytester, "--loopcheck", "-W", "error", "-W", "ignore:Failed to initialize NumPy")
    found.assert_outcomes(failed=2)
    assert "src/bad.py:8:9: LC101" in found.stdout.str()


def test_files_are_no_tests_to_be_watched(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nloopcheck_watch = true\n")
    pytester.makeconftest(
        "import torch\nfrom loopcheck.faces import pytest_watch\npytest_watch.TestWatch = None  # none is made\n"
    )
    pytester.makepyfile(good=GOOD)
    run(pytester, "--loopcheck").assert_outcomes(passed=2)


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
