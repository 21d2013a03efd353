"""Files as test items: `pytest --loopcheck`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ..errors import LoopcheckError
from ..findings import Finding
from ..project import find
from ..settings import Settings
from ..settings_file import read
from .places import near
from .run_check import matters

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr

NAME = "loopcheck"


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
        self._collected: set[Path] = set()
        self._cache = Cache(matters(self.settings))
        self._shown: dict[str, list[Finding]] = {}

    def _found(self, config: pytest.Config) -> dict[Path, None]:
        from ..linter.discovery import discover

        named = config.args_source is pytest.Config.ArgsSource.ARGS
        args = [arg.partition("::")[0] for arg in config.args] if named else []
        paths = args or [str(path) for path in config.getini("loopcheck_paths")] or [str(self._root)]
        chosen = self.settings
        exclude = tuple(chosen.exclude)
        there = [path for path in paths if os.path.lexists(path)]  # pytest itself complains about the others
        files = discover(
            there, exclude=exclude, respect_gitignore=chosen.respect_gitignore, force_exclude=chosen.force_exclude
        )
        return dict.fromkeys(Path(file).resolve() for file in files if file.endswith((".py", ".ipynb")))

    def collector(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """The collector of a file, the first time that it is asked for."""
        real = path.resolve()
        if real not in self._files or real in self._collected:
            return None
        self._collected.add(real)
        return LintFile.from_parent(parent, path=path, linting=self)

    def complete(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the files that pytest has not come by."""
        if session.config.args_source is pytest.Config.ArgsSource.ARGS:
            return
        for path in self._files:
            collector = self.collector(path, session)
            if collector is not None:
                items.extend(item for item in collector.collect() if isinstance(item, pytest.Item))

    def check(self, path: Path) -> list[Finding]:
        """The findings of a file that are to be shown; remembered for the next run."""
        from ..linter.cache import unpacked

        file = str(path)
        known = self._cache.look(file)
        found = unpacked(known, file) if known is not None else None
        if found is None:
            found = self._judge(file)
        shown = [finding for finding in found if self.settings.shows(finding)]
        self._shown[file] = shown
        return shown

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

    def lines(self) -> Iterator[str]:
        """What was found, one line each."""
        for file, findings in sorted(self._shown.items()):
            for finding in findings:
                where = os.path.relpath(file, self._root)
                yield f"{where}:{finding.site.start.row}: {finding.code} {finding.name} {finding.message}"


class LintFile(pytest.File):
    """A file that is checked; it holds one item."""

    def __init__(self, *, linting: Linting, **rest: Any) -> None:
        super().__init__(**rest)
        self.linting = linting

    def collect(self) -> Iterator[pytest.Item]:
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
        from .report.full import render

        text = render([near(finding, self.config.invocation_params.dir) for finding in findings])
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


def _settings(root: Path) -> Settings:
    where = find(str(root))
    return read(where) if where is not None else Settings()
