"""Settings: one frozen object for linter, watcher and plugin."""

from __future__ import annotations

import os
from typing import NamedTuple

from .defaults import DEFAULT_EXCLUDES, MAX_FILE_BYTES
from .errors import LoopcheckError
from .events import Kind
from .findings import Certainty, Finding, Severity


class Wrapper(NamedTuple):
    """A call of another library that stands for an event: `method` called on anything, or bare, is one of `kind`.

    argument: the position of the argument that the event is about (the loss, the optimizer or the model); None means
    the receiver itself. keyword: the same argument by name.
    """

    method: str
    kind: Kind
    argument: int | None
    keyword: str | None = None


class Settings(NamedTuple):
    """Everything a user can choose. Immutable, so that it can be a cache key and cross processes.

    select: codes, code prefixes, names or "ALL"; None means every rule that is on by default.
    extend_select, ignore: the same words; a more specific word wins over a shorter one, ignore wins a tie.
    min_certainty: findings below it are not shown. fail_on: None means findings never change the exit code.
    per_file_ignores: (pattern, words): rules that are switched off in the files that match, see `matches`.
    optimizers, models: names of classes that are optimizers or modules besides those that are known.
    wrappers: calls that stand for an event, besides those that are known.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    min_certainty: Certainty = Certainty.LIKELY
    fail_on: Severity | None = Severity.WARNING
    exclude: tuple[str, ...] = DEFAULT_EXCLUDES
    respect_gitignore: bool = True
    force_exclude: bool = False
    max_file_bytes: int = MAX_FILE_BYTES
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    optimizers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    wrappers: tuple[Wrapper, ...] = ()

    def ignored_in(self, filename: str) -> tuple[str, ...]:
        """The words of all per-file ignores that hold for this file."""
        if not self.per_file_ignores:
            return ()
        return tuple(w for pattern, words in self.per_file_ignores if matches(filename, pattern) for w in words)

    def shows(self, finding: Finding) -> bool:
        """Whether this finding is sure enough to be shown."""
        return finding.certainty >= self.min_certainty

    def fails(self, finding: Finding) -> bool:
        """Whether this finding, if shown, makes the run fail. Advice never does."""
        if self.fail_on is None or finding.severity is Severity.ADVICE:
            return False
        return self.fail_on is not Severity.ERROR or finding.severity is Severity.ERROR


def matches(filename: str, pattern: str) -> bool:
    """Whether a glob fits a file: its name, or, if there is a `/` in the glob, its path.

    The path is the absolute one or that from the current folder, with `/` always. `*` stands for anything, `/`
    included. A pattern that is the path of a folder fits all that lies in it.
    """
    from fnmatch import fnmatchcase

    full = os.path.abspath(filename)
    if "/" not in pattern:
        return fnmatchcase(os.path.basename(full), pattern)
    try:
        near = os.path.relpath(full)
    except ValueError:  # another drive on Windows
        near = full
    wanted = pattern.removeprefix("./").rstrip("/")
    paths = {path.replace(os.sep, "/") for path in (near, full, os.path.realpath(full))}
    return any(fnmatchcase(path, glob) for path in paths for glob in (wanted, f"{wanted}/*"))


def certainty_named(word: str) -> Certainty:
    """The certainty of that name. Raises LoopcheckError if there is none."""
    try:
        return Certainty[word.upper()]
    except KeyError:
        known = ", ".join(c.label for c in Certainty)
        raise LoopcheckError(f"unknown certainty '{word}': one of {known}") from None


def is_off() -> bool:
    """Whether LOOPCHECK in the environment switches every watch off."""
    return os.environ.get("LOOPCHECK", "").lower() in ("off", "0", "false", "no")


def fail_on_named(word: str) -> Severity | None:
    """The threshold of that name, None for "never". Raises LoopcheckError if there is none."""
    thresholds = {"error": Severity.ERROR, "warning": Severity.WARNING, "never": None}
    if word not in thresholds:
        raise LoopcheckError(f"unknown --fail-on '{word}': one of {', '.join(thresholds)}")
    return thresholds[word]
