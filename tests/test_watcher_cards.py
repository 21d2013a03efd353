"""Each rule that a watcher can judge, on its own examples: found at its anchor, and silent on the good one."""

from __future__ import annotations

import linecache
import sys
import warnings
from contextlib import suppress

import pytest
import torch
from test_rules import PREAMBLE as PLAIN
from test_rules import anchor_of
from watching import run_as_main

from loopcheck.diagnostics.session import Session
from loopcheck.diagnostics.trace import Trace
from loopcheck.findings import Certainty, Finding, Observer
from loopcheck.judge import Verdict
from loopcheck.rules import Rule, catalogue
from loopcheck.settings import Settings

ELSEWHERE = frozenset({"LC301", "LC304"})
"""Their examples need a second device; see test_watcher_devices."""
WATCHED = [
    rule
    for rule in catalogue().values()
    if rule.broken and Observer.RUNTIME in rule.card.seen_by and rule.card.code not in ELSEWHERE
]
each_rule = pytest.mark.parametrize("rule", WATCHED, ids=lambda rule: rule.card.code)


PREAMBLE = PLAIN.replace("torch.nn.Linear(2, 1)", "torch.nn.Sequential(torch.nn.Dropout(0.1), torch.nn.Linear(2, 1))")
"""As for the linter, but with a layer for which the mode matters."""


def watched(program: str, rule: Rule) -> list[Finding]:
    """What the watcher says about a program; what torch itself raises ends it, as it would a user's run."""
    linecache.cache["program.py"] = (len(program), None, program.splitlines(keepends=True), "program.py")
    torch.manual_seed(0)
    session = Session(Settings(extend_select=(rule.card.code,), min_certainty=Certainty.POSSIBLE))
    session.open()
    finished, before = False, sys.modules["__main__"]
    try:
        with suppress(RuntimeError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own about schedulers and shapes
            run_as_main(compile(program, "program.py", "exec"))
            finished = True
    finally:
        session.close(finished=finished)
        sys.modules["__main__"] = before
    return session.findings


@each_rule
def test_the_bad_example_is_found_at_its_anchor(rule: Rule) -> None:
    found = watched(PREAMBLE + rule.card.bad_source, rule)
    assert [(f.code, f.site.start.row) for f in found] == [(rule.card.code, anchor_of(rule))]
    assert found[0].observer is Observer.RUNTIME


@each_rule
def test_the_good_example_is_silent(rule: Rule) -> None:
    assert watched(PREAMBLE + rule.card.good_source, rule) == []


AFTER = dict.fromkeys(("LC201", "LC202", "LC203", "LC601"), 70)
"""Steps of the first epoch, behind which these faults begin (a validation) or can be told from a schedule caught up."""


class Timed(Session):
    """Remembers after how many steps each verdict was heard."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.heard: list[tuple[str, int]] = []

    def hear(self, verdict: Verdict, trace: Trace) -> None:
        """As always."""
        self.heard.append((verdict.rule.card.code, trace.steps))
        super().hear(verdict, trace)


@pytest.mark.parametrize(
    "rule", [rule for rule in WATCHED if rule.card.latency], ids=lambda rule: f"{rule.card.code}-{rule.card.latency}"
)
def test_it_speaks_within_its_latency(rule: Rule) -> None:
    """In a run that goes on for much longer; 0 in a card means that it speaks at the end."""
    program = (PREAMBLE + rule.card.bad_source).replace("range(5)", "range(70)").replace("range(12)", "range(70)")
    code = compile(program, "program.py", "exec")
    linecache.cache["program.py"] = (len(program), None, program.splitlines(keepends=True), "program.py")
    torch.manual_seed(0)
    session, before = Timed(Settings(extend_select=(rule.card.code,))), sys.modules["__main__"]
    session.open()
    try:
        with suppress(RuntimeError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run_as_main(code)
        heard = [steps for found, steps in session.heard if found == rule.card.code]
    finally:
        session.close()
        sys.modules["__main__"] = before
    assert heard
    assert heard[0] <= AFTER.get(rule.card.code, 0) + rule.card.latency
