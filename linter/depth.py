"""The depth guard: libcst's native parser overflows the C stack on deep nesting, which would kill the process.

Measured with libcst 1.9.0: 1,000 nested brackets parse, 2,000 end the process, and so does a sum of 10,000
terms. CPython itself refuses 200 nested brackets and 100 levels of indentation.
"""

from __future__ import annotations

import re
import sys

MAX_BRACKETS = 200
_LONG_CHAIN = 1_500  # operators in one logical line, or elifs in all; far below what overflows, above what people write
_SECONDS, _SECONDS_PER_MB = 5.0, 20.0  # a child that needs longer has met something quadratic

_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|\'\'\'(?:\\.|[^\\])*?\'\'\'|\"\"\"(?:\\.|[^\\])*?\"\"\"|\\\r?\n"""
    r"""|\'(?:\\.|[^\'\\\n])*\'|\"(?:\\.|[^\"\\\n])*\")"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>\n)"""
    r"""|(?P<op>\*\*|[-+*/%@&|^~<>.]|\b(?:and|or|not|if|else|lambda|await|for|elif)\b)""",
    re.DOTALL,
)


def too_deep(text: str) -> tuple[int, str] | None:
    """The line and the reason why this text must not be given to the parser; None if it may be.

    Cost: one linear scan, and only for text that could be deep at all; a child process for what is near the limit.
    """
    if text.count("(") + text.count("[") + text.count("{") <= MAX_BRACKETS and len(text) < _LONG_CHAIN:
        return None
    depth, line, operators, elifs, suspicious = 0, 1, 0, 0, 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            operators += 1  # f()()() nests as deeply as it is long
            if depth > MAX_BRACKETS:
                return line, f"more than {MAX_BRACKETS} nested brackets"
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "op":
            operators += 1
            elifs += match.group() == "elif"  # each one nests in the one before
        elif kind == "skip":
            line += match.group().count("\n")
        else:
            line += 1
            if depth == 0:
                operators = 0
        if not suspicious and (operators > _LONG_CHAIN or elifs > _LONG_CHAIN):
            suspicious = line
    if suspicious and not _survives(text):
        return suspicious, "an expression too long or too deep to parse"
    return None


_REHEARSAL = """
import sys
sys.path.append(sys.argv[1])
from loopcheck.linter.check import rehearse
try:
    rehearse(sys.stdin.buffer.read())
except Exception:
    pass  # an exception is no crash: we can tell it ourselves
sys.stdout.write("done")
"""


def _survives(text: str) -> bool:
    """Whether a child process lives through judging this text; a dead child means that we would have died.

    -P: the child must not import from the folder it is started in, which may be the scanned one.
    """
    import subprocess

    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", _REHEARSAL, home()],
            input=text.encode("utf-8", "surrogatepass"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS + _SECONDS_PER_MB * len(text) / 1e6,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return child.stdout == b"done"


def home() -> str:
    """The folder that this very package was imported from."""
    from pathlib import Path

    package = sys.modules[__name__.partition(".")[0]]
    return str(Path(next(iter(package.__path__))).parent)
