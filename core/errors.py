"""The three kinds of trouble that are not findings: exit codes and the errors a user can cause."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line ends with. 2 wins over 1, 1 wins over 0."""

    CLEAN = 0  # nothing shown at or above --fail-on
    FINDINGS = 1  # at least one finding at or above --fail-on
    USAGE = 2  # a bad option or setting, an unknown rule, a named path that does not exist
    INTERRUPTED = 130  # Ctrl-C


class LoopcheckError(Exception):
    """A user's mistake, told in one sentence with the file and line it is about.

    Library code raises it; only a face turns it into a message and exit code 2.
    """

    def __init__(self, message: str, *, filename: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.filename = filename
        self.line = line

    def __str__(self) -> str:
        if self.filename is None:
            return self.message
        place = self.filename if self.line is None else f"{self.filename}:{self.line}"
        return f"{place}: {self.message}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean X?)` with the known word that is nearest, or "" if none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""
