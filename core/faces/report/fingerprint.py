"""What a finding is known by when the lines above it have moved."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...findings import Finding
from .source import Sources


def near(filename: str, folder: Path) -> str:
    """A path with forward slashes, as seen from a folder if it lies in it."""
    path = Path(os.path.abspath(filename))
    return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def with_fingerprints(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with a fingerprint: of its rule, file and the text of its line.

    Findings of one rule on lines of the same text are told apart by their order.
    """
    sources, seen = Sources(), Counter[str]()
    for finding in findings:
        row = finding.site.start.row
        text = sources.line(finding.site.filename, row, finding.site.cell) or ""
        key = "\0".join((finding.code, near(finding.site.filename, Path.cwd()), str(finding.site.cell), text.strip()))
        seen[key] += 1
        yield finding, hashlib.sha256(f"{key}\0{seen[key]}".encode(errors="surrogatepass")).hexdigest()
