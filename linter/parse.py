"""From bytes to a libcst module, or to a sentence that says why not."""

from __future__ import annotations

import re
import warnings
from typing import NamedTuple

import libcst as cst

from ..findings import Location
from .depth import too_deep

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


class NotParsed(Exception):
    """This file cannot be judged; `location` is the place at fault."""

    def __init__(self, message: str, location: Location = Location(1, 1)) -> None:  # noqa: B008 (immutable)
        super().__init__(message)
        self.message = message
        self.location = location


class Parsed(NamedTuple):
    """A module and the text it was parsed from (without byte order mark)."""

    module: cst.Module
    text: str


def decode(data: bytes) -> str:
    """Source bytes as text, by byte order mark, coding comment, or UTF-8. Raises NotParsed."""
    if b"\0" in data:
        raise NotParsed("the file contains null bytes: it is no Python source", _locate(data, data.index(b"\0")))
    encoding = "utf-8"
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    elif declared := _declared(data):
        encoding = declared
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotParsed(
            f"byte 0x{data[error.start]:02x} is not valid {encoding}: save the file as UTF-8 or declare its encoding",
            _locate(data, error.start),
        ) from None
    except UnicodeError as error:
        raise NotParsed(f"cannot be decoded as {encoding}: {error}") from None
    except LookupError:
        raise NotParsed(f"the declared encoding '{encoding}' is not known") from None


def parse(text: str) -> Parsed:
    """Parse a module. Raises NotParsed; never lets the parser take the process down."""
    deep = too_deep(text)
    if deep is not None:
        raise NotParsed(deep[1], Location(deep[0], 1))
    return parse_unguarded(text)


def parse_unguarded(text: str) -> Parsed:
    """Parse a module that is known not to be too deep, or in a process that may die. Raises NotParsed."""
    try:
        return Parsed(cst.parse_module(text), text)
    except cst.ParserSyntaxError as error:
        raise _explained(text, error) from None
    except cst.CSTValidationError as error:
        raise NotParsed(f"invalid syntax: {error}") from None
    except RecursionError:
        raise NotParsed("an expression too deep to parse") from None


def _declared(data: bytes) -> str | None:
    for line in data.split(b"\n", 2)[:2]:
        match = _COOKIE.match(line)
        if match:
            return match[1].decode("ascii", "replace")
        if not _BLANK.match(line.rstrip(b"\r")):
            return None
    return None


def _locate(data: bytes, offset: int) -> Location:
    start = data.rfind(b"\n", 0, offset) + 1
    return Location(data.count(b"\n", 0, offset) + 1, len(data[start:offset].decode("utf-8", "replace")) + 1)


def _explained(text: str, error: cst.ParserSyntaxError) -> NotParsed:
    """The parser's refusal in CPython's words, which are made for people, if CPython refuses it too."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<source>", "exec", flags=0x400, dont_inherit=True)  # ast only: nothing is run
    except SyntaxError as told:
        return NotParsed(told.msg or "invalid syntax", Location(told.lineno or 1, max(1, told.offset or 1)))
    except (ValueError, RecursionError, MemoryError, OverflowError) as told:
        return NotParsed(str(told) or "cannot be parsed")
    reason = str(error.message).partition(": ")[2] or str(error.message)
    return NotParsed(f"not understood by the parser: {reason}", Location(error.raw_line, error.raw_column + 1))
