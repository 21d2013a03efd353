"""Runs programs under the watch, for tests."""

from __future__ import annotations

import linecache
import re
import sys
import warnings
from types import CodeType, ModuleType
from typing import NamedTuple

from loopcheck.diagnostics.session import Session
from loopcheck.findings import Finding
from loopcheck.settings import Settings

FILENAME = "<program>"


class Watched(NamedTuple):
    """What a run gave. raised: the exception that ended the program early, if one did."""

    findings: list[Finding]
    raised: Exception | None

    @property
    def pairs(self) -> set[tuple[str, int]]:
        """(code, line) of each finding."""
        return {(f.code, f.site.start.row) for f in self.findings}


def run_as_main(code: CodeType) -> None:
    """As `loopcheck run` does it: the program's names are those of `__main__` also when it has come to its end."""
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    exec(code, main.__dict__)


def watch(program: str, settings: Settings | None = None) -> Watched:
    """Run a program, which builds all it needs, in this process and under a watch of its own."""
    linecache.cache[FILENAME] = (len(program), None, program.splitlines(keepends=True), FILENAME)
    session, raised = Session(settings), None
    before = sys.modules["__main__"]
    session.open()
    try:
        run_as_main(compile(program, FILENAME, "exec"))
    except Exception as error:
        raised = error
        session.explain(error)
    finally:
        session.close(finished=raised is None)
        sys.modules["__main__"] = before
    return Watched(session.findings, raised)


_MARK = re.compile(r"# (LC\d{3})")


def judged(program: str, settings: Settings) -> tuple[Watched, set[tuple[str, int]]]:
    """Run a program as watch() does, torch's warnings aside. Returns also what is marked in it: `# LC101` on a line."""
    marks = {(found[1], n) for n, line in enumerate(program.splitlines(), 1) for found in _MARK.finditer(line)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return watch(program, settings), marks
