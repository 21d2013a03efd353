"""The depth guard: libcst's native parser overflows the C stack on deep nesting, which would kill the process.

Measured with libcst 1.9.0: 1,000 nested brackets parse, 2,000 end the process, and so does a sum of 10,000
terms. CPython itself refuses 200 nested brackets and 100 levels of indentation.
"""

from __future__ import annotations

import re
import subprocess
import sys

MAX_BRACKETS = 200
_LONG_CHAIN = 1_500  # operators in one logical line; far below what overflows, far above what people write

_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|(?:'''|\"\"\")(?s:.)*?(?:'''|\"\"\")|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>\n)"""
    r"""|(?P<op>\*\*|[-+*/%@&|^~<>.]|\b(?:and|or|not|if|else|lambda|await|for|elif)\b)""",
)


def too_deep(text: str) -> tuple[int, str] | None:
    """The line and the reason why this text must not be given to the parser; None if it may be.

    Cost: one linear scan, and only for text that could be deep at all; a child process for what is near the limit.
    """
    if text.count("(") + text.count("[") + text.count("{") <= MAX_BRACKETS and len(text) < _LONG_CHAIN:
        return None
    depth, line, operators, suspicious = 0, 1, 0, 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            if depth > MAX_BRACKETS:
                return line, f"more than {MAX_BRACKETS} nested brackets"
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "op":
            operators += 1
            if operators == _LONG_CHAIN:
                suspicious = suspicious or line
        elif kind == "skip":
            line += match.group().count("\n")
        else:
            line += 1
            if depth == 0:
                operators = 0
    if suspicious and not _survives(text):
        return suspicious, "an expression too long or too deep to parse"
    return None


def _survives(text: str) -> bool:
    """Whether a child process lives through parsing this text; a dead child means that we would have died."""
    program = "import sys, libcst; libcst.parse_module(sys.stdin.buffer.read().decode('utf-8', 'surrogatepass'))"
    child = subprocess.run(
        [sys.executable, "-I", "-c", program],
        input=text.encode("utf-8", "surrogatepass"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )
    return child.returncode in (0, 1)  # 1: a syntax error, which the parser tells us itself
