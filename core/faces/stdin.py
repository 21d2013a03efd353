"""Standard input as a file to check: its name, its bytes, and what is passed over for it."""

from __future__ import annotations

import sys

from ..settings import Settings
from .options import Request, UsageError

_STDIN = "-"


def name(request: Request) -> str:
    """The name that it is reported under."""
    return request.values.get("--stdin-filename", _STDIN)


def passed_over(request: Request) -> list[str]:
    """The paths that are not checked, since --stdin-filename asks for standard input alone, as in ruff.

    Raises UsageError if `-` itself stands among paths.
    """
    others = [word for word in request.words if word != _STDIN]
    if others and "--stdin-filename" not in request.values:
        raise UsageError("standard input ('-') is checked alone, without other paths")
    return others


def read() -> bytes:
    """All of it. Raises UsageError if it is closed or cannot be read."""
    if sys.stdin is None:
        raise UsageError("cannot read standard input: it is closed")
    try:
        data: bytes = sys.stdin.buffer.read()
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read standard input: {getattr(error, 'strerror', None) or error}") from None
    return data


def excluded(name: str, settings: Settings) -> bool:
    """Whether --force-exclude keeps a file of that name from being checked."""
    if not settings.force_exclude or name == _STDIN:
        return False
    from ..linter.discovery import excluded

    return excluded(name, settings.exclude, respect_gitignore=settings.respect_gitignore)
