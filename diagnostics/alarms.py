"""What a watch may raise or warn with. All are told after the user's statement has finished."""

from __future__ import annotations

from ..findings import Finding, Related, Site


class LoopcheckWarning(UserWarning):
    """A finding, as a warning at the user's line (on_finding="warn")."""


class LoopcheckFinding(AssertionError):
    """A finding, as an exception (on_finding="raise"). finding: what was found."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(told(finding))
        self.finding = finding


class LoopcheckStop(BaseException):
    """Ends the training after a step (on_finding="stop"); the watch that raised it takes it in.

    No Exception, so that an `except Exception` in the loop does not swallow it.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(told(finding))
        self.finding = finding


def told(finding: Finding) -> str:
    """A finding in a few lines: what, where else, and what to do."""
    lines = [f"{finding.code} {finding.name}: {finding.message}", f"  at {place(finding.site)}"]
    lines += [f"  {_related(one)}" for one in finding.related]
    if finding.advice:
        lines.append(f"  help: {finding.advice}")
    return "\n".join(lines)


def place(site: Site) -> str:
    """`file:line`"""
    return f"{site.filename}:{site.start.row}"


def _related(one: Related) -> str:
    return f"{place(one.site)}: {one.message}"
