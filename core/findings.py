"""Findings: the results both observers return, as plain immutable data."""

from __future__ import annotations

import io
from enum import Enum, IntEnum
from typing import NamedTuple


class Severity(Enum):
    """How bad the fault is; fixed per rule. Advice never changes an exit code."""

    ERROR = "error"  # training or its result is wrong
    WARNING = "warning"  # risk, memory or hidden cost
    ADVICE = "advice"  # a hint


class Certainty(IntEnum):
    """How sure the observer is. Ordered: POSSIBLE < LIKELY < CERTAIN."""

    POSSIBLE = 0  # on some path only
    LIKELY = 1  # on every path, but a name had to be guessed
    CERTAIN = 2  # seen at run time, or on every path of code that steps

    @property
    def label(self) -> str:
        """The word that users read and write."""
        return self.name.lower()


class Observer(Enum):
    """Which half of the tool saw it."""

    STATIC = "static"
    RUNTIME = "runtime"


class Location(NamedTuple):
    """A place in a file: row and column are 1-based and count code points."""

    row: int
    column: int


def lines_of(text: str) -> list[str]:
    """The rows of a text with their ends, as Python counts them: unlike in splitlines, a form feed ends none."""
    return io.StringIO(text, newline="").readlines()


class Site(NamedTuple):
    """A stretch of source: from `start` up to, but not including, `end`.

    filename: as the user named it. cell: 1-based notebook cell, None in a script.
    """

    filename: str
    start: Location
    end: Location
    cell: int | None = None


class Related(NamedTuple):
    """Another place that belongs to the same cause, and what happens there."""

    message: str
    site: Site


class TextEdit(NamedTuple):
    """Replace the code points [start, end) of a file by `text`."""

    start: Location
    end: Location
    text: str


class Fix(NamedTuple):
    """Edits that mend one finding. `safe`: the repaired example equals the good one when run."""

    safe: bool
    message: str
    edits: tuple[TextEdit, ...]


class Finding(NamedTuple):
    """One fault: what happened, where its cause stands, and how sure we are."""

    code: str
    name: str
    message: str
    site: Site
    severity: Severity
    certainty: Certainty
    observer: Observer
    related: tuple[Related, ...] = ()
    subject: str | None = None
    fix: Fix | None = None
    advice: str = ""  # what to do, one sentence

    @property
    def sort_key(self) -> tuple[str, int, Location, str, str]:
        """Order of reports: by file and place, then code."""
        return (self.site.filename, self.site.cell or 0, self.site.start, self.code, self.subject or "")
