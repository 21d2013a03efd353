"""`--fix` and `--diff`: mends what can be mended, and says what was done."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..errors import LoopcheckError
from ..findings import Finding, Fix, lines_of
from ..settings import Settings

_MOST = 100  # fixes of one file; each is followed by a look at all of it


class Mended(NamedTuple):
    """A file and what became of it. done: the findings that were fixed, in order; refused: why it was left alone."""

    filename: str
    before: str
    after: str
    done: tuple[Finding, ...]
    refused: str = ""

    def diff(self) -> str:
        """The change as a unified diff; "" if there is none."""
        lines = difflib.unified_diff(
            lines_of(self.before),
            lines_of(self.after),
            self.filename,
            self.filename,
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def mend(files: Iterable[str], roots: Sequence[str], settings: Settings, *, unsafe: bool) -> list[Mended]:
    """What these files become. Nothing is written. A link that leads out of the given paths is left alone."""
    return [_mended(file, roots, settings, unsafe=unsafe) for file in files]


def write(mended: Mended) -> None:
    """Put the new text in place of the old one: aside first, in its encoding; mode and links stay.

    Raises LoopcheckError if that fails; the file is then as it was.
    """
    from .files import write_bytes_aside

    try:
        with open(mended.filename, "rb") as file:
            data = file.read()
        text, encoding, mark = _decoded(data)
        if text != mended.before:
            raise LoopcheckError("it was changed meanwhile, so it is left alone", filename=mended.filename)
        write_bytes_aside(mended.filename, mark + mended.after.encode(encoding))
    except (OSError, UnicodeError) as error:
        raise LoopcheckError(f"cannot be written: {error}", filename=mended.filename) from None


def with_fixes(findings: Iterable[Finding], settings: Settings) -> list[Finding]:
    """The findings with the fixes that are known for them. Cost: some checks of a file for each."""
    from ..linter.edits import fixed

    texts: dict[str, str | None] = {}
    made = []
    for finding in findings:
        name = finding.site.filename
        if name not in texts:
            texts[name] = _text(name)
        text = texts[name]
        made.append(finding._replace(fix=fixed(text, finding, settings, name)) if text is not None else finding)
    return made


def _mended(file: str, roots: Sequence[str], settings: Settings, *, unsafe: bool) -> Mended:
    from ..linter.edits import applied

    text = _text(file)
    if text is None or file.endswith(".ipynb"):
        return Mended(file, "", "", ())
    if os.path.islink(file) and not _lies_in(os.path.realpath(file), roots):
        return Mended(file, text, text, (), "a link that leads out of what was named")
    before, done = text, []
    for _ in range(_MOST):
        found = _first_fix(text, file, settings, unsafe=unsafe)
        if found is None:
            break
        finding, fix = found
        text = applied(text, fix.edits)
        done.append(finding)
    return Mended(file, before, text, tuple(done))


def _first_fix(text: str, file: str, settings: Settings, *, unsafe: bool) -> tuple[Finding, Fix] | None:
    """The first finding of a text that can be fixed."""
    from ..linter.check import check_source
    from ..linter.edits import fixed

    for finding in check_source(text, file, settings):
        fix = fixed(text, finding, settings, file) if settings.shows(finding) else None
        if fix is not None and (fix.safe or unsafe):
            return finding, fix
    return None


def _lies_in(real: str, roots: Sequence[str]) -> bool:
    return any(os.path.commonpath([real, os.path.realpath(root)]) == os.path.realpath(root) for root in roots)


def _text(file: str) -> str | None:
    try:
        with open(file, "rb") as opened:
            return _decoded(opened.read())[0]
    except (OSError, ValueError, LoopcheckError):
        return None


def _decoded(data: bytes) -> tuple[str, str, bytes]:
    """Text, encoding and byte order mark. Raises LoopcheckError for what is no Python source."""
    from ..linter.decode import NotParsed, decode, encoding_of

    try:
        text = decode(data)
    except NotParsed as error:
        raise LoopcheckError(error.message) from None
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return text, encoding_of(data), mark


def told(mended: Mended, fixes: Sequence[Finding]) -> str:
    """One line for each fix."""
    return "".join(f"{mended.filename}: fixed {one.code} {one.name}: {one.message}\n" for one in fixes)
