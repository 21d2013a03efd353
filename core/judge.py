"""The judge: asks the rules about states, and lets one finding speak per cause."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .events import Event, Kind, Mark
from .machine import State
from .rules import Rule, Told


class Verdict(NamedTuple):
    """A rule broken for one subject at one event.

    certain: on every path that can tell. at: the mark of the step (or other event) that the fault is about;
    verdicts of one subject with the same `at` have one cause.
    """

    rule: Rule
    subject: str
    told: Told
    at: Mark
    certain: bool


class Judge:
    """Judges sets of states at events. A watcher's set holds one state.

    rules: the rules that are switched on. Cost per call: one comparison per rule of that kind and state.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._at: dict[Kind, list[Rule]] = {}
        for rule in rules:
            for kind in rule.judged_at:
                self._at.setdefault(kind, []).append(rule)

    def judge(self, subject: str, states: Iterable[State], event: Event) -> list[Verdict]:
        """What is broken at `event`, given the possible states just before it.

        A path on which a rule abstains neither breaks nor clears it. If every path that can tell is broken,
        whether by one rule or by several, the verdict is certain: no way through is right.
        """
        rules = self._at.get(event.kind)
        if not rules:
            return []
        rows = [(state, [(rule, rule.broken(state, event)) for rule in rules if rule.broken]) for state in states]
        told: dict[str, tuple[Rule, list[tuple[Told, Mark]]]] = {}
        for state, answers in rows:
            for rule, answer in answers:
                if answer and rule.told is not None:
                    what = (rule.told(state, event), _about(state, event))
                    told.setdefault(rule.card.code, (rule, []))[1].append(what)
        # several states of one rule are one fault; which of them tells it must not depend on the order of a set
        return [Verdict(rule, subject, *min(cases), _certain(rule, rows)) for rule, cases in told.values()]


def _certain(rule: Rule, rows: Iterable[tuple[State, list[tuple[Rule, bool | None]]]]) -> bool:
    """Whether no path is right: each is broken, by this rule or another, or this rule cannot tell there."""
    for _, answers in rows:
        told = {r.card.code: answer for r, answer in answers}
        if told[rule.card.code] is False and not any(told.values()):
            return False
    return True


def _about(state: State, event: Event) -> Mark:
    """The step a verdict is about: the event itself, unless the rule waited for a later event to be sure."""
    return state.early_at if event.kind is Kind.BACKWARD and state.early_at else event.mark


def settle(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """One verdict per cause: drops those that yield to another of the same subject and step, and repeats.

    Subjects that share code and anchor (two optimizers, one backward) become one verdict.
    """
    pool = list(verdicts)
    spoken: dict[tuple[str, Mark], set[str]] = {}
    for verdict in pool:
        if verdict.certain:
            spoken.setdefault((verdict.subject, verdict.at), set()).add(verdict.rule.card.code)
    kept: dict[tuple[str, Mark], Verdict] = {}
    for verdict in pool:
        if spoken.get((verdict.subject, verdict.at), set()) & set(verdict.rule.card.yields_to):
            continue
        key = (verdict.rule.card.code, verdict.told.anchor)
        old = kept.get(key)
        if old is None or (verdict.certain and not old.certain):
            kept[key] = verdict
    return list(kept.values())
