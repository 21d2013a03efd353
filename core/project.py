"""Where a project's settings lie: the nearest pyproject.toml that speaks of loopcheck.

On the start-up path: imports nothing but `os`. What stands in the file is read by `settings_file`.
"""

from __future__ import annotations

import os

NAME = "pyproject.toml"


def find(start: str) -> str | None:
    """The pyproject.toml for a file or folder: in the nearest folder from there upwards that has one for us.

    Like ruff, it passes over those without a table of ours; a file that does not even spell our name is not parsed,
    so it may be broken. Raises nothing. Cost: one attempt to open a file per folder on the way up.
    """
    folder = os.path.abspath(start)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    while True:
        filename = os.path.join(folder, NAME)
        if _speaks_of_us(filename):
            return filename
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def _speaks_of_us(filename: str) -> bool:
    try:
        with open(filename, "rb", buffering=0) as file:
            data = file.read()
    except OSError:
        return False
    if b"loopcheck" not in data:
        return False
    from .settings_file import has_table

    return has_table(filename, data)
