"""From the paths a user names to the Python files to check.

On the start-up path: imports nothing but `os`; `.gitignore` patterns and globs are loaded when there are any.
"""

from __future__ import annotations

import os

from ..defaults import DEFAULT_EXCLUDES

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from .gitignore import Patterns

    Ignores = tuple[tuple[str, Patterns], ...]
    """.gitignore files that hold for a folder, the nearest first, each with the folder it stands in."""

_GLOB = "*?["


def discover(
    paths: Iterable[str],
    *,
    exclude: Iterable[str] = DEFAULT_EXCLUDES,
    respect_gitignore: bool = True,
    force_exclude: bool = False,
) -> list[str]:
    """The Python files to check.

    A named file is checked whatever its suffix and even if it is excluded, unless force_exclude. A named folder is
    walked for `.py` and `.ipynb` files: excluded names are skipped, and so is what git ignores (the .gitignore files
    from the repository's root down; without a repository, from the named folder down). Links to folders are not
    followed, links to files are. Each file comes once, in a fixed order, spelled the way it was named.
    A folder that cannot be read is returned in place of its files: whoever reads it next fails, and reports it.
    exclude: names (`build`), or globs and paths, absolute or relative to the current folder (`tests/data/*.py`).
    Raises LoopcheckError if a named path does not exist, or is neither a file nor a folder.
    Cost: one scandir per folder.
    """
    walk = _Walk(_Excludes(exclude), respect_gitignore)
    for path in paths:
        kind = _kind(path)
        if force_exclude and walk.excludes_named(path, kind == "folder"):
            continue
        if kind == "file":
            walk.add(path, _slashed(os.path.realpath(path)))
        else:
            walk.folder(path)
    return walk.files


def excluded(path: str, exclude: Iterable[str], *, respect_gitignore: bool = True) -> bool:
    """Whether this file, which need not exist, is excluded or git-ignored, as force_exclude of `discover` means it."""
    return _Walk(_Excludes(exclude), respect_gitignore).excludes_named(path, is_folder=False)


class _Excludes:
    """Exclude patterns: plain names by set, the others as one regular expression."""

    __slots__ = ("globs", "names", "rooted")

    def __init__(self, patterns: Iterable[str]) -> None:
        cleaned = [p for p in (_slashed(p).removeprefix("./").rstrip("/") for p in patterns) if p]
        self.names = {p for p in cleaned if "/" not in p and not any(c in p for c in _GLOB)}
        self.globs = _union([p for p in cleaned if p not in self.names])
        self.rooted = _union([p for p in cleaned if os.path.isabs(p)])

    def hit(self, name: str, relative: str, real: str) -> bool:
        """Whether a path is excluded by its name, its path from the current folder, or its absolute path."""
        if name in self.names:
            return True
        glob = self.globs
        return glob is not None and bool(glob.match(name) or glob.match(relative) or glob.match(real))

    def hit_above(self, real: str) -> bool:
        """Whether a folder around the current one is excluded: only by its absolute path, as settings files name it."""
        return self.rooted is not None and bool(self.rooted.match(real))


