"""A baseline: findings of today that are known, so that only new ones count.

A finding is known again by its rule, its file and the text of its line, not by the line's number: edits above it change
nothing. Of findings that are alike as many are known as there were.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ..findings import Finding
from .options import UsageError
from .places import near_path
from .report.source import Sources

Key = tuple[str, str, str]
_VERSION = 1
_UNREAD = "LC001"  # what was not read is never known


def without(findings: Iterable[Finding], filename: str) -> list[Finding]:
    """Those that the baseline does not know. Raises UsageError if it cannot be read or is none."""
    known = _read(filename)
    left = []
    for finding, key in _keys(findings, _folder(filename)):
        if finding.code != _UNREAD and known[key] > 0:
            known[key] -= 1
        else:
            left.append(finding)
    return left


def write(findings: Iterable[Finding], filename: str) -> int:
    """Write down all of these, in place of what stood there; returns how many. Raises UsageError if that fails."""
    from .files import write_aside

    counts = Counter(key for finding, key in _keys(findings, _folder(filename)) if finding.code != _UNREAD)
    entries = [
        {"code": code, "filename": name, "text": text, "count": count}
        for (code, name, text), count in sorted(counts.items())
    ]
    try:
        write_aside(filename, json.dumps({"version": _VERSION, "findings": entries}, indent=1) + "\n")
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write '{filename}': {getattr(error, 'strerror', None) or error}") from None
    return sum(counts.values())


def _folder(filename: str) -> Path:
    return Path(os.path.abspath(filename)).parent


def _keys(findings: Iterable[Finding], folder: Path) -> Iterable[tuple[Finding, Key]]:
    sources = Sources()
    for finding in findings:
        text = sources.line(finding.site.filename, finding.site.start.row, finding.site.cell) or ""
        yield finding, (finding.code, near_path(finding.site.filename, folder), text.strip())


def _read(filename: str) -> Counter[Key]:
    try:
        kept = json.loads(Path(filename).read_bytes())
        if kept["version"] != _VERSION:
            raise UsageError(f"--baseline '{filename}' is of another version of loopcheck: write it anew")
        known = Counter[Key]()
        for one in kept["findings"]:
            key, count = (one["code"], one["filename"], one["text"]), one["count"]
            if type(count) is not int or count < 1 or not all(isinstance(part, str) for part in key):
                raise ValueError
            known[key] += count
        return known
    except FileNotFoundError:
        raise UsageError(f"--baseline '{filename}': no such file; --write-baseline makes it") from None
    except OSError as error:
        raise UsageError(f"--baseline '{filename}' cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f"--baseline '{filename}' is no baseline of loopcheck, or is broken: write it anew") from None
