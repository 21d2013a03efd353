"""The watcher on whole loops that were not written for one rule: silent on legal ones, right on broken ones."""

from __future__ import annotations

import re
import warnings

import pytest
from loops.broken import BROKEN
from loops.legal import LEGAL
from loops.legal import PREAMBLE as START
from watching import watch

from loopcheck.findings import Certainty
from loopcheck.settings import Settings

ALL = Settings(select=("ALL",), ignore=("LC114",))


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_loop_is_silent(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = watch(START + LEGAL[name] + "\n", ALL)
    assert seen.raised is None
    assert [(f.code, f.site.start.row, f.message) for f in seen.findings] == []


def test_there_are_enough() -> None:
    assert len(LEGAL) >= 100


MARK = re.compile(r"# (LC\d{3})")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_loop_is_named_by_its_cause_and_line(name: str) -> None:
    program = START + BROKEN[name] + "\n"
    wanted = {(found[1], n) for n, line in enumerate(program.splitlines(), 1) for found in MARK.finditer(line)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = watch(program, Settings(min_certainty=Certainty.POSSIBLE))
    assert seen.pairs == wanted
