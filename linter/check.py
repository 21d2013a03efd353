"""One file from bytes to findings.

Most files are clean. They are screened with the standard library's parser, a tenth of the cost of libcst, and the very
same analysis; only for a file in which the screen finds anything is libcst loaded, which then decides and places.
"""

from __future__ import annotations

import ast
import logging
import sys
import warnings
from collections.abc import Sequence
from functools import lru_cache

from ..findings import Certainty, Finding, Location, Observer, Site
from ..rules import catalogue, selected, without
from ..settings import Settings
from ..suppressions import read
from .analysis import analysed
from .decode import NotParsed, decode
from .depth import too_deep

_LOG = logging.getLogger("loopcheck")
_LOG.addHandler(logging.NullHandler())  # library code prints nothing, whoever uses it may listen
_NOTEBOOK = 20  # times as large as other files may be: most of it is pictures
_RECURSION = 20_000  # pure Python frames; the C stack is guarded in depth.py


def check_files(files: Sequence[str], settings: Settings) -> list[Finding]:
    """Findings of all files, those that could not be read as LC001. Raises LoopcheckError on an unknown rule."""
    return [finding for filename in files for finding in check_file(filename, settings)]


def check_file(filename: str, settings: Settings) -> list[Finding]:
    """Findings of one file, shown or not. Raises LoopcheckError on an unknown rule."""
    codes = _codes(filename, settings)
    if filename.endswith(".ipynb"):
        data = _read(filename, settings)
        return (
            _unreadable(filename, data, codes) if isinstance(data, NotParsed) else check_data(data, filename, settings)
        )
    text = read_source(filename, settings)
    return (
        _unreadable(filename, text, codes) if isinstance(text, NotParsed) else _guarded(text, filename, codes, settings)
    )


def check_data(data: bytes, filename: str, settings: Settings) -> list[Finding]:
    """Findings of a source that is in memory. Raises LoopcheckError on an unknown rule."""
    codes = _codes(filename, settings)
    try:
        if filename.endswith(".ipynb"):
            return _notebook(data, filename, codes, settings)
        return _guarded(decode(data), filename, codes, settings)
    except NotParsed as error:
        return _unreadable(filename, error, codes)


def _notebook(data: bytes, filename: str, codes: frozenset[str], settings: Settings) -> list[Finding]:
    from .notebooks import read_notebook

    notebook = read_notebook(data)
    found = _guarded(notebook.text, filename, codes, settings)
    placed = notebook.placed(found) if all(one.code != "LC001" for one in found) else found
    for cell, why, at in notebook.broken:
        for one in _unreadable(filename, NotParsed(why, at), codes):
            placed.append(one._replace(site=one.site._replace(cell=cell.number)))
    return sorted(placed, key=lambda one: one.sort_key)


def check_source(text: str, filename: str, settings: Settings) -> list[Finding]:
    """Findings of one text, shown or not, in the order of the file. Raises LoopcheckError on an unknown rule."""
    return _guarded(text, filename, _codes(filename, settings), settings)


def not_finished(filename: str, settings: Settings) -> list[Finding]:
    """What is said of a file that took the process down with it."""
    told = NotParsed("judging it ended the process (too deep, or out of memory); please report it")
    return _unreadable(filename, told, _codes(filename, settings))


def read_source(filename: str, settings: Settings) -> str | NotParsed:
    """The text of a file, or why there is none."""
    data = _read(filename, settings)
    try:
        return data if isinstance(data, NotParsed) else decode(data)
    except NotParsed as error:
        return error


def _read(filename: str, settings: Settings) -> bytes | NotParsed:
    most = settings.max_file_bytes * (_NOTEBOOK if filename.endswith(".ipynb") else 1)
    try:
        with open(filename, "rb") as file:  # noqa: PTH123 (pathlib costs more than most files)
            data = file.read(most + 1)
    except OSError as error:
        return NotParsed(f"cannot be read: {error.strerror or error}")
    except ValueError as error:
        return NotParsed(f"cannot be read: {error}")
    if len(data) > most:
        return NotParsed(f"too large to check: more than {most / 1e6:.1f} MB")
    return data


def rehearse(data: bytes) -> None:
    """Judge a text in a process that may die of it. Returns or raises; what it would find does not matter."""
    from .parse import parse_unguarded
    from .report import judged

    sys.setrecursionlimit(_RECURSION)
    text = data.decode("utf-8", "surrogatepass")
    _screened(text, "<rehearsal>", Settings())
    judged(parse_unguarded(text), "<rehearsal>", frozenset(), Settings())


def _codes(filename: str, settings: Settings) -> frozenset[str]:
    codes, ignored = _general_codes(settings), settings.ignored_in(filename)
    return without(codes, ignored) if ignored else codes


@lru_cache(maxsize=8)
def _general_codes(settings: Settings) -> frozenset[str]:
    return selected(settings.select, settings.extend_select, settings.ignore)


class _deep_stack:  # noqa: N801 (used like a function)
    """Room for deep trees; the limit of before is put back."""

    def __enter__(self) -> None:
        self.limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(self.limit, _RECURSION))

    def __exit__(self, *told: object) -> None:
        sys.setrecursionlimit(self.limit)


def _guarded(text: str, filename: str, codes: frozenset[str], settings: Settings) -> list[Finding]:
    with _deep_stack():
        try:
            deep = too_deep(text)
            if deep is not None:
                raise NotParsed(deep[1], Location(deep[0], 1))
            if _screened(text, filename, settings):
                return []
            from .parse import parse_unguarded
            from .report import judged

            return judged(parse_unguarded(text), filename, codes, settings)
        except NotParsed as error:
            return _unreadable(filename, error, codes)
        except RecursionError:
            return _unreadable(filename, NotParsed("an expression too deep to judge"), codes)
        except Exception as error:  # our own fault must not cost the user the other files
            _LOG.exception("loopcheck failed on a file")
            told = f"loopcheck itself failed on this file ({type(error).__name__}); please report it"
            return _unreadable(filename, NotParsed(told), codes)


def _screened(text: str, filename: str, settings: Settings) -> bool:
    """Whether the analysis finds nothing at all, on the standard library's tree. What that refuses is not clean."""
    comments = read(text)
    if comments.may_be_in_vain and not comments.skips_file:
        return False  # a comment that silences nothing is a finding, too
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return comments.skips_file or not analysed(module, filename, settings).found


def _unreadable(filename: str, error: NotParsed, codes: frozenset[str]) -> list[Finding]:
    card = catalogue()["LC001"].card
    if card.code not in codes:
        _LOG.warning("%r was not checked: %s", filename, error.message)
        return []
    end = Location(error.location.row, error.location.column + 1)
    return [
        Finding(
            code=card.code,
            name=card.name,
            message=f"not checked: {error.message}",
            site=Site(filename, error.location, end),
            severity=card.severity,
            certainty=Certainty.CERTAIN,
            observer=Observer.STATIC,
            advice=card.how_to_fix,
        )
    ]
