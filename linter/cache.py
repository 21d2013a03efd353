"""The cache: one JSON file for each folder that loopcheck is run in, in the user's cache folder.

It remembers of each file when it was changed, how large it is, and what was found: nothing relevant, nothing, or the
findings, shown or not. A change of version, settings that matter or our own code makes it empty. Whatever is wrong
with it, it counts as empty; it is never read from the scanned tree. Written aside and renamed, so that two runs at
once can lose each other's news and nothing else.

On the start-up path: imports nothing but `os`, `sys` and `json`.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..findings import Finding

    Verdict = int | list[list[Any]]

IRRELEVANT, CLEAN = 0, 1
_FORMAT = 1
_FRESH_NS = 2_000_000_000  # a file changed within this time may change again and keep its stamp


def folder() -> str | None:
    """The user's cache folder for loopcheck; None if there is none."""
    chosen = os.environ.get("LOOPCHECK_CACHE_DIR")
    if chosen:
        return chosen
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "loopcheck") if os.path.isabs(base) else None


class Cache:
    """What is known of the files under one folder. Raises nothing: without a cache all is judged anew."""

    def __init__(self, wishes: str) -> None:
        """wishes: whatever of the settings changes what is found."""
        self.key = "\n".join([str(_FORMAT), os.path.realpath("."), wishes, _ourselves()])
        self.entries: dict[str, list[Any]] = {}
        self._changed = False
        where = folder()
        self._path = os.path.join(where, f"{_number(os.path.realpath('.'))}.json") if where is not None else None
        self._load()

    def _load(self) -> None:
        if self._path is None:
            return
        import json

        try:
            with open(self._path, "rb") as file:
                kept = json.loads(file.read())
            if kept["key"] == self.key and isinstance(kept["files"], dict):
                self.entries = kept["files"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError, MemoryError):
            return

    def look(self, file: str) -> Verdict | None:
        """What is known of this file as it is now; None: nothing."""
        entry = self.entries.get(os.path.abspath(file))
        if entry is None:
            return None
        try:
            told = os.stat(file)
            stamp, size, verdict = entry
        except (OSError, ValueError, TypeError):
            return None
        if stamp != told.st_mtime_ns or size != told.st_size or not isinstance(verdict, int | list):
            return None
        return verdict

    def keep(self, file: str, stamp: tuple[int, int] | None, verdict: Verdict) -> None:
        """Remember what was found in a file that had this stamp before it was read."""
        if stamp is not None:
            self.entries[os.path.abspath(file)] = [*stamp, verdict]
            self._changed = True

    def save(self) -> None:
        """Write it down, if there is news."""
        if self._path is None or not self._changed:
            return
        import json

        aside = f"{self._path}.{os.getpid()}"
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            with open(aside, "w", encoding="utf-8") as file:
                file.write(json.dumps({"key": self.key, "files": self.entries}, separators=(",", ":")))
            os.replace(aside, self._path)
        except (OSError, ValueError, TypeError):
            try:
                os.unlink(aside)
            except OSError:
                pass


def stamp(file: str) -> tuple[int, int] | None:
    """When a file was changed and how large it is; None if that cannot be trusted to show the next change."""
    import time

    try:
        told = os.stat(file)
    except (OSError, ValueError):
        return None
    if time.time_ns() - told.st_mtime_ns < _FRESH_NS:
        return None
    return told.st_mtime_ns, told.st_size


def packed(findings: list[Finding]) -> Verdict:
    """Findings as plain data."""
    return [_packed(finding) for finding in findings] or CLEAN


def _packed(finding: Finding) -> list[Any]:
    row: list[Any] = list(finding)
    row[3] = _site(finding.site)
    row[4], row[5], row[6] = finding.severity.value, int(finding.certainty), finding.observer.value
    row[7] = [[r.message, _site(r.site)] for r in finding.related]
    return row


def _site(site: Any) -> list[Any]:
    return [site.filename, list(site.start), list(site.end), site.cell]


def unpacked(verdict: Verdict, filename: str) -> list[Finding] | None:
    """The findings again, of this file as it is named now; None if the data makes no sense."""
    if isinstance(verdict, int):
        return []
    from ..findings import Certainty, Finding, Location, Observer, Related, Severity, Site

    def site(row: list[Any]) -> Site:
        return Site(filename, Location(*row[1]), Location(*row[2]), row[3])

    try:
        return [
            Finding(
                code,
                name,
                message,
                site(where),
                Severity(severity),
                Certainty(certainty),
                Observer(observer),
                tuple(Related(told, site(at)) for told, at in related),
                *rest,
            )
            for code, name, message, where, severity, certainty, observer, related, *rest in verdict
        ]
    except (TypeError, ValueError, IndexError):
        return None


def _number(text: str) -> str:
    from binascii import crc32

    data = text.encode("utf-8", "surrogatepass")
    return f"{crc32(data):08x}{crc32(data[::-1]):08x}"


def _ourselves() -> str:
    """What changes when our own code, the parser or the interpreter does. Cost: a stat per file of the package."""
    from .. import __version__

    package = sys.modules[__name__.partition(".")[0]]
    newest, count = 0, 0
    todo = [*package.__path__, os.path.dirname(os.path.abspath(__file__))]
    while todo:
        try:
            entries = list(os.scandir(todo.pop()))
        except OSError:
            continue
        for entry in entries:
            if entry.name.endswith(".py"):
                newest, count = max(newest, entry.stat().st_mtime_ns), count + 1
            elif entry.is_dir() and entry.name != "__pycache__":
                todo.append(entry.path)
    return f"{__version__} {sys.version_info[:2]} {newest} {count} {_parser()}"


def _parser() -> str:
    for path in sys.path:
        try:
            return str(os.stat(os.path.join(path, "libcst", "__init__.py")).st_mtime_ns)
        except OSError:
            continue
    return ""
