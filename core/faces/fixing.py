"""`--fix` and `--diff`: mends what can be mended, and says what was done."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..errors import LoopcheckError
from ..findings import Finding, Fix, lines_of
from ..settings import Settings
from .files import leads_out, write_bytes_aside

_MARK = b"\xef\xbb\xbf"


class Outcome(NamedTuple):
    """A file and what becomes of it. done: the findings that are fixed, in order; refused: why it is left alone."""

    filename: str
    before: bytes
    after: bytes
    done: tuple[Finding, ...] = ()
    refused: str = ""
    locked: bool = False  # it may not be written

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.after != self.before

    def diff(self) -> str:
        """The change as a unified diff; "" if there is none. That of a notebook is one of its JSON."""
        lines = difflib.unified_diff(_lines(self.before), _lines(self.after), self.filename, self.filename)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    def told(self) -> list[str]:
        """One line for each fix."""
        return [f"{self.filename}: fixed {one.code} {one.name}: {one.message}" for one in self.done]


def mend(files: Iterable[str], roots: Sequence[str], settings: Settings, *, unsafe: bool) -> list[Outcome]:
    """What these files become. Nothing is written. A link that leads out of the given paths is left alone."""
    return [_outcome(file, roots, settings, unsafe=unsafe) for file in files]


def mend_data(data: bytes, filename: str, settings: Settings, *, unsafe: bool) -> Outcome:
    """What a source in memory becomes. filename: tells a notebook, and which rules hold."""
    from ..linter.decode import NotParsed
    from ..linter.mending import mended

    try:
        if filename.endswith(".ipynb"):
            book = mended(data, filename, settings, unsafe=unsafe)
            assert isinstance(book.content, bytes)
            return Outcome(filename, data, book.content, book.done)
        text, encoding, mark = _decoded(data)
        made = mended(text, filename, settings, unsafe=unsafe)
        assert isinstance(made.content, str)
        return Outcome(filename, data, mark + made.content.encode(encoding), made.done)
    except NotParsed:
        return Outcome(filename, data, data)  # a finding of its own says so
    except ValueError as error:  # of an encoding that lacks a letter, or of an odd notebook
        return Outcome(filename, data, data, (), f"it cannot be written as it was: {error}")


def write(outcome: Outcome) -> None:
    """Put the new text in place of the old one: aside first; mode and links stay.

    Raises LoopcheckError if that fails, or if the file was changed meanwhile; it is then as it was.
    """
    try:
        with open(outcome.filename, "rb") as file:
            if file.read() != outcome.before:
                raise LoopcheckError("it was changed meanwhile, so it is left alone", filename=outcome.filename)
        write_bytes_aside(outcome.filename, outcome.after)
    except OSError as error:
        reason = error.strerror or error
        raise LoopcheckError(f"cannot be written: {reason}", filename=outcome.filename) from None


def with_fixes(findings: Sequence[Finding], settings: Settings, known: dict[str, bytes] | None = None) -> list[Finding]:
    """The findings with the fixes that are known for them. Cost: some checks of a file for each.

    known: the bytes of files that need not be read.
    """
    fixes: dict[Finding, Fix] = {}
    for name in dict.fromkeys(finding.site.filename for finding in findings):
        data = (known or {}).get(name) or _read(name)
        if data is not None:
            fixes.update(_fixes(data, name, settings))
    return [finding._replace(fix=fixes.get(finding)) for finding in findings]


def _fixes(data: bytes, name: str, settings: Settings) -> dict[Finding, Fix]:
    from ..linter.decode import NotParsed
    from ..linter.mending import fixes

    try:
        return dict(fixes(data if name.endswith(".ipynb") else _decoded(data)[0], name, settings))
    except NotParsed:
        return {}


def _outcome(file: str, roots: Sequence[str], settings: Settings, *, unsafe: bool) -> Outcome:
    data = _read(file)
    if data is None:
        return Outcome(file, b"", b"")
    if not os.access(file, os.W_OK):
        return Outcome(file, data, data, (), "it is read-only", locked=True)
    if leads_out(file, roots):
        return Outcome(file, data, data, (), "a link that leads out of what was named")
    return mend_data(data, file, settings, unsafe=unsafe)


def _read(file: str) -> bytes | None:
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except (OSError, ValueError):
        return None


def _decoded(data: bytes) -> tuple[str, str, bytes]:
    """Text, encoding and byte order mark. Raises NotParsed for what is no Python source."""
    from ..linter.decode import decode, encoding_of

    return decode(data), encoding_of(data), _MARK if data.startswith(_MARK) else b""


def _lines(data: bytes) -> list[str]:
    from ..linter.decode import NotParsed

    try:
        return lines_of(_decoded(data)[0])
    except NotParsed:
        return lines_of(data.decode("utf-8", "replace"))
