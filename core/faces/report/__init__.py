"""Report formats, one file each."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...findings import Finding

MACHINE = {
    "json": "json_format",
    "json-lines": "json_lines",
    "github": "github",
    "gitlab": "gitlab",
    "sarif": "sarif",
    "junit": "junit",
}
"""Formats for machines, and the file of each: nothing else is printed beside them."""


def for_machines(form: str, findings: Iterable[Finding]) -> str:
    """The whole report in one of these formats."""
    from importlib import import_module

    text: str = import_module(f"{__name__}.{MACHINE[form]}").render(findings)
    return text
