"""Writing a file so that nobody ever sees half of it."""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def write_aside(filename: str, text: str) -> None:
    """Writes `text` as UTF-8 beside the file, then puts it in its place; permissions and links stay as they are.

    What is no plain file, such as a pipe, is written to directly. Raises OSError, leaving the old file as it was.
    """
    write_bytes_aside(filename, text.encode("utf-8", "backslashreplace"))  # a file name may hold bytes that are no text


def write_bytes_aside(filename: str, data: bytes) -> None:
    """The same for what is encoded already."""
    target = os.path.realpath(filename)
    try:
        mode: int | None = os.stat(target).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        with open(target, "wb") as file:
            file.write(data)
        return
    aside = f"{target}.{os.getpid()}.part"
    try:
        with open(aside, "wb") as file:
            file.write(data)
        if mode is not None:
            os.chmod(aside, stat.S_IMODE(mode))
        os.replace(aside, target)
    except BaseException:
        _remove(aside)
        raise


def leads_out(filename: str, roots: Sequence[str]) -> bool:
    """Whether a file is a link to something that lies in none of these paths: it is not ours to change."""
    if not os.path.islink(filename):
        return False
    real = os.path.realpath(filename)
    return not any(_lies_in(real, os.path.realpath(root)) for root in roots)


def _lies_in(real: str, root: str) -> bool:
    try:
        return os.path.commonpath([real, root]) == root
    except ValueError:  # another drive
        return False


def _remove(filename: str) -> None:
    try:
        os.unlink(filename)
    except OSError:
        pass
