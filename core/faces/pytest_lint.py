"""Files as test items: `pytest --loopcheck`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import LoopcheckError
from ..findings import Finding
from ..project import find
from ..settings import Settings
from ..settings_file import read
from .places import near
from .pytest_plugin import LINES
from .run_check import matters

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr

NAME = "loopcheck"
_TEST = re.compile(rb"^[ \t]*(?:(?:async[ \t]+)?def[ \t]+test|class[ \t]+Test|class[ \t].*TestCase)", re.MULTILINE)


class LintError(Exception):
    """A file has findings that fail; the text is the report."""


class Linting:
    """Which files are checked, and what was found in them.

    With paths on pytest's command line, those; else those of loopcheck_paths, else all below rootdir: the files that
    `loopcheck check` finds there. Each comes once, with xdist as well.
    """

    def __init__(self, config: pytest.Config) -> None:
        from ..linter.cache import Cache

        self._root = config.rootpath
        try:
            self.settings = _settings(self._root)
            self._files = self._found(config)
        except LoopcheckError as error:
            raise pytest.UsageError(f"loopcheck: {error}") from None
        self._seen: dict[Path, Path] = {}  # by the real path, since a file may have several names
        self._cache = Cache(matters(self.settings))

    def _found(self, config: pytest.Config) -> dict[Path, None]:
        from ..linter.discovery import discover

        named = config.args_source is pytest.Config.ArgsSource.ARGS
        args = [arg.partition("::")[0] for arg in config.args] if named else []
        wanted = [str(path) for path in config.getini("loopcheck_paths")]
        for path in wanted if not args else ():
            if not os.path.lexists(path):
                raise LoopcheckError(f"loopcheck_paths: no such file or folder: '{path}'")
        paths = args or wanted or [str(self._root)]
        chosen = self.settings
        exclude = tuple(chosen.exclude)
        there = [path for path in paths if os.path.lexists(path)]  # pytest itself complains about the others
        files = discover(
            there, exclude=exclude, respect_gitignore=chosen.respect_gitignore, force_exclude=chosen.force_exclude
        )
        return dict.fromkeys(Path(file).resolve() for file in files if file.endswith((".py", ".ipynb")))

    def collector(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """The collector of a file, under the name by which it was asked for first.

        It hangs at the session: below its package, the package would be imported before the file is checked.
        """
        real = path.resolve()
        if real not in self._files or self._seen.setdefault(real, path) != path:
            return None
        return LintFile.from_parent(parent.session, path=path, linting=self)

    def unimported(self, path: Path, parent: pytest.Collector) -> pytest.Module | None:
        """A module without tests in place of a file that only its name on the command line makes pytest import.

        A file that is called as tests are called, or in which a test is written, is pytest's as always.
        """
        usual = any(path.match(pattern) for pattern in parent.config.getini("python_files"))
        if usual or path.resolve() not in self._files or _has_tests(path):
            return None
        return NotImported.from_parent(parent, path=path)

    def complete(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the files that pytest has not come by, or has seen only on its way to others."""
        if session.config.args_source is pytest.Config.ArgsSource.ARGS:
            return
        there = {item.path.resolve() for item in items if isinstance(item, LintItem)}
        for path in self._files:
            if path not in there and not _is_left_out(path, session.config):
                items.extend(LintFile.from_parent(session, path=path, linting=self).collect())

    def check(self, path: Path) -> list[Finding]:
        """The findings of a file that are to be shown; remembered for the next run."""
        from ..linter.cache import unpacked

        file = str(path)
        known = self._cache.look(file)
        found = unpacked(known, file) if known is not None else None
        if found is None:
            found = self._judge(file)
        return [finding for finding in found if self.settings.shows(finding)]

    def _judge(self, file: str) -> list[Finding]:
        from ..linter.cache import IRRELEVANT, packed, stamp
        from ..linter.prefilter import names_in, relevant_file

        when = stamp(file)
        if not relevant_file(file, names_in(self.settings), self.settings.max_file_bytes):
            self._cache.keep(file, when, IRRELEVANT)
            return []
        from ..linter.check import check_file

        found = check_file(file, self.settings)
        if all(finding.code != "LC001" for finding in found):
            self._cache.keep(file, when, packed(found))
        return found

    def save(self) -> None:
        """Write down what is known."""
        self._cache.save()


class NotImported(pytest.Module):
    """A module that nobody asks for tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """None."""
        return iter(())


class LintFile(pytest.File):
    """A file that is checked; it holds one item."""

    def __init__(self, *, linting: Linting, **rest: Any) -> None:
        super().__init__(**rest)
        self.linting = linting

    def collect(self) -> Iterator[LintItem]:
        """The one item."""
        yield LintItem.from_parent(self, name=NAME, linting=self.linting)


class LintItem(pytest.Item):
    """Passes if nothing is found in its file that fails; advice never does."""

    def __init__(self, *, linting: Linting, **rest: Any) -> None:
        super().__init__(**rest)
        self.linting = linting
        self.add_marker("loopcheck_lint")

    def runtest(self) -> None:
        """Check the file."""
        findings = self.linting.check(self.path)
        if not findings:
            return
        from .report.concise import lines
        from .report.full import render

        here = self.config.invocation_params.dir
        self.stash[LINES] = lines(findings, here)
        text = render([near(finding, here) for finding in findings])
        if any(map(self.linting.settings.fails, findings)):
            raise LintError(text)
        self.add_report_section("call", NAME, text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """The report of the file."""
        if isinstance(excinfo.value, LintError):
            return str(excinfo.value).rstrip("\n")
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where, and how it is called in reports."""
        return self.path, None, f"{NAME}: {self.path.name}"


def _has_tests(path: Path) -> bool:
    try:
        return _TEST.search(path.read_bytes()) is not None
    except OSError:
        return True


def _is_left_out(path: Path, config: pytest.Config) -> bool:
    """Whether --ignore or --ignore-glob of pytest leaves a file out, or a folder above it."""
    names = [str(one) for one in (path, *path.parents)]
    paths = {os.path.realpath(one) for one in config.getoption("ignore") or ()}
    globs = [os.path.realpath(one) for one in config.getoption("ignore_glob") or ()]
    return any(name in paths or any(fnmatch(name, glob) for glob in globs) for name in names)


def _settings(root: Path) -> Settings:
    where = find(str(root))
    return read(where) if where is not None else Settings()
