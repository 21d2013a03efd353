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


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file that pytest comes by on its own, named on the command line or not."""
    linting = _linting(parent.config)
    return linting.collector(file_path, parent) if linting is not None else None


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
_FOUND: pytest.StashKey[list[str]] = pytest.StashKey()


@pytest.fixture
def loopcheck_session(request: pytest.FixtureRequest) -> Iterator[TestWatch]:
    """Watch the training in this test. What is found, and was not expected, fails it when it ends.

    attach(model, optimizer, ...): hand objects over, so that findings name them so. findings: what was found so far.
    `with loopcheck_session.expect("missing-zero-grad", times=1):` around a loop that is broken on purpose.
    """
    from .pytest_watch import TestWatch

    watch = TestWatch(request.node)
    request.node.stash[_WATCH] = watch
    yield watch
    watch.close()
    _remember(request.config, request.node, watch)
    watch.fail()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """A test that is marked, or any that uses torch if all are to be watched."""
    marker = item.get_closest_marker("loopcheck")
    if _WATCH in item.stash or (marker is None and not item.config.getini("loopcheck_watch")):
        return (yield)
    from .pytest_watch import TestWatch, uses_torch

    if marker is None and not uses_torch(item):
        return (yield)
    watch = TestWatch(item)
    try:
        result = yield
    finally:
        watch.close()
        _remember(item.config, item, watch)
    watch.fail()
    return result


def _remember(config: pytest.Config, item: pytest.Item, watch: TestWatch) -> None:
    config.stash.setdefault(_FOUND, []).extend(f"{item.nodeid}: {line}" for line in watch.lines())
    mild = watch.mild()
    if mild:
        item.add_report_section("call", "loopcheck", mild)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What was found, in a few lines; the failures themselves are pytest's to show."""
    linting = config.stash.get(_LINTING, None)
    lines = [*(linting.lines() if linting is not None else ()), *config.stash.get(_FOUND, [])]
    if lines:
        terminalreporter.section("loopcheck")
        for line in lines:
            terminalreporter.write_line(line)
