"""`--add-ignore`: writes a suppression for all that is shown, so that old code can be adopted as it is."""

from __future__ import annotations

import ast
import tokenize
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..errors import LoopcheckError
from ..findings import Finding
from ..settings import Settings
from ..suppressions import UNREAD, UNUSED
from .files import leads_out
from .options import Request, UsageError

_OPTION = "--add-ignore"
_NEVER = (UNREAD, UNUSED)  # what was not read is not clean, and a comment does not vouch for a comment
_ALONE = ("--fix", "--diff", "--baseline", "--write-baseline", "--statistics", "--output-file")


class Adopted(NamedTuple):
    """What was done. told: what people should know, one line each; failed: whether a file could not be done."""

    added: int
    files: int
    told: tuple[str, ...]
    failed: bool

    def summary(self) -> str:
        """`added 3 suppressions in 2 files`"""
        if not self.added:
            return "nothing to suppress"
        return f"added {_count(self.added, 'suppression')} in {_count(self.files, 'file')}"


def demand_alone(request: Request, *, stdin: bool) -> None:
    """Raises UsageError if the command line asks for something that does not go with it."""
    if stdin:
        raise UsageError(f"{_OPTION} writes into files, so it cannot be used with standard input")
    for name in _ALONE:
        if name in request.flags or name in request.values:
            raise UsageError(f"{_OPTION} and {name} exclude each other")
    reason = request.values.get(_OPTION, "")
    if not reason.isprintable() or "#" in reason:
        raise UsageError(f"the reason of {_OPTION} must be one line of text without '#'")


def adopt(found: Iterable[Finding], roots: Sequence[str], settings: Settings, reason: str = "") -> Adopted:
    """Writes into all files in which something is shown. What cannot be done is told, and the other files go on.

    roots: the paths that the user named; a link that leads out of them is left alone.
    """
    shown = [finding for finding in found if settings.shows(finding)]
    wanted = [finding for finding in shown if finding.code not in _NEVER]
    told = list(_left(shown))
    added, files, failed = 0, 0, False
    for file in dict.fromkeys(one.site.filename for one in wanted if not _is_notebook(one)):
        if leads_out(file, roots):
            told.append(f"{file}: left alone: a link that leads out of what was named")
            continue
        try:
            number = _adopt(file, settings, reason)  # 0 under a second name of the same file
        except LoopcheckError as error:
            told.append(f"{file}: left alone: {error.message}")
            failed = True
            continue
        added += number
        files += number > 0
    return Adopted(added, files, tuple(told), failed)


def _left(shown: Iterable[Finding]) -> Iterable[str]:
    """What no comment is written for."""
    cells = Counter(one.site.filename for one in shown if one.code not in _NEVER and _is_notebook(one))
    if cells:
        number = _count(sum(cells.values()), "finding")
        yield f"{number} in {_count(len(cells), 'notebook')} left alone: write the comments into the cells yourself"
    never = Counter(one.code for one in shown if one.code in _NEVER)
    if never:
        yield f"no comment is written for {' and '.join(f'{number} {code}' for code, number in sorted(never.items()))}"


def _adopt(file: str, settings: Settings, reason: str) -> int:
    """How many suppressions were written into this file. Raises LoopcheckError, leaving it as it was, if that fails."""
    from ..linter.check import check_source
    from ..linter.decode import NotParsed, decode, encoding_of
    from ..silencing import silenced

    try:
        with open(file, "rb") as opened:
            data = opened.read()
        before, encoding = decode(data), encoding_of(data)
        mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
        if mark + before.encode(encoding) != data:
            raise LoopcheckError(f"as {encoding} its bytes cannot be written again as they were")
        wanted = _by_row(_shown(check_source(before, file, settings), settings))
        if not wanted:  # it was changed since it was judged
            return 0
        after = silenced(before, wanted, reason)
        if _shown(check_source(after, file, settings), settings) or not _same_program(before, after):
            raise LoopcheckError("the comments would not silence all of it; please report it")
        _write(file, data, mark + after.encode(encoding))
    except NotParsed as error:
        raise LoopcheckError(error.message) from None
    except UnicodeError:
        raise LoopcheckError(f"the reason cannot be written as {encoding}") from None
    except (OSError, ValueError) as error:
        raise LoopcheckError(f"cannot be read and written: {getattr(error, 'strerror', None) or error}") from None
    except (SyntaxError, tokenize.TokenError):
        raise LoopcheckError("its syntax is newer than this Python") from None
    return sum(map(len, wanted.values()))


def _write(file: str, before: bytes, after: bytes) -> None:
    from .files import write_bytes_aside

    with open(file, "rb") as opened:
        if opened.read() != before:
            raise LoopcheckError("it was changed meanwhile")
    write_bytes_aside(file, after)


def _shown(found: Iterable[Finding], settings: Settings) -> list[Finding]:
    return [one for one in found if one.code not in _NEVER and settings.shows(one)]


def _by_row(found: Iterable[Finding]) -> dict[int, set[str]]:
    rows: dict[int, set[str]] = {}
    for one in found:
        rows.setdefault(one.site.start.row, set()).add(one.code)
    return rows


def _same_program(before: str, after: str) -> bool:
    """Whether two texts differ in comments at most. Raises SyntaxError where this Python does not know the syntax."""
    try:
        return ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    except (RecursionError, MemoryError):
        return False


def _is_notebook(finding: Finding) -> bool:
    return finding.site.filename.endswith(".ipynb")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
