"""What a finding is known by when the lines above it have moved."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...findings import Finding
from ..places import near_path
from .source import Sources


def with_fingerprints(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with a fingerprint: of its rule, file and the text of its line.

    Findings of one rule on lines of the same text are told apart by their order.
    """
    sources, seen = Sources(), Counter[str]()
    for finding in findings:
        row = finding.site.start.row
        text = sources.line(finding.site.filename, row, finding.site.cell) or ""
        name = near_path(finding.site.filename, Path.cwd())
        key = "\0".join((finding.code, name, str(finding.site.cell), text.strip()))
        seen[key] += 1
        yield finding, hashlib.sha256(f"{key}\0{seen[key]}".encode(errors="surrogatepass")).hexdigest()
