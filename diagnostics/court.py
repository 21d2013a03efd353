"""Verdicts at run time: held until the cycle is over, settled, and believed when they come again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..events import Event, Kind, Mark
from ..judge import Judge, Verdict, settle
from ..machine import State
from ..rules import catalogue

_REPEATS = 2  # cycles in which an order must be wrong: a first iteration may be unlike all others
_FEW = 3  # steps; with no more of them a wrong order hardly had a chance to be seen twice
_CAUSES = frozenset({"LC108", "LC204", "LC506"})  # about a loss or a model, and the reason of what optimizers lack
_PATIENCE = 4096  # different verdicts remembered; a program that makes more places than that is not told all


class Charge(NamedTuple):
    """A verdict that stands. times: how often it was seen."""

    verdict: Verdict
    times: int


class Court:
    """Judges the events of one thread and decides when a verdict is told. tell(verdict) is called once for each.

    Rules of one cause may be broken at different events of a cycle (the step, then the backward after it). So
    verdicts about order wait until the same optimizer steps again, and only the one that goes first is counted.
    """

    def __init__(self, codes: Iterable[str], tell: Callable[[Verdict], None]) -> None:
        self._codes = set(codes)
        self._judge = Judge([rule for code, rule in catalogue().items() if code in self._codes])
        self._tell = tell
        self.waiting: dict[str, list[Verdict]] = {}
        self._counts: dict[tuple[str, str, Mark], int] = {}
        self._told: set[tuple[str, str, Mark]] = set()
        self._causes: set[str] = set()
        self._spoken: dict[tuple[str, Mark], set[str]] = {}

    def order(
        self, subject: str, state: State, event: Event, spared: frozenset[str] = frozenset()
    ) -> tuple[bool, bool]:
        """Judge an event of the protocol. Returns whether a rule is broken, and whether all of it has been told.

        spared: rules that are passed over this time.
        """
        verdicts = [v for v in self._judge.judge(subject, (state,), event) if v.rule.card.code not in spared]
        if not verdicts:
            return False, True
        waiting = self.waiting.setdefault(subject, [])
        waiting.extend(verdicts)
        return True, all(_key(v) in self._told for v in verdicts)

    def cycle_ends(self, subject: str) -> None:
        """The optimizer is about to step again: what the last cycle broke is settled and counted."""
        waiting = self.waiting.pop(subject, None)
        if waiting:
            for verdict in settle(waiting):
                self._count(verdict, _REPEATS)

    def add(self, codes: Iterable[str]) -> None:
        """Judge by these rules, too."""
        self._codes |= set(codes)
        self._judge = Judge([rule for code, rule in catalogue().items() if code in self._codes])

    def at_once(self, subject: str, event: Event, *, state: State | None = None, repeats: int = 1) -> None:
        """Judge an event that carries facts, which say all by themselves; told after `repeats` times."""
        for verdict in self._judge.judge(subject, (state or State(),), event):
            self._count(verdict, repeats)

    def refused(self, subject: str, state: State, event: Event) -> None:
        """torch itself refuses this event: what is wrong with the order before it is told now."""
        for verdict in settle(self._judge.judge(subject, (state,), event)):
            self._count(verdict, 1)

    def close(self, states: Iterable[tuple[str, State, int]]) -> None:
        """The watch ends. states: subject, state and number of steps of each optimizer.

        An order that was wrong once counts if there was hardly a chance to see it twice.
        """
        for subject, state, steps in states:
            waiting = self.waiting.pop(subject, [])
            ended = self._judge.judge(subject, (state,), Event(Kind.END))
            for verdict in settle([*waiting, *ended]):
                once = verdict in ended or steps <= _FEW
                self._count(verdict, 1 if once else _REPEATS)

    def _count(self, verdict: Verdict, enough: int) -> None:
        key = _key(verdict)
        if key in self._told or len(self._counts) > _PATIENCE:
            return
        if self._causes & set(verdict.rule.card.yields_to):
            return
        if self._spoken.get((verdict.subject, verdict.at), set()) & set(verdict.rule.card.yields_to):
            return  # a rule that goes first has named this cause, and is not judged again
        self._counts[key] = times = self._counts.get(key, 0) + 1
        if times >= enough:
            self._told.add(key)
            self._spoken.setdefault((verdict.subject, verdict.at), set()).add(verdict.rule.card.code)
            if verdict.rule.card.code in _CAUSES:
                self._causes.add(verdict.rule.card.code)
            self._tell(verdict)


def _key(verdict: Verdict) -> tuple[str, str, Mark]:
    return verdict.rule.card.code, verdict.subject, verdict.told.anchor or verdict.at
