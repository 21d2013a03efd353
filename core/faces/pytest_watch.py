"""Tests under watch: the fixture `loopcheck_session`, the marker `loopcheck` and the ini option `loopcheck_watch`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import LoopcheckError, did_you_mean
from ..findings import Finding
from ..project import find
from ..rules import rule_named
from ..settings import Settings, certainty_named
from ..settings_file import read
from .places import near

if TYPE_CHECKING:
    from ..diagnostics.session import Session

_OPTIONS = ("select", "ignore", "min_certainty")


class TestWatch:
    """The watch of one test. Findings that are not expected, at or above fail-on, fail it."""

    __test__ = False

    def __init__(self, item: pytest.Item) -> None:
        self._settings = _settings(item)
        self._kept: list[Finding] = []
        self._missed: list[str] = []
        self._session: Session | None = _open(self._settings)

    def attach(
        self, model: Any = None, optimizer: Any = None, loss_fn: Any = None, scheduler: Any = None, scaler: Any = None
    ) -> TestWatch:
        """Hand objects over: what is given goes by the test's names. All of the test is watched with and without it."""
        from ..diagnostics.dispatcher import DISPATCHER
        from ..diagnostics.given import given

        given(model, optimizer, loss_fn, scheduler, scaler).introduce(DISPATCHER.trace())
        return self

    @property
    def findings(self) -> list[Finding]:
        """What was found so far and was not expected."""
        return [*self._kept, *(self._session.findings if self._session is not None else ())]

    @contextmanager
    def expect(self, rule: str, times: int = 1) -> Iterator[None]:
        """A loop that is broken on purpose: this rule (code or name) must be told so often within the block.

        Fails the test at the end of the block if it was not. What else is found there counts as always.
        """
        code = _code(rule)
        self.close()
        self._session = _open(self._settings)
        try:
            yield
        finally:
            inside = self._session.findings
            self._session.close()
            inside = self._session.findings
            self._kept += [finding for finding in inside if finding.code != code]
            self._session = _open(self._settings)
        found = sum(finding.code == code for finding in inside)
        if found != times:
            others = ", ".join(sorted({finding.code for finding in inside if finding.code != code}))
            also = f"; found: {others}" if others else ""
            pytest.fail(
                f"expected {code} {times} time{'' if times == 1 else 's'}, found it {found}{also}", pytrace=False
            )

    def close(self) -> None:
        """End the watch; what is missing at the end is judged now."""
        if self._session is not None:
            self._session.close()
            self._kept += self._session.findings
            self._session = None

    def failing(self) -> list[Finding]:
        """The findings that fail the test; advice never does."""
        return [finding for finding in self._kept if self._settings.fails(finding)]

    def fail(self) -> None:
        """Fail the test if there are any, with the report as its text."""
        failing = self.failing()
        if failing:
            pytest.fail(_report(failing), pytrace=False)

    def mild(self) -> str:
        """The report of what was found and fails nothing."""
        failing = self.failing()
        return _report([finding for finding in self._kept if finding not in failing])

    def lines(self) -> Iterator[str]:
        """What was found, one line each."""
        for finding in self._kept:
            yield f"{finding.code} {finding.name}: {finding.message}"


def uses_torch(item: pytest.Item) -> bool:
    """Whether a test may train: torch is loaded. Who imports it only within the test marks the test."""
    return "torch" in sys.modules


def _open(settings: Settings) -> Session:
    made = _session(settings)
    if made is None:
        pytest.fail("loopcheck cannot watch this test: torch is not installed", pytrace=False)
    made.open()
    return made


def _session(settings: Settings) -> Session | None:
    """A watch; None without torch."""
    try:
        from ..diagnostics.session import Session
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        return None
    return Session(settings)


def _report(findings: list[Finding]) -> str:
    from .report.full import render

    here = Path.cwd()
    findings = [near(finding, here) for finding in findings]
    return render(sorted(findings, key=lambda finding: finding.sort_key)).rstrip("\n")


def _settings(item: pytest.Item) -> Settings:
    """Those of the project, and on top of them those of the test's marker. Fails the test on a mistake in either."""
    marker = item.get_closest_marker("loopcheck")
    try:
        where = find(str(item.path))
        settings = read(where) if where is not None else Settings()
        return _marked(settings, marker) if marker is not None else settings
    except LoopcheckError as error:
        mistake = f"loopcheck: {error}"
    pytest.fail(mistake, pytrace=False)


def _marked(settings: Settings, marker: pytest.Mark) -> Settings:
    if marker.args:
        raise LoopcheckError("the marker `loopcheck` takes only select=, ignore= and min_certainty=")
    for name, value in marker.kwargs.items():
        if name not in _OPTIONS:
            raise LoopcheckError(f"the marker `loopcheck` has no option {name!r}{did_you_mean(name, _OPTIONS)}")
        words = (value,) if isinstance(value, str) else value
        if name == "min_certainty":
            settings = settings._replace(min_certainty=certainty_named(value))
        elif name == "select":
            settings = settings._replace(select=tuple(words))
        else:
            settings = settings._replace(ignore=tuple(words))
    return settings


def _code(rule: str) -> str:
    try:
        return rule_named(rule).card.code
    except LoopcheckError as error:
        mistake = f"loopcheck: {error}"
    pytest.fail(mistake, pytrace=False)
