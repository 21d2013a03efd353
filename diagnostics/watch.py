"""The way in: `watch` (decorator and with block), `attach` and the session they give."""

from __future__ import annotations

from ..findings import Finding
from ..judge import Verdict
from ..rules import selected
from ..settings import Settings
from .dispatcher import DISPATCHER
from .findings import finding_of
from .trace import Trace


class Session:
    """One watch, from open() to close()."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.codes = selected(self.settings.select, self.settings.extend_select, self.settings.ignore)
        self.findings: list[Finding] = []

    def open(self) -> None:
        """Begin to watch."""
        DISPATCHER.open(self)

    def close(self, *, finished: bool = True) -> None:
        """End the watch; closing twice is fine."""
        DISPATCHER.close(self, finished=finished)

    def hear(self, verdict: Verdict, trace: Trace) -> None:
        """Called by the dispatcher for each verdict."""
        self.findings.append(finding_of(verdict, trace))

    def __enter__(self) -> Session:
        self.open()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.close(finished=error is None)
