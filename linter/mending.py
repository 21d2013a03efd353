"""Mending: fixes that hold. Each is tried on the text before it is offered.

A repair holds if the repaired text still parses, the finding is gone and no other one has come. Cost: one check of the
file for each repair that is tried, and one parse with places for each text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from ..findings import Finding, Fix, TextEdit
from ..rules import catalogue
from ..settings import Settings
from .check import check_source
from .decode import NotParsed
from .edits import applied, edits_of
from .layout import with_sources
from .notebooks import Notebook, read_notebook
from .syntax import Syntax

_ROUNDS = 60  # looks at one file; each mends all that can be mended at once
_UNREAD = "LC001"


class Workbench:
    """One text whose findings are to be mended.

    filename: decides which rules hold, and nothing else. Raises LoopcheckError on an unknown rule.
    """

    def __init__(self, text: str, filename: str, settings: Settings) -> None:
        self.text, self.filename, self.settings = text, filename, settings

    @cached_property
    def findings(self) -> list[Finding]:
        """All of it, shown or not, in the order of the text."""
        return check_source(self.text, self.filename, self.settings)

    @cached_property
    def _syntax(self) -> Syntax | None:
        try:
            return Syntax(self.text)
        except (NotParsed, RecursionError):
            return None

    def _judged(self, text: str) -> Counter[str]:
        """What the rules find that are on by default or chosen, ignored or not, from the certainty on that is shown."""
        found = check_source(text, self.filename, self._all)
        return Counter(one.code for one in found if one.certainty >= self.settings.min_certainty)

    @cached_property
    def _all(self) -> Settings:
        default = tuple(code for code, rule in catalogue().items() if rule.card.default)
        chosen = (*(self.settings.select or ()), *self.settings.extend_select)
        return self.settings._replace(select=None, extend_select=(*default, *chosen), ignore=(), per_file_ignores=())

    @cached_property
    def _before(self) -> Counter[str]:
        return self._judged(self.text)

    @property
    def shown(self) -> list[tuple[Finding, Finding]]:
        """The findings that are to be shown, each as it stands in the text and as people see it."""
        return [(one, one) for one in self.findings if self.settings.shows(one)]

    def fix(self, finding: Finding) -> Fix | None:
        """The first repair that holds, of those that the rule knows; None if there is none."""
        card = catalogue()[finding.code].card
        if not card.remedies or self._syntax is None:
            return None
        for remedy in card.remedies:
            edits = edits_of(remedy, self._syntax, finding)
            if edits and self.allows(edits, finding) and self.holds(edits, Counter({finding.code: 1})):
                return Fix(card.safe_fix, card.how_to_fix, edits)
        return None

    def allows(self, edits: tuple[TextEdit, ...], finding: Finding) -> bool:
        """Whether these edits may be made for this finding."""
        return True

    def holds(self, edits: Iterable[TextEdit], mended: Counter[str]) -> bool:
        """Whether these findings, counted by code, are gone after the edits, and no other one has come."""
        after = self._judged(applied(self.text, edits))
        return not after[_UNREAD] and all(
            after[code] <= self._before[code] - mended[code] for code in {*after, *self._before}
        )


class NotebookBench(Workbench):
    """The same for the joined cells of a notebook: a fix stays within the cell of its finding."""

    def __init__(self, notebook: Notebook, filename: str, settings: Settings) -> None:
        super().__init__(notebook.text, filename, settings)
        self.notebook = notebook

    @property
    def shown(self) -> list[tuple[Finding, Finding]]:
        """Those that rest on no order of cells, in the text and in their cells."""
        placed = set(self.notebook.placed(self.findings))
        pairs = ((one, self.notebook.moved(one)) for one in self.findings)
        return [(one, moved) for one, moved in pairs if moved in placed and self.settings.shows(one)]

    def allows(self, edits: tuple[TextEdit, ...], finding: Finding) -> bool:
        """Whether they stay in the finding's cell."""
        return bool(self.in_cell(edits, finding))

    def in_cell(self, edits: tuple[TextEdit, ...], finding: Finding) -> tuple[TextEdit, ...]:
        """The edits as edits of the cell that the finding lies in; none if they lead out of it."""
        return self.notebook.in_cell(edits, self.notebook.at(finding.site.start)[0])


