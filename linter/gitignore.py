"""What a .gitignore file says about a path, exactly as git reads it.

Written here because the walk asks about one path component after the other and prunes folders as git does;
then "the last matching pattern decides" is the whole rule. (pathspec's GitIgnoreSpec decides otherwise for the
common white list `*`, `!*/`, `!*.py`, and its import takes longer than a whole scan.) The tests ask git itself.
"""

from __future__ import annotations

import re

_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": " \\t\\n\\r\\f\\v",
    "upper": "A-Z",
    "xdigit": "a-fA-F0-9",
}
_NEVER = "(?!)"
_FOLDER = "\0"  # stands behind a folder's path; not `/`, or `*` could match the nothing behind it


class Patterns:
    """The patterns of one .gitignore; paths are relative to its folder and have `/` between their parts."""

    __slots__ = ("_runs",)

    def __init__(self, text: str) -> None:
        runs: list[tuple[bool, list[str]]] = []
        for line in text.removeprefix("\ufeff").split("\n"):
            regex, negated = _compiled(line)
            if not regex:
                continue
            if not runs or runs[-1][0] is negated:
                runs.append((not negated, []))
            runs[-1][1].append(regex)
        self._runs = [(ignored, re.compile("|".join(parts), re.DOTALL)) for ignored, parts in reversed(runs)]

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """True: ignored. False: taken back by a `!` pattern. None: not mentioned. One regex per change of sign."""
        subject = f"/{path}{_FOLDER if is_folder else ''}"
        for ignored, regex in self._runs:
            if regex.fullmatch(subject):
                return ignored
        return None


def read(filename: str) -> Patterns | None:
    """The patterns of that file, None if there is no such file or it cannot be read (git goes on too)."""
    try:
        with open(filename, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            return Patterns(file.read())
    except OSError:
        return None


def _compiled(line: str) -> tuple[str, bool]:
    """A line as (regular expression, negated); an empty expression if the line says nothing."""
    line = _trimmed(line.removesuffix("\r"))
    if not line or line.startswith("#"):
        return "", False
    negated = line.startswith("!")
    line = line[negated:]
    only_folders = line.endswith("/")
    line = line.removesuffix("/")
    if not line:
        return "", False
    regex = _translated("/" + line.removeprefix("/")) if "/" in line else ".*/" + _translated(line)
    return f"(?:{regex}{_FOLDER}{'' if only_folders else '?'})", negated


def _trimmed(line: str) -> str:
    """Without trailing spaces, except one that a backslash protects."""
    kept = line.rstrip(" ")
    slashes = len(kept) - len(kept.rstrip("\\"))
    return kept + " " if slashes % 2 and kept != line else kept


def _translated(glob: str) -> str:
    """A wildmatch glob (`*` and `?` stop at `/`, `**` between slashes does not) as a regular expression."""
    out: list[str] = []
    at = 0
    while at < len(glob):
        char = glob[at]
        if char == "*":
            piece, at = _stars(glob, at)
        elif char == "[":
            piece, at = _bracket(glob, at)
        elif char == "?":
            piece, at = r"[^/\0]", at + 1
        elif char == "\\":
            piece, at = (re.escape(glob[at + 1]) if at + 1 < len(glob) else _NEVER), at + 2
        else:
            piece, at = re.escape(char), at + 1
        out.append(piece)
    return "".join(out)


def _stars(glob: str, start: int) -> tuple[str, int]:
    end = start
    while end < len(glob) and glob[end] == "*":
        end += 1
    # git compares the text before the first wildcard by itself, so in `a**/b` the stars open a pattern too.
    opens = "/" in glob and (glob[:start].endswith("/") or not any(char in glob[:start] for char in "*?[\\"))
    if end - start > 1 and opens and end == len(glob):
        return r"[^\0]*", end
    if end - start > 1 and opens and glob[end] == "/":
        return "(?:.*/)?", end + 1
    return r"[^/\0]*", end


def _bracket(glob: str, start: int) -> tuple[str, int]:
    """`[...]` as a set that never matches `/`; a bracket that is never closed matches nothing, as in git."""
    at = start + 1
    negated = at < len(glob) and glob[at] in "!^"
    at += negated
    members: list[str] = []
    first = True
    while at < len(glob) and (first or glob[at] != "]"):
        first = False
        piece, at = _member(glob, at)
        members.append(piece)
    if at >= len(glob):
        return _NEVER, len(glob)
    body = "".join(members)
    return (rf"(?![/\0])[{'^' if negated else ''}{body}]" if body else (r"[^/\0]" if negated else _NEVER)), at + 1


def _member(glob: str, at: int) -> tuple[str, int]:
    """One character, range or [:class:] of a bracket."""
    close = glob.find(":]", at) if glob.startswith("[:", at) else -1
    if close >= 0 and glob[at + 2 : close] in _CLASSES:
        return _CLASSES[glob[at + 2 : close]], close + 2
    low, at = _literal(glob, at)
    if glob[at : at + 1] == "-" and glob[at + 1 : at + 2] not in ("", "]"):
        high, at = _literal(glob, at + 1)
        return (f"{_in_set(low)}-{_in_set(high)}" if low <= high else ""), at
    return _in_set(low), at


def _literal(glob: str, at: int) -> tuple[str, int]:
    if glob[at] == "\\" and at + 1 < len(glob):
        return glob[at + 1], at + 2
    return glob[at], at + 1


def _in_set(char: str) -> str:
    return f"\\x{ord(char):02x}" if char in "[]^-\\&~|" else char
