"""The work of `loopcheck check`: what the cache knows, what must be judged, and in how many processes."""

from __future__ import annotations

import sys

from ..findings import Finding
from ..settings import Settings
from .options import Request

_SLOW = 1.0  # seconds after which a line tells how far it is


def check_cached(request: Request, settings: Settings, files: list[str], *, screened: bool = False) -> list[Finding]:
    """The findings of these files, from the cache as far as it knows. screened: all may hold a loop."""
    from ..linter import cache as memory

    cache = memory.Cache(matters(settings)) if "--no-cache" not in request.flags else None
    found: dict[str, list[Finding]] = {}
    open_files = []
    for file in files:
        known = cache.look(file) if cache is not None else None
        findings = memory.unpacked(known, file) if known is not None else None
        if findings is None:
            open_files.append(file)
        else:
            found[file] = findings
    if open_files:
        _judge(request, settings, open_files, found, cache, screened)
    return [finding for file in files for finding in found.get(file, ())]


def _judge(
    request: Request,
    settings: Settings,
    files: list[str],
    found: dict[str, list[Finding]],
    cache: object,
    screened: bool,
) -> None:
    """Judge what the cache does not know, and tell it."""
    from ..linter import cache as memory
    from ..linter.prefilter import names_in, relevant_file

    assert cache is None or isinstance(cache, memory.Cache)
    stamps = {file: memory.stamp(file) for file in files} if cache is not None else {}
    names = names_in(settings)
    suspects = files if screened else [file for file in files if relevant_file(file, names, settings.max_file_bytes)]
    if suspects:
        from ..linter.pool import check_all

        progress = _Progress(len(suspects), quiet="--quiet" in request.flags)
        try:
            found.update(zip(suspects, check_all(suspects, settings, _jobs(request), progress), strict=True))
        finally:
            progress.erase()
    if cache is not None:
        for file in files:
            if any(finding.code == "LC001" for finding in found.get(file, ())):
                continue  # it may be readable next time
            verdict = memory.packed(found[file]) if file in found else memory.IRRELEVANT
            cache.keep(file, stamps[file], verdict)
        cache.save()


def _jobs(request: Request) -> int:
    return int(request.values.get("--jobs", "0"))


def matters(settings: Settings) -> str:
    """The settings that change what is found in a file; not those that only choose what is shown."""
    return repr(
        (
            settings.select,
            settings.extend_select,
            settings.ignore,
            settings.per_file_ignores,
            settings.optimizers,
            settings.models,
            settings.wrappers,
            settings.max_file_bytes,
        )
    )


class _Progress:
    """A line on the terminal that says how far a long scan is, and goes away. It never fails."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        import time

        self._clock, self._total = time.monotonic, total
        self._next = self._clock() + _SLOW
        self._width = 0
        self._on = not quiet and sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, done: int) -> None:
        if not self._on or self._clock() < self._next:
            return
        self._next = self._clock() + 0.1
        line = f"loopcheck: {done} of {self._total} files"
        self._width = max(self._width, len(line))
        self._write(f"\r{line}")

    def erase(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("\r" + " " * self._width + "\r")

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):  # a terminal that does not listen
            self._on = False
