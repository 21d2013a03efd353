"""Settings: one frozen object for linter, watcher and plugin."""

from __future__ import annotations

from typing import NamedTuple

from .defaults import DEFAULT_EXCLUDES, MAX_FILE_BYTES
from .errors import LoopcheckError
from .findings import Certainty, Finding, Severity


class Wrapping(NamedTuple):
    """A method of the user's own that stands for an event: "backward", "step" or "zero-grad".

    argument: the position of the loss or optimizer; -1: what the method is called on. keyword: the same by name.
    """

    method: str
    event: str
    argument: int = 0
    keyword: str | None = None


class Settings(NamedTuple):
    """Everything a user can choose. Immutable, so that it can be a cache key and cross processes.

    select: codes, code prefixes, names or "ALL"; None means every rule that is on by default.
    extend_select, ignore: the same words; a more specific word wins over a shorter one, ignore wins a tie.
    min_certainty: findings below it are not shown. fail_on: None means findings never change the exit code.
    per_file_ignores: (path or glob, selectors) pairs; paths are relative to root, the folder of the settings file.
    optimizers, models: further class names that build one. wrappers: further methods that stand for an event.
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
    wrappers: tuple[Wrapping, ...] = ()
    root: str | None = None

    def shows(self, finding: Finding) -> bool:
        """Whether this finding is sure enough to be shown."""
        return finding.certainty >= self.min_certainty

    def ignored_in(self, filename: str) -> tuple[str, ...]:
        """The selectors that per-file-ignores switches off for this file."""
        if not self.per_file_ignores:
            return ()
        import os
        from fnmatch import fnmatch

        path = os.path.abspath(filename)
        name = os.path.relpath(path, self.root).replace(os.sep, "/") if self.root is not None else path
        short = os.path.basename(path)
        return tuple(
            word
            for pattern, words in self.per_file_ignores
            if fnmatch(name, pattern) or fnmatch(short, pattern) or fnmatch(name, f"{pattern.rstrip('/')}/*")
            for word in words
        )

    def fails(self, finding: Finding) -> bool:
        """Whether this finding, if shown, makes the run fail. Advice never does."""
        if self.fail_on is None or finding.severity is Severity.ADVICE:
            return False
        return self.fail_on is not Severity.ERROR or finding.severity is Severity.ERROR


def certainty_named(word: str) -> Certainty:
    """The certainty of that name. Raises LoopcheckError if there is none."""
    try:
        return Certainty[word.upper()]
    except KeyError:
        known = ", ".join(c.label for c in Certainty)
        raise LoopcheckError(f"unknown certainty '{word}': one of {known}") from None


def fail_on_named(word: str) -> Severity | None:
    """The threshold of that name, None for "never". Raises LoopcheckError if there is none."""
    thresholds = {"error": Severity.ERROR, "warning": Severity.WARNING, "never": None}
    if word not in thresholds:
        raise LoopcheckError(f"unknown --fail-on '{word}': one of {', '.join(thresholds)}")
    return thresholds[word]
