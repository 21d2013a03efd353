"""Default values that the start-up path needs; plain tuples, so that reading them imports nothing."""

DEFAULT_EXCLUDES: tuple[str, ...] = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pypackages__",
    "__pycache__",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)
"""Folder names that are never entered unless the user names a path inside them (as in ruff)."""

MAX_FILE_BYTES = 10_000_000
"""A larger file is reported as not checked (LC001) instead of being read."""
