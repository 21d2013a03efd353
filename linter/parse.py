"""From text to a libcst module, or to a sentence that says why not."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import libcst as cst

from ..findings import Location
from .decode import NotParsed
from .depth import too_deep


class Parsed(NamedTuple):
    """A module and the text it was parsed from (without byte order mark)."""

    module: cst.Module
    text: str


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
