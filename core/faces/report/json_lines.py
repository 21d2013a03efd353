"""JSON, one finding a line, for streams."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ...findings import Finding
from .json_format import as_object


def render(findings: Iterable[Finding]) -> str:
    """The objects of the format json, each on a line of its own; "" without findings."""
    return "".join(json.dumps(as_object(finding)) + "\n" for finding in findings)
