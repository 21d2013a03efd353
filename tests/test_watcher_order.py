"""The watcher on schedules, clipping, mixed precision and DDP: each cause at its line, and legal loops in silence."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from textwrap import dedent

import pytest
import torch
from loops import clipping, parallel, scaling, schedules
from loops.parallel import DDP
from loops.schedules import PREAMBLE
from torch import nn
from watching import FILENAME, watch

from loopcheck import watch as watching
from loopcheck.findings import Certainty
from loopcheck.settings import Settings

ALL = Settings(select=("LC1", "LC2", "LC5", "LC6", "LC9"), ignore=("LC114",), min_certainty=Certainty.POSSIBLE)
MARK = re.compile(r"# (LC\d{3})")
_FILES = {schedules: PREAMBLE, clipping: PREAMBLE, scaling: PREAMBLE, parallel: PREAMBLE + DDP}
LEGAL = {name: before + dedent(text) for one, before in _FILES.items() for name, text in one.LEGAL.items()}
BROKEN = {name: before + dedent(text) for one, before in _FILES.items() for name, text in one.BROKEN.items()}


@pytest.fixture(autouse=True)
def _no_process_group_stays() -> Iterator[None]:
    yield
    if torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_loop_is_silent(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's own
        seen = watch(LEGAL[name], ALL)
    assert seen.raised is None
    assert [(f.code, f.site.start.row, f.message) for f in seen.findings] == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_loop_is_named_by_its_cause_and_line(name: str) -> None:
    program = BROKEN[name]
    wanted = {(found[1], n) for n, line in enumerate(program.splitlines(), 1) for found in MARK.finditer(line)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert watch(program, ALL).pairs == wanted


def test_torch_still_warns_at_the_line_of_the_user() -> None:
    """Its warning goes to the caller of step(): a frame of ours in between would take its place."""
    program = BROKEN["schedule_at_the_head"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        watch(program, ALL)
    places = [
        (w.filename, program.splitlines()[w.lineno - 1].strip()) for w in caught if "lr_scheduler" in str(w.message)
    ]
    assert places == [(FILENAME, "scheduler.step()  # LC601")]


def test_a_scheduler_of_a_run_that_is_broken_off_may_have_had_no_turn() -> None:
    lines = "scheduler = lr_scheduler.StepLR(optimizer, 2)\ntrain()\ntrain()\nraise ValueError\n"
    assert watch(PREAMBLE + lines, ALL).findings == []
    assert [f.code for f in watch(PREAMBLE + lines.replace("raise ValueError", ""), ALL).findings] == ["LC602"]


@pytest.mark.parametrize(("early", "codes"), [(True, ["LC601"]), (False, [])])
def test_a_scheduler_built_before_the_watch(early: bool, codes: list[str]) -> None:
    model = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)

    def epoch() -> None:
        for _ in range(3):
            optimizer.zero_grad()
            model(torch.randn(3, 4)).pow(2).mean().backward()
            optimizer.step()

    if not early:
        epoch()
        scheduler.step()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with watching(on_finding="collect") as session:
            for _ in range(3):
                scheduler.step()
                epoch()
    assert [f.code for f in session.findings] == codes