class Mended(NamedTuple):
    """A text, or the bytes of a notebook, and the findings that were mended in it, in order."""

    content: str | bytes
    done: tuple[Finding, ...]


def fixes(content: str | bytes, filename: str, settings: Settings) -> Iterator[tuple[Finding, Fix]]:
    """Each finding that is shown and can be mended, with its fix: of a text, or of the bytes of a notebook.

    The edits for a notebook are those of the cell. Raises NotParsed if it is none.
    """
    bench = _bench(content, filename, settings)
    for finding, shown, fix in _choices(bench):
        edits = bench.in_cell(fix.edits, finding) if isinstance(bench, NotebookBench) else fix.edits
        yield shown, fix._replace(edits=edits)


def fixed(text: str, finding: Finding, settings: Settings, filename: str) -> Fix | None:
    """A fix of one finding in this text; None if there is none that holds."""
    return Workbench(text, filename, settings).fix(finding)


def mended(content: str | bytes, filename: str, settings: Settings, *, unsafe: bool) -> Mended:
    """What becomes of a text, or of the bytes of a notebook, if all that is shown and can be mended is mended.

    unsafe: also with fixes that may change more than the fault. Raises NotParsed for bytes that are no notebook, and
    ValueError if they are one that cannot be written as it was.
    """
    done: list[Finding] = []
    for _ in range(_ROUNDS):
        bench = _bench(content, filename, settings)
        chosen = _compatible(bench, [one for one in _choices(bench) if one.fix.safe or unsafe])
        if not chosen:
            break
        content = _written(content, bench, chosen)
        done += [one.shown for one in chosen]
    return Mended(content, tuple(done))


def _bench(content: str | bytes, filename: str, settings: Settings) -> Workbench:
    if isinstance(content, str):
        return Workbench(content, filename, settings)
    return NotebookBench(read_notebook(content), filename, settings)


class _Choice(NamedTuple):
    finding: Finding
    shown: Finding
    fix: Fix


def _choices(bench: Workbench) -> Iterator[_Choice]:
    for finding, shown in bench.shown:
        fix = bench.fix(finding)
        if fix is not None:
            yield _Choice(finding, shown, fix)


def _compatible(bench: Workbench, choices: list[_Choice]) -> list[_Choice]:
    """As many as do not overlap, if they hold together too; else the first, which holds by itself."""
    chosen: list[_Choice] = []
    for choice in choices:
        alike = any(_depends(choice.fix.edits) and _depends(other.fix.edits) for other in chosen)
        if not alike and not any(_overlap(choice.fix.edits, other.fix.edits) for other in chosen):
            chosen.append(choice)
    together = Counter(one.finding.code for one in chosen)
    if len(chosen) > 1 and not bench.holds(_joined(chosen), together):
        return chosen[:1]
    return chosen


def _depends(edits: Iterable[TextEdit]) -> bool:
    """Whether one such fix may make another one needless, or wrong: they are made one after the other."""
    return any("unscale_(" in edit.text or edit.text.endswith(".item()") for edit in edits)


def _joined(choices: list[_Choice]) -> list[TextEdit]:
    """The edits of all of them; what two ask for in the same words, such as an import, is done once."""
    return list(dict.fromkeys(edit for one in choices for edit in one.fix.edits))


def _overlap(left: Iterable[TextEdit], right: Iterable[TextEdit]) -> bool:
    return any(_meet(one, other) for one in left for other in right)


def _meet(one: TextEdit, other: TextEdit) -> bool:
    """Whether two edits touch the same text. The same import for both is no conflict."""
    if one == other:
        return not one.text.startswith("import ")
    return (one.start < other.end and other.start < one.end) or one.start == other.start


def _written(content: str | bytes, bench: Workbench, chosen: list[_Choice]) -> str | bytes:
    if isinstance(content, str) or not isinstance(bench, NotebookBench):
        return applied(bench.text, _joined(chosen))
    edits: dict[int, list[TextEdit]] = {}
    for one in chosen:
        number = bench.notebook.at(one.finding.site.start)[0]
        edits.setdefault(number, []).extend(bench.in_cell(one.fix.edits, one.finding))
    sources = {number: applied(bench.notebook.source(number), made) for number, made in edits.items()}
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    return mark + with_sources(content.decode("utf-8-sig"), sources).encode("utf-8", "surrogatepass")
