"""One watch, from open() to close(): hears the verdicts, drops those that the user has silenced, passes on the rest."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from ..errors import LoopcheckError
from ..findings import Finding, Related, Severity
from ..judge import Verdict
from ..rules import selected
from ..settings import Settings
from .alarms import LoopcheckFinding, LoopcheckStop, LoopcheckWarning, told
from .dispatcher import DISPATCHER
from .findings import finding_of
from .given import Given
from .report import Report, report_of
from .silence import Silence
from .trace import Trace

OnFinding = str | Callable[[Finding], object]
_ECHOES = frozenset({"LC801", "LC802", "LC803", "LC805", "LC806"})
ACTIONS = ("warn", "collect", "raise", "stop")


class Session:
    """One watch. findings: what was found so far, in the order in which it was told.

    settings: which rules are on. on_finding: what happens with a finding, see `watch`. objects: what the user has
    handed over. Raises LoopcheckError for an unknown rule or action.
    """

    def __init__(
        self, settings: Settings | None = None, on_finding: OnFinding = "collect", objects: Given | None = None
    ) -> None:
        if on_finding not in ACTIONS and not callable(on_finding):
            raise LoopcheckError(f"unknown on_finding {on_finding!r}: one of {', '.join(ACTIONS)}, or a callable")
        self.settings = settings or Settings()
        self.codes = selected(self.settings.select, self.settings.extend_select, self.settings.ignore)
        self.findings: list[Finding] = []
        self._on_finding = on_finding
        self._objects = objects
        self._silence = Silence(self.settings)
        self._last: Report | None = None
        self._is_open = False

    def open(self) -> None:
        """Begin to watch. Opening twice is fine."""
        if self._is_open:
            return
        self._is_open = True
        DISPATCHER.open(self)
        given, self._objects = self._objects, None
        try:
            if given is not None:
                given.introduce(DISPATCHER.trace())
        except BaseException:
            self._is_open = False
            DISPATCHER.close(self)
            raise

    def close(self, *, finished: bool = True, error: BaseException | None = None) -> None:
        """End the watch; closing twice is fine. finished: the training came to its end, so what is missing is missing.

        With on_finding="raise" it raises what was found last. error: the user's exception that is on its way, which
        gets a note instead.
        """
        if not self._is_open:
            return
        try:
            self.explain(error)
            DISPATCHER.finish(finished)
            self._last = self._report()
            letters = [finding for trace in DISPATCHER.traces for finding in trace.outbox.take(self)]
        finally:
            self._is_open = False
            DISPATCHER.close(self)
        for finding in letters:
            if error is None:
                self.act(finding)
            elif not self.stopped_by(error):
                error.add_note(f"loopcheck: {told(finding)}")

    def explain(self, error: BaseException | None) -> None:
        """Add to the user's exception, which ends what is watched, what is known of its cause."""
        if error is not None and self._is_open:
            DISPATCHER.broken_off(error)

    def report(self) -> Report:
        """What ran, what was found and what could not be observed: until now, or until the watch was closed."""
        return self._last if self._last is not None and not self._is_open else self._report()

    def _report(self) -> Report:
        if self._is_open:
            DISPATCHER.trace().leave()
        return report_of(DISPATCHER.traces, self.findings, DISPATCHER.unobserved)

    def hear(self, verdict: Verdict, trace: Trace) -> None:
        """Called by the dispatcher for each verdict, in the thread where it was reached."""
        if verdict.rule.card.code not in self.codes:
            return
        finding = finding_of(verdict, trace)
        if not self.settings.shows(finding) or self._silence.holds(finding):
            return
        if self._is_echo(finding, trace):
            return
        self.findings.append(finding)
        if self._on_finding != "collect":
            trace.outbox.put(self, finding, after_step=trace.now if self._on_finding == "stop" else None)

    def _is_echo(self, finding: Finding, trace: Trace) -> bool:
        """A number that went wrong is an echo of a fault in the loop: attached to it, whichever came first."""
        causes = [i for i, one in enumerate(self.findings) if _is_cause(one)]
        if finding.code in _ECHOES and causes:
            self.findings[causes[0]] = _with_echo(self.findings[causes[0]], finding)
            return True
        echoes = [one for one in self.findings if one.code in _ECHOES] if _is_cause(finding) else []
        if echoes:
            self.findings = [one for one in self.findings if one not in echoes]
            for echo in echoes:
                trace.outbox.drop(self, echo)
                finding = _with_echo(finding, echo)
            self.findings.append(finding)
            if self._on_finding != "collect":
                trace.outbox.put(self, finding, after_step=trace.now if self._on_finding == "stop" else None)
        return bool(echoes)

    def act(self, finding: Finding) -> None:
        """Do what the user wants done with a finding."""
        if callable(self._on_finding):
            self._on_finding(finding)
        elif self._on_finding == "raise":
            raise LoopcheckFinding(finding)
        elif self._on_finding == "stop" and self._is_open:
            raise LoopcheckStop(finding)
        elif self._on_finding != "stop":
            _warn(finding)

    def stopped_by(self, error: BaseException | None) -> bool:
        """Whether this watch itself has ended the training."""
        return isinstance(error, LoopcheckStop) and any(error.finding is one for one in self.findings)

    def __enter__(self) -> Session:
        self.open()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        self.close(finished=error is None, error=error)
        stopped = self.stopped_by(error)
        if stopped and isinstance(error, LoopcheckStop):
            _warn(error.finding, '\n  the training was stopped here, as on_finding="stop" asks for')
        return stopped


def _warn(finding: Finding, more: str = "") -> None:
    site = finding.site
    warnings.warn_explicit(told(finding) + more, LoopcheckWarning, site.filename, site.start.row, registry={})


def _is_cause(finding: Finding) -> bool:
    """Whether it is about the loop itself: what the numbers do then follows from it."""
    return "LC1" <= finding.code[:3] <= "LC6" and finding.severity is Severity.ERROR


def _with_echo(cause: Finding, echo: Finding) -> Finding:
    return cause._replace(related=(*cause.related, Related(f"and so {echo.message}", echo.site)))
