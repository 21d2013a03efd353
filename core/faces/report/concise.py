"""One line per finding, for editors, grep and logs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ...findings import Certainty, Finding
from ..places import near, place
from ..terminal import Paint, escape


def doubt(finding: Finding) -> str:
    """` (likely)` or ` (possible)`; nothing for what is certain."""
    return "" if finding.certainty is Certainty.CERTAIN else f" ({finding.certainty.label})"


def render(findings: Iterable[Finding], *, color: bool = False) -> str:
    """`path:row:column: CODE name message`, one line each, in the given order; "" without findings.

    Control characters are spelled out, so that a finding never takes more than one line.
    """
    paint = Paint(color)
    return "".join(
        f"{paint('bold', escape(place(finding.site)))}: {paint('red', finding.code)} {finding.name} "
        f"{escape(finding.message)}{doubt(finding)}\n"
        for finding in findings
    )


def lines(findings: Iterable[Finding], folder: Path) -> list[str]:
    """The same as lines without their ends, the paths as seen from a folder."""
    return render([near(finding, folder) for finding in findings]).splitlines()
