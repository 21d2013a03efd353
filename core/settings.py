"""Settings: one frozen object for linter, watcher and plugin."""

from __future__ import annotations

from typing import NamedTuple

from .defaults import DEFAULT_EXCLUDES, MAX_FILE_BYTES
from .errors import LoopcheckError
from .findings import Certainty, Finding, Severity


class Settings(NamedTuple):
    """Everything a user can choose. Immutable, so that it can be a cache key and cross processes.

    select: codes, code prefixes, names or "ALL"; None means every rule that is on by default.
    extend_select, ignore: the same words; a more specific word wins over a shorter one, ignore wins a tie.
    min_certainty: findings below it are not shown. fail_on: None means findings never change the exit code.
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

    def shows(self, finding: Finding) -> bool:
        """Whether this finding is sure enough to be shown."""
        return finding.certainty >= self.min_certainty

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
