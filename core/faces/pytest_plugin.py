"""The pytest plugin. This file is what an idle pytest loads: it imports nothing of ours until it is asked to.

`pytest --loopcheck` lints files as test items (pytest_lint); the fixture `loopcheck_session`, the marker `loopcheck`
and the ini option `loopcheck_watch` watch tests while they run (pytest_watch).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .pytest_lint import Linting
    from .pytest_watch import TestWatch


def pytest_addoption(parser: pytest.Parser) -> None:
    """Our option and our settings in pytest's configuration file."""
    group = parser.getgroup("loopcheck", "silent faults in PyTorch training loops")
    group.addoption("--loopcheck", action="store_true", help="check training loops, each file as a test of its own")
    parser.addini("loopcheck_paths", "files and folders that --loopcheck checks (default: all below rootdir)", "paths")
    parser.addini("loopcheck_watch", "watch every test that uses torch", "bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Our markers."""
    config.addinivalue_line(
        "markers",
        "loopcheck(select=..., ignore=..., min_certainty=...): watch the training in this test; a fault fails it",
    )
    config.addinivalue_line("markers", "loopcheck_lint: a file that loopcheck has read (with --loopcheck)")
    config.pluginmanager.register(_Summary(), "loopcheck-summary")


# ---- files as items ------------------------------------------------------------------------------------------------
_LINTING: pytest.StashKey[Linting] = pytest.StashKey()


def _linting(config: pytest.Config) -> Linting | None:
    """What --loopcheck has to do; None without it."""
    if not config.getoption("--loopcheck"):
        return None
    if _LINTING not in config.stash:
        from .pytest_lint import Linting

        config.stash[_LINTING] = Linting(config)
    return config.stash[_LINTING]


def pytest_sessionstart(session: pytest.Session) -> None:
    """A mistake in the settings is told once, and before xdist starts workers."""
    _linting(session.config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file that pytest comes by on its own, named on the command line or not."""
    linting = _linting(parent.config)
    return linting.collector(file_path, parent) if linting is not None else None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """A training script that is named on the command line is read, and not imported: that would run it."""
    linting = _linting(parent.config)
    return linting.unimported(module_path, parent) if linting is not None else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """The files that pytest does not come by; before -k, -m and --lf choose."""
    linting = _linting(config)
    if linting is not None:
        linting.complete(session, items)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remember what was found for the next run."""
    linting = session.config.stash.get(_LINTING, None)
    if linting is not None:
        linting.save()


# ---- tests under watch ---------------------------------------------------------------------------------------------
_WATCH: pytest.StashKey[TestWatch] = pytest.StashKey()


@pytest.fixture
def loopcheck_session(request: pytest.FixtureRequest) -> Iterator[TestWatch]:
    """Watch the training in this test. What is found, and was not expected, fails it when it ends.

    attach(model, optimizer, ...): hand objects over, so that findings name them so. findings: what was found so far.
    `with loopcheck_session.expect("missing-zero-grad", times=1):` around a loop that is broken on purpose.
    """
    yield _watch(request.node)
    _end(request.node, finished=False)  # the test itself was not reached if there is still something to end


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test that has asked for the fixture or is marked, or any that uses torch if all are to be watched."""
    if _is_wanted(item):
        _watch(item)
    try:
        result = yield
    except BaseException:
        _end(item, finished=False)
        raise
    broken_off = bool(getattr(item, "_excinfo", None))  # a unittest.TestCase keeps its failure to itself
    watch = _end(item, finished=not broken_off)
    if watch is not None:
        watch.fail()
    return result


def _is_wanted(item: pytest.Item) -> bool:
    """Whether to watch a test that has not asked for the fixture."""
    if item.get_closest_marker("loopcheck") is not None:
        return True
    if not item.config.getini("loopcheck_watch") or item.get_closest_marker("loopcheck_lint") is not None:
        return False
    from .pytest_watch import uses_torch

    return uses_torch()


def _watch(item: pytest.Item) -> TestWatch:
    """The one watch of a test, open."""
    watch = item.stash.get(_WATCH, None)
    if watch is None:
        from .pytest_watch import TestWatch

        watch = item.stash[_WATCH] = TestWatch(item)
    return watch


def _end(item: pytest.Item, *, finished: bool = True) -> TestWatch | None:
    """End the watch of a test, and put what it has found into the test's report; None if there is none."""
    watch = item.stash.get(_WATCH, None)
    if watch is None:
        return None
    del item.stash[_WATCH]
    watch.close(finished=finished)
    item.stash[LINES] = [f"{item.nodeid}: {line}" for line in watch.lines()]
    report = watch.report(mild=finished)  # what fails a test that came to its end is its failure
    if report:
        item.add_report_section("call", "loopcheck", report)
    return watch


# ---- what was found, in a few lines --------------------------------------------------------------------------------
LINES: pytest.StashKey[list[str]] = pytest.StashKey()
"""What the next report of an item tells."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A report carries the lines to the process that prints them: with xdist that is another one."""
    report = yield
    lines = item.stash.get(LINES, None)
    if lines is not None:
        del item.stash[LINES]
        vars(report)["loopcheck"] = lines
    return report


class _Summary:
    """Gathers the lines of all tests. The failures themselves are pytest's to show."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One test came to its end, here or in a worker; if it ran more than once, its last run counts."""
        lines = getattr(report, "loopcheck", None)
        if lines is not None:
            self._lines[report.nodeid] = lines

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The section."""
        told = [line for _, lines in sorted(self._lines.items()) for line in lines]
        if told:
            terminalreporter.section("loopcheck")
        for line in told:
            terminalreporter.write_line(line)