class _Walk:
    """Collects files; remembers what it has seen, and reads each .gitignore once."""

    __slots__ = ("excludes", "files", "gitignore", "patterns", "seen")

    def __init__(self, excludes: _Excludes, gitignore: bool) -> None:
        self.excludes = excludes
        self.gitignore = gitignore
        self.files: list[str] = []
        self.seen: set[str] = set()
        self.patterns: dict[str, Patterns | None] = {}

    def add(self, path: str, real: str) -> None:
        if real not in self.seen:
            self.seen.add(real)
            self.files.append(path)

    def folder(self, root: str) -> None:
        """Adds what lies in `root`. An explicit stack: folders may be nested deeper than Python may recurse."""
        real = _slashed(os.path.realpath(root))
        stack = [("" if root in (".", "./") else root, real, _relative(root), self.ignores_above(real))]
        while stack:
            shown, real, relative, ignores = stack.pop()
            try:
                with os.scandir(shown or ".") as entries:
                    listing = sorted(entries, key=_by_name)
            except OSError:
                self.add(shown or ".", real)
                continue
            ignores = self.ignores_here(real, ignores, listing)
            stack += reversed(self.level(listing, shown, real, relative, ignores))

    def level(
        self, listing: list[os.DirEntry[str]], shown: str, real: str, relative: str, ignores: Ignores
    ) -> list[tuple[str, str, str, Ignores]]:
        """Adds the files of one folder and returns the folders to enter."""
        inner = []
        for entry in listing:
            name = entry.name
            is_folder = _is_plain_folder(entry)
            if not is_folder and not (name.endswith((".py", ".ipynb")) and _is_file(entry)):
                continue
            own = real.rstrip("/") + "/" + name
            below = f"{relative}/{name}" if relative else name
            if self.excludes.hit(name, below, own) or (ignores and _ignored(own, is_folder, ignores)):
                continue
            path = os.path.join(shown, name)
            if is_folder:
                inner.append((path, own, below, ignores))
            else:
                self.add(path, _slashed(os.path.realpath(path)) if entry.is_symlink() else own)
        return inner

    def ignores_here(self, real: str, ignores: Ignores, listing: list[os.DirEntry[str]]) -> Ignores:
        """The .gitignore files for a folder's content. A repository inside starts afresh, as in git."""
        if not self.gitignore:
            return ()
        names = {entry.name for entry in listing if entry.name in (".git", ".gitignore")}
        if ".git" in names:
            ignores = ()
        return self.joined(real, ignores) if ".gitignore" in names else ignores

    def ignores_above(self, real: str) -> Ignores:
        """The .gitignore files from the repository's root down to the folder that holds `real`."""
        if not self.gitignore:
            return ()
        chain: list[str] = []
        inner, folder = real, os.path.dirname(real)
        while not os.path.lexists(inner + "/.git"):
            if inner == folder:
                return ()  # no repository around it
            chain.append(folder)
            inner, folder = folder, os.path.dirname(folder)
        ignores: Ignores = ()
        for folder in reversed(chain):
            ignores = self.joined(folder, ignores)
        return ignores

    def joined(self, folder: str, ignores: Ignores) -> Ignores:
        if folder not in self.patterns:
            filename = folder.rstrip("/") + "/.gitignore"
            self.patterns[folder] = _patterns(filename) if os.path.exists(filename) else None
        found = self.patterns[folder]
        return ((folder, found), *ignores) if found else ignores

    def excludes_named(self, path: str, is_folder: bool) -> bool:
        """Whether a named path, or a folder it lies in, is excluded (seen from the current folder) or git-ignored."""
        real = _slashed(os.path.abspath(path))
        relative = _relative(path)
        below = len([part for part in relative.split("/") if part not in ("", "..")])
        parts = real.split("/")
        for end in range(2, len(parts) + 1):
            own, inner = "/".join(parts[:end]), len(parts) - end
            if inner < below and self.excludes.hit(parts[end - 1], _without_last(relative, inner), own):
                return True
            if self.excludes.hit_above(own):
                return True
            if _ignored(own, is_folder or inner > 0, self.ignores_above(own)):
                return True
        return False


def _ignored(real: str, is_folder: bool, ignores: Ignores) -> bool:
    """What the nearest .gitignore that mentions this path says."""
    for folder, patterns in ignores:
        verdict = patterns.verdict(real[len(folder.rstrip("/")) + 1 :], is_folder)
        if verdict is not None:
            return verdict
    return False


def _kind(path: str) -> str:
    """ "file" or "folder". Raises LoopcheckError for anything else."""
    if os.path.isdir(path):
        return "folder"
    if os.path.isfile(path):
        return "file"
    from ..errors import LoopcheckError

    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise LoopcheckError(f"no such file or folder: '{path}'") from None
    except (OSError, ValueError) as error:
        raise LoopcheckError(f"cannot look at '{path}': {getattr(error, 'strerror', None) or error}") from None
    raise LoopcheckError(f"'{path}' is neither a file nor a folder")


def _union(patterns: list[str]) -> re.Pattern[str] | None:
    if not patterns:
        return None
    import re
    from fnmatch import translate

    return re.compile("|".join(map(translate, patterns)))


def _patterns(filename: str) -> Patterns | None:
    from .gitignore import read

    return read(filename)


def _by_name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _is_plain_folder(entry: os.DirEntry[str]) -> bool:
    """A folder that is no link, nor a Windows junction: those may lead back up and never end."""
    try:
        if not entry.is_dir(follow_symlinks=False):
            return False
        junction = getattr(entry, "is_junction", None)  # Python 3.12
        return junction is None or not junction()
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    """A regular file or a link to one; a link that leads nowhere or in a circle is none."""
    try:
        return entry.is_file()
    except OSError:
        return False


def _without_last(path: str, count: int) -> str:
    return "/".join(path.split("/")[: -count or None])


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/") if os.sep != "/" else path


def _relative(path: str) -> str:
    """The path as seen from the current folder, "" for that folder itself; absolute if there is no such way."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive on Windows
        relative = os.path.abspath(path)
    return "" if relative == os.curdir else _slashed(relative)
