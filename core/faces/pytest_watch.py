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
from ..settings import Settings, certainty_named, is_off
from ..settings_file import read
from .choose import with_rules
from .places import near

if TYPE_CHECKING:
    from ..diagnostics.session import Session

_OPTIONS = ("select", "ignore", "min_certainty")


class TestWatch:
    """The watch of one test. Findings that are not expected, at or above fail-on, fail it.

    With LOOPCHECK=off it watches nothing, and nothing is expected.
    """

    __test__ = False

    def __init__(self, item: pytest.Item) -> None:
        self._settings = _settings(item)
        self._kept: list[Finding] = []
        self._session: Session | None = _open(self._settings)

    def attach(
        self, model: Any = None, optimizer: Any = None, loss_fn: Any = None, scheduler: Any = None, scaler: Any = None
    ) -> TestWatch:
        """Hand objects over: what is given goes by the test's names. All of the test is watched with and without it."""
        if self._session is not None:
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
        inside = self._session = _open(self._settings)
        if inside is None:
            yield
            return
        finished = False
        try:
            yield
            finished = True
        finally:
            inside.close(finished=finished)
            self._kept += [finding for finding in inside.findings if finding.code != code]
            self._session = _open(self._settings)
        _demand(code, times, [finding.code for finding in inside.findings])

    def close(self, *, finished: bool = True) -> None:
        """End the watch. finished: the test came to its end, so what is missing now is missing."""
        if self._session is not None:
            self._session.close(finished=finished)
            self._kept += self._session.findings
            self._session = None

    def fail(self) -> None:
        """Fail the test if something was found that fails it, with the report as its text."""
        failing = self._failing()
        if failing:
            pytest.fail(_report(failing), pytrace=False)

    def report(self, *, mild: bool = False) -> str:
        """What was found; mild: only what fails nothing."""
        failing = self._failing() if mild else []
        return _report([finding for finding in self._kept if finding not in failing])

    def _failing(self) -> list[Finding]:
        return [finding for finding in self._kept if self._settings.fails(finding)]

    def lines(self) -> list[str]:
        """What was found, one line each."""
        from .report.concise import lines

        return lines(self._kept, Path.cwd())


def uses_torch() -> bool:
    """Whether a test may train: torch is loaded. Who imports it only within the test marks the test."""
    return "torch" in sys.modules


def _demand(code: str, times: int, codes: list[str]) -> None:
    """Fails the test unless this code is among these so often."""
    found = codes.count(code)
    if found != times:
        others = ", ".join(sorted({*codes} - {code}))
        also = f"; found: {others}" if others else ""
        pytest.fail(f"expected {code} {times} time{'' if times == 1 else 's'}, found it {found}{also}", pytrace=False)


def _open(settings: Settings) -> Session | None:
    """A watch that is open; None if the environment switches it off. Fails the test without torch."""
    if is_off():
        return None
    try:
        from ..diagnostics.session import Session
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        pytest.fail("loopcheck cannot watch this test: torch is not installed", pytrace=False)
    session = Session(settings)
    session.open()
    return session


def _report(findings: list[Finding]) -> str:
    from .report.full import render

    here = Path.cwd()
    findings = [near(finding, here) for finding in findings]
    return render(sorted(findings, key=lambda finding: finding.sort_key)).rstrip("\n")


def _settings(item: pytest.Item) -> Settings:
    """Those of the project, and on top of them those of the test's markers, the nearest last.

    Fails the test on a mistake in any of them.
    """
    try:
        where = find(str(item.path))
        settings = read(where) if where is not None else Settings()
        for marker in reversed(list(item.iter_markers("loopcheck"))):
            settings = _marked(settings, marker)
        return settings
    except LoopcheckError as error:
        mistake = f"loopcheck: {error}"
    pytest.fail(mistake, pytrace=False)


def _marked(settings: Settings, marker: pytest.Mark) -> Settings:
    """As on the command line: select= begins anew, ignore= takes away from what is chosen."""
    if marker.args:
        raise LoopcheckError("the marker `loopcheck` takes only select=, ignore= and min_certainty=")
    for name in marker.kwargs:
        if name not in _OPTIONS:
            raise LoopcheckError(f"the marker `loopcheck` has no option {name!r}{did_you_mean(name, _OPTIONS)}")
    level = marker.kwargs.get("min_certainty")
    if level is not None:
        settings = settings._replace(min_certainty=certainty_named(str(level)))
    return with_rules(settings, _words(marker, "select"), (), _words(marker, "ignore"))


def _words(marker: pytest.Mark, name: str) -> tuple[str, ...]:
    value = marker.kwargs.get(name, ())
    words = (value,) if isinstance(value, str) else value
    if not isinstance(words, (list, tuple, set, frozenset)) or not all(isinstance(word, str) for word in words):
        raise LoopcheckError(f"{name}= of the marker `loopcheck` must be a rule or a list of rules, not {value!r}")
    return tuple(words)


def _code(rule: str) -> str:
    try:
        return rule_named(rule).card.code
    except LoopcheckError as error:
        mistake = f"loopcheck: {error}"
    pytest.fail(mistake, pytrace=False)
