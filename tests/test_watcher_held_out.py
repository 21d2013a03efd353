"""The watcher on loops that were written by somebody who had not seen its code: legal ones, and broken ones.

A broken one has the mark of its fault at the line that must be named. Programs of the kind on which the watcher still
errs are not among them; the notes to a release say which those are.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from watching import watch

from loopcheck.settings import Settings

HERE = Path(__file__).parent / "held_out"
MARK = re.compile(r"# (LC\d{3})")
pytestmark = pytest.mark.filterwarnings("ignore")  # torch's own


@pytest.fixture(autouse=True)
def _gradients_stay_on() -> Iterator[None]:
    yield
    torch.set_grad_enabled(True)  # a program may leave them off; that is the fault of some


@pytest.mark.parametrize("path", sorted((HERE / "legal").glob("*.py")), ids=lambda path: path.stem)
def test_a_legal_loop_is_silent(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seen = watch(path.read_text(encoding="utf-8"), Settings(select=("ALL",), ignore=("LC114",)))
    assert seen.raised is None
    assert [(f.code, f.site.start.row, f.message) for f in seen.findings] == []


@pytest.mark.parametrize("path", sorted((HERE / "broken").glob("*.py")), ids=lambda path: path.stem)
def test_a_broken_loop_is_named_by_its_cause_and_line(path: Path) -> None:
    program = path.read_text(encoding="utf-8")
    wanted = {(found[1], n) for n, line in enumerate(program.splitlines(), 1) for found in MARK.finditer(line)}
    assert wanted
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert watch(program).pairs == wanted
