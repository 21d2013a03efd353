"""From bytes to text, or to a sentence that says why not."""

from __future__ import annotations

import re

from ..findings import Location

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


class NotParsed(Exception):
    """This file cannot be judged; `location` is the place at fault."""

    def __init__(self, message: str, location: Location = Location(1, 1)) -> None:  # noqa: B008 (immutable)
        super().__init__(message)
        self.message = message
        self.location = location


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


def encoding_of(data: bytes) -> str:
    """The encoding that decode() uses."""
    return "utf-8" if data.startswith(b"\xef\xbb\xbf") else _declared(data) or "utf-8"


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
