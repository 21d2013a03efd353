"""Terminals: colour, control characters, column widths, and writing so that no console makes us fail.

On the start-up path: imports nothing but `os`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_CODES = {"bold": "1", "red": "1;31", "yellow": "1;33", "blue": "1;34", "cyan": "36"}
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def wants_color(choice: str, stream: TextIO | None) -> bool:
    """Whether to colour: the flag decides, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal.

    choice: "auto", "always" or "never". An empty variable counts as not set (no-color.org).
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    if stream is None or os.environ.get("TERM") == "dumb":
        return False
    return _understands_ansi() and stream.isatty()


def _understands_ansi() -> bool:
    """Old Windows consoles print the codes instead of obeying them; newer ones tell that they are new."""
    return os.name != "nt" or "WT_SESSION" in os.environ or "TERM" in os.environ


class Paint:
    """Wraps text in ANSI codes, or leaves it as it is."""

    __slots__ = ("on",)

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, style: str, text: str) -> str:
        """`text` in that style: bold, red, yellow, blue or cyan."""
        return f"\033[{_CODES[style]}m{text}\033[0m" if self.on and text else text


def escape(text: str) -> str:
    r"""`text` with every character that could steer a terminal spelled out: ESC becomes `\x1b`.

    Also line breaks, invisible and direction-changing characters, and bytes of a file name that are no text.
    """
    if text.isascii() and text.isprintable():
        return text
    from unicodedata import category

    return "".join(_spelled(char) if category(char) in _HARMFUL else char for char in text)


def _spelled(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def width(text: str) -> int:
    """The columns that escaped text takes: two for wide (CJK) characters, none for combining marks."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def write(text: str, stream: TextIO | None) -> None:
    """Writes all of `text`. What the console's encoding lacks is spelled out; a closed pipe ends the output quietly.

    Raises OSError if the text cannot be written for another reason, such as a full disk.
    """
    if stream is None or not text:  # pythonw, or started with the stream closed
        return
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if not text.isascii():
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        if not _is_closed_pipe(error):
            raise


def _is_closed_pipe(error: OSError) -> bool:
    """Whether the reader has gone, as in `loopcheck . | head -1`; Windows calls that an invalid argument (22)."""
    return isinstance(error, BrokenPipeError) or (os.name == "nt" and error.errno == 22)
